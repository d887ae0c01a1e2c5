package postmortem

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// readDocument returns the document of an incident; before the first draft it
// is empty, in state draft, with version 0.
func readDocument(ctx context.Context, q querier, i *incident.Incident) (Document, error) {
	d := Document{Incident: i, State: Draft}
	var drafted *time.Time
	err := q.QueryRow(ctx, `
		SELECT state, version, owner, drafted_at
		FROM postmortem
		WHERE incident_id = $1`, i.ID).Scan(&d.State, &d.Version, &d.Owner, &drafted)
	if errors.Is(err, pgx.ErrNoRows) {
		return d, nil
	}
	if err != nil {
		return d, fmt.Errorf("read postmortem: %w", err)
	}
	d.DraftedAt = fromNull(drafted)
	d.Parts, err = readParts(ctx, q, i.ID)
	return d, err
}

// readParts returns the sections in reading order. Sections that this program
// no longer writes come last, and only when a person wrote them.
func readParts(ctx context.Context, q querier, id incident.ID) ([]Part, error) {
	rows, err := q.Query(ctx, `
		SELECT section, generated, written, written_by, written_at, based_on
		FROM postmortem_section
		WHERE incident_id = $1
		ORDER BY section`, id)
	if err != nil {
		return nil, fmt.Errorf("read postmortem sections: %w", err)
	}
	stored, err := pgx.CollectRows(rows, scanPart)
	if err != nil {
		return nil, err
	}
	parts := make([]Part, 0, len(stored))
	for _, s := range outline() {
		at := slices.IndexFunc(stored, func(p Part) bool { return p.Key == s.Key })
		if at < 0 {
			continue
		}
		p := stored[at]
		p.Title, p.Record = s.Title, s.Record
		parts = append(parts, p)
		stored = slices.Delete(stored, at, at+1)
	}
	for _, p := range stored {
		if p.Written != "" {
			parts = append(parts, p)
		}
	}
	return parts, nil
}

func scanPart(row pgx.CollectableRow) (Part, error) {
	var (
		p       Part
		written *time.Time
	)
	if err := row.Scan(&p.Key, &p.Generated, &p.Written, &p.WrittenBy, &written, &p.BasedOn); err != nil {
		return Part{}, fmt.Errorf("scan postmortem section: %w", err)
	}
	p.Title, p.WrittenAt = p.Key, fromNull(written)
	return p, nil
}

// saveDocument stores what of after differs from before. A new postmortem gets
// readKey; an old one keeps its own.
func saveDocument(ctx context.Context, tx pgx.Tx, before, after Document, readKey string) error {
	batch := &pgx.Batch{}
	batch.Queue(`
		INSERT INTO postmortem (incident_id, state, version, owner, read_key, drafted_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT ON CONSTRAINT postmortem_pkey DO UPDATE
		SET state = excluded.state, version = excluded.version, owner = excluded.owner, drafted_at = excluded.drafted_at`,
		after.Incident.ID, after.State, after.Version, after.Owner, readKey, toNull(after.DraftedAt))
	for _, p := range after.Parts {
		if old := before.part(p.Key); old == nil || *old != p {
			queuePart(batch, after.Incident.ID, p)
		}
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("save postmortem: %w", err)
	}
	return nil
}

func queuePart(batch *pgx.Batch, id incident.ID, p Part) {
	batch.Queue(`
		INSERT INTO postmortem_section (incident_id, section, generated, written, written_by, written_at, based_on)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT ON CONSTRAINT postmortem_section_pkey DO UPDATE
		SET generated = excluded.generated, written = excluded.written, written_by = excluded.written_by,
			written_at = excluded.written_at, based_on = excluded.based_on`,
		id, p.Key, p.Generated, p.Written, p.WrittenBy, toNull(p.WrittenAt), p.BasedOn)
}

func readKeyOf(ctx context.Context, q querier, id incident.ID) (key string, found bool, err error) {
	err = q.QueryRow(ctx, `
		SELECT read_key
		FROM postmortem
		WHERE incident_id = $1`, id).Scan(&key)
	return oneOrNone(key, err)
}

func incidentByKey(ctx context.Context, q querier, key string) (id incident.ID, found bool, err error) {
	err = q.QueryRow(ctx, `
		SELECT incident_id
		FROM postmortem
		WHERE read_key = $1 AND read_key <> ''`, key).Scan(&id)
	return oneOrNone(id, err)
}

func oneOrNone[T any](v T, err error) (T, bool, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return v, false, nil
	}
	if err != nil {
		return v, false, fmt.Errorf("find postmortem: %w", err)
	}
	return v, true, nil
}

// ticketsOf returns what the tracker knows, by task number; 0 is the incident's own.
func ticketsOf(ctx context.Context, q querier, id incident.ID) (map[int]Ticket, error) {
	rows, err := q.Query(ctx, `
		SELECT task, key, url, status, state = 'done', reason
		FROM ticket
		WHERE incident_id = $1`, id)
	if err != nil {
		return nil, fmt.Errorf("read tickets: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Ticket])
	if err != nil {
		return nil, fmt.Errorf("scan tickets: %w", err)
	}
	tickets := make(map[int]Ticket, len(list))
	for _, t := range list {
		tickets[t.Task] = t
	}
	return tickets, nil
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
