package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/migrations"
)

const (
	benchOpen      = 10_000 // escalations that are open all the while
	benchSchedules = 1_000
	benchPeople    = 200 // on call, a hundred of them by text
)

// BenchmarkTriggerToWire measures from the moment an escalation is asked for until the
// request of its first page reaches Slack or Twilio: the commit, the schedule that says
// who is on call, the plan, the claim and the call. One process serves, with 10,000
// escalations open, each with its timer, and 1,000 schedules. TOCSIN_BENCH_PAGES sets
// how many are triggered, 20 a second.
func BenchmarkTriggerToWire(b *testing.B) {
	w, arrived := newBenchPages(b)
	pages := fromEnv(b, "TOCSIN_BENCH_PAGES", 100)
	triggered, round := map[int64]time.Time{}, 0
	for b.Loop() {
		round++
		start := time.Now()
		for n := range pages {
			pause(b.Context(), time.Until(start.Add(time.Duration(n)*50*time.Millisecond)))
			at := time.Now()
			triggered[w.triggers(b, n, fmt.Sprintf("Service %d.%d is down", round, n))] = at
		}
		w.waitFor("all pages", func() bool { return arrived.count() == round*pages })
	}
	byMethod := map[string]*latencies{"slack": {}, "sms": {}}
	for _, p := range w.firstPages(b) {
		if at, ok := triggered[p.Escalation]; ok {
			byMethod[p.Method].add(arrived.at(p.Key).Sub(at))
		}
	}
	for method, all := range byMethod {
		all.report(b, "-"+method)
	}
}

// BenchmarkStorm lets many incidents of one service page the same people, 167 a second
// and so 10,000 a minute, and meanwhile a quiet service page somebody else twice a
// second. "ratio" is the median of the quiet service's latency, from trigger to wire,
// over that without a storm. All the while somebody types a note three times a second,
// which is measured from Slack's side until it is acked: "-note". TOCSIN_BENCH_STORM
// sets how many pages the storm has.
func BenchmarkStorm(b *testing.B) {
	storm := fromEnv(b, "TOCSIN_BENCH_STORM", 200)
	w, arrived := newBenchPages(b)
	var alone, during, noteAlone, noteDuring latencies
	for round := 0; b.Loop(); round++ {
		over := pauses(b, 10)
		written := w.writes(b, &noteAlone, over)
		quietly(b, w, arrived, fmt.Sprintf("before %d", round), &alone, over)
		<-written
		over = w.storms(b, round, storm)
		written = w.writes(b, &noteDuring, over)
		quietly(b, w, arrived, fmt.Sprintf("during %d", round), &during, over)
		<-written
	}
	alone.report(b, "-alone")
	during.report(b, "-in-storm")
	noteAlone.report(b, "-note-alone")
	noteDuring.report(b, "-note-in-storm")
	b.ReportMetric(float64(during.median())/float64(alone.median()), "ratio")
}

// quietly pages from a quiet service twice a second until over is closed.
func quietly(b *testing.B, w *pagedWorld, arrived *arrivals, name string, all *latencies, over <-chan struct{}) {
	b.Helper()
	triggered := map[int64]time.Time{}
	for n, going := 0, true; going; n++ {
		select {
		case <-over:
			going = false
		default:
			at := time.Now()
			triggered[w.triggers(b, 100+n%100, fmt.Sprintf("Quiet %s.%d", name, n))] = at
			pause(b.Context(), 500*time.Millisecond)
		}
	}
	err := w.until(5*time.Minute, func() error {
		found := 0
		for _, p := range w.firstPages(b) {
			if _, ours := triggered[p.Escalation]; ours && !arrived.at(p.Key).IsZero() {
				found++
			}
		}
		if found < len(triggered) {
			return fmt.Errorf("%d of %d quiet pages have left", found, len(triggered))
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range w.firstPages(b) {
		if at, ours := triggered[p.Escalation]; ours {
			all.add(arrived.at(p.Key).Sub(at))
		}
	}
}

// writes lets somebody type notes on an incident until over is closed. The channel is
// closed after the last one was acked.
func (w *pagedWorld) writes(b *testing.B, all *latencies, over <-chan struct{}) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-over:
				return
			default:
			}
			at := time.Now()
			if r := w.slack.Person("alice").Types("#general", "/incident note INC-1 it is still slow"); r.Err != nil || !strings.Contains(r.Text, "INC-1") {
				b.Errorf("Slack says %q %v", r.Text, r.Err)
			}
			all.add(time.Since(at))
			pause(b.Context(), 333*time.Millisecond)
		}
	}()
	return done
}

// pauses closes the channel after so many half seconds.
func pauses(b *testing.B, n int) <-chan struct{} {
	over := make(chan struct{})
	go func() { pause(b.Context(), time.Duration(n)*500*time.Millisecond); close(over) }()
	return over
}

