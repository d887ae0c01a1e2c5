package paging

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
)

// doubtAfter is how long a vendor has to report that a text message reached its
// telephone. Carriers report within seconds; what takes longer lies in a queue, or
// the telephone is off.
const doubtAfter = 90 * time.Second

// unheard is why a message is doubtful; it is also the mark that this was noted.
const unheard = "For 90 seconds nothing said that it arrived."

// hears reports whether the vendor of a method reports what arrives, and can reach
// us to do so. Of a call we know more, of the others less.
func (s *Service) hears(m Method) bool { return m == MethodSMS && s.PublicURL != "" }

// doubtLater sets the timer for a message of a page that was sent. It is a job, which
// commits with the state.
func (s *Service) doubtLater(ctx context.Context, tx pgx.Tx, d Delivery, to State, now time.Time) error {
	if to != StateSent || d.Page == 0 || !s.hears(d.Method) {
		return nil
	}
	_, err := s.Jobs.InsertTx(ctx, tx, Doubt{Delivery: d.ID}, &river.InsertOpts{Queue: Queue, ScheduledAt: now.Add(doubtAfter)})
	if err != nil {
		return fmt.Errorf("set timer of doubt: %w", err)
	}
	return nil
}

// Doubt is called when a message was sent so long ago that its arrival should have
// been reported. If it was not, the next rule of its page comes forward, once; the
// message stays sent, since it may have arrived and may still be answered.
func (s *Service) Doubt(ctx context.Context, id int64) error {
	found, ok, err := readDelivery(ctx, s.Pool, id)
	if err != nil || !ok || found.State != StateSent || !s.hears(found.Method) {
		return err
	}
	return s.changePages(ctx, found.Incident, func(tx pgx.Tx, now time.Time) ([]incident.Event, error) {
		d, ok, err := lockDelivery(ctx, tx, id)
		if err != nil || !ok || d.State != StateSent || d.Reason == unheard {
			return nil, err
		}
		if err := saveReason(ctx, tx, d.ID, unheard); err != nil {
			return nil, err
		}
		return s.reconsiderAll(ctx, tx, d, true, now)
	})
}
