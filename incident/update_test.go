package incident

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAnUpdateKeepsOrBreaksThePromise(t *testing.T) {
	t.Parallel()
	due := noon.Add(time.Hour)
	for name, c := range map[string]struct {
		promised, now time.Time
		kept          bool
	}{
		"none was promised": {time.Time{}, noon, true},
		"in time":           {due, due, true},
		"late":              {due, due.Add(time.Second), false},
	} {
		i := at(StatusActive)
		i.UpdateDueAt, i.UpdateGeneration = c.promised, 4
		next := c.now.Add(time.Hour)
		events, err := i.PostUpdate(" no news ", next, c.now)
		want := []Event{UpdatePosted{Text: "no news", Severity: i.Severity, Status: StatusActive, NextDue: next, Promised: c.promised, Kept: c.kept, Generation: 5}}
		if diff := cmp.Diff(want, events); diff != "" || err != nil || i.UpdateDueAt != next {
			t.Errorf("%s: %v, due %v\n%s", name, err, i.UpdateDueAt, diff)
		}
	}
}

func TestTheLastUpdatePromisesNothing(t *testing.T) {
	t.Parallel()
	i := at(StatusResolved)
	events, err := i.PostUpdate("all is well", noon.Add(time.Hour), noon)
	if err != nil || !events[0].(UpdatePosted).NextDue.IsZero() || !i.UpdateDueAt.IsZero() {
		t.Errorf("PostUpdate = %v, %v; want no promise after the end", events, err)
	}
}

func TestAReminderRemindsOnceAndOnlyWhenItStillMatters(t *testing.T) {
	t.Parallel()
	due := noon.Add(time.Hour)
	fresh := func() *Incident {
		i := at(StatusActive)
		if _, err := i.PostUpdate("x", due, noon); err != nil {
			t.Fatal(err)
		}
		return i
	}
	overtaken := map[string]func(*Incident) ([]Event, error){
		"another update": func(i *Incident) ([]Event, error) { return i.PostUpdate("y", due.Add(time.Hour), noon) },
		"snoozed":        func(i *Incident) ([]Event, error) { return i.SnoozeUpdate(due.Add(time.Minute), noon) },
		"settled":        (*Incident).SettleUpdate,
		"resolved":       verbs["resolve"],
		"cancelled":      verbs["cancel"],
		"reminded":       func(i *Incident) ([]Event, error) { return i.UpdateFallsDue(1, due) },
	}
	for name, overtake := range overtaken {
		i := fresh()
		if _, err := overtake(i); err != nil {
			t.Fatal(err)
		}
		if events, err := i.UpdateFallsDue(1, due.Add(2*time.Hour)); err != nil || len(events) != 0 {
			t.Errorf("%s: the old reminder says %v, %v; want nothing", name, events, err)
		}
	}
	i := fresh()
	if events, err := i.UpdateFallsDue(1, due.Add(-time.Nanosecond)); err != nil || len(events) != 0 {
		t.Errorf("too early = %v, %v; want nothing", events, err)
	}
	events, err := i.UpdateFallsDue(1, due)
	if diff := cmp.Diff([]Event{UpdateFellDue{Due: due, Generation: i.UpdateGeneration}}, events); diff != "" || err != nil || i.UpdateDueAt != due {
		t.Errorf("%v, due %v\n%s", err, i.UpdateDueAt, diff)
	}
}

func TestTheWorseTheSooner(t *testing.T) {
	t.Parallel()
	for n, s := range Severities()[1:] {
		if worse := Severities()[n]; UpdateCadence(worse) > UpdateCadence(s) || !worse.WorseThan(s) {
			t.Errorf("%s is due after %v, %s after %v", worse, UpdateCadence(worse), s, UpdateCadence(s))
		}
	}
}

func TestAnUpdateIsNotPromisedForEver(t *testing.T) {
	t.Parallel()
	for ahead, want := range map[time.Duration]Code{MaxPromise: "", MaxPromise + time.Second: Invalid, 5000 * time.Hour: Invalid} {
		i := at(StatusActive)
		if _, err := i.PostUpdate("no news", noon.Add(ahead), noon); CodeOf(err) != want {
			t.Errorf("an update promised in %v: %v", ahead, err)
		}
		i = at(StatusActive)
		if _, err := i.SnoozeUpdate(noon.Add(ahead), noon); CodeOf(err) != want {
			t.Errorf("an update put off for %v: %v", ahead, err)
		}
	}
	if _, err := at(StatusActive).PostUpdate("no news", time.Time{}, noon); err != nil {
		t.Errorf("an update without a promise: %v", err)
	}
}
