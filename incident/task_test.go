package incident

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTasksAreNumberedFromOne(t *testing.T) {
	t.Parallel()
	i := at(StatusResolved)
	for n, kind := range []TaskKind{Todo, ActionItem, Todo} {
		task, events, err := i.AddTask(Task{Kind: kind, Text: " look\n at it ", Owner: "U2"}, "U1", noon)
		if err != nil {
			t.Fatal(err)
		}
		want := &Task{Incident: 1, Number: n + 1, Kind: kind, Text: "look at it", Owner: "U2", CreatedBy: "U1", CreatedAt: noon}
		if diff := cmp.Diff(want, task); diff != "" || !task.Open() {
			t.Error(diff)
		}
		if diff := cmp.Diff([]Event{TaskAdded{Number: n + 1, TaskKind: kind, Text: "look at it", Owner: "U2"}}, events); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAWithdrawnTaskCannotBeFinished(t *testing.T) {
	t.Parallel()
	task := Task{Kind: ActionItem, Withdrawn: noon}
	if events, err := task.Finish(noon); CodeOf(err) != Conflict || len(events) != 0 || err.Error() != "That action item was withdrawn; add it again." {
		t.Errorf("Finish = %v, %v", events, err)
	}
}

func TestAmendLeavesAloneWhatIsNotGiven(t *testing.T) {
	t.Parallel()
	owner, nobody, due := PersonID("U2"), PersonID(""), noon.Truncate(24*time.Hour)
	task := Task{Number: 1, Kind: Todo, Text: "x", Owner: "U1"}
	for _, step := range []struct {
		owner     *PersonID
		due       *time.Time
		wantOwner PersonID
		wantDue   time.Time
	}{{nil, &due, "U1", due}, {&owner, nil, "U2", due}, {&nobody, &time.Time{}, "", time.Time{}}} {
		was := task.Owner
		events, err := task.Amend(Amendment{Owner: step.owner, Due: step.due})
		want := []Event{TaskAmended{Number: 1, TaskKind: Todo, Text: "x", Owner: step.wantOwner, DueOn: step.wantDue, WasOwner: was}}
		if diff := cmp.Diff(want, events); diff != "" || err != nil || task.Owner != step.wantOwner || !task.DueOn.Equal(step.wantDue) {
			t.Errorf("%v %+v\n%s", err, task, diff)
		}
	}
}

func TestOnlyOpenWorkIsAmended(t *testing.T) {
	t.Parallel()
	text, empty := " Add two\n alerts", "\n"
	task := Task{Number: 1, Kind: ActionItem, Text: "Add an alert"}
	if events, err := task.Amend(Amendment{Text: &text}); err != nil || len(events) != 1 || task.Text != "Add two alerts" {
		t.Errorf("Amend = %v, %v; text %q", events, err, task.Text)
	}
	if events, err := task.Amend(Amendment{Text: &text}); err != nil || len(events) != 0 {
		t.Errorf("the same again = %v, %v; want nothing", events, err)
	}
	if events, err := task.Amend(Amendment{Text: &empty}); CodeOf(err) != Invalid || len(events) != 0 || task.Text != "Add two alerts" {
		t.Errorf("no text = %v, %v; text %q", events, err, task.Text)
	}
	for _, over := range []Task{{Text: "x", DoneAt: noon}, {Text: "x", Withdrawn: noon}} {
		if events, err := over.Amend(Amendment{Text: &text}); CodeOf(err) != Conflict || len(events) != 0 || over.Text != "x" {
			t.Errorf("%+v amended: %v, %v", over, events, err)
		}
	}
}
