package paging

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// TestAWorsePageLeavesAtOnceInAStorm floods alice with what is moderate; what is critical
// comes by all her ways at once, and what is moderate stays together.
func TestAWorsePageLeavesAtOnceInAStorm(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.rules(alice, Rule{Contact: w.contact(alice, MethodSlack, string(alice))}, Rule{Contact: w.contact(alice, MethodSMS, alicePhone)},
			Rule{Contact: w.contact(alice, MethodVoice, alicePhone)})
		for n := range 3 {
			w.page(w.incident(fmt.Sprintf("Till %d is slow", n), incident.SEV3), "checkout", time.Hour, alice)
			w.at(float64(n+1) * 0.6)
		}
		w.page(w.incident("Till 3 is slow", incident.SEV3), "checkout", time.Hour, alice)
		w.page(w.incident("All tills are down", incident.SEV1), "checkout", time.Hour, alice)
		w.at(10)
		w.page(w.incident("All is lost", incident.SEV1), "checkout", time.Hour, alice)
		w.at(30)
		for _, m := range []Method{MethodSlack, MethodSMS, MethodVoice} {
			w.wantTold(m, "in the first 30 seconds", 1, 2, 3, 5)
			if p := w.office.pages(m, ""); p[len(p)-1].At.Sub(w.began) > 3*time.Second {
				t.Errorf("by %s: %v; want what is critical at once", m, w.log(p))
			}
		}
		w.at(900)
		w.page(w.incident("Till 4 is slow", incident.SEV3), "checkout", time.Hour, alice)
		w.at(930)
		texts := w.office.pages(MethodSMS, "")
		if len(texts) != 6 || texts[4].Kind != MessageDigest || texts[4].Title == "" {
			t.Errorf("texts %v; want four at once, a digest of the other two, and what came long after", w.log(texts))
		}
	})
}

// TestAnotherServiceOfTheIncidentPagesAtOnce asks the same person for a second service.
func TestAnotherServiceOfTheIncidentPagesAtOnce(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.rules(alice, Rule{Contact: w.contact(alice, MethodSMS, alicePhone)})
		id := w.incident("Checkout", incident.SEV2)
		w.page(id, "checkout", time.Hour, alice)
		w.at(5)
		w.page(id, "payments", time.Hour, alice)
		w.at(60)
		w.wantSent("two services of one incident", w.office.pages("", ""), "sms 0", "sms 5")
	})
}

func (w *world) wantTold(m Method, when string, want ...incident.ID) {
	w.t.Helper()
	var got []incident.ID
	for _, p := range w.office.pages(m, "") {
		got = append(got, p.Incident)
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("by %s %s: told %v; want %v", m, when, got, want)
	}
}
