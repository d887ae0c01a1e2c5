package paging

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tocsinhq/tocsin/incident/escalation"
)

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// insertPlan notes that a page is planned; made is false when it was already.
func insertPlan(ctx context.Context, tx pgx.Tx, page int64, now time.Time) (made bool, err error) {
	tag, err := tx.Exec(ctx, `
		INSERT INTO page_plan (page_id, planned_at)
		VALUES ($1, $2)
		ON CONFLICT (page_id) DO NOTHING`, page, now)
	if err != nil {
		return false, fmt.Errorf("insert page plan: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// markUnreachable notes why nobody is reached; first is false when it was noted.
func markUnreachable(ctx context.Context, tx pgx.Tx, page int64, reason string) (first bool, err error) {
	if reason == "" {
		reason = "No contact method is left."
	}
	tag, err := tx.Exec(ctx, `
		UPDATE page_plan
		SET unreachable = $2
		WHERE page_id = $1 AND unreachable = ''`, page, reason)
	if err != nil {
		return false, fmt.Errorf("mark page unreachable: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// passUnreachable reports whether no page of the step that fired last reaches
// anybody, and whether none of its whole pass does. Of a pass that another one
// followed, or whose fallback, which is step 0, was paged, neither is asked any more.
func passUnreachable(ctx context.Context, q querier, p escalation.Page) (step, pass bool, err error) {
	err = q.QueryRow(ctx, `
		WITH paged AS (
			SELECT p.step, coalesce(o.unreachable <> '', false) AS lost
			FROM page p
			LEFT JOIN page_plan o ON o.page_id = p.id
			WHERE p.escalation_id = $1 AND p.run = $2 AND p.pass = $3
		), going AS (
			SELECT NOT EXISTS (SELECT FROM page WHERE escalation_id = $1 AND (run, pass) > ($2, $3))
				AND NOT EXISTS (SELECT FROM paged WHERE step = 0) AS still
		)
		SELECT going.still AND bool_and(lost) FILTER (WHERE step = (SELECT max(step) FROM paged)), going.still AND bool_and(lost)
		FROM paged, going
		GROUP BY going.still`,
		p.Escalation, p.Run, p.Pass).Scan(&step, &pass)
	if err != nil {
		return false, false, fmt.Errorf("look for reachable pages: %w", err)
	}
	return step, pass, nil
}

// withoutDisabled leaves out what is planned to contact methods that were disabled
// since: it will be cancelled when its time comes, so it cannot come forward.
func withoutDisabled(ctx context.Context, tx pgx.Tx, page int64, all []Delivery) ([]Delivery, error) {
	rows, err := tx.Query(ctx, `
		SELECT d.id
		FROM delivery d
		JOIN contact_method c ON c.id = d.contact_id
		WHERE d.page_id = $1 AND d.state = 'planned' AND c.disabled_at IS NOT NULL`, page)
	if err != nil {
		return nil, fmt.Errorf("look for disabled contact methods: %w", err)
	}
	off, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("look for disabled contact methods: %w", err)
	}
	return slices.DeleteFunc(all, func(d Delivery) bool { return slices.Contains(off, d.ID) }), nil
}

// dropEarlier cancels what earlier pages of the escalation have not sent yet to the
// same person or place.
func dropEarlier(ctx context.Context, tx pgx.Tx, p escalation.Page, now time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE delivery
		SET state = 'cancelled', moved_at = $4, reason = '`+replaced+`'
		FROM page
		WHERE page.id = delivery.page_id AND page.escalation_id = $1 AND page.address = $2 AND page.id < $3
			AND delivery.state = 'planned'`,
		p.Escalation, p.Address, p.ID, now)
	if err != nil {
		return fmt.Errorf("drop messages of earlier pages: %w", err)
	}
	return nil
}

// insertPlanned stores the deliveries of a page. A rule that has one already keeps it.
func insertPlanned(ctx context.Context, tx pgx.Tx, p escalation.Page, plan []Planned, now time.Time) ([]Delivery, error) {
	var all []Delivery
	for _, planned := range plan {
		d := Delivery{
			Page: p.ID, Escalation: p.Escalation, Incident: p.Incident, Rule: planned.Rule, Kind: MessagePage, Person: p.Person(),
			Contact: planned.To.ID, Method: planned.To.Method, Address: planned.To.Address, State: StatePlanned, Due: planned.Due,
		}
		if err := insertDelivery(ctx, tx, &d, now); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}
