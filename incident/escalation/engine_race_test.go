package escalation_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// quick is two steps a short while apart; nothing else in it takes time.
func quick(delay time.Duration) escalation.Policy {
	return escalation.Policy{ID: "quick", Steps: []escalation.Step{
		{Targets: targets([]string{"user:ana"}), Delay: delay}, {Targets: targets([]string{"user:bo"}), Delay: time.Hour}}}
}

// TestNoPageIsMadeAfterAnAnswer lets answers race the second step, E4: what is
// paged when the answer is on record is all that is ever paged. How long things take
// depends on the machine, so whichever lost a whole round has more time in the next.
func TestNoPageIsMadeAfterAnAnswer(t *testing.T) {
	t.Parallel()
	const rounds, most, each, more = 12, 60, 20, 60 * time.Millisecond
	e := newEngine(t, pgtest.DB(t), 5*time.Millisecond)
	e.start()
	defer e.stop()
	var mu sync.Mutex
	paged, answered, delay, thinks := 0, 0, more, more
	for round := 0; round < rounds || round < most && (paged == 0 || answered == 0); round++ {
		e.save(quick(delay))
		pagedBefore, answeredBefore := paged, answered
		var running sync.WaitGroup
		for n := range each {
			id := e.declare(fmt.Sprintf("race %d %d", round, n))
			running.Go(func() {
				begun := e.begin(id, escalation.Request{Policy: "quick"})
				<-time.After(thinks/2 + rand.N(thinks))
				e.acknowledge(begun.ID, "ana")
				atAnswer := e.pages(begun.ID)
				<-time.After(3 * delay)
				if after := e.pages(begun.ID); len(after) != len(atAnswer) {
					t.Errorf("when the answer was on record %v were paged; later %v", atAnswer, after)
				}
				mu.Lock()
				defer mu.Unlock()
				if len(atAnswer) == 2 {
					paged++
				} else {
					answered++
				}
			})
		}
		running.Wait()
		if answered == answeredBefore {
			delay += more
		}
		if paged == pagedBefore {
			thinks += more
		}
	}
	t.Logf("the step was first %d times, the answer %d times", paged, answered)
	if paged == 0 || answered == 0 {
		t.Errorf("the step was first %d times, the answer %d times; this was no race", paged, answered)
	}
}

// TestOfTwoAnswersOneCounts is E5: the other learns who was first.
func TestOfTwoAnswersOneCounts(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	e.save(quick(time.Hour))
	for round := range 20 {
		begun := e.begin(e.declare(fmt.Sprint("two answers ", round)), escalation.Request{Policy: "quick"})
		people := []incident.PersonID{"ana", "bo", "cy"}
		answers := make([]escalation.Answer, len(people))
		var running sync.WaitGroup
		for at, who := range people {
			running.Go(func() { answers[at] = e.acknowledge(begun.ID, who) })
		}
		running.Wait()
		first := slices.IndexFunc(answers, func(a escalation.Answer) bool { return a.Counted })
		if first < 0 {
			t.Fatalf("no answer counted: %+v", answers)
		}
		for at, a := range answers {
			if at != first && (a.Counted || !slices.Equal(a.Before, people[first:first+1])) {
				t.Errorf("%s was told of %v, counted %v; want %s alone", people[at], a.Before, a.Counted, people[first])
			}
		}
		if got := e.get(begun.ID); !slices.Equal(got.AckedBy, people[first:first+1]) {
			t.Errorf("on record are %v; want %s", got.AckedBy, people[first])
		}
	}
}

// TestWhatIsResolvedStaysSo is E10: an answer that is being processed does not open it again.
func TestWhatIsResolvedStaysSo(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	e.save(quick(time.Hour))
	for round := range 20 {
		begun := e.begin(e.declare(fmt.Sprint("resolved ", round)), escalation.Request{Policy: "quick"})
		var running sync.WaitGroup
		running.Go(func() { e.acknowledge(begun.ID, "ana") })
		running.Go(func() {
			if _, err := e.Resolve(t.Context(), begun.ID, incident.By("bo")); err != nil {
				t.Error(err)
			}
		})
		running.Wait()
		if got := e.get(begun.ID); got.State != escalation.Resolved || !got.Due().IsZero() {
			t.Errorf("round %d: it is %s and due at %v; want it resolved, and never due", round, got.State, got.Due())
		}
	}
}

