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

// currentMaintenance lists what is going on or planned.
func currentMaintenance(ctx context.Context, q querier, at time.Time) ([]Maintenance, error) {
	rows, err := q.Query(ctx, `
		SELECT id, service, from_at, until_at, mode, reason, created_by
		FROM maintenance
		WHERE until_at IS NULL OR until_at > $1
		ORDER BY from_at, id`, at)
	if err != nil {
		return nil, fmt.Errorf("list maintenance: %w", err)
	}
	return pgx.CollectRows(rows, scanMaintenance)
}

func readMaintenance(ctx context.Context, q querier, id int64) (Maintenance, error) {
	rows, err := q.Query(ctx, `
		SELECT id, service, from_at, until_at, mode, reason, created_by
		FROM maintenance
		WHERE id = $1`, id)
	if err != nil {
		return Maintenance{}, fmt.Errorf("read maintenance: %w", err)
	}
	m, err := pgx.CollectExactlyOneRow(rows, scanMaintenance)
	if errors.Is(err, pgx.ErrNoRows) {
		return m, noMaintenance()
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

// endMaintenance lets it end at an instant; ended is false when it was over. One
// that has not begun ends before it began to count.
func endMaintenance(ctx context.Context, q querier, id int64, at time.Time) (ended bool, err error) {
	var over bool
	err = q.QueryRow(ctx, `
		WITH subject AS (
			SELECT id, from_at, until_at <= $2 AS over
			FROM maintenance
			WHERE id = $1
			FOR UPDATE
		), shorter AS (
			UPDATE maintenance m
			SET until_at = greatest($2, m.from_at)
			FROM subject s
			WHERE m.id = s.id AND s.over IS NOT TRUE
		)
		SELECT coalesce(over, false)
		FROM subject`, id, at).Scan(&over)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, noMaintenance()
	}
	if err != nil {
		return false, fmt.Errorf("end maintenance: %w", err)
	}
	return !over, nil
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
