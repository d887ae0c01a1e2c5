package paging

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// Service plans, sends and follows messages, and takes what comes back. Its
// methods are safe to repeat and to call concurrently, from any number of
// processes. Locks are taken in this order: incident, escalation, contact method,
// delivery.
type Service struct {
	Incidents   *incident.Service
	Escalations *escalation.Service
	Pool        *pgxpool.Pool
	Jobs        *river.Client[pgx.Tx]
	Notifiers   map[Method]Notifier // a method without one reaches nobody, and the page says so
	Worker      string              // id under which this process holds its session lock
	PublicURL   string              // under which others reach us, without a slash at its end; "": messages have no links
	Beat        Beat                // the canary; zero: none
	Log         *slog.Logger        // nil: nowhere
}

var _ Inbox = (*Service)(nil)

func (s *Service) log() *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Log
}

// can reports whether something is set up that sends by a method.
func (s *Service) can(m Method) bool { return s.Notifiers[m] != nil }

// sendDeadline is how long a vendor has to take a message. After leaseFor a message
// that is being sent may be taken by another worker, even if the first one seems
// alive: it must have given up by then.
const (
	sendDeadline = 10 * time.Second
	leaseFor     = 15 * time.Second
)

// later puts a job off without counting it as failed.
type later struct {
	why string
	d   time.Duration
}

// Error says why.
func (l later) Error() string { return l.why }

// Wait is when to look again.
func (l later) Wait() time.Duration { return l.d }

// schedule inserts the jobs that send deliveries, each in the queue of its method
// and for the time that its row names. Whoever sets the due time of a delivery
// calls it in the same transaction, so that a planned delivery always has a job.
func (s *Service) schedule(ctx context.Context, tx pgx.Tx, deliveries ...Delivery) error {
	return s.scheduleAs(ctx, tx, rankPage, deliveries...)
}

// scheduleAs is schedule for what others go before.
func (s *Service) scheduleAs(ctx context.Context, tx pgx.Tx, rank int, deliveries ...Delivery) error {
	if len(deliveries) == 0 {
		return nil
	}
	jobs := make([]river.InsertManyParams, 0, len(deliveries))
	for _, d := range deliveries {
		jobs = append(jobs, river.InsertManyParams{
			Args: Deliver{Delivery: d.ID}, InsertOpts: &river.InsertOpts{Queue: QueueOf(d.Method), ScheduledAt: d.Due, Priority: rank},
		})
	}
	if _, err := s.Jobs.InsertManyTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("insert jobs of deliveries: %w", err)
	}
	return nil
}

// change alters deliveries of an incident under its lock; of others, such as a
// verification code, under none.
func (s *Service) change(ctx context.Context, id incident.ID, by incident.Actor, decide func(tx pgx.Tx, now time.Time) ([]incident.Event, error)) error {
	if id == 0 {
		return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
			_, err := decide(tx, incident.Now())
			return err
		})
	}
	_, err := s.Incidents.Change(ctx, id, by, func(_ context.Context, tx pgx.Tx, _ *incident.Incident, now time.Time) ([]incident.Event, error) {
		return decide(tx, now)
	})
	return err
}

// changePages is change for what may take the last way to a person: then the next
// step of the escalation fires, if nobody else of the present one is in reach.
func (s *Service) changePages(ctx context.Context, id incident.ID, decide func(tx pgx.Tx, now time.Time) ([]incident.Event, error)) error {
	var lost []int64
	err := s.change(ctx, id, incident.System, func(tx pgx.Tx, now time.Time) ([]incident.Event, error) {
		events, err := decide(tx, now)
		lost = nil
		for _, e := range events {
			if u, ok := e.(incident.PersonUnreachable); ok {
				lost = append(lost, u.Page)
			}
		}
		return events, err
	})
	if err != nil {
		return err
	}
	for _, page := range lost {
		p, ok, readErr := escalation.ReadPage(ctx, s.Pool, page)
		if readErr == nil && ok {
			readErr = s.passOver(ctx, p)
		}
		err = errors.Join(err, readErr)
	}
	return err
}

// detached lets what has happened be noted although the caller is being stopped.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}
