package paging

import (
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// outcomes are the words that somebody got about how it went on, joined.
func (w *world) outcomes(p incident.PersonID) string {
	w.t.Helper()
	var all []string
	for _, m := range w.office.sent(MethodSlack, string(p)) {
		if m.Kind == MessageStatus {
			all = append(all, m.Text)
		}
	}
	return strings.Join(all, "\n")
}

// TestWhoAskedIsToldThatItWasStopped: bob asked for alice and carol, alice stops it.
// Carol was asked, and learns it too; alice knows.
func TestWhoAskedIsToldThatItWasStopped(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		for _, p := range []incident.PersonID{alice, bob, carol} {
			w.contact(p, MethodSlack, string(p))
		}
		r := escalation.Request{Subject: "@alice, @carol", Targets: []escalation.Target{
			{Kind: escalation.TargetPerson, ID: string(alice)}, {Kind: escalation.TargetPerson, ID: string(carol)}}}
		e, err := w.Escalations.Begin(w.t.Context(), w.incident("Checkout", incident.SEV2), r, incident.By(bob))
		w.must(err)
		w.at(60)
		for range 2 {
			_, err = w.Escalations.Resolve(w.t.Context(), e.ID, incident.By(alice))
			w.must(err)
		}
		w.at(120)
		const stopped = "@alice, @carol: U0ALICE stopped the paging; it is over, and nobody is asked any more."
		for p, want := range map[incident.PersonID]string{alice: "", bob: stopped, carol: stopped} {
			if got := w.outcomes(p); got != want {
				w.t.Errorf("%s was told %q; want %q", p, got, want)
			}
		}
	})
}

// TestNoOutcomeCallsAnybodyPagedWhoWasOnlyTried: bob's messages are still to come when
// alice learns that the next step had its turn.
func TestNoOutcomeCallsAnybodyPagedWhoWasOnlyTried(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.contact(alice, MethodSlack, string(alice))
		w.rules(bob, Rule{Contact: w.contact(bob, MethodEmail, "bob@example.com"), After: 10 * time.Minute})
		w.page(w.incident("Checkout", incident.SEV2), "checkout", 5*time.Minute, alice, bob)
		w.at(360)
		if got := w.outcomes(alice); !strings.Contains(got, "the next step was asked") || strings.Contains(got, "paged") {
			w.t.Errorf("alice was told %q; want that the next step was asked", got)
		}
	})
}
