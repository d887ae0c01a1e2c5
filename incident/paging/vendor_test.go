package paging

import (
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

func TestN9RateLimitOfOneVendorDelaysNoOther(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		slack, sms := w.contact(alice, MethodSlack, string(alice)), w.contact(alice, MethodSMS, alicePhone)
		w.rules(alice, Rule{Contact: slack}, Rule{After: 5 * time.Minute, Contact: sms})
		w.office.fail(MethodSlack, fault{err: limited(time.Minute)})
		w.page(w.incident("Checkout", incident.SEV2), "checkout", time.Hour, alice)
		w.at(30)
		w.office.fail(MethodSlack, fault{})
		w.at(90)
		w.wantSent("429 with 60 s", w.office.pages("", ""), "sms 0", "slack 60")
		if p := w.office.pages(MethodSlack, "")[0]; p.Repeat {
			w.t.Error("what a rate limit refused is marked as a repeat")
		}
	})
}

func TestN10GoneChannelLeavesOthersAlone(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		slack, sms := w.contact(alice, MethodSlack, string(alice)), w.contact(alice, MethodSMS, alicePhone)
		w.rules(alice, Rule{Contact: slack}, Rule{After: 2 * time.Minute, Contact: sms})
		w.office.fail(MethodSlack, fault{err: gone("This channel is gone.")})
		w.page(w.incident("Checkout", incident.SEV2), "checkout", time.Hour, alice)
		w.at(200)
		w.wantSent("Slack refuses for good", w.office.pages("", ""), "sms 0")
	})
}

func TestAwakeSilencesRepeatsUntilItGetsWorse(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.contact(alice, MethodSlack, string(alice))
		id := w.incident("Checkout", incident.SEV2)
		w.page(id, "checkout", 2*time.Minute, alice)
		w.at(10)
		first := w.office.pages("", "")[0]
		_, err := w.Reply(w.t.Context(), Reply{Method: MethodSlack, ID: first.Key, Action: ActionAwake, From: string(alice)})
		w.must(err)
		w.at(130) // the second pass is silenced
		w.wantSent("while awake", w.office.pages("", ""), "slack 0")
		_, err = w.Incidents.SetSeverity(w.t.Context(), id, incident.SEV1, incident.By(bob))
		w.must(err)
		w.at(250)
		w.wantSent("after it got worse", w.office.pages("", ""), "slack 0", "slack 240")
	})
}
