package paging

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// Posted is a message of a page, or a digest of several, that its vendor took, and
// that can still be altered there.
type Posted struct {
	Delivery int64
	Kind     MessageKind       // MessagePage or MessageDigest
	Incident incident.ID       // of its own page; a digest tells of others, too
	Person   incident.PersonID // "" for a place
	VendorID string
}

// Posted lists the messages of a method that a vendor took, oldest first: those that
// tell a page of an escalation, by themselves or in a digest, and the one of a
// delivery. Zero for either adds nothing.
func (s *Service) Posted(ctx context.Context, m Method, escalation, delivery int64) ([]Posted, error) {
	rows, err := s.Pool.Query(ctx, `
		SELECT d.id, d.kind, d.incident_id, d.person, d.vendor_id
		FROM delivery d
		WHERE d.method = $1 AND d.kind IN ('page', 'digest') AND d.vendor_id <> '' AND d.id IN (
			SELECT $3::bigint
			UNION
			SELECT id FROM delivery WHERE escalation_id = $2
			UNION
			SELECT bundle_id FROM delivery WHERE escalation_id = $2 AND bundle_id IS NOT NULL
		)
		ORDER BY d.id`, m, escalation, delivery)
	if err != nil {
		return nil, fmt.Errorf("list posted messages: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Posted])
	if err != nil {
		return nil, fmt.Errorf("list posted messages: %w", err)
	}
	return list, nil
}

// PostedPage is a page that a message tells, and how its escalation stands now.
type PostedPage struct {
	Demand
	Now Standing
}

// Standing is what became of an escalation.
type Standing struct {
	State   escalation.State
	Run     int                 // a page of an earlier run asks for nothing any more
	AckedBy []incident.PersonID // in the order in which they acknowledged
	Snoozed bool
	Until   time.Time // when the acknowledgement or snooze runs out; zero for never
}

// PostedPages writes the message of a delivery anew, without links, and lists what it
// tells: its own page first. A delivery that is gone tells nothing.
func (s *Service) PostedPages(ctx context.Context, delivery int64) (Message, []PostedPage, error) {
	d, ok, err := readDelivery(ctx, s.Pool, delivery)
	if err != nil || !ok {
		return Message{}, nil, err
	}
	asks, err := s.asks(ctx, d)
	if err != nil || len(asks) == 0 {
		return Message{}, nil, err
	}
	pages, err := s.standings(ctx, asks)
	return Compose(d, asks, nil), pages, err
}

// standings reads the escalations of what is asked, all at one instant.
func (s *Service) standings(ctx context.Context, asks []Demand) ([]PostedPage, error) {
	ids := make([]int64, 0, len(asks))
	for _, a := range asks {
		ids = append(ids, a.Escalation)
	}
	rows, err := s.Pool.Query(ctx, `
		SELECT id, state, run, acked_by, snoozed, ack_due_at
		FROM escalation
		WHERE id = ANY($1)`, ids)
	if err != nil {
		return nil, fmt.Errorf("read escalations of a message: %w", err)
	}
	of := make(map[int64]Standing, len(asks))
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (now Standing, err error) {
		var (
			id    int64
			until *time.Time
		)
		if err = row.Scan(&id, &now.State, &now.Run, &now.AckedBy, &now.Snoozed, &until); err == nil && until != nil {
			now.Until = until.UTC()
		}
		of[id] = now
		return now, err
	})
	if err != nil {
		return nil, fmt.Errorf("read escalations of a message: %w", err)
	}
	pages := make([]PostedPage, 0, len(asks))
	for _, a := range asks {
		pages = append(pages, PostedPage{a, of[a.Escalation]})
	}
	return pages, nil
}

// Subscription is which outcomes a person is told; without a choice, all.
func (s *Service) Subscription(ctx context.Context, p incident.PersonID) ([]string, error) {
	return subscription(ctx, s.Pool, p)
}
