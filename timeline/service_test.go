package timeline_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
	"github.com/tocsinhq/tocsin/timeline"
)

var alice, bob = incident.By("U1"), incident.By("U2")

// world is a database with both services and nothing else.
type world struct {
	*testing.T
	pool      *pgxpool.Pool
	recorder  *timeline.Recorder
	incidents *incident.Service
	timeline  *timeline.Service
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	pool := pgtest.DB(t)
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	recorder := &timeline.Recorder{Jobs: jobs}
	incidents := &incident.Service{Pool: pool, Recorder: recorder}
	return &world{T: t, pool: pool, recorder: recorder, incidents: incidents, timeline: &timeline.Service{Incidents: incidents}}
}

func (w *world) declare() incident.ID {
	w.Helper()
	i, err := w.incidents.Declare(w.Context(), incident.Declaration{Title: "Checkout is down"}, alice)
	w.must(err)
	return i.ID
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) entries(id incident.ID) []timeline.Entry {
	w.Helper()
	list, err := w.timeline.Entries(w.Context(), id)
	w.must(err)
	return list
}

// count is how many entries of a kind the record of an incident holds.
func (w *world) count(id incident.ID, kind incident.Kind) int {
	w.Helper()
	n := 0
	for _, e := range w.entries(id) {
		if e.Event.Kind() == kind {
			n++
		}
	}
	return n
}

// rows is how many rows a table holds.
func (w *world) rows(table string) int {
	w.Helper()
	var n int
	w.must(w.pool.QueryRow(w.Context(), `SELECT count(*) FROM `+pgx.Identifier{table}.Sanitize()).Scan(&n))
	return n
}

func TestNotesAreOrderedByWhatTheyAreAbout(t *testing.T) {
	w := newWorld(t)
	id, now := w.declare(), incident.Now()
	w.must(w.timeline.AddNote(t.Context(), id, "second", now.Add(-time.Minute), alice))
	w.must(w.timeline.AddNote(t.Context(), id, "first\x00", now.Add(-time.Hour), bob))
	w.must(w.timeline.AddDecision(t.Context(), id, "third", now.Add(-time.Minute), bob))
	var got []string
	for _, e := range w.entries(id)[:3] {
		got = append(got, timeline.Describe(e.Event, func(p incident.PersonID) string { return string(p) }))
	}
	if want := "Note: first, Note: second, Decision: third"; strings.Join(got, ", ") != want {
		t.Errorf("order = %v, want %s", got, want)
	}
}

func TestNotesAreRefusedWithASentence(t *testing.T) {
	w := newWorld(t)
	id := w.declare()
	for name, err := range map[string]error{
		"empty":  w.timeline.AddNote(t.Context(), id, " \n", time.Time{}, alice),
		"long":   w.timeline.AddDecision(t.Context(), id, strings.Repeat("x", timeline.MaxText+1), time.Time{}, alice),
		"future": w.timeline.AddNote(t.Context(), id, "x", incident.Now().Add(time.Hour), alice),
	} {
		if incident.CodeOf(err) != incident.Invalid {
			t.Errorf("%s: %v, want a sentence", name, err)
		}
	}
	if n := len(w.entries(id)); n != 1 {
		t.Errorf("%d entries, want only the declaration", n)
	}
}

func TestWhatDoesNotExistIsNotFound(t *testing.T) {
	w := newWorld(t)
	id, ctx := w.declare(), t.Context()
	_, noIncident := w.incidents.Get(ctx, 404)
	_, noChange := w.incidents.Mitigate(ctx, 404, alice)
	_, noTask := w.incidents.Task(ctx, id, 9)
	_, noTaskChange := w.incidents.ChangeTask(ctx, id, 9, alice, (*incident.Task).Finish)
	_, noCopy := w.timeline.ReadFile(ctx, 9)
	_, noSave := w.timeline.SaveFile(ctx, id, 9, incident.File{ID: "F"}, "", nil, alice)
	for want, errs := range map[string][]error{
		"There is no INC-404; see the open incidents with the list command.": {noIncident, noChange, w.timeline.AddNote(ctx, 404, "x", time.Time{}, alice)},
		"INC-1 has no task number 9; the tasks command lists them.":          {noTask, noTaskChange},
		"INC-1 has no timeline entry 9.":                                     {w.timeline.Star(ctx, id, 9, true, alice), w.timeline.Withdraw(ctx, id, 9, true, alice), noSave},
		"INC-1 has no hypothesis 9.":                                         {w.timeline.SettleHypothesis(ctx, id, 9, timeline.Confirmed, alice)},
		"There is no copy 9 of a file; the timeline lists the copies.":       {noCopy},
	} {
		for _, err := range errs {
			said, ok := errors.AsType[*incident.Error](err)
			if !ok || said.Code != incident.NotFound || said.Message != want {
				t.Errorf("error = %v, want %q", err, want)
			}
		}
	}
}