// TestAStormOfOneKeyMakesOneEscalation is E8, from many processes at once and for
// several incidents.
func TestAStormOfOneKeyMakesOneEscalation(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	e.save(quick(time.Hour))
	incidents := []incident.ID{e.declare("one"), e.declare("two"), e.declare("three")}
	var running sync.WaitGroup
	for n := range 60 {
		running.Go(func() { e.begin(incidents[n%3], escalation.Request{Key: "disk full", Policy: "quick"}) })
	}
	running.Wait()
	var count, made, pages int
	err := e.Pool.QueryRow(t.Context(), `SELECT (SELECT sum(count) FROM escalation), (SELECT count(*) FROM escalation), (SELECT count(*) FROM page)`).
		Scan(&count, &made, &pages)
	if err != nil {
		t.Fatal(err)
	}
	if count != 60 || made != 1 || pages != 1 {
		t.Errorf("60 requests made %d escalations that count %d and paged %d; want 1, 60, 1", made, count, pages)
	}
}

// TestManyTimersOfOneGenerationFireOnce: a job that River hands out twice.
func TestManyTimersOfOneGenerationFireOnce(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour) // no client runs: the test is the timer
	p := quick(0)
	p.Steps[1].Delay = 0
	p.Repeat = 3
	e.save(p)
	begun := e.begin(e.declare("many timers"), escalation.Request{Policy: "quick"})
	for round := range 7 {
		generation := e.get(begun.ID).Generation
		var running sync.WaitGroup
		for n := range 8 {
			running.Go(func() {
				if _, err := e.Advance(t.Context(), begun.ID, generation-n%2); err != nil {
					t.Error(err)
				}
			})
		}
		running.Wait()
		if got := len(e.pages(begun.ID)); got != round+2 {
			t.Fatalf("after round %d there are %d pages; want %d", round, got, round+2)
		}
	}
}

// slowRecorder stops the first change just before it commits.
type slowRecorder struct {
	incident.Recorder
	once    sync.Once
	reached chan struct{} // closed when the change is there
	goOn    chan struct{}
}

func (r *slowRecorder) Record(ctx context.Context, tx pgx.Tx, x incident.Record) error {
	r.once.Do(func() {
		close(r.reached)
		<-r.goOn
	})
	return r.Recorder.Record(ctx, tx, x)
}

// TestTheEndOfMaintenanceFindsWhatHasJustBeenHeld: a request that was held back,
// and has not committed when the maintenance is ended, is paged all the same.
func TestTheEndOfMaintenanceFindsWhatHasJustBeenHeld(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	e.save(quick(time.Hour))
	id := e.declare("maintenance")
	m, err := e.BeginMaintenance(t.Context(), escalation.Maintenance{Service: "checkout"})
	if err != nil {
		t.Fatal(err)
	}
	slow := &slowRecorder{Recorder: e.Incidents.Recorder, reached: make(chan struct{}), goOn: make(chan struct{})}
	e.Incidents.Recorder = slow
	begun, ended := make(chan *escalation.Escalation, 1), make(chan error, 1)
	go func() { begun <- e.begin(id, escalation.Request{Policy: "quick", Service: "checkout"}) }()
	<-slow.reached
	go func() { ended <- e.EndMaintenance(t.Context(), m.ID) }()
	for waiting := false; !waiting && len(ended) == 0; {
		err := e.Pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	close(slow.goOn)
	held := <-begun
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got := e.get(held.ID); !held.Held || got.Held || got.Fired != 1 {
		t.Errorf("it was held = %v, is held = %v and has fired %d steps; want it held at first, and paged", held.Held, got.Held, got.Fired)
	}
}
