package escalation

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/tocsinhq/tocsin/incident"
)

const (
	auditPeriod = time.Second      // how often it looks, and so how long after the grace it acts
	auditHeld   = 5                // every so many looks it also wakes what maintenance has left
	auditGrace  = 10 * time.Second // how late a step may be before the auditor takes it over
	auditPage   = 100              // how many it takes over before it looks again
	auditLimit  = 30 * time.Second // for one round
)

// Auditor looks after escalations whose timers are lost, whatever the reason: it
// reads the rows and not the jobs, over a connection of its own, and does what is
// overdue itself. That anything was overdue is counted and logged as an error,
// since it means that the machinery of jobs does not work. Any number of processes
// may have one: of two that find the same step one fires it.
type Auditor struct {
	Service *Service

	overdue prometheus.Counter
	oldest  prometheus.Gauge
}

// NewAuditor makes the auditor of a service. Its metrics are seen once they are
// registered.
func NewAuditor(s *Service) *Auditor {
	return &Auditor{
		Service: s,
		overdue: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "tocsin_escalation_overdue_total",
			Help: "Escalation timers that did not fire and were taken over by the auditor. More than 0 means that jobs are not worked.",
		}),
		oldest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "tocsin_escalation_oldest_due_seconds",
			Help: "How late the oldest escalation step is that is due and has not fired; 0 when none is.",
		}),
	}
}

// Register makes the metrics visible in a registry; nil does nothing.
func (a *Auditor) Register(to prometheus.Registerer) error {
	if to == nil {
		return nil
	}
	if err := to.Register(a.overdue); err != nil {
		return err
	}
	return to.Register(a.oldest)
}

// Run looks every second until ctx ends. What goes wrong is logged, and tried
// again at the next look.
func (a *Auditor) Run(ctx context.Context) error {
	own, err := a.ownService(ctx)
	if err != nil {
		return err
	}
	defer own.Pool.Close()
	tick := time.NewTicker(auditPeriod)
	defer tick.Stop()
	for look := 1; ; look++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := a.round(ctx, own, look%auditHeld == 0); err != nil && ctx.Err() == nil {
			own.log().ErrorContext(ctx, "the escalation auditor cannot look; trying again soon", slog.Any("error", err))
		}
	}
}

// ownService is the service over one connection that nothing else can use up.
func (a *Auditor) ownService(ctx context.Context) (*Service, error) {
	config := a.Service.Pool.Config()
	config.MaxConns, config.MinConns, config.MinIdleConns = 1, 0, 0
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect the escalation auditor: %w", err)
	}
	own := *a.Service
	own.Pool = pool
	own.Incidents = &incident.Service{Pool: pool, Recorder: a.Service.Incidents.Recorder}
	return &own, nil
}

// round takes over everything that is overdue, page by page, oldest first. One
// that fails does not keep the others waiting. With held it wakes what was held when a
// process died that ended the maintenance.
func (a *Auditor) round(ctx context.Context, own *Service, held bool) error {
	ctx, cancel := context.WithTimeout(ctx, auditLimit)
	defer cancel()
	now := incident.Now()
	if err := a.measure(ctx, own, now); err != nil {
		return err
	}
	for after := (overdue{}); ; {
		late, err := overdueSince(ctx, own.Pool, now.Add(-auditGrace), after)
		if err != nil {
			return err
		}
		for _, o := range late {
			a.takeOver(ctx, own, o, now)
			after = o
		}
		if len(late) < auditPage {
			break
		}
	}
	if !held {
		return nil
	}
	return own.wakeHeld(ctx)
}

func (a *Auditor) takeOver(ctx context.Context, own *Service, o overdue, now time.Time) {
	moved, err := own.wake(ctx, o.ID)
	log := own.log().With(slog.Int64("escalation", o.ID), slog.Duration("late", now.Sub(o.Due)))
	switch {
	case err != nil:
		log.ErrorContext(ctx, "an overdue escalation cannot be advanced; trying again soon", slog.Any("error", err))
	case moved:
		a.overdue.Inc()
		log.ErrorContext(ctx, "an escalation's timer was lost; the auditor did what was due. Look why jobs are not worked")
	}
}

func (a *Auditor) measure(ctx context.Context, own *Service, now time.Time) error {
	oldest, err := oldestDue(ctx, own.Pool)
	if err != nil {
		return err
	}
	late := time.Duration(0)
	if !oldest.IsZero() && oldest.Before(now) {
		late = now.Sub(oldest)
	}
	a.oldest.Set(late.Seconds())
	return nil
}

// overdue is an escalation that should have been looked at.
type overdue struct {
	ID  int64
	Due time.Time
}

// overdueSince lists a page of what was due at an instant or before, in the order of
// the due times, from behind the last one of the page before.
func overdueSince(ctx context.Context, q querier, before time.Time, after overdue) ([]overdue, error) {
	rows, err := q.Query(ctx, `
		SELECT id, next_due_at
		FROM escalation
		WHERE next_due_at <= $1 AND (next_due_at, id) > ($2, $3)
		ORDER BY next_due_at, id
		LIMIT $4`, before, after.Due, after.ID, auditPage)
	if err != nil {
		return nil, fmt.Errorf("list overdue escalations: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[overdue])
}

// oldestDue is when the next one, or the latest in being late, is due; zero when
// none ever is.
func oldestDue(ctx context.Context, q querier) (time.Time, error) {
	var due *time.Time
	if err := q.QueryRow(ctx, `SELECT min(next_due_at) FROM escalation WHERE next_due_at IS NOT NULL`).Scan(&due); err != nil {
		return time.Time{}, fmt.Errorf("find the oldest due escalation: %w", err)
	}
	return fromNull(due), nil
}
