package paging

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// Posted is a page's message that its vendor took, and that can still be altered
// there.
type Posted struct {
	Delivery   int64
	Escalation int64
	Incident   incident.ID
	Run        int               // of the escalation that asked
	Person     incident.PersonID // "" for a place
	VendorID   string
}

// Posted lists the messages of a method that a vendor took, oldest first: those of
// an escalation, or the one of a delivery. Zero for either means any.
func (s *Service) Posted(ctx context.Context, m Method, escalation, delivery int64) ([]Posted, error) {
	rows, err := s.Pool.Query(ctx, `
		SELECT d.id, p.escalation_id, p.incident_id, p.run, d.person, d.vendor_id
		FROM delivery d
		JOIN page p ON p.id = d.page_id
		WHERE d.method = $1 AND d.kind = 'page' AND d.vendor_id <> ''
			AND ($2 = 0 OR p.escalation_id = $2) AND ($3 = 0 OR d.id = $3)
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

// Subscription is which outcomes a person is told; without a choice, all.
func (s *Service) Subscription(ctx context.Context, p incident.PersonID) ([]string, error) {
	return subscription(ctx, s.Pool, p)
}
