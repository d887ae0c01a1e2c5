package escalation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// Page is one demand on one person, or one word to a place, as it was made when
// its step fired. It never changes.
type Page struct {
	ID         int64
	Escalation int64
	Incident   incident.ID
	Run        int
	Pass       int
	Step       int        // 0 is the fallback
	Kind       TargetKind // person, channel or webhook
	Address    string     // Slack user id or channel, or a webhook's URL
	Urgency    Urgency
	Crowded    bool // made in a storm of its service
	At         time.Time

	// Stands is whether it still asks for an answer: its run goes on, and nobody,
	// or where several must, not this person, has acknowledged.
	Stands bool
}

// Person is whom it asks; "" when it is for a place.
func (p Page) Person() incident.PersonID {
	if p.Kind != TargetPerson {
		return ""
	}
	return incident.PersonID(p.Address)
}

// ReadPage returns a page; ok is false when there is none of that id.
func ReadPage(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}, id int64) (p Page, ok bool, err error) {
	err = q.QueryRow(ctx, `
		SELECT p.id, p.escalation_id, p.incident_id, p.run, p.pass, p.step, p.kind, p.address, p.urgency, p.crowded, p.created_at,
			e.state = 'triggered' AND e.run = p.run AND p.address <> ALL (e.acked_by)
		FROM page p
		JOIN escalation e ON e.id = p.escalation_id
		WHERE p.id = $1`, id).
		Scan(&p.ID, &p.Escalation, &p.Incident, &p.Run, &p.Pass, &p.Step, &p.Kind, &p.Address, &p.Urgency, &p.Crowded, &p.At, &p.Stands)
	if errors.Is(err, pgx.ErrNoRows) {
		return Page{}, false, nil
	}
	if err != nil {
		return Page{}, false, fmt.Errorf("read page: %w", err)
	}
	p.At = p.At.UTC()
	return p, true, nil
}

// insertPages stores the pages of the steps that fired, and writes their ids into
// the events. The key of the table refuses to page anybody twice for one step.
func insertPages(ctx context.Context, tx pgx.Tx, e *Escalation, events []incident.Event, now time.Time) error {
	for n, event := range events {
		fired, ok := event.(incident.StepFired)
		if !ok || len(fired.Pages)+len(fired.Places) == 0 {
			continue
		}
		crowded, err := inStorm(ctx, tx, e, now)
		if err != nil {
			return err
		}
		fired.Crowded, e.FiredAt = crowded, now
		ids, err := insertStep(ctx, tx, e, fired, now)
		if err != nil {
			return err
		}
		for at, p := range fired.Pages {
			fired.Pages[at].ID = ids[string(TargetPerson)+" "+string(p.Person)]
		}
		for at, p := range fired.Places {
			fired.Places[at].ID = ids[p.Kind+" "+p.Name]
		}
		events[n] = fired
	}
	return nil
}

func insertStep(ctx context.Context, tx pgx.Tx, e *Escalation, fired incident.StepFired, now time.Time) (map[string]int64, error) {
	var kinds, addresses []string
	for _, p := range fired.Pages {
		kinds, addresses = append(kinds, string(TargetPerson)), append(addresses, string(p.Person))
	}
	for _, p := range fired.Places {
		kinds, addresses = append(kinds, p.Kind), append(addresses, p.Name)
	}
	rows, err := tx.Query(ctx, `
		INSERT INTO page (escalation_id, incident_id, run, pass, step, urgency, crowded, created_at, kind, address)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, kind, address
		FROM unnest($9::text[], $10::text[]) AS target (kind, address)
		RETURNING id, kind || ' ' || address`,
		e.ID, e.Incident, e.Run, fired.Pass, fired.Step, e.Urgency, fired.Crowded, now, kinds, addresses)
	if err != nil {
		return nil, fmt.Errorf("insert pages: %w", err)
	}
	ids := map[string]int64{}
	var id int64
	var of string
	if _, err := pgx.ForEachRow(rows, []any{&id, &of}, func() error { ids[of] = id; return nil }); err != nil {
		return nil, fmt.Errorf("insert pages: %w", err)
	}
	return ids, nil
}

// A service of which more escalations than this have paged within stormSpan is in a
// storm: who is on call for it has been woken, and the rest can come after others.
const (
	stormPaged = 10
	stormSpan  = time.Minute
)

// inStorm reports whether so many other escalations of its service have paged of late
// that the pages of other services go before those of this one.
func inStorm(ctx context.Context, tx pgx.Tx, e *Escalation, now time.Time) (storm bool, err error) {
	if e.Service == "" {
		return false, nil
	}
	err = tx.QueryRow(ctx, `
		SELECT count(*) >= $4::int
		FROM (
			SELECT
			FROM escalation
			WHERE service = $1 AND fired_at > $2 AND id <> $3
			LIMIT $4::int
		) AS paged`, e.Service, now.Add(-stormSpan), e.ID, stormPaged).Scan(&storm)
	if err != nil {
		return false, fmt.Errorf("look for a storm: %w", err)
	}
	return storm, nil
}
