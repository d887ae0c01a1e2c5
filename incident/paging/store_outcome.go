package paging

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

func saveReason(ctx context.Context, tx pgx.Tx, id int64, reason string) error {
	if _, err := tx.Exec(ctx, `UPDATE delivery SET reason = $2 WHERE id = $1`, id, reason); err != nil {
		return fmt.Errorf("save reason of delivery: %w", err)
	}
	return nil
}

// newerStatus reports whether a person is about to be told something newer of the
// same escalation; then the older word is dropped.
func newerStatus(ctx context.Context, tx pgx.Tx, d Delivery) (newer bool, err error) {
	tag, err := tx.Exec(ctx, `
		UPDATE delivery
		SET state = 'cancelled', reason = 'Something newer is told instead.'
		WHERE id = $1 AND EXISTS (
			SELECT FROM delivery n
			WHERE n.kind = 'status' AND n.escalation_id = $2 AND n.person = $3 AND n.id > $1
		)`, d.ID, d.Escalation, d.Person)
	if err != nil {
		return false, fmt.Errorf("look for newer status: %w", err)
	}
	return tag.RowsAffected() > 0, nil
}

// pagedPeople lists who was sent a message of an escalation and is still one of us.
func pagedPeople(ctx context.Context, tx pgx.Tx, escalation int64) ([]incident.PersonID, error) {
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT person
		FROM delivery
		WHERE escalation_id = $1 AND kind IN ('page', 'digest') AND person <> '' AND state IN ('sending', 'sent', 'delivered', 'seen', 'bundled')
			AND NOT EXISTS (SELECT FROM person p WHERE p.id = delivery.person AND p.removed_at IS NOT NULL)
		ORDER BY person`, escalation)
	if err != nil {
		return nil, fmt.Errorf("read who was paged: %w", err)
	}
	people, err := pgx.CollectRows(rows, pgx.RowTo[incident.PersonID])
	if err != nil {
		return nil, fmt.Errorf("read who was paged: %w", err)
	}
	return people, nil
}

// subscription is what somebody wants to be told; without a word, everything.
func subscription(ctx context.Context, q querier, p incident.PersonID) (outcomes []string, err error) {
	err = q.QueryRow(ctx, `SELECT outcomes FROM outcome_subscription WHERE person = $1`, p).Scan(&outcomes)
	if errors.Is(err, pgx.ErrNoRows) {
		return Outcomes(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read outcome subscription: %w", err)
	}
	return outcomes, nil
}

func saveSubscription(ctx context.Context, q querier, p incident.PersonID, outcomes []string) error {
	_, err := q.Exec(ctx, `
		INSERT INTO outcome_subscription (person, outcomes)
		VALUES ($1, $2)
		ON CONFLICT (person) DO UPDATE SET outcomes = $2`, p, outcomes)
	if err != nil {
		return fmt.Errorf("save outcome subscription: %w", err)
	}
	return nil
}

// dropOvertaken cancels what is planned of an escalation that nobody has to be paged for.
func dropOvertaken(ctx context.Context, tx pgx.Tx, escalation int64, now time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE delivery d
		SET state = 'cancelled', moved_at = $2, reason = '`+answered+`'
		FROM page p, escalation e
		WHERE d.escalation_id = $1 AND d.state = 'planned' AND p.id = d.page_id AND e.id = p.escalation_id
			AND (e.state <> 'triggered' OR e.run <> p.run OR p.address = ANY (e.acked_by))`, escalation, now)
	if err != nil {
		return fmt.Errorf("drop overtaken messages: %w", err)
	}
	return nil
}

// saveAwake notes until when somebody is awake for an incident.
func saveAwake(ctx context.Context, q querier, p incident.PersonID, i incident.ID, until time.Time) error {
	_, err := q.Exec(ctx, `
		INSERT INTO awake (person, incident_id, until_at)
		VALUES ($1, $2, $3)
		ON CONFLICT (person, incident_id) DO UPDATE SET until_at = $3`, p, i, until)
	if err != nil {
		return fmt.Errorf("save who is awake: %w", err)
	}
	return nil
}

// countUseless counts texts in a row that were not understood; zero starts again.
func countUseless(ctx context.Context, q querier, m Method, address string, now time.Time) (count int, err error) {
	err = q.QueryRow(ctx, `
		INSERT INTO useless_reply (method, address, count, last_at)
		VALUES ($1, $2, 1, $3)
		ON CONFLICT (method, address) DO UPDATE SET count = useless_reply.count + 1, last_at = $3
		RETURNING count`, m, address, now).Scan(&count)
	if err != nil {
		return 0, fmt.Errorf("count useless replies: %w", err)
	}
	return count, nil
}

func forgetUseless(ctx context.Context, q querier, m Method, address string) error {
	if _, err := q.Exec(ctx, `DELETE FROM useless_reply WHERE method = $1 AND address = $2`, m, address); err != nil {
		return fmt.Errorf("forget useless replies: %w", err)
	}
	return nil
}

// ledger lists all messages of an incident's pages, oldest first. What is planned for a
// page that asks for nothing any more, or that a later one has taken the place of, is as
// good as cancelled: that is done when a job gets to it, after what shows the ledger.
func ledger(ctx context.Context, q querier, id incident.ID) ([]Line, error) {
	rows, err := q.Query(ctx, `
		SELECT d.person, d.method, CASE WHEN gone.why = '' THEN d.state ELSE 'cancelled' END, CASE WHEN d.state = 'planned' THEN d.due_at ELSE coalesce(d.sent_at, d.due_at) END,
			CASE WHEN gone.why = '' THEN d.reason ELSE gone.why END, d.repeat, p.pass, p.step, p.run, d.escalation_id, d.id
		FROM delivery d
		JOIN page p ON p.id = d.page_id
		JOIN escalation e ON e.id = p.escalation_id
		CROSS JOIN LATERAL (
			SELECT CASE
				WHEN d.state <> 'planned' THEN ''
				WHEN e.state <> 'triggered' OR e.run <> p.run OR p.address = ANY (e.acked_by) THEN '`+answered+`'
				WHEN EXISTS (SELECT FROM page later WHERE later.escalation_id = e.id AND later.address = p.address AND later.id > p.id) THEN '`+replaced+`'
				ELSE ''
			END AS why
		) gone
		WHERE d.incident_id = $1
		UNION ALL
		SELECT p.address, '', 'failed', o.planned_at, o.unreachable, false, p.pass, p.step, p.run, p.escalation_id, 0
		FROM page_plan o
		JOIN page p ON p.id = o.page_id
		WHERE p.incident_id = $1 AND o.unreachable <> '' AND NOT EXISTS (SELECT FROM delivery WHERE page_id = p.id)
		ORDER BY 4, 11`, id)
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	lines, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Line, err error) {
		err = row.Scan(&l.Person, &l.Method, &l.State, &l.At, &l.Reason, &l.Repeat, &l.Pass, &l.Step, &l.Run, &l.Escalation, &l.Delivery)
		l.At = l.At.UTC()
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	return lines, nil
}
