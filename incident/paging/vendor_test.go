package paging

import (
	"slices"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
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

func TestN10GoneChannelOfAPolicyLeavesPeopleAlone(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.rules(alice, Rule{Contact: w.contact(alice, MethodSMS, alicePhone)})
		w.office.fail(MethodSlack, fault{err: gone("This channel is gone.")})
		step := targeted(escalation.TargetChannel, "C0GONE", time.Hour)
		step.Targets = append(step.Targets, escalation.Target{Kind: escalation.TargetPerson, ID: string(alice)})
		w.begin(escalation.Policy{ID: "main", Steps: []escalation.Step{step}})
		w.at(600)
		w.wantSent("a person beside a channel that is gone", w.office.pages("", ""), "sms 0")
		lines, err := w.Ledger(w.t.Context(), 1)
		w.must(err)
		failed := slices.DeleteFunc(lines, func(l Line) bool { return l.State != StateFailed })
		if len(failed) != 1 || failed[0].Method != MethodSlack || failed[0].Reason != "This channel is gone." || w.office.calls != 2 {
			w.t.Errorf("ledger = %+v after %d calls; want once, on one line, that the channel is gone", lines, w.office.calls)
		}
	})
}
