package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	// So many worlds are played at a time: they mostly wait for Slack's pace.
	// With the race detector they are busy, and a dozen would keep each other from
	// answering in time.
	crashWorlds, crashWorldsRaced = 12, 5
	// A third of the calls is tried, each with one of its fates; with the race
	// detector an eighth. With TOCSIN_CRASH=every each call is, and with
	// TOCSIN_SOAK=1 with all its fates.
	crashSample, crashRaces = 9, 24
)

// played is what a run leaves behind.
type played struct {
	calls    []string // as the gate named them
	declared []string // the world when all that declare sets off was done
	marked   []string // the same of an emoji on a message
	resolved []string // the same of resolve
}

// TestKilledAtAnyCallTheWorldIsTheSame kills the program with SIGKILL at each
// call that declare and resolve make to Slack and Jira, and between a command's
// commit and its ack, or an event's: before the call is heard, before its answer is,
// and right after. Slack delivers an event again whose ack it did not get, and no
// command. Started again, it leaves the same world as a run that nobody disturbed:
// one incident, one channel, one post of each kind, one pin, one ticket for the
// incident and for each action item, one postmortem, a whole timeline.
func TestKilledAtAnyCallTheWorldIsTheSame(t *testing.T) {
	t.Parallel()
	var whole played
	t.Run("undisturbed", func(t *testing.T) { whole = playLife(t, boundary{}, played{}) })
	if t.Failed() {
		return
	}
	atOnce := crashWorlds
	if raceDetector {
		atOnce = crashWorldsRaced
	}
	places := make(chan struct{}, atOnce)
	var worlds sync.WaitGroup
	for _, b := range sample(whole.calls) {
		worlds.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			t.Run(b.String(), func(t *testing.T) { playLife(t, b, whole) })
		})
	}
	worlds.Wait()
}

// sample lists the boundaries to be tried.
func sample(calls []string) []boundary {
	fates := []fate{lost, unheard, heard}
	step := crashSample
	if raceDetector {
		step = crashRaces
	}
	if os.Getenv("TOCSIN_CRASH") == "every" {
		step = len(fates)
	}
	var chosen []boundary
	for n, call := range calls {
		for at, f := range fates {
			if (os.Getenv("TOCSIN_SOAK") == "1" || at == n%step || strings.Contains(call, eventAck)) && !(f == heard && strings.Contains(call, "ack")) {
				chosen = append(chosen, boundary{call, f})
			}
		}
	}
	return chosen
}

// playLife declares an incident and resolves it, in a program that is killed once
// and started again. The world must become what it was in whole, where that is given.
func playLife(t *testing.T, aim boundary, whole played) played {
	o := newOutside(t, aim)
	o.start()
	o.connected(1)
	revived := o.revive()
	o.gate.enter("declare")
	o.types("alice", "#general", "/incident declare sev1 Checkout is down", o.declared)
	declared := o.settles(whole.declared)
	o.gate.enter(phaseOfEvents)
	o.marks("alice", room, "The certificate expired at 13:58")
	marked := o.settles(whole.marked)
	o.gate.enter("resolve")
	for _, text := range []string{"Write the runbook", "Test the failover"} {
		o.types("alice", room, "/incident action "+text, func() bool {
			return o.count(`SELECT count(*) FROM timeline_entry WHERE data->>'text' = $1`, text) > 0
		})
	}
	o.types("alice", room, "/incident resolve A bad deploy", func() bool {
		return o.count(`SELECT count(*) FROM incident WHERE status = 'resolved'`) > 0
	})
	resolved := o.settles(whole.resolved)
	o.gate.enter("")
	if !revived() && aim.call != "" && !mayBeSaved(aim.call) {
		t.Errorf("%s was never reached", aim.call)
	}
	return played{o.gate.passed(), declared, marked, resolved}
}

// marks lets a person say something in a channel and put it on record with an emoji,
// and waits until it is there.
func (o *outside) marks(person, channel, text string) {
	o.t.Helper()
	p := o.slack.Person(person)
	if err := p.Reacts(channel, p.Says(channel, text), "pushpin"); err != nil {
		o.t.Fatal(err)
	}
	err := o.until(hangs, func() error {
		if o.count(`SELECT count(*) FROM timeline_entry WHERE kind = 'timeline.message_captured'`) == 0 {
			return fmt.Errorf("%q is not on record", text)
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

const room = "#inc-1-checkout-is-down"

// mayBeSaved reports whether a call is one of those whose number depends on how
// changes fall together: several are drawn, or looked up, at once.
func mayBeSaved(call string) bool {
	for _, kind := range []string{"chat.update", "bookmarks.list", "conversations.setTopic", "jira GET", "jira PUT", "search"} {
		if strings.Contains(call, kind) {
			return true
		}
	}
	return false
}

// revive starts the program again after the gate has killed it. The function it
// returns ends that, and says whether the call came at which it is killed: all may be
// done before the program is gone.
func (o *outside) revive() (ended func() bool) {
	var waiting sync.WaitGroup
	over := make(chan struct{})
	waiting.Go(func() {
		select {
		case <-o.gate.struck:
			o.start()
		case <-over:
		}
	})
	return func() bool {
		close(over)
		waiting.Wait()
		return o.gate.hit()
	}
}

// settles waits until everything is done and the world is as wanted; when nothing
// is wanted, until it has been left alone for a while. It returns the world.
func (o *outside) settles(want []string) []string {
	o.t.Helper()
	var seen []string
	var calm time.Time
	err := o.until(hangs, func() error {
		if n := o.unfinished(); n > 0 {
			calm = time.Time{}
			return fmt.Errorf("%d jobs are unfinished: %s", n, strings.Join(o.lines(unfinishedQuery), "; "))
		}
		before := seen
		seen = o.snapshot()
		if want != nil {
			if diff := cmp.Diff(want, seen); diff != "" {
				return fmt.Errorf("the world differs (-undisturbed +this):\n%s", diff)
			}
			return nil
		}
		if calm.IsZero() || !slices.Equal(before, seen) {
			calm = time.Now()
		}
		if time.Since(calm) < 2500*time.Millisecond {
			return fmt.Errorf("it was calm only since %v", calm)
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return seen
}

const unfinishedQuery = `SELECT concat_ws(' ', kind, state, attempt, 'by', attempted_by[array_upper(attempted_by, 1)], 'at', attempted_at, errors[array_upper(errors, 1)]->>'error') FROM river_job WHERE finalized_at IS NULL`
