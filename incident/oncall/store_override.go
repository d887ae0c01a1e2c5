package oncall

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// overridesOf reads the overrides of schedules that end after since, in the order
// in which they apply. Whoever is removed from the organisation is no longer put
// on call by any: such an override ends with the removal.
func overridesOf(ctx context.Context, q roster.Querier, schedules []string, since time.Time) (map[string][]Override, error) {
	rows, err := q.Query(ctx, `
		SELECT o.schedule, o.id, o.action, o.person, o.replaced, o.from_at, LEAST(o.until_at, p.removed_at)
		FROM schedule_override o
		LEFT JOIN person p ON p.id = o.person
		WHERE o.schedule = ANY($1) AND o.removed_at IS NULL
			AND LEAST(o.until_at, p.removed_at) > GREATEST(o.from_at, $2)
		ORDER BY o.id`, schedules, since)
	if err != nil {
		return nil, fmt.Errorf("read overrides: %w", err)
	}
	all := map[string][]Override{}
	var schedule string
	var o Override
	_, err = pgx.ForEachRow(rows, []any{&schedule, &o.ID, &o.Action, &o.Person, &o.Replaced, &o.From, &o.Until}, func() error {
		o.From, o.Until = o.From.UTC(), o.Until.UTC()
		all[schedule] = append(all[schedule], o)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read overrides: %w", err)
	}
	return all, nil
}

// Planned is an override as it is kept: with who made it, why and when.
type Planned struct {
	Override
	Schedule  string
	Reason    string
	CreatedBy incident.PersonID
	CreatedAt time.Time
	RemovedBy incident.PersonID // who ended it early, or took it back; may be empty
	RemovedAt time.Time         // when it was taken back before it began; zero: it was not
}

const plannedColumns = `id, schedule, action, person, replaced, from_at, until_at, reason, created_by, created_at, removed_by, removed_at`

func scanPlanned(row pgx.CollectableRow) (p Planned, err error) {
	var removed *time.Time
	err = row.Scan(&p.ID, &p.Schedule, &p.Action, &p.Person, &p.Replaced, &p.From, &p.Until,
		&p.Reason, &p.CreatedBy, &p.CreatedAt, &p.RemovedBy, &removed)
	if removed != nil {
		p.RemovedAt = removed.UTC()
	}
	p.From, p.Until, p.CreatedAt = p.From.UTC(), p.Until.UTC(), p.CreatedAt.UTC()
	return p, err
}

func insertOverride(ctx context.Context, tx pgx.Tx, p *Planned) error {
	err := tx.QueryRow(ctx, `
		INSERT INTO schedule_override (schedule, action, person, replaced, from_at, until_at, reason, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		RETURNING id`,
		p.Schedule, p.Action, p.Person, p.Replaced, p.From, p.Until, p.Reason, p.CreatedBy, p.CreatedAt).Scan(&p.ID)
	if err != nil {
		return fmt.Errorf("insert override: %w", err)
	}
	return nil
}

// lockOverride reads an override that nobody else alters until the transaction
// ends; ok is false when there is none of that id.
func lockOverride(ctx context.Context, tx pgx.Tx, id int64) (p Planned, ok bool, err error) {
	rows, err := tx.Query(ctx, `SELECT `+plannedColumns+` FROM schedule_override WHERE id = $1 FOR UPDATE`, id)
	if err != nil {
		return Planned{}, false, fmt.Errorf("lock override: %w", err)
	}
	p, err = pgx.CollectExactlyOneRow(rows, scanPlanned)
	if errors.Is(err, pgx.ErrNoRows) {
		return Planned{}, false, nil
	}
	if err != nil {
		return Planned{}, false, fmt.Errorf("lock override: %w", err)
	}
	return p, true, nil
}

// saveOverrideEnd notes that an override ends early or was taken back.
func saveOverrideEnd(ctx context.Context, tx pgx.Tx, p Planned) error {
	var removed *time.Time
	if !p.RemovedAt.IsZero() {
		removed = &p.RemovedAt
	}
	_, err := tx.Exec(ctx, `
		UPDATE schedule_override
		SET until_at = $2, removed_by = $3, removed_at = $4
		WHERE id = $1`, p.ID, p.Until, p.RemovedBy, removed)
	if err != nil {
		return fmt.Errorf("end override: %w", err)
	}
	return nil
}

// plannedOverrides lists the overrides of a schedule that end after since and
// were not taken back, by their beginning.
func plannedOverrides(ctx context.Context, q roster.Querier, schedule string, since time.Time) ([]Planned, error) {
	rows, err := q.Query(ctx, `
		SELECT `+plannedColumns+`
		FROM schedule_override
		WHERE schedule = $1 AND until_at > $2 AND removed_at IS NULL
		ORDER BY from_at, id`, schedule, since)
	if err != nil {
		return nil, fmt.Errorf("list overrides: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanPlanned)
	if err != nil {
		return nil, fmt.Errorf("list overrides: %w", err)
	}
	return all, nil
}
