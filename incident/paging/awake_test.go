package paging

import (
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// sayAwake presses "I'm awake" on the newest page of a person in Slack.
func (w *world) sayAwake(p incident.PersonID) {
	w.t.Helper()
	pages := w.office.pages(MethodSlack, string(p))
	_, err := w.Reply(w.t.Context(), Reply{Method: MethodSlack, ID: pages[len(pages)-1].Key, Action: ActionAwake, From: string(p)})
	w.must(err)
}

// unreachableEvents counts how often the timeline says that somebody cannot be reached.
func (w *world) unreachableEvents() (n int) {
	w.t.Helper()
	w.must(w.pool.QueryRow(w.t.Context(), `SELECT count(*) FROM timeline_entry WHERE kind = $1`, incident.KindPersonUnreachable).Scan(&n))
	return n
}

func TestAwakeSilencesRepeatsUntilItGetsWorse(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.contact(alice, MethodSlack, string(alice))
		id := w.incident("Checkout", incident.SEV2)
		w.page(id, "checkout", 2*time.Minute, alice)
		w.at(10)
		w.sayAwake(alice)
		w.at(130) // the second pass is silenced
		w.wantSent("while awake", w.office.pages("", ""), "slack 0")
		_, err := w.Incidents.SetSeverity(w.t.Context(), id, incident.SEV1, incident.By(bob))
		w.must(err)
		w.at(400) // of the passes at this severity the first one comes
		w.wantSent("after it got worse", w.office.pages("", ""), "slack 0", "slack 240")
	})
}

// TestAwakeEndsWithAnAcknowledgement is about somebody who was awake, took it, and fell
// asleep: what comes back then is told as if nothing had been said, again and again.
func TestAwakeEndsWithAnAcknowledgement(t *testing.T) {
	for _, c := range []struct {
		name  string
		again func(w *world, e int64)
		want  []string
	}{
		{"the acknowledgement runs out", func(*world, int64) {}, []string{"slack 0", "slack 310", "slack 430"}},
		{"it is taken back", func(w *world, e int64) {
			_, err := w.Escalations.Unacknowledge(w.t.Context(), e, incident.System)
			w.must(err)
		}, []string{"slack 0", "slack 60", "slack 180"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, quick, func(w *world) {
				w.contact(alice, MethodSlack, string(alice))
				e := w.begin(escalation.Policy{ID: "main", Repeat: 1, AckTimeout: 5 * time.Minute,
					Steps: []escalation.Step{targeted(escalation.TargetPerson, string(alice), 2*time.Minute)}})
				w.at(5)
				w.sayAwake(alice)
				w.at(10)
				w.ack(e, alice)
				w.at(60)
				c.again(w, e)
				w.at(460)
				w.wantSent("after an acknowledgement", w.office.pages("", ""), c.want...)
				if n := w.unreachableEvents(); n != 0 {
					t.Errorf("alice, who was awake, is said to be unreachable %d times", n)
				}
			})
		})
	}
}

// TestAwakeSilencesNoOtherEscalation asks the same person of the same incident anew.
func TestAwakeSilencesNoOtherEscalation(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.contact(alice, MethodSlack, string(alice))
		id := w.incident("Checkout", incident.SEV2)
		first := w.page(id, "checkout", time.Hour, alice)
		w.at(5)
		w.sayAwake(alice)
		_, err := w.Escalations.Resolve(w.t.Context(), first, incident.By(bob))
		w.must(err)
		w.at(60)
		_, err = w.Escalations.Begin(w.t.Context(), id, escalation.Request{Subject: "Service checkout", Policy: "policy-checkout-1", Service: "checkout"}, incident.System)
		w.must(err)
		w.at(120)
		w.wantSent("a new trigger", w.office.pages("", ""), "slack 0", "slack 60")
	})
}

// TestWhoIsAwakeIsNotPassedOver lets a silenced message count as one that arrived.
func TestWhoIsAwakeIsNotPassedOver(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.contact(alice, MethodSlack, string(alice))
		w.contact(bob, MethodSlack, string(bob))
		w.page(w.incident("Checkout", incident.SEV2), "checkout", 2*time.Minute, alice, bob)
		w.at(10)
		w.sayAwake(alice)
		w.at(700)
		w.wantSent("to alice, who is awake", w.office.pages("", string(alice)), "slack 0")
		w.wantSent("to bob", w.office.pages("", string(bob)), "slack 120", "slack 360", "slack 600")
		if n := w.unreachableEvents(); n != 0 {
			t.Errorf("alice, who is awake and knows, is said to be unreachable %d times", n)
		}
	})
}

// TestWhatADigestToldIsKnown silences the repeats of each page of a digest.
func TestWhatADigestToldIsKnown(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.contact(alice, MethodSlack, string(alice))
		for n := range 5 {
			e := w.page(w.incident("Checkout", incident.SEV2), "checkout", 2*time.Minute, alice)
			w.at(float64(n + 1))
			if n < 3 {
				w.ack(e, alice)
			}
		}
		w.at(70)
		w.sayAwake(alice)
		w.at(200)
		w.wantSent("after a digest of two pages", w.office.pages("", ""), "slack 0", "slack 1", "slack 2", "slack 62")
	})
}
