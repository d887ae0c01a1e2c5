package escalation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// activeMaintenance returns what keeps a service's pages back at an instant. It
// locks these rows, so that the end of a maintenance waits for whoever has just
// decided by it, and then finds everything that was held.
func activeMaintenance(ctx context.Context, tx pgx.Tx, service string, at time.Time) ([]Maintenance, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, service, from_at, until_at, mode, reason, created_by
		FROM maintenance
		WHERE from_at <= $2 AND (until_at IS NULL OR until_at > $2) AND service IN ('', $1)
		ORDER BY id
		FOR SHARE`, service, at)
	if err != nil {
		return nil, fmt.Errorf("read maintenance: %w", err)
	}
	return pgx.CollectRows(rows, scanMaintenance)
}

// currentMaintenance lists what is going on or planned. What was ended before it
// began is neither.
func currentMaintenance(ctx context.Context, q querier, at time.Time) ([]Maintenance, error) {
	rows, err := q.Query(ctx, `
		SELECT id, service, from_at, until_at, mode, reason, created_by
		FROM maintenance
		WHERE until_at IS NULL OR until_at > $1 AND until_at > from_at
		ORDER BY from_at, id`, at)
	if err != nil {
		return nil, fmt.Errorf("list maintenance: %w", err)
	}
	return pgx.CollectRows(rows, scanMaintenance)
}

func readMaintenance(ctx context.Context, q querier, id int64) (Maintenance, error) {
	return maintenanceWhere(ctx, q, `id = $1`, id)
}

// maintenanceWhere reads one, or returns a NotFound error.
func maintenanceWhere(ctx context.Context, q querier, where string, id int64) (Maintenance, error) {
	rows, err := q.Query(ctx, `
		SELECT id, service, from_at, until_at, mode, reason, created_by
		FROM maintenance
		WHERE `+where, id)
	if err != nil {
		return Maintenance{}, fmt.Errorf("read maintenance: %w", err)
	}
	m, err := pgx.CollectExactlyOneRow(rows, scanMaintenance)
	if errors.Is(err, pgx.ErrNoRows) {
		return Maintenance{}, noMaintenance()
	}
	return m, err
}

func noMaintenance() error {
	return incident.Errorf(incident.NotFound, "There is no maintenance of that number; see the list of what is planned.")
}

func scanMaintenance(row pgx.CollectableRow) (Maintenance, error) {
	var m Maintenance
	var until *time.Time
	if err := row.Scan(&m.ID, &m.Service, &m.From, &until, &m.Mode, &m.Reason, &m.By); err != nil {
		return Maintenance{}, fmt.Errorf("scan maintenance: %w", err)
	}
	m.From, m.Until = m.From.UTC(), fromNull(until)
	return m, nil
}

func insertMaintenance(ctx context.Context, q querier, m Maintenance) (id int64, err error) {
	err = q.QueryRow(ctx, `
		INSERT INTO maintenance (service, from_at, until_at, mode, reason, created_by)
		VALUES ($1, $2, $3, $4, $5, $6)
		RETURNING id`, m.Service, m.From, toNull(m.Until), m.Mode, m.Reason, m.By).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("insert maintenance: %w", err)
	}
	return id, nil
}

// lockMaintenance reads one that nobody else ends until the transaction does. It
// waits for whoever decides by it, who then finds it as it was.
func lockMaintenance(ctx context.Context, tx pgx.Tx, id int64) (Maintenance, error) {
	return maintenanceWhere(ctx, tx, `id = $1 FOR UPDATE`, id)
}

// saveMaintenanceEnd lets it end at an instant. One that has not begun ends before
// it began to count.
func saveMaintenanceEnd(ctx context.Context, tx pgx.Tx, m Maintenance, at time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE maintenance
		SET until_at = greatest($2, from_at)
		WHERE id = $1`, m.ID, at)
	if err != nil {
		return fmt.Errorf("save end of maintenance: %w", err)
	}
	return nil
}

// heldIDs lists the escalations that maintenance keeps back, oldest first.
func heldIDs(ctx context.Context, q querier) ([]int64, error) {
	rows, err := q.Query(ctx, `
		SELECT id
		FROM escalation
		WHERE held
		ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list held escalations: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}
