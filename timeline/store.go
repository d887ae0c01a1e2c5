package timeline

import (
	"context"
	"encoding/json"
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
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// insertEntries stores a change's events in one statement and returns them with
// their ids, in order.
func insertEntries(ctx context.Context, tx pgx.Tx, rec incident.Record) ([]Entry, error) {
	entries := make([]Entry, len(rec.Events))
	batch := &pgx.Batch{}
	for at, e := range rec.Events {
		entries[at] = Entry{Incident: rec.Incident.ID, By: rec.By, OccurredAt: rec.At, RecordedAt: rec.At, Event: e}
		if d, ok := e.(incident.Dated); ok && !d.OccurredAt().IsZero() {
			entries[at].OccurredAt = d.OccurredAt()
		}
		raw, err := Encode(e)
		if err != nil {
			return nil, err
		}
		queueEntry(batch, &entries[at], raw)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("insert timeline entries: %w", err)
	}
	return entries, nil
}

func queueEntry(batch *pgx.Batch, e *Entry, raw json.RawMessage) {
	var subject *int64
	if about, ok := e.Event.(incident.About); ok {
		id := about.Subject()
		subject = &id
	}
	var source incident.Message
	if m, ok := e.Event.(incident.MessageCaptured); ok {
		source = m.Message
	}
	batch.Queue(`
		INSERT INTO timeline_entry (incident_id, kind, occurred_at, recorded_at, actor_kind, actor_id, subject, source_channel, source_ts, data)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		RETURNING id`,
		e.Incident, e.Event.Kind(), e.OccurredAt, e.RecordedAt, e.By.Kind, e.By.ID, subject, source.Channel, source.TS, raw,
	).QueryRow(func(row pgx.Row) error { return row.Scan(&e.ID) })
}

const entryColumns = ` id, incident_id, kind, occurred_at, recorded_at, actor_kind, actor_id, data`

func scanEntry(row pgx.CollectableRow) (Entry, error) {
	var (
		e    Entry
		kind incident.Kind
		raw  []byte
	)
	if err := row.Scan(&e.ID, &e.Incident, &kind, &e.OccurredAt, &e.RecordedAt, &e.By.Kind, &e.By.ID, &raw); err != nil {
		return Entry{}, fmt.Errorf("scan timeline entry: %w", err)
	}
	e.OccurredAt, e.RecordedAt = e.OccurredAt.UTC(), e.RecordedAt.UTC()
	event, err := Decode(kind, raw)
	e.Event = event
	return e, err
}

func entriesOf(ctx context.Context, q querier, id incident.ID) ([]Entry, error) {
	rows, err := q.Query(ctx, `SELECT`+entryColumns+`
		FROM timeline_entry
		WHERE incident_id = $1
		ORDER BY occurred_at, id`, id)
	if err != nil {
		return nil, fmt.Errorf("read timeline: %w", err)
	}
	return pgx.CollectRows(rows, scanEntry)
}

// capturedEntry finds the entry that a Slack message was captured as.
func capturedEntry(ctx context.Context, q querier, id incident.ID, channel, ts string) (Entry, bool, error) {
	rows, err := q.Query(ctx, `SELECT`+entryColumns+`
		FROM timeline_entry
		WHERE incident_id = $1 AND source_channel = $2 AND source_ts = $3 AND kind = $4`,
		id, channel, ts, incident.KindMessageCaptured)
	if err != nil {
		return Entry{}, false, fmt.Errorf("find captured message: %w", err)
	}
	e, err := pgx.CollectExactlyOneRow(rows, scanEntry)
	if errors.Is(err, pgx.ErrNoRows) {
		return Entry{}, false, nil
	}
	return e, err == nil, err
}

// entryWithAmendments returns an entry and everything later said about it.
func entryWithAmendments(ctx context.Context, q querier, id incident.ID, entry int64) ([]Entry, error) {
	rows, err := q.Query(ctx, `SELECT`+entryColumns+`
		FROM timeline_entry
		WHERE incident_id = $1 AND (id = $2 OR subject = $2)
		ORDER BY id`, id, entry)
	if err != nil {
		return nil, fmt.Errorf("read entry: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanEntry)
	if err == nil && (len(list) == 0 || list[0].ID != entry) {
		return nil, incident.Errorf(incident.NotFound, "%s has no timeline entry %d.", id, entry)
	}
	return list, err
}

// saveMark stores who marked a message how. It reports false when a later word
// of the same person about the same mark is known already.
func saveMark(ctx context.Context, tx pgx.Tx, id incident.ID, m Mark) (bool, error) {
	tag, err := tx.Exec(ctx, `
		INSERT INTO timeline_mark AS known (incident_id, channel, message_ts, person, mark, present, event_ts)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT ON CONSTRAINT timeline_mark_pkey DO UPDATE
		SET present = excluded.present, event_ts = excluded.event_ts
		WHERE known.event_ts COLLATE "C" < excluded.event_ts COLLATE "C"`,
		id, m.Message.Channel, m.Message.TS, m.owner(), m.Via, m.Present, m.EventTS)
	if err != nil {
		return false, fmt.Errorf("save mark: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// marksOf reports which kinds of mark a message carries from anybody.
func marksOf(ctx context.Context, tx pgx.Tx, id incident.ID, m incident.Message) (map[Via]bool, error) {
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT mark
		FROM timeline_mark
		WHERE incident_id = $1 AND channel = $2 AND message_ts = $3 AND present`, id, m.Channel, m.TS)
	if err != nil {
		return nil, fmt.Errorf("read marks: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[Via])
	present := map[Via]bool{}
	for _, via := range list {
		present[via] = true
	}
	return present, err
}

func knownMarks(ctx context.Context, q querier, id incident.ID, channel string) (map[string][]Mark, error) {
	rows, err := q.Query(ctx, `
		WITH captured AS (
			SELECT source_ts, EXISTS (SELECT FROM timeline_entry AS d WHERE d.incident_id = $1 AND d.subject = e.id AND d.kind = $4) AS deleted
			FROM timeline_entry AS e
			WHERE incident_id = $1 AND source_channel = $2 AND kind = $3
		)
		SELECT message_ts, person, mark, present, event_ts
		FROM timeline_mark
		WHERE incident_id = $1 AND channel = $2 AND message_ts NOT IN (SELECT source_ts FROM captured WHERE deleted)
		UNION ALL
		SELECT source_ts, '', '', false, ''
		FROM captured
		WHERE NOT deleted`, id, channel, incident.KindMessageCaptured, incident.KindMessageDeleted)
	if err != nil {
		return nil, fmt.Errorf("read known marks: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m Mark, err error) {
		err = row.Scan(&m.Message.TS, &m.By, &m.Via, &m.Present, &m.EventTS)
		return m, err
	})
	known := map[string][]Mark{}
	for _, m := range list {
		if m.Via == "" {
			known[m.Message.TS] = append([]Mark{}, known[m.Message.TS]...)
			continue
		}
		m.Message.Channel = channel
		known[m.Message.TS] = append(known[m.Message.TS], m)
	}
	return known, err
}

func insertHypothesis(ctx context.Context, tx pgx.Tx, id incident.ID, h Hypothesis) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO hypothesis (incident_id, number, text, raised_by, raised_at)
		VALUES ($1, $2, $3, $4, $5)`, id, h.Number, h.Text, h.RaisedBy, h.RaisedAt)
	if err != nil {
		return fmt.Errorf("insert hypothesis: %w", err)
	}
	return nil
}

func settleHypothesis(ctx context.Context, tx pgx.Tx, id incident.ID, number int, outcome Outcome, at time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE hypothesis
		SET outcome = $3, settled_at = $4
		WHERE incident_id = $1 AND number = $2`, id, number, outcome, at)
	if err != nil {
		return fmt.Errorf("settle hypothesis: %w", err)
	}
	return nil
}

func hypothesesOf(ctx context.Context, q querier, id incident.ID) ([]Hypothesis, error) {
	rows, err := q.Query(ctx, `
		SELECT number, text, outcome, raised_by, raised_at, settled_at
		FROM hypothesis
		WHERE incident_id = $1
		ORDER BY number`, id)
	if err != nil {
		return nil, fmt.Errorf("list hypotheses: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Hypothesis, error) {
		var (
			h       Hypothesis
			settled *time.Time
		)
		err := row.Scan(&h.Number, &h.Text, &h.Outcome, &h.RaisedBy, &h.RaisedAt, &settled)
		h.RaisedAt = h.RaisedAt.UTC()
		if settled != nil {
			h.SettledAt = settled.UTC()
		}
		return h, err
	})
}