func TestHypotheses(t *testing.T) {
	w := newWorld(t)
	id, ctx := w.declare(), t.Context()
	for n, text := range []string{"the cache", "the deploy"} {
		h, err := w.timeline.RaiseHypothesis(ctx, id, text, alice)
		if err != nil || h.Number != n+1 {
			t.Fatalf("hypothesis %+v, %v; want number %d", h, err, n+1)
		}
	}
	for range 2 {
		w.must(w.timeline.SettleHypothesis(ctx, id, 1, timeline.RuledOut, bob))
		w.must(w.timeline.SettleHypothesis(ctx, id, 2, timeline.Confirmed, bob))
	}
	list, err := w.timeline.Hypotheses(ctx, id)
	if err != nil || len(list) != 2 || list[0].Outcome != timeline.RuledOut || list[1].Outcome != timeline.Confirmed || list[0].SettledAt.IsZero() || list[0].RaisedBy != "U1" {
		t.Errorf("hypotheses = %+v, %v", list, err)
	}
	if n := w.count(id, incident.KindHypothesisSettled); n != 2 {
		t.Errorf("%d settled entries, want 2", n)
	}
}

func TestStarAndWithdrawAnyEntry(t *testing.T) {
	w := newWorld(t)
	id, ctx := w.declare(), t.Context()
	entry := w.entries(id)[0].ID
	steps := []struct {
		do                 func() error
		starred, withdrawn bool
	}{
		{func() error { return w.timeline.Star(ctx, id, entry, true, bob) }, true, false},
		{func() error { return w.timeline.Withdraw(ctx, id, entry, true, bob) }, true, true},
		{func() error { return w.timeline.Star(ctx, id, entry, false, bob) }, false, true},
		{func() error { return w.timeline.Withdraw(ctx, id, entry, false, bob) }, false, false},
	}
	for n, step := range steps {
		w.must(step.do())
		w.must(step.do()) // twice is once
		all := w.entries(id)
		line := timeline.FoldAll(all)[0]
		if len(all) != n+2 || line.Starred != step.starred || line.Withdraw != step.withdrawn {
			t.Errorf("step %d: %d entries, starred %v, withdrawn %v", n, len(all), line.Starred, line.Withdraw)
		}
	}
}

func TestAStarOnANoteFoldsWithItsKey(t *testing.T) {
	w := newWorld(t)
	id := w.declare()
	_, err := w.incidents.Observe(t.Context(), id, alice, incident.NoteAdded{Text: "x", At: incident.Now().Add(-time.Hour), Key: true})
	w.must(err)
	w.must(w.timeline.Star(t.Context(), id, w.entries(id)[0].ID, false, bob))
	lines, err := w.timeline.Lines(t.Context(), id)
	if err != nil || lines[0].Starred {
		t.Errorf("line = %+v, %v; want the star gone", lines[0], err)
	}
}

// forbidden is a context that is over: nothing can be done with it.
func forbidden() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestADatabaseThatIsGoneIsNotASentenceForPeople(t *testing.T) {
	w := newWorld(t)
	_, openErr := w.incidents.Open(forbidden(), 1)
	_, _, roomErr := w.incidents.ByRoom(forbidden(), "C1")
	_, declareErr := w.incidents.Declare(forbidden(), incident.Declaration{Title: "x"}, alice)
	_, entriesErr := w.timeline.Entries(forbidden(), 1)
	for name, err := range map[string]error{"open": openErr, "by room": roomErr, "declare": declareErr, "entries": entriesErr} {
		if err == nil || incident.CodeOf(err) != "" {
			t.Errorf("%s: %v; want an internal error", name, err)
		}
	}
}
