package timeline_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// together runs f n times at once and returns the errors that came.
func together(n int, f func(int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for k := range n {
		wg.Go(func() { errs[k] = f(k) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func TestTwentyDeclarationsWithOneKeyAreOneIncident(t *testing.T) {
	w := newWorld(t)
	ids := make([]incident.ID, 20)
	w.must(together(len(ids), func(k int) error {
		i, err := w.incidents.Declare(w.Context(), incident.Declaration{Title: fmt.Sprintf("Try %d", k), DedupKey: "trigger-1"}, alice)
		if err == nil {
			ids[k] = i.ID
		}
		return err
	}))
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("ids = %v, want one", ids)
		}
	}
	if n := w.rows("incident"); n != 1 || w.count(ids[0], incident.KindDeclared) != 1 {
		t.Errorf("%d incidents, %d declared entries; want one of each", n, w.count(ids[0], incident.KindDeclared))
	}
}

func TestARepeatedDeclarationUsesUpNoNumber(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		i, err := w.incidents.Declare(t.Context(), incident.Declaration{Title: "x", DedupKey: "k"}, alice)
		if err != nil || i.ID != 1 {
			t.Fatalf("Declare = %v, %v; want INC-1", i, err)
		}
	}
	if id := w.declare(); id != 2 {
		t.Errorf("the next incident is %s, want INC-2", id)
	}
}

func TestTwoPeopleResolveAtOnce(t *testing.T) {
	w := newWorld(t)
	id := w.declare()
	w.must(together(2, func(k int) error {
		_, err := w.incidents.Resolve(w.Context(), id, incident.Resolution{Cause: fmt.Sprint(k)}, []incident.Actor{alice, bob}[k])
		return err
	}))
	i, err := w.incidents.Get(t.Context(), id)
	if err != nil || i.Revision != 2 || i.Status != incident.StatusResolved || w.count(id, incident.KindResolved) != 1 {
		t.Errorf("revision %d, %s, %d resolved entries, %v; want one change", i.Revision, i.Status, w.count(id, incident.KindResolved), err)
	}
}

func TestAHundredChangesAtOnceAreAHundredRevisions(t *testing.T) {
	w := newWorld(t)
	id := w.declare()
	w.must(together(100, func(k int) error {
		_, err := w.incidents.AddTask(w.Context(), id, incident.Task{Kind: incident.Todo, Text: fmt.Sprintf("task %d", k)}, alice)
		return err
	}))
	i, err := w.incidents.Get(t.Context(), id)
	if err != nil || i.Revision != 101 || i.TaskCount != 100 {
		t.Errorf("revision %d, %d tasks, %v; want 101 and 100", i.Revision, i.TaskCount, err)
	}
	tasks, err := w.incidents.Tasks(t.Context(), id)
	if err != nil || len(tasks) != 100 {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	for n, task := range tasks {
		if task.Number != n+1 {
			t.Fatalf("task %d has number %d", n+1, task.Number)
		}
	}
	if n := w.count(id, incident.KindTaskAdded); n != 100 {
		t.Errorf("%d entries, want 100", n)
	}
}

func TestOneMessageMakesOneTask(t *testing.T) {
	w := newWorld(t)
	id, source := w.declare(), incident.Message{Channel: "C1", TS: "1.2"}
	add := func(kind incident.TaskKind) (*incident.Task, error) {
		return w.incidents.AddTask(w.Context(), id, incident.Task{Kind: kind, Text: "look", Source: source}, alice)
	}
	w.must(together(10, func(int) error { _, err := add(incident.ActionItem); return err }))
	if n := w.count(id, incident.KindTaskAdded); n != 1 {
		t.Errorf("%d tasks were added, want 1", n)
	}
	for range 2 {
		w.must(w.incidents.WithdrawTaskOf(t.Context(), id, incident.ActionItem, source, bob))
	}
	if tasks, err := w.incidents.Tasks(t.Context(), id); err != nil || len(tasks) != 0 || w.count(id, incident.KindTaskWithdrawn) != 1 {
		t.Errorf("after withdrawing: %v, %v", tasks, err)
	}
	if task, err := add(incident.ActionItem); err != nil || task.Number != 1 || !task.Open() {
		t.Errorf("added again = %+v, %v; want the first one back", task, err)
	}
	if task, err := add(incident.Todo); err != nil || task.Number != 2 {
		t.Errorf("another kind = %+v, %v; want a task of its own", task, err)
	}
	w.must(w.incidents.WithdrawTaskOf(t.Context(), id, incident.Todo, incident.Message{Channel: "C9", TS: "9"}, bob))
}

// unstorable is a job that cannot be inserted.
type unstorable struct{ F func() }

// Kind names the job.
func (unstorable) Kind() string { return "test.unstorable" }

// note is a job that can.
type note struct{ Incident incident.ID }

// Kind names the job.
func (note) Kind() string { return "test.note" }

func reaction(args river.JobArgs) []timeline.Reaction {
	return []timeline.Reaction{func(timeline.Entry) []timeline.Job { return []timeline.Job{{Args: args}} }}
}

func TestAReactionThatCannotBeInsertedRollsEverythingBack(t *testing.T) {
	w := newWorld(t)
	id := w.declare()
	w.recorder.Reactions = timeline.Reactions{
		incident.KindDeclared:  reaction(unstorable{}),
		incident.KindResolved:  append(reaction(note{Incident: id}), reaction(unstorable{})...),
		incident.KindTaskAdded: reaction(unstorable{}),
	}
	if _, err := w.incidents.Declare(t.Context(), incident.Declaration{Title: "y", DedupKey: "k"}, alice); err == nil || incident.CodeOf(err) != "" {
		t.Errorf("Declare = %v, want an internal error", err)
	}
	if i, err := w.incidents.Resolve(t.Context(), id, incident.Resolution{}, alice); err == nil || i != nil {
		t.Errorf("Resolve = %v, %v; want an error", i, err)
	}
	if task, err := w.incidents.AddTask(t.Context(), id, incident.Task{Kind: incident.Todo, Text: "x"}, alice); err == nil || task != nil {
		t.Errorf("AddTask = %v, %v; want an error", task, err)
	}
	i, err := w.incidents.Get(t.Context(), id)
	w.must(err)
	if i.Revision != 1 || i.Status != incident.StatusActive || i.TaskCount != 0 {
		t.Errorf("the incident is %+v; want it as it was", i)
	}
	for table, want := range map[string]int{"incident": 1, "timeline_entry": 1, "task": 0, "river_job": 0} {
		if n := w.rows(table); n != want {
			t.Errorf("%s has %d rows, want %d", table, n, want)
		}
	}
}

func TestReactionsCommitWithTheChange(t *testing.T) {
	w := newWorld(t)
	w.recorder.Reactions = timeline.Reactions{
		incident.KindDeclared: append(reaction(note{Incident: 1}), func(timeline.Entry) []timeline.Job { return nil }),
		incident.KindResolved: reaction(note{Incident: 1}),
	}
	id := w.declare()
	if n := w.rows("river_job"); n != 1 {
		t.Errorf("%d jobs after declare, want 1", n)
	}
	for range 2 {
		_, err := w.incidents.Resolve(t.Context(), id, incident.Resolution{}, alice)
		w.must(err)
	}
	if n := w.rows("river_job"); n != 2 {
		t.Errorf("%d jobs after resolving twice, want 2", n)
	}
}

func TestACancelledChangeLeavesNothing(t *testing.T) {
	w := newWorld(t)
	id := w.declare()
	ctx, cancel := context.WithCancel(t.Context())
	w.recorder.Reactions = timeline.Reactions{incident.KindNoteAdded: {func(timeline.Entry) []timeline.Job {
		cancel() // after the entry was written, before the commit
		return nil
	}}}
	if err := w.timeline.AddNote(ctx, id, "lost", incident.Now(), alice); err == nil {
		t.Error("a change whose context ended succeeded")
	}
	if i, err := w.incidents.Get(t.Context(), id); err != nil || i.Revision != 1 || len(w.entries(id)) != 1 {
		t.Errorf("%+v, %v, %d entries; want nothing changed", i, err, len(w.entries(id)))
	}
}
