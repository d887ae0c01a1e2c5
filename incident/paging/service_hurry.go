package paging

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// Hurry looks anew at what waits to be told of an incident that got worse: it leaves at
// once when it is worse than what was told meanwhile, and waits on when it is not. Done
// twice it changes nothing.
func (s *Service) Hurry(ctx context.Context, a Hurry) error {
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		now := incident.Now()
		waiting, err := deliveries(ctx, tx, `delivery d
			WHERE d.incident_id = $1 AND d.state = 'planned' AND d.held AND d.due_at > $2
			ORDER BY d.id
			FOR UPDATE`, a.Incident, now)
		if err != nil {
			return err
		}
		for n := range waiting {
			waiting[n].Due = now
			if err := setDue(ctx, tx, waiting[n].ID, now, true); err != nil {
				return err
			}
		}
		return s.schedule(ctx, tx, waiting...)
	})
}
