package paging

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
	"github.com/tocsinhq/tocsin/timeline"
)

// world is paging on a real database and a real River, in a bubble, with a vendor
// for each method.
type world struct {
	*Service
	t      *testing.T
	pool   *pgxpool.Pool
	office *office
	began  time.Time
	awake  []*pgtest.Jobs // those that at wakes when a job is due
}

// replica makes a service as another process has it.
func (w *world) replica(name string) *Service {
	w.t.Helper()
	jobs := pgtest.Inserter(w.t, w.pool, river.Config{MaxAttempts: 1000})
	recorder := &timeline.Recorder{Jobs: jobs, Reactions: timeline.Reactions{
		incident.KindSeverityChanged:        {HurryHeld},
		incident.KindStepFired:              {BeginPages, escalation.SetTimer, TellOutcomes},
		incident.KindEscalationBegan:        {escalation.SetTimer},
		incident.KindEscalationAcknowledged: {escalation.SetTimer, TellOutcomes},
		incident.KindEscalationReturned:     {escalation.SetTimer},
		incident.KindEscalationResolved:     {TellOutcomes},
	}}
	incidents := &incident.Service{Pool: w.pool, Recorder: recorder}
	return &Service{
		Incidents: incidents, Escalations: &escalation.Service{Incidents: incidents, Pool: w.pool}, Pool: w.pool, Jobs: jobs,
		Notifiers: w.office.notifiers(), Worker: name, PublicURL: "https://tocsin.example",
		Log: slog.New(slog.DiscardHandler),
	}
}

// start works the jobs of a replica, which holds its session lock meanwhile.
func (w *world) start(s *Service, poll time.Duration) (stop func()) {
	w.t.Helper()
	ctx := context.WithoutCancel(w.t.Context())
	alive, err := pgx.ConnectConfig(ctx, w.pool.Config().ConnConfig)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := alive.Exec(ctx, `SELECT pg_advisory_lock(7331, hashtext($1))`, s.Worker); err != nil {
		w.t.Fatal(err)
	}
	workers := river.NewWorkers()
	s.AddWorkers(workers)
	s.Escalations.AddWorkers(workers)
	queues := map[string]river.QueueConfig{escalation.Queue: {MaxWorkers: 20}}
	for _, q := range Queues() {
		queues[q] = river.QueueConfig{MaxWorkers: 20}
	}
	woken := poll == quick
	if woken {
		poll = time.Hour
	}
	jobs := pgtest.Work(w.t, w.pool, river.Config{
		ID: s.Worker, Workers: workers, Queues: queues, Middleware: []rivertype.Middleware{&classes{}},
		FetchPollInterval: poll, JobTimeout: 30 * time.Second, MaxAttempts: 1000,
	})
	if woken {
		w.awake = append(w.awake, jobs)
	}
	return func() {
		w.awake = slices.DeleteFunc(w.awake, func(j *pgtest.Jobs) bool { return j == jobs })
		w.office.release()
		jobs.Stop()
		if err := alive.Close(ctx); err != nil {
			w.t.Error(err)
		}
	}
}

// classes is what the product's middleware does.
type classes struct{ river.MiddlewareDefaults }

func (*classes) Work(ctx context.Context, _ *rivertype.JobRow, work func(context.Context) error) error {
	err := work(ctx)
	if wait := waitOf(err); err != nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	if err != nil && isPermanent(err) {
		return river.JobCancel(err)
	}
	return err
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// contact gives a person a verified way.
func (w *world) contact(p incident.PersonID, m Method, address string) Contact {
	w.t.Helper()
	c := Contact{Person: p, Method: m, Address: address, VerifiedAt: incident.Now()}
	if _, err := insertContact(w.t.Context(), w.pool, &c, incident.Now()); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// rule sets the rules of a person for high urgency.
func (w *world) rules(p incident.PersonID, rules ...Rule) {
	w.t.Helper()
	w.must(w.SetRules(w.t.Context(), p, UrgencyHigh, rules))
}

func (w *world) incident(title string, s incident.Severity) incident.ID {
	w.t.Helper()
	i, err := w.Incidents.Declare(w.t.Context(), incident.Declaration{Title: title, Severity: s}, incident.By("U0DECLARE"))
	w.must(err)
	return i.ID
}

// page pages people one after the other, each for so long.
func (w *world) page(id incident.ID, service string, delay time.Duration, people ...incident.PersonID) int64 {
	w.t.Helper()
	return w.pageAs(id, service, escalation.High, delay, people...)
}

func (w *world) pageAs(id incident.ID, service string, urgency escalation.Urgency, delay time.Duration, people ...incident.PersonID) int64 {
	w.t.Helper()
	policy := escalation.Policy{ID: fmt.Sprintf("policy-%s-%d", service, id), Repeat: 5}
	for _, p := range people {
		policy.Steps = append(policy.Steps, escalation.Step{Targets: []escalation.Target{{Kind: escalation.TargetPerson, ID: string(p)}}, Delay: delay})
	}
	w.policy(policy)
	e, err := w.Escalations.Begin(w.t.Context(), id, escalation.Request{Subject: "Service " + service, Policy: policy.ID, Service: service, Urgency: urgency}, incident.System)
	w.must(err)
	return e.ID
}

func (w *world) policy(p escalation.Policy) {
	w.t.Helper()
	raw, err := json.Marshal(p)
	w.must(err)
	_, err = w.pool.Exec(w.t.Context(), `INSERT INTO policy (id, definition) VALUES ($1, $2)`, p.ID, raw)
	w.must(err)
}

func (w *world) ack(e int64, p incident.PersonID) {
	w.t.Helper()
	_, err := w.Escalations.Acknowledge(w.t.Context(), e, escalation.Ack{Person: p, Via: "command"}, incident.By(p))
	w.must(err)
}
