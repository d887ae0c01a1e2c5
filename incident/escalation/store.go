package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

const escalationColumns = `
	id, incident_id, dedup_key, count, subject, service, urgency, reason, state, policy,
	pass, next_step, settled, fired, exhausted, step_due_at, ack_due_at, snoozed, resolve_due_at,
	held, held_until, run, generation, acked_by, began_at, fired_at`

func scanEscalation(row pgx.CollectableRow) (*Escalation, error) {
	var (
		e      Escalation
		policy []byte
		times  [5]*time.Time
	)
	err := row.Scan(&e.ID, &e.Incident, &e.Key, &e.Count, &e.Subject, &e.Service, &e.Urgency, &e.Reason, &e.State, &policy,
		&e.Pass, &e.Next, &e.Settled, &e.Fired, &e.Exhausted, &times[0], &times[1], &e.Snoozed, &times[2],
		&e.Held, &times[3], &e.Run, &e.Generation, &e.AckedBy, &e.BeganAt, &times[4])
	if err != nil {
		return nil, fmt.Errorf("scan escalation: %w", err)
	}
	if err := json.Unmarshal(policy, &e.Policy); err != nil {
		return nil, fmt.Errorf("decode policy of escalation %d: %w", e.ID, err)
	}
	e.BeganAt = e.BeganAt.UTC()
	for at, p := range []*time.Time{&e.StepDue, &e.AckDue, &e.ResolveDue, &e.HeldUntil, &e.FiredAt} {
		*p = fromNull(times[at])
	}
	return &e, nil
}

// fromNull and toNull translate between a zero time and SQL's NULL.
func fromNull(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func toNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// insertEscalation stores a new one and numbers it, unless its key is taken.
func insertEscalation(ctx context.Context, tx pgx.Tx, e *Escalation, now time.Time) (made bool, err error) {
	policy, err := json.Marshal(e.Policy)
	if err != nil {
		return false, fmt.Errorf("encode policy: %w", err)
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO escalation (incident_id, dedup_key, count, subject, service, urgency, reason, state, policy,
			pass, next_step, settled, fired, exhausted, snoozed, held, run, generation, began_at)
		VALUES ($1, $2, 1, $3, $4, $5, $6, 'triggered', $7, 0, 1, false, 0, false, false, false, 1, 0, $8)
		ON CONFLICT (dedup_key) WHERE state <> 'resolved' DO NOTHING
		RETURNING id`,
		e.Incident, e.Key, e.Subject, e.Service, e.Urgency, e.Reason, policy, now).Scan(&e.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("insert escalation: %w", err)
	}
	return true, nil
}

func updateEscalation(ctx context.Context, tx pgx.Tx, e *Escalation) error {
	policy, err := json.Marshal(e.Policy)
	if err != nil {
		return fmt.Errorf("encode policy: %w", err)
	}
	acked := e.AckedBy
	if acked == nil {
		acked = []incident.PersonID{}
	}
	_, err = tx.Exec(ctx, `
		UPDATE escalation
		SET count = $2, urgency = $3, state = $4, policy = $5, pass = $6, next_step = $7, settled = $8, fired = $9,
			exhausted = $10, step_due_at = $11, ack_due_at = $12, snoozed = $13, resolve_due_at = $14,
			held = $15, held_until = $16, run = $17, generation = $18, acked_by = $19, next_due_at = $20, fired_at = $21,
			reason = $22
		WHERE id = $1`,
		e.ID, e.Count, e.Urgency, e.State, policy, e.Pass, e.Next, e.Settled, e.Fired,
		e.Exhausted, toNull(e.StepDue), toNull(e.AckDue), e.Snoozed, toNull(e.ResolveDue),
		e.Held, toNull(e.HeldUntil), e.Run, e.Generation, acked, toNull(e.Due()), toNull(e.FiredAt), e.Reason)
	if err != nil {
		return fmt.Errorf("update escalation: %w", err)
	}
	return nil
}

// owner tells whose escalation it is, and its generation, which only ever grows;
// ok is false when there is none of that id.
func owner(ctx context.Context, q querier, id int64) (i incident.ID, generation int, ok bool, err error) {
	err = q.QueryRow(ctx, `SELECT incident_id, generation FROM escalation WHERE id = $1`, id).Scan(&i, &generation)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, 0, false, nil
	}
	if err != nil {
		return 0, 0, false, fmt.Errorf("read owner of escalation: %w", err)
	}
	return i, generation, true, nil
}

func openWithKey(ctx context.Context, q querier, key string) (id int64, ok bool, err error) {
	err = q.QueryRow(ctx, `SELECT id FROM escalation WHERE dedup_key = $1 AND state <> 'resolved'`, key).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("find open escalation: %w", err)
	}
	return id, true, nil
}

func lockEscalation(ctx context.Context, tx pgx.Tx, id int64) (*Escalation, error) {
	return oneEscalation(ctx, tx, id, `SELECT`+escalationColumns+` FROM escalation WHERE id = $1 FOR UPDATE`)
}

func readEscalation(ctx context.Context, q querier, id int64) (*Escalation, error) {
	return oneEscalation(ctx, q, id, `SELECT`+escalationColumns+` FROM escalation WHERE id = $1`)
}

func oneEscalation(ctx context.Context, q querier, id int64, sql string) (*Escalation, error) {
	rows, err := q.Query(ctx, sql, id)
	if err != nil {
		return nil, fmt.Errorf("read escalation: %w", err)
	}
	e, err := pgx.CollectExactlyOneRow(rows, scanEscalation)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, unknown()
	}
	return e, err
}

func unknown() error {
	return incident.Errorf(incident.NotFound, "That page is not on record; see the incident's card for what is open.")
}

// lockOpen locks what is open of an incident, in the order of the ids.
func lockOpen(ctx context.Context, tx pgx.Tx, id incident.ID) ([]*Escalation, error) {
	return escalationsWhere(ctx, tx, `WHERE incident_id = $1 AND state <> 'resolved' ORDER BY id FOR UPDATE`, id)
}

func openOf(ctx context.Context, q querier, id incident.ID) ([]*Escalation, error) {
	return escalationsWhere(ctx, q, `WHERE incident_id = $1 AND state <> 'resolved' ORDER BY id`, id)
}

func escalationsWhere(ctx context.Context, q querier, clauses string, args ...any) ([]*Escalation, error) {
	rows, err := q.Query(ctx, `SELECT`+escalationColumns+` FROM escalation `+clauses, args...)
	if err != nil {
		return nil, fmt.Errorf("list escalations: %w", err)
	}
	return pgx.CollectRows(rows, scanEscalation)
}
