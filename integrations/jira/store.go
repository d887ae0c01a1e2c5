package jira

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tocsinhq/tocsin/incident"
)

// querier is a pool or a transaction.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// ticket is what we know of one issue, or of the wish for one.
type ticket struct {
	Incident incident.ID
	Task     int // 0: the incident itself
	State    ticketState
	Key      string
	URL      string
	Status   string // as Jira called it last
	Reason   string // why it is not filed
	Attempts int    // since the last answer that was certain
	Updated  time.Time
}

type ticketState string

const (
	ticketWaiting ticketState = "waiting"
	ticketOpen    ticketState = "open"
	ticketDone    ticketState = "done"
)

const ticketColumns = ` incident_id, task, state, key, url, status, reason, attempts, updated_at`

func scanTicket(row pgx.CollectableRow) (ticket, error) {
	var t ticket
	err := row.Scan(&t.Incident, &t.Task, &t.State, &t.Key, &t.URL, &t.Status, &t.Reason, &t.Attempts, &t.Updated)
	if err != nil {
		return ticket{}, fmt.Errorf("scan ticket: %w", err)
	}
	return t, nil
}

// ticketHold is how long an item stays with whoever files it or moves its issue:
// longer than a job may take. A process that died loses it at once.
const ticketHold = time.Minute

// beginTicket takes an item and counts an attempt before it is made, so that
// whoever comes next knows that an issue may exist. It keeps the time of the first
// uncertain attempt. ok is false when somebody else is filing it right now; an item
// that is filed is only read.
func beginTicket(ctx context.Context, q querier, id incident.ID, task int, worker string, now time.Time) (t ticket, ok bool, err error) {
	rows, err := q.Query(ctx, `
		INSERT INTO ticket AS known (incident_id, task, state, attempts, worker, held_until, updated_at)
		VALUES ($1, $2, 'waiting', 1, $3, $4, $5)
		ON CONFLICT ON CONSTRAINT ticket_pkey DO UPDATE
		SET attempts = known.attempts + 1, worker = excluded.worker, held_until = excluded.held_until,
			updated_at = CASE WHEN known.attempts = 0 THEN excluded.updated_at ELSE known.updated_at END
		WHERE known.key = '' AND (known.held_until IS NULL OR known.held_until < $5 OR NOT worker_alive(known.worker))
		RETURNING`+ticketColumns, id, task, worker, now.Add(ticketHold), now)
	if err != nil {
		return ticket{}, false, fmt.Errorf("begin ticket: %w", err)
	}
	t, err = pgx.CollectExactlyOneRow(rows, scanTicket)
	if !errors.Is(err, pgx.ErrNoRows) {
		return t, err == nil, err
	}
	t, found, err := readTicket(ctx, q, id, task)
	return t, found && t.Key != "", err
}

// holdTicket takes a filed item, so that nobody else moves its issue, or reads it and
// notes what it said, at the same time. ok is false when somebody else has it.
func holdTicket(ctx context.Context, q querier, t ticket, worker string, now time.Time) (held ticket, ok bool, err error) {
	rows, err := q.Query(ctx, `
		UPDATE ticket
		SET worker = $3, held_until = $4
		WHERE incident_id = $1 AND task = $2 AND (held_until IS NULL OR held_until < $5 OR NOT worker_alive(worker))
		RETURNING`+ticketColumns, t.Incident, t.Task, worker, now.Add(ticketHold), now)
	if err != nil {
		return ticket{}, false, fmt.Errorf("hold ticket: %w", err)
	}
	held, err = pgx.CollectExactlyOneRow(rows, scanTicket)
	if errors.Is(err, pgx.ErrNoRows) {
		return ticket{}, false, nil
	}
	return held, err == nil, err
}

// releaseTicket lets go of an item.
func releaseTicket(ctx context.Context, q querier, t ticket) error {
	_, err := q.Exec(ctx, `
		UPDATE ticket
		SET held_until = NULL
		WHERE incident_id = $1 AND task = $2`, t.Incident, t.Task)
	if err != nil {
		return fmt.Errorf("release ticket: %w", err)
	}
	return nil
}

