package paging

import (
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// TestOnlyTheNewestWordLeaves lets two words about how it went on wait for the same
// moment: the older one is old news by then.
func TestOnlyTheNewestWordLeaves(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		for _, p := range []incident.PersonID{alice, bob, carol} {
			w.contact(p, MethodSlack, string(p))
		}
		e := w.page(w.incident("Checkout", incident.SEV2), "checkout", 30*time.Second, alice, bob, carol)
		w.at(70) // at 30 s she is told that the next step was asked, and at 60 s would be again
		w.ack(e, bob)
		w.at(700)
		var told []posted
		for _, p := range w.office.sent(MethodSlack, string(alice)) {
			if p.Kind == MessageStatus {
				told = append(told, p)
			}
		}
		w.wantSent("how it went on", told, "slack 30", "slack 210")
		if len(told) == 2 && !strings.Contains(told[1].Text, string(bob)) {
			t.Errorf("the last word is %q; want that bob has it", told[1].Text)
		}
	})
}

func TestAMessageIsGivenUpAfterTenMinutes(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.phones()
		w.contact(carol, MethodSlack, string(carol))
		w.office.fail(MethodSMS, fault{err: Unavailablef(nil, "The vendor is broken.")})
		id := w.incident("Checkout", incident.SEV2)
		w.page(id, "checkout", time.Hour, alice, carol)
		w.at(595)
		lines, err := w.Ledger(w.t.Context(), id)
		w.must(err)
		if lines[0].State != StateSending || len(w.office.pages("", "")) != 0 {
			t.Errorf("before ten minutes the ledger says %+v, sent %v; want it being tried", lines, w.log(w.office.pages("", "")))
		}
		w.at(620)
		if lines, err = w.Ledger(w.t.Context(), id); err != nil || lines[0].State != StateFailed || lines[0].Reason != "The vendor is broken." {
			t.Errorf("after ten minutes the ledger says %+v, %v; want it failed, and why", lines, err)
		}
		if got := w.office.pages(MethodSlack, string(carol)); len(got) != 1 || got[0].At.Sub(w.began) < attemptsFor {
			t.Errorf("carol, of the next step, was paged %v; want once, when alice's text was given up", w.log(got))
		}
		if n := w.unreachableEvents(); n != 1 {
			t.Errorf("alice is said to be unreachable %d times; want once", n)
		}
	})
}

// lastCode is the newest code that was sent to a phone.
func (w *world) lastCode(phone string) string {
	w.t.Helper()
	sent := w.office.sent(MethodSMS, phone)
	return digitsOf(sent[len(sent)-1].Text)[:6]
}

func TestACodeWorksForTenMinutes(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		ctx := w.t.Context()
		late, err := w.AddContact(ctx, alice, MethodSMS, alicePhone)
		w.must(err)
		inTime, err := w.AddContact(ctx, bob, MethodSMS, bobPhone)
		w.must(err)
		w.at(599)
		w.must(w.Verify(ctx, bob, inTime.ID, w.lastCode(bobPhone)))
		w.at(600)
		if err := w.Verify(ctx, alice, late.ID, w.lastCode(alicePhone)); incident.CodeOf(err) != incident.Forbidden {
			t.Errorf("a code of ten minutes ago: %v; want it refused", err)
		}
		w.must(w.SendCode(ctx, alice, late.ID))
		w.at(605)
		w.must(w.Verify(ctx, alice, late.ID, w.lastCode(alicePhone)))
	})
}

func TestSixCodesADayAreSent(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		ctx := w.t.Context()
		c, err := w.AddContact(ctx, alice, MethodSMS, alicePhone)
		w.must(err)
		for n := range 5 {
			w.at(float64(n+1) * 61)
			w.must(w.SendCode(ctx, alice, c.ID))
		}
		w.at(600)
		if err := w.SendCode(ctx, alice, c.ID); incident.CodeOf(err) != incident.Conflict || !strings.Contains(err.Error(), "At most 6 codes") {
			t.Errorf("a seventh code in a day: %v; want it refused", err)
		}
		if n := len(w.office.sent(MethodSMS, alicePhone)); n != 6 {
			t.Errorf("%d codes were sent; want 6", n)
		}
		_, err = w.pool.Exec(ctx, `UPDATE contact_verification SET day_from = day_from - interval '24 hours'`) // a day later
		w.must(err)
		w.must(w.SendCode(ctx, alice, c.ID))
		w.at(605)
		w.must(w.Verify(ctx, alice, c.ID, w.lastCode(alicePhone)))
	})
}
