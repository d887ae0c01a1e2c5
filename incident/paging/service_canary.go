package paging

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// Beat proves that paging works: a canary goes through the whole path, from the timer
// of a step to the vendor, and an outside dead-man's switch is told so. That it is not told is the
// alarm, which somebody else raises.
type Beat struct {
	Every   time.Duration // between two canaries; 0: a minute
	Method  Method        // "": no canary
	Address string        // where canaries go: a webhook's URL or a Slack channel
	URL     string        // of the dead-man's switch; "": none
	Client  *http.Client  // nil: one that waits ten seconds
}

// Period is the time between two canaries.
func (b Beat) Period() time.Duration {
	if b.Every <= 0 {
		return time.Minute
	}
	return b.Every
}

// A step or a message that is later than overdueAfter says that paging does not work.
const overdueAfter = time.Minute

// canaryStep is how long a canary waits for its step, which is a timer like that of
// an escalation and runs where those run.
const canaryStep = 2 * time.Second

// BeginCanary sets the timer of a canary. Only when that has fired it is sent: with
// the timers of steps not worked none leaves, and the dead-man's switch is not told.
func (s *Service) BeginCanary(ctx context.Context) error {
	if s.Beat.Method == "" {
		return nil
	}
	_, err := s.Jobs.Insert(ctx, CanaryStep{}, &river.InsertOpts{Queue: escalation.Queue, ScheduledAt: incident.Now().Add(canaryStep)})
	if err != nil {
		return fmt.Errorf("set timer of canary: %w", err)
	}
	return nil
}

// canariesApart keeps timers that fire together from sending one each. It is short, so
// that a process that takes over begins with a canary of its own.
const canariesApart = 20 * time.Second

// SendCanary plans a canary for now, unless one was planned a moment ago.
func (s *Service) SendCanary(ctx context.Context) error {
	if s.Beat.Method == "" {
		return nil
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('paging.canary'))`); err != nil {
			return fmt.Errorf("wait for other canaries: %w", err) // timers that waited fire together
		}
		now := incident.Now()
		var recent bool
		err := tx.QueryRow(ctx, `
			SELECT EXISTS (SELECT FROM delivery WHERE kind = 'canary' AND planned_at > $1)`, now.Add(-canariesApart)).Scan(&recent)
		if err != nil || recent {
			return err
		}
		d := Delivery{
			Kind: MessageCanary, Method: s.Beat.Method, Address: s.Beat.Address, Due: now,
			Subject: "Canary", Body: "Paging works. This message is sent every " + s.Beat.Period().String() + "; there is nothing to do.",
		}
		if _, err := tx.Exec(ctx, `DELETE FROM delivery WHERE kind = 'canary' AND planned_at < $1`, now.Add(-24*time.Hour)); err != nil {
			return fmt.Errorf("forget old canaries: %w", err)
		}
		if err := insertDelivery(ctx, tx, &d, now); err != nil {
			return err
		}
		return s.schedule(ctx, tx, d)
	})
}

// Health is how paging stands.
type Health struct {
	Canary  time.Time // when the last canary left; zero: never, or none is sent
	Overdue int       // steps and messages that should have happened
	Failing string    // why the last canary has not left; "" when it has, or is on its way
}

// Check looks how paging stands.
func (s *Service) Check(ctx context.Context) (h Health, err error) {
	now := incident.Now()
	var left *time.Time
	err = s.Pool.QueryRow(ctx, `
		SELECT
			(SELECT max(sent_at) FROM delivery WHERE kind = 'canary' AND state IN ('sent', 'delivered', 'seen')),
			(SELECT count(*) FROM escalation WHERE next_due_at < $1)
				+ (SELECT count(*) FROM delivery WHERE state = 'planned' AND due_at < $1),
			coalesce((
				SELECT CASE WHEN state IN ('sent', 'delivered', 'seen') THEN '' ELSE reason END
				FROM delivery
				WHERE kind = 'canary'
				ORDER BY id DESC
				LIMIT 1
			), '')`, now.Add(-overdueAfter)).
		Scan(&left, &h.Overdue, &h.Failing)
	if err != nil {
		return Health{}, fmt.Errorf("look how paging stands: %w", err)
	}
	if left != nil {
		h.Canary = left.UTC()
	}
	return h, nil
}

// Fresh reports whether the dead-man's switch may be told that all is well: nothing is
// overdue, and the newest canary has left, not longer ago than the next one may take.
func (h Health) Fresh(b Beat, now time.Time) bool {
	if h.Overdue > 0 || h.Failing != "" {
		return false
	}
	return b.Method == "" || now.Sub(h.Canary) <= b.Period()+overdueAfter
}

// PingDeadMan tells the switch that paging works, and only then.
func (s *Service) PingDeadMan(ctx context.Context) error {
	if s.Beat.URL == "" {
		return nil
	}
	h, err := s.Check(ctx)
	if err != nil {
		return err
	}
	if !h.Fresh(s.Beat, incident.Now()) {
		s.log().ErrorContext(ctx, "paging does not work; the dead-man's switch is not told", "canary", h.Canary, "overdue", h.Overdue, "failing", h.Failing)
		return nil
	}
	client := s.Beat.Client
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Beat.URL, nil)
	if err != nil {
		return gone("The URL of the dead-man's switch is wrong.")
	}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("dead-man's switch does not answer: %T", err) // the error itself holds the URL, which is a secret
	}
	if err := answer.Body.Close(); err != nil {
		return fmt.Errorf("close answer: %w", err)
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("dead-man's switch answers %d", answer.StatusCode)
	}
	return nil
}

// Audit looks for messages whose job is lost and gives them a new one. It should never
// find any: a planned message has a job for its time.
func (s *Service) Audit(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		now := incident.Now()
		lost, err := deliveries(ctx, tx, `delivery d
			WHERE d.state IN ('planned', 'sending') AND d.due_at < $1 AND coalesce(d.sent_at, d.due_at) < $1
			ORDER BY d.due_at
			LIMIT 500
			FOR UPDATE SKIP LOCKED`, now.Add(-overdueAfter))
		if err != nil || len(lost) == 0 {
			return err
		}
		s.log().ErrorContext(ctx, "messages are overdue; they are put back to work", "messages", len(lost))
		for n := range lost {
			lost[n].Due = now
			if err := setDue(ctx, tx, lost[n].ID, now, lost[n].Held); err != nil {
				return err
			}
		}
		return s.schedule(ctx, tx, lost...)
	})
}

// Periodic lists the jobs that run by themselves.
func (s *Service) Periodic() []*river.PeriodicJob {
	every := func(d time.Duration, args river.JobArgs, atOnce bool) *river.PeriodicJob {
		return river.NewPeriodicJob(river.PeriodicInterval(d), func() (river.JobArgs, *river.InsertOpts) {
			return args, &river.InsertOpts{Queue: Queue}
		}, &river.PeriodicJobOpts{RunOnStart: atOnce})
	}
	jobs := []*river.PeriodicJob{every(time.Minute, Audit{}, false)}
	if s.Beat.Method != "" {
		jobs = append(jobs, every(s.Beat.Period(), Canary{}, true)) // or none would leave for two periods after a restart
	}
	if s.Beat.URL != "" {
		jobs = append(jobs, every(time.Minute, PingDeadMan{}, false))
	}
	return jobs
}