// storms triggers on one service, at their time whether or not earlier ones are done.
// The channel is closed after the last one.
func (w *pagedWorld) storms(b *testing.B, round, n int) <-chan struct{} {
	over := make(chan struct{})
	go func() {
		defer close(over)
		start := time.Now()
		var running sync.WaitGroup
		places := make(chan struct{}, 8)
		for at := range n {
			pause(b.Context(), time.Until(start.Add(time.Duration(at)*6*time.Millisecond)))
			places <- struct{}{}
			running.Go(func() {
				defer func() { <-places }()
				if _, err := w.beginsAt(at%5, fmt.Sprintf("Storm %d.%d", round, at), "checkout"); err != nil {
					b.Error(err)
				}
			})
		}
		running.Wait()
		b.ReportMetric(float64(n)/time.Since(start).Seconds(), "storm/s")
	}()
	return over
}

// triggers begins an escalation at a schedule and returns its id.
func (w *pagedWorld) triggers(b *testing.B, schedule int, what string) int64 {
	b.Helper()
	id, err := w.begins(schedule, what)
	if err != nil {
		b.Fatal(err)
	}
	return id
}

// arrivals keeps when the first request of each page came.
type arrivals struct {
	mu    sync.Mutex
	first map[string]time.Time
}

func (a *arrivals) note(key string) (fate, func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.first[key]; !known {
		a.first[key] = time.Now()
	}
	return "", nil
}

func (a *arrivals) at(key string) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.first[key]
}

func (a *arrivals) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.first)
}

// firstPage is a message of an escalation's first step.
type firstPage struct {
	Escalation  int64
	Key, Method string
}

// firstPages lists those that were sent of escalations that were begun by the benchmark.
func (w *pagedWorld) firstPages(b *testing.B) (all []firstPage) {
	b.Helper()
	for _, line := range w.lines(`
		SELECT concat_ws(' ', escalation_id, 'tocsin-delivery-' || id, method)
		FROM delivery
		WHERE page_id IS NOT NULL AND attempt > 0 AND escalation_id > $1`, benchOpen) {
		var p firstPage
		if _, err := fmt.Sscan(line, &p.Escalation, &p.Key, &p.Method); err != nil {
			b.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// newBenchPages is one process that serves on a durable Postgres, full as in a large
// organisation on a bad day, in which policy n pages who is on call in schedule n.
func newBenchPages(b *testing.B) (*pagedWorld, *arrivals) {
	b.Helper()
	database := durableURL(b)
	pool, err := pgxpool.New(b.Context(), database)
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	if err := migrations.Up(b.Context(), pool); err != nil {
		b.Fatal(err)
	}
	w := newPagedWorld(b, database)
	w.widens(b, database)
	w.applies(w.arrive(benchPeople), schedulesOf(benchSchedules))
	begunEscalations(b, pool, benchOpen, time.Now().Add(24*time.Hour), time.Hour)
	pagedBefore(b, pool)
	arrived := &arrivals{first: map[string]time.Time{}}
	w.wire.setAim(arrived.note)
	w.settings["DATABASE_URL"] = database
	w.start()
	w.working(1)
	w.connected(1)
	pause(b.Context(), 2*time.Second) // as after any start
	return w, arrived
}

// widens gives the test more connections, so that a quiet trigger does not wait for
// those of a storm before it has reached the database.
func (w *pagedWorld) widens(b *testing.B, database string) {
	b.Helper()
	pool, err := pgxpool.New(b.Context(), withQuery(b, database, "pool_max_conns", "14"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	w.pool = pool
	w.openServices()
}

// schedulesOf is as many schedules, each with two of the people in turn, and a policy
// for each that climbs only after an hour.
func schedulesOf(n int) string {
	var schedules, policies strings.Builder
	for at := range n {
		p := at % benchPeople
		fmt.Fprintf(&schedules, "  s%d: {name: Schedule %d, zone: Europe/Berlin, layers: [{name: weekly, rotation: {start: 2000-01-01T00:00, unit: week, people: [p%d]}}]}\n", at, at, p)
		fmt.Fprintf(&policies, "  from-%d: {name: From %d, steps: [{targets: [{schedule: s%d}], delay: 1h}], repeat: 0, fallback: [{person: p%d}]}\n", at, at, at, p)
	}
	return "schedules:\n" + schedules.String() + "policies:\n" + policies.String()
}

// pagedBefore gives each open escalation the page of its first step, sent long ago.
func pagedBefore(b *testing.B, pool *pgxpool.Pool) {
	b.Helper()
	_, err := pool.Exec(context.WithoutCancel(b.Context()), `
		WITH paged AS (
			INSERT INTO page (escalation_id, incident_id, run, pass, step, kind, address, urgency, created_at)
			SELECT id, incident_id, 1, 0, 1, 'person', 'U2', 'high', began_at - interval '3 days'
			FROM escalation
			RETURNING id, escalation_id, incident_id, created_at
		), planned AS (
			INSERT INTO page_plan (page_id, planned_at)
			SELECT id, created_at FROM paged
		)
		INSERT INTO delivery (kind, page_id, escalation_id, incident_id, rule, person, method, address, state, attempt,
			planned_at, due_at, first_at, sent_at, moved_at)
		SELECT 'page', id, escalation_id, incident_id, 1, 'U2', 'slack', 'U2', 'delivered', 1,
			created_at, created_at, created_at, created_at, created_at
		FROM paged`)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := pool.Exec(b.Context(), `VACUUM ANALYZE`); err != nil {
		b.Fatal(err)
	}
}
