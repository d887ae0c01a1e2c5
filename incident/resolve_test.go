package incident

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestResolveSetsTheMilestones(t *testing.T) {
	t.Parallel()
	start, end := noon.Add(-time.Hour), noon.Add(-10*time.Minute)
	i := at(StatusMitigated)
	i.Milestones.Mitigated = noon
	i.UpdateDueAt, i.UpdateGeneration = noon.Add(time.Hour), 2
	events, err := i.Resolve(Resolution{ImpactStart: start, ImpactEnd: end, Cause: " a deploy\x00 "}, noon)
	if err != nil {
		t.Fatal(err)
	}
	want := []Event{Resolved{ImpactStart: start, ImpactEnd: end, Cause: "a deploy"}}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Error(diff)
	}
	if i.Milestones.Mitigated != end || i.Milestones.Resolved != end || i.Milestones.ImpactStarted != start {
		t.Errorf("milestones = %+v; mitigation cannot come after the end", i.Milestones)
	}
	if !i.UpdateDueAt.IsZero() || i.UpdateGeneration != 3 {
		t.Errorf("promise = %v, generation %d; want none and an outdated reminder", i.UpdateDueAt, i.UpdateGeneration)
	}
}

func TestResolveKeepsAStartThatIsKnown(t *testing.T) {
	t.Parallel()
	i := at(StatusActive)
	if _, err := i.CorrectMilestone(ImpactStarted, noon.Add(-time.Hour), "the graph", noon); err != nil {
		t.Fatal(err)
	}
	events, err := i.Resolve(Resolution{}, noon)
	if err != nil || i.Milestones.ImpactStarted != noon.Add(-time.Hour) || events[0].(Resolved).ImpactStart != noon.Add(-time.Hour) {
		t.Errorf("Resolve = %v, %v; started %v", events, err, i.Milestones.ImpactStarted)
	}
}

func TestReopenForgetsTheEndOnly(t *testing.T) {
	t.Parallel()
	i := at(StatusClosed)
	i.Cause = "a deploy"
	i.Milestones = Milestones{ImpactStarted: noon, Detected: noon, Acknowledged: noon, Mitigated: noon, Resolved: noon, Closed: noon}
	events, err := i.Reopen("it is back")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Event{Reopened{From: StatusClosed, Reason: "it is back", Mitigated: noon, ImpactEnd: noon}}, events); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Milestones{ImpactStarted: noon, Detected: noon, Acknowledged: noon}, i.Milestones); diff != "" {
		t.Error(diff)
	}
}

func TestCorrectMilestone(t *testing.T) {
	t.Parallel()
	for _, m := range MilestoneNames() {
		i := at(StatusResolved)
		i.Milestones.Resolved = noon
		to := noon.Add(-time.Minute)
		from := i.Milestones.At(m)
		events, err := i.CorrectMilestone(m, to, " the log ", noon)
		want := []Event{MilestoneCorrected{Milestone: m, From: from, To: to, Reason: "the log"}}
		if diff := cmp.Diff(want, events); diff != "" || err != nil || i.Milestones.At(m) != to {
			t.Errorf("%s: %v %v\n%s", m, err, i.Milestones.At(m), diff)
		}
		if got, err := ParseMilestone(string(m)); err != nil || got != m {
			t.Errorf("ParseMilestone(%q) = %q, %v", m, got, err)
		}
	}
	if got := (&Milestones{Detected: noon}).At("lunch"); !got.IsZero() {
		t.Errorf("an unknown milestone is at %v", got)
	}
}

func TestTheImpactCannotStartAfterItEnded(t *testing.T) {
	t.Parallel()
	for m, to := range map[Milestone]time.Time{ImpactStarted: noon.Add(time.Hour), ImpactEnded: noon.Add(-2 * time.Hour)} {
		i := at(StatusResolved)
		i.Milestones = Milestones{ImpactStarted: noon.Add(-time.Hour), Resolved: noon}
		before := i.Milestones
		if events, err := i.CorrectMilestone(m, to, "", noon.Add(2*time.Hour)); CodeOf(err) != Invalid || len(events) != 0 || i.Milestones != before {
			t.Errorf("%s at %v = %v, %v; want a sentence", m, to, events, err)
		}
	}
}

func TestAnImpactLongBeforeTheDeclarationNeedsAReason(t *testing.T) {
	t.Parallel()
	edge := noon.Add(-maxReach)
	for _, c := range []struct {
		start  time.Time
		reason string
		ok     bool
	}{{edge, "", true}, {edge.Add(-time.Second), "", false}, {edge.Add(-time.Second), " ", false}, {edge.Add(-time.Second), "a slow leak", true}} {
		i := at(StatusActive)
		i.DeclaredAt = noon
		if _, err := i.CorrectMilestone(ImpactStarted, c.start, c.reason, noon); (err == nil) != c.ok {
			t.Errorf("start %v because %q: %v; want it taken: %v", c.start, c.reason, err, c.ok)
		}
		if !c.ok && !i.Milestones.ImpactStarted.IsZero() {
			t.Error("what was refused was noted")
		}
		// What was noted with a reason is no reason to refuse the resolution.
		if _, err := i.Resolve(Resolution{}, noon); err != nil {
			t.Error(err)
		}
	}
	i := at(StatusActive)
	i.DeclaredAt = noon
	_, err := i.Resolve(Resolution{ImpactStart: noon.AddDate(-8, 0, 0)}, noon)
	want := "That is 2,922 days before INC-1 was declared; check the year. If it is meant, set it by the milestone command, with a reason."
	if CodeOf(err) != Invalid || err.Error() != want || i.Status != StatusActive {
		t.Errorf("Resolve = %v, %s", err, i.Status)
	}
}

func TestAnImpactCannotBeginInTheFuture(t *testing.T) {
	t.Parallel()
	i := at(StatusActive)
	if _, err := i.Resolve(Resolution{ImpactStart: noon.Add(time.Hour)}, noon); CodeOf(err) != Invalid || err.Error() != "The impact cannot begin in the future; give a time up to now." {
		t.Errorf("Resolve = %v", err)
	}
}
