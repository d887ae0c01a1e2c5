package escalation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// TestWhoIsPagedWithoutAnIncidentIsPagedOnce: the incident and its first page are one
// commit, so that whoever asks again after a death finds both, or makes both.
func TestWhoIsPagedWithoutAnIncidentIsPagedOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		d := incident.Declaration{Title: "Bob is needed", Triage: true, DedupKey: "typed once"}
		r := escalation.Request{Subject: "Bob", Targets: []escalation.Target{{Kind: escalation.TargetPerson, ID: "bob"}}}
		for count := 1; count <= 2; count++ {
			i, run, err := e.Declare(t.Context(), d, r, incident.By("alice"))
			if err != nil || i.ID != 1 || run.Incident != 1 || run.Fired != 1 || run.Count != count {
				t.Fatalf("Declare = %+v, %+v, %v; want one incident whose page counts up to %d", i, run, err, count)
			}
		}
		if open, err := e.Open(t.Context(), 1); err != nil || len(open) != 1 {
			t.Errorf("open are %+v, %v; want one", open, err)
		}
	})
}

// TestWhatCannotBePagedIsDeclaredAllTheSame: somebody has said that something is
// wrong. Doing it again is answered alike, and no number is used up.
func TestWhatCannotBePagedIsDeclaredAllTheSame(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.save(ladder())
		e.offers(roster.Service{ID: "checkout", Name: "Checkout", Policy: "main"})
		e.begins(escalation.Maintenance{Service: "checkout", Mode: escalation.Drop, Until: incident.Now().Add(time.Hour)})
		for n, r := range []escalation.Request{{Subject: "Checkout", Service: "checkout", Policy: "main"}, {Subject: "x", Policy: "none"}, {Subject: "x"}} {
			d := incident.Declaration{Title: "x", Triage: true, Service: r.Service, DedupKey: fmt.Sprint("typed ", n)}
			for range 2 {
				i, run, err := e.Declare(t.Context(), d, r, incident.By("alice"))
				if incident.CodeOf(err) == "" || i == nil || i.ID != incident.ID(n+1) || run != nil {
					t.Errorf("Declare for %+v = %+v, %v, %v; want INC-%d and a sentence", r, i, run, err, n+1)
				}
			}
		}
	})
}
