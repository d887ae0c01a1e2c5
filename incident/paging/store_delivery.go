package paging

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

const deliveryColumns = `
	d.id, d.kind, coalesce(d.page_id, 0), coalesce(d.escalation_id, 0), coalesce(d.incident_id, 0), d.rule, d.outcome,
	d.person, coalesce(d.contact_id, 0), d.method, d.address, d.subject, d.body, d.state, d.attempt, d.unsure, d.repeat,
	d.worker, d.planned_at, d.due_at, d.first_at, d.sent_at, d.held, d.vendor_id, d.sequence, d.reason, d.code,
	coalesce(d.bundle_id, 0), d.anew`

func scanDelivery(row pgx.CollectableRow) (Delivery, error) {
	var (
		d           Delivery
		first, sent *time.Time
	)
	err := row.Scan(&d.ID, &d.Kind, &d.Page, &d.Escalation, &d.Incident, &d.Rule, &d.Outcome,
		&d.Person, &d.Contact, &d.Method, &d.Address, &d.Subject, &d.Body, &d.State, &d.Attempt, &d.Unsure, &d.Repeat,
		&d.Worker, &d.PlannedAt, &d.Due, &first, &sent, &d.Held, &d.VendorID, &d.Sequence, &d.Reason, &d.Code, &d.Bundle, &d.Anew)
	if err != nil {
		return Delivery{}, fmt.Errorf("scan delivery: %w", err)
	}
	d.Due, d.PlannedAt = d.Due.UTC(), d.PlannedAt.UTC()
	if first != nil && sent != nil {
		d.FirstAt, d.SentAt = first.UTC(), sent.UTC()
	}
	return d, nil
}

// deliveries runs a query for deliveries d; the rest is what follows FROM.
func deliveries(ctx context.Context, q querier, rest string, args ...any) ([]Delivery, error) {
	rows, err := q.Query(ctx, `SELECT`+deliveryColumns+` FROM `+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanDelivery)
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	return all, nil
}

func oneDelivery(ctx context.Context, q querier, rest string, args ...any) (d Delivery, ok bool, err error) {
	all, err := deliveries(ctx, q, rest, args...)
	if err != nil || len(all) == 0 {
		return Delivery{}, false, err
	}
	return all[0], true, nil
}

func readDelivery(ctx context.Context, q querier, id int64) (Delivery, bool, error) {
	return oneDelivery(ctx, q, `delivery d WHERE d.id = $1`, id)
}

func lockDelivery(ctx context.Context, tx pgx.Tx, id int64) (Delivery, bool, error) {
	return oneDelivery(ctx, tx, `delivery d WHERE d.id = $1 FOR UPDATE`, id)
}

// ofPage lists the messages of a page, also those that others told in a digest.
func ofPage(ctx context.Context, q querier, page int64) ([]Delivery, error) {
	return deliveries(ctx, q, `delivery d WHERE d.page_id = $1 ORDER BY d.rule`, page)
}

// bundledInto lists what a digest tells besides its own page.
func bundledInto(ctx context.Context, q querier, digest int64) ([]Delivery, error) {
	return deliveries(ctx, q, `delivery d WHERE d.bundle_id = $1 ORDER BY d.id`, digest)
}

// byVendor finds the delivery that a vendor speaks of by its own id or by our Key.
func byVendor(ctx context.Context, q querier, m Method, id string) (Delivery, bool, error) {
	if own, ok := parseKey(id); ok {
		return oneDelivery(ctx, q, `delivery d WHERE d.id = $1 AND d.method = $2`, own, m)
	}
	if id == "" {
		return Delivery{}, false, nil
	}
	return oneDelivery(ctx, q, `delivery d WHERE d.method = $1 AND d.vendor_id = $2 ORDER BY d.id DESC LIMIT 1`, m, id)
}

