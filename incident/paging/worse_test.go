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

// TestWhatWaitsLeavesWhenItGetsWorse raises one of two incidents that wait for a digest.
func TestWhatWaitsLeavesWhenItGetsWorse(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.rules(alice, Rule{Contact: w.contact(alice, MethodSMS, alicePhone)}, Rule{Contact: w.contact(alice, MethodVoice, alicePhone)})
		var last incident.ID
		for n := range 5 {
			last = w.incident(fmt.Sprintf("Till %d is slow", n), incident.SEV3)
			w.page(last, "checkout", time.Hour, alice)
			w.at(float64(n+1) / 2)
		}
		w.at(10)
		for _, to := range []incident.Severity{incident.SEV4, incident.SEV3} { // no worse than what was told
			_, err := w.Incidents.SetSeverity(w.t.Context(), last, to, incident.By(bob))
			w.must(err)
			w.at(w.now() + 3)
		}
		_, err := w.Incidents.SetSeverity(w.t.Context(), last, incident.SEV1, incident.By(bob))
		w.must(err)
		w.at(30)
		w.wantSent("texts of what waits", w.office.pages(MethodSMS, ""), "sms 0", "sms 0", "sms 1", "sms 16")
		w.wantSent("calls of what waits", w.office.pages(MethodVoice, ""), "voice 0", "voice 0", "voice 1", "voice 16")
		w.at(90)
		w.wantTold(MethodSMS, "after the digest", 1, 2, 3, 5, 4)
	})
}

// now is how many seconds have passed since the beginning.
func (w *world) now() float64 { return time.Since(w.began).Seconds() }

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
