package oncall

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident/roster"
)

// Save makes a schedule, or replaces the definition of the one of that id and
// counts its revision up. group is the Slack user group that is to hold whoever is
// on call, empty for none. Overrides of s are not stored: those that people made
// stay.
func Save(ctx context.Context, tx pgx.Tx, s Schedule, group string) error {
	s.Overrides = nil
	raw, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode schedule %s: %w", s.ID, err)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO schedule (id, definition, user_group)
		VALUES ($1, $2, $3)
		ON CONFLICT ON CONSTRAINT schedule_pkey DO UPDATE
		SET definition = excluded.definition, user_group = excluded.user_group, revision = schedule.revision + 1`,
		s.ID, raw, group)
	if err != nil {
		return fmt.Errorf("save schedule %s: %w", s.ID, err)
	}
	return nil
}

// Delete removes a schedule with its overrides and requests for cover. One that
// does not exist is no mistake.
func Delete(ctx context.Context, tx pgx.Tx, id string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM schedule WHERE id = $1`, id); err != nil {
		return fmt.Errorf("delete schedule %s: %w", id, err)
	}
	return nil
}

// Stored is a schedule as it is kept: its overrides are those that end after the
// instant that was asked for.
type Stored struct {
	Schedule
	UserGroup string // Slack user group that holds whoever is on call; may be empty
	Revision  int64  // counts the changes of its definition
}

const storedColumns = `id, definition, user_group, revision`

func scanStored(row pgx.CollectableRow) (s Stored, err error) {
	var raw []byte
	if err := row.Scan(&s.ID, &raw, &s.UserGroup, &s.Revision); err != nil {
		return s, err
	}
	id := s.ID
	if err := json.Unmarshal(raw, &s.Schedule); err != nil {
		return s, fmt.Errorf("decode schedule %s: %w", id, err)
	}
	s.ID = id
	return s, nil
}

// Read returns a schedule with the overrides that end after since; ok is false
// when there is none of that id.
func Read(ctx context.Context, q roster.Querier, id string, since time.Time) (s Stored, ok bool, err error) {
	rows, err := q.Query(ctx, `SELECT `+storedColumns+` FROM schedule WHERE id = $1`, id)
	if err != nil {
		return Stored{}, false, fmt.Errorf("read schedule %s: %w", id, err)
	}
	s, err = pgx.CollectExactlyOneRow(rows, scanStored)
	if errors.Is(err, pgx.ErrNoRows) {
		return Stored{}, false, nil
	}
	if err != nil {
		return Stored{}, false, fmt.Errorf("read schedule %s: %w", id, err)
	}
	all, err := overridesOf(ctx, q, []string{id}, since)
	s.Overrides = all[id]
	return s, err == nil, err
}

// List returns all schedules by id, with the overrides that end after since.
func List(ctx context.Context, q roster.Querier, since time.Time) ([]Stored, error) {
	rows, err := q.Query(ctx, `SELECT `+storedColumns+` FROM schedule ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list schedules: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanStored)
	if err != nil {
		return nil, fmt.Errorf("list schedules: %w", err)
	}
	ids := make([]string, len(all))
	for i, s := range all {
		ids[i] = s.ID
	}
	overrides, err := overridesOf(ctx, q, ids, since)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Overrides = overrides[all[i].ID]
	}
	return all, nil
}

// lockSchedule keeps others from changing a schedule until the transaction ends;
// ok is false when there is none of that id.
func lockSchedule(ctx context.Context, tx pgx.Tx, id string) (ok bool, err error) {
	err = tx.QueryRow(ctx, `SELECT true FROM schedule WHERE id = $1 FOR UPDATE`, id).Scan(&ok)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("lock schedule %s: %w", id, err)
	}
	return true, nil
}
