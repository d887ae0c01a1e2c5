package main

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/bot"
)

// relieved is a desk at which Bob relieved Alice at a full minute a moment ago. The desk
// and another one, at which Carol sits, keep the user group @desk.
const relieved = `
people:
  alice: {slack: %q, name: Alice, zone: UTC}
  bob: {slack: %q, name: Bob, zone: UTC}
  carol: {slack: %q, name: Carol, zone: UTC}
schedules:
  desk:
    zone: UTC
    user_group: %[4]s
    layers: [{person: alice}, {person: bob, from: %[5]q}]
  other:
    zone: UTC
    user_group: %[4]s
    layers: [{person: carol}]
`

// relieves makes such desks, and returns the id of the group.
func (o *outside) relieves() (group string) {
	o.t.Helper()
	group = o.slack.AddUserGroup("desk", "Desk", "alice")
	at := time.Now().UTC().Truncate(time.Minute).Format("2006-01-02T15:04")
	text := fmt.Sprintf(relieved, o.slack.Person("alice").ID, o.slack.Person("bob").ID, o.slack.Person("carol").ID, group, at)
	if _, err := applier(o.pool).Apply(o.t.Context(), "desks.yaml", []byte(text)); err != nil {
		o.t.Fatal(err)
	}
	return group
}

// asksFor inserts jobs as the clock does.
func (o *outside) asksFor(jobs ...river.JobArgs) {
	o.t.Helper()
	inserter, err := newInserter(o.pool, slog.New(slog.DiscardHandler), jobTuning{})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, job := range jobs {
		if _, err := inserter.Insert(o.t.Context(), job, nil); err != nil {
			o.t.Fatal(err)
		}
	}
}

// handoffs are the hand-offs that a person was told of, as they read them.
func (o *outside) handoffs(person string) (texts []string) {
	for _, m := range o.slack.Messages(o.slack.Person(person).DirectChannel()) {
		payload, _ := m.Metadata["event_payload"].(map[string]any)
		if key, _ := payload["key"].(string); strings.HasPrefix(key, "handoff-") {
			texts = append(texts, textOf(m.Text, m.Blocks))
		}
	}
	return texts
}

// toldOnce waits until both ends of the shift are told and noted, and everything is
// done, and makes sure that each was told once.
func (o *outside) toldOnce() {
	o.t.Helper()
	o.waitFor("both to be told", func() bool {
		return o.count(`SELECT count(*) FROM handoff_notice`) == 2 && o.unfinished() == 0
	})
	for person, want := range map[string]string{"alice": "Your shift is over", "bob": "You are on call now"} {
		if got := o.handoffs(person); len(got) != 1 || !strings.Contains(got[0], want) || !strings.Contains(got[0], "Nothing is open") {
			o.t.Errorf("%s was told %d times: %q; want once %q", person, len(got), got, want)
		}
	}
}

// TestAHandoffKilledAnywhereIsToldOnce kills the program before, while and after Slack
// takes the notice to the first of the two, and starts it again. The clock asks at once,
// while the work of the dead is not put back yet.
func TestAHandoffKilledAnywhereIsToldOnce(t *testing.T) {
	t.Parallel()
	var worlds sync.WaitGroup // all at a time: they mostly wait
	for _, f := range []fate{lost, unheard, heard} {
		worlds.Go(func() {
			t.Run(string(f), func(t *testing.T) {
				o := newOutside(t, boundary{"handoff: chat.postMessage handoff-desk-start 1", f})
				o.relieves()
				o.gate.enter("handoff")
				revived := o.revive()
				o.asksFor(bot.TellHandoffs{})
				o.start()
				o.toldOnce()
				if !revived() {
					t.Error("the program was not killed at the notice")
				}
			})
		})
	}
	worlds.Wait()
}

// TestAHandoffWithNobodyAliveIsToldAtTheStart: nobody asks for it but the start itself.
func TestAHandoffWithNobodyAliveIsToldAtTheStart(t *testing.T) {
	t.Parallel()
	o := newOutside(t, boundary{})
	o.relieves()
	o.start()
	o.start()
	o.toldOnce()
}

// TestAUserGroupKilledWhileChangedHoldsEverybody kills the program before, while and
// after Slack changes a user group that two schedules keep. Started again, the group
// holds who is on call in either.
func TestAUserGroupKilledWhileChangedHoldsEverybody(t *testing.T) {
	t.Parallel()
	var worlds sync.WaitGroup
	for _, f := range []fate{lost, unheard, heard} {
		worlds.Go(func() {
			t.Run(string(f), func(t *testing.T) {
				o := newOutside(t, boundary{"groups: usergroups.users.update 1", f})
				group := o.relieves()
				o.gate.enter("groups")
				revived := o.revive()
				o.asksFor(bot.SyncGroups{})
				o.start()
				o.waitFor("the group to be as it should be", func() bool {
					return slices.Equal(o.inGroup(group), []string{"bob", "carol"}) && o.slack.Connections() > 0 && o.unfinished() == 0 &&
						o.count(`SELECT count(*) FROM user_group WHERE cardinality(members) = 2`) == 1
				})
				if !revived() {
					t.Error("the program was not killed at the change")
				}
			})
		})
	}
	worlds.Wait()
}

// TestHandoffsAndGroupsAreOneJobAtATime: two at once could both look for a post, both
// not find it, and both post; or the older one could have the last word. That of a
// process that has died counts until it is put back and done.
func TestHandoffsAndGroupsAreOneJobAtATime(t *testing.T) {
	t.Parallel()
	o := newOutside(t, boundary{})
	for _, args := range []river.JobArgs{bot.TellHandoffs{}, bot.SyncGroups{}} {
		for _, state := range []string{"available", "running", "retryable", "scheduled"} {
			o.asksFor(args, args)
			if _, err := o.pool.Exec(t.Context(), `UPDATE river_job SET state = $2::river_job_state WHERE kind = $1`, args.Kind(), state); err != nil {
				t.Fatal(err)
			}
			o.asksFor(args)
			if n := o.count(`SELECT count(*) FROM river_job WHERE kind = $1`, args.Kind()); n != 1 {
				t.Errorf("there are %d jobs of %s; want one, while it is %s", n, args.Kind(), state)
			}
		}
		if _, err := o.pool.Exec(t.Context(), `UPDATE river_job SET state = 'completed', finalized_at = now() WHERE kind = $1`, args.Kind()); err != nil {
			t.Fatal(err)
		}
		o.asksFor(args)
		if n := o.count(`SELECT count(*) FROM river_job WHERE kind = $1`, args.Kind()); n != 2 {
			t.Errorf("there are %d jobs of %s after one is done; want another", n, args.Kind())
		}
	}
}

// inGroup are the names of a user group's members.
func (o *outside) inGroup(group string) (names []string) {
	members := o.slack.UserGroup(group)
	for _, p := range o.slack.People() {
		if slices.Contains(members, p.ID) {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return names
}