// beginAgain starts a new uncertain attempt: the earlier ones are known to have
// filed nothing.
func beginAgain(ctx context.Context, q querier, t ticket, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE ticket
		SET attempts = 1, updated_at = $3
		WHERE incident_id = $1 AND task = $2`, t.Incident, t.Task, now)
	if err != nil {
		return fmt.Errorf("begin ticket again: %w", err)
	}
	return nil
}

// bindTicket notes the issue; false means that one is noted already.
func bindTicket(ctx context.Context, q querier, t ticket, now time.Time) (bool, error) {
	tag, err := q.Exec(ctx, `
		UPDATE ticket
		SET state = $3, key = $4, url = $5, status = $6, reason = '', attempts = 0, updated_at = $7
		WHERE incident_id = $1 AND task = $2 AND key = ''`, t.Incident, t.Task, t.State, t.Key, t.URL, t.Status, now)
	if err != nil {
		return false, fmt.Errorf("bind ticket: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// parkTicket notes why there is none. A certain refusal filed nothing, so the
// next attempt need not look first.
func parkTicket(ctx context.Context, q querier, t ticket, reason string, certain bool) error {
	_, err := q.Exec(ctx, `
		UPDATE ticket
		SET reason = $3, attempts = CASE WHEN $4 THEN 0 ELSE attempts END
		WHERE incident_id = $1 AND task = $2`, t.Incident, t.Task, reason, certain)
	if err != nil {
		return fmt.Errorf("park ticket: %w", err)
	}
	return nil
}

func saveTicket(ctx context.Context, q querier, t ticket, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE ticket
		SET state = $3, status = $4, reason = '', updated_at = $5
		WHERE incident_id = $1 AND task = $2`, t.Incident, t.Task, t.State, t.Status, now)
	if err != nil {
		return fmt.Errorf("save ticket: %w", err)
	}
	return nil
}

func readTicket(ctx context.Context, q querier, id incident.ID, task int) (ticket, bool, error) {
	return oneTicket(ctx, q, `WHERE incident_id = $1 AND task = $2`, id, task)
}

func ticketByKey(ctx context.Context, q querier, key string) (ticket, bool, error) {
	return oneTicket(ctx, q, `WHERE key = $1 AND key <> ''`, key)
}

func oneTicket(ctx context.Context, q querier, clauses string, args ...any) (ticket, bool, error) {
	rows, err := q.Query(ctx, `SELECT`+ticketColumns+` FROM ticket `+clauses, args...)
	if err != nil {
		return ticket{}, false, fmt.Errorf("read ticket: %w", err)
	}
	t, err := pgx.CollectExactlyOneRow(rows, scanTicket)
	if errors.Is(err, pgx.ErrNoRows) {
		return ticket{}, false, nil
	}
	return t, err == nil, err
}

// clearReason forgets why a ticket could not follow; it has.
func clearReason(ctx context.Context, q querier, t ticket) error {
	if t.Reason == "" {
		return nil
	}
	_, err := q.Exec(ctx, `
		UPDATE ticket
		SET reason = ''
		WHERE incident_id = $1 AND task = $2`, t.Incident, t.Task)
	if err != nil {
		return fmt.Errorf("clear reason of ticket: %w", err)
	}
	return nil
}

// liveTickets lists the issues worth asking about, the latest first, at most 1000:
// those that are open, and those that have changed since an instant.
func liveTickets(ctx context.Context, q querier, since time.Time) ([]ticket, error) {
	rows, err := q.Query(ctx, `SELECT`+ticketColumns+`
		FROM ticket
		WHERE key <> '' AND status <> $2 AND (state = 'open' OR updated_at > $1)
		ORDER BY updated_at DESC
		LIMIT 1000`, since, statusDeleted)
	if err != nil {
		return nil, fmt.Errorf("list tickets: %w", err)
	}
	return pgx.CollectRows(rows, scanTicket)
}