// insertDelivery stores a new one and numbers it. What the keys of the table hold to
// be the same is not stored again, and its number is 0.
func insertDelivery(ctx context.Context, tx pgx.Tx, d *Delivery, now time.Time) error {
	err := tx.QueryRow(ctx, `
		INSERT INTO delivery (kind, page_id, escalation_id, incident_id, rule, outcome, person, contact_id, method, address,
			subject, body, state, planned_at, due_at, moved_at)
		VALUES ($1, nullif($2, 0), nullif($3, 0), nullif($4, 0), $5, $6, $7, nullif($8, 0), $9, $10, $11, $12, 'planned', $13, $14, $13)
		ON CONFLICT DO NOTHING
		RETURNING id`,
		d.Kind, d.Page, d.Escalation, d.Incident, d.Rule, d.Outcome, d.Person, d.Contact, d.Method, d.Address,
		d.Subject, d.Body, now, d.Due).Scan(&d.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("insert delivery: %w", err)
	}
	return nil
}

// setDue moves a planned or failing delivery to another time and lets go of it.
func setDue(ctx context.Context, tx pgx.Tx, id int64, due time.Time, held bool) error {
	_, err := tx.Exec(ctx, `
		UPDATE delivery
		SET due_at = $2, held = $3, worker = ''
		WHERE id = $1 AND state IN ('planned', 'sending')`, id, due, held)
	if err != nil {
		return fmt.Errorf("set due time of delivery: %w", err)
	}
	return nil
}

// move brings a delivery into a state; the caller has asked Follows.
func move(ctx context.Context, tx pgx.Tx, id int64, to State, reason string, now time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE delivery
		SET state = $2, reason = $3, moved_at = $4, worker = '', held = false
		WHERE id = $1`, id, to, reason, now)
	if err != nil {
		return fmt.Errorf("move delivery: %w", err)
	}
	return nil
}

// saveAttempt writes what is about to be sent, before it is sent.
func saveAttempt(ctx context.Context, tx pgx.Tx, d *Delivery, severity incident.Severity, service string) error {
	_, err := tx.Exec(ctx, `
		UPDATE delivery
		SET state = 'sending', kind = $2, attempt = $3, unsure = true, repeat = $4, worker = $5, first_at = $6, sent_at = $7,
			severity = nullif($8, 0), service = $9, code = $10, held = false
		WHERE id = $1`,
		d.ID, d.Kind, d.Attempt, d.Repeat, d.Worker, d.FirstAt, d.SentAt, int(severity), service, d.Code)
	if err != nil {
		return fmt.Errorf("save attempt: %w", err)
	}
	return nil
}

// beginAnew lets a message that reached nobody be sent once more, as if it had not been:
// what its vendor says about the earlier one is not about it.
func beginAnew(ctx context.Context, tx pgx.Tx, d Delivery, reason string, now time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE delivery
		SET state = 'planned', anew = $2, due_at = $3, reason = $4, moved_at = $5, vendor_id = '', sequence = 0, unsure = false, worker = ''
		WHERE id = $1`, d.ID, d.Anew, d.Due, reason, now)
	if err != nil {
		return fmt.Errorf("begin delivery anew: %w", err)
	}
	return nil
}

// saveReceipt notes what the vendor said about an attempt.
func saveReceipt(ctx context.Context, tx pgx.Tx, id int64, vendorID string, unsure bool) error {
	_, err := tx.Exec(ctx, `
		UPDATE delivery
		SET vendor_id = CASE WHEN $2 = '' THEN vendor_id ELSE $2 END, unsure = $3
		WHERE id = $1`, id, vendorID, unsure)
	if err != nil {
		return fmt.Errorf("save receipt: %w", err)
	}
	return nil
}

// saveSequence keeps the highest number of the vendor's reports.
func saveSequence(ctx context.Context, tx pgx.Tx, id int64, sequence int) error {
	_, err := tx.Exec(ctx, `UPDATE delivery SET sequence = greatest(sequence, $2) WHERE id = $1`, id, sequence)
	if err != nil {
		return fmt.Errorf("save sequence: %w", err)
	}
	return nil
}

// workerAlive reports whether a process holds its session lock.
func workerAlive(ctx context.Context, q querier, worker string) (alive bool, err error) {
	if err := q.QueryRow(ctx, `SELECT worker_alive($1)`, worker).Scan(&alive); err != nil {
		return false, fmt.Errorf("ask for worker: %w", err)
	}
	return alive, nil
}
