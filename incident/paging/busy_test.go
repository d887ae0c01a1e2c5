package paging

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// busy reports that the newest call found the line busy, and returns its key.
func (w *world) busy() string {
	w.t.Helper()
	calls := w.office.pages(MethodVoice, "")
	key := calls[len(calls)-1].Key
	w.must(w.Report(w.t.Context(), Report{Method: MethodVoice, ID: key, State: StateFailed, Reason: "The line was busy.", Busy: true, Sequence: 2}))
	return key
}

func TestABusyLineIsCalledAgain(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		voice, slack := w.contact(alice, MethodVoice, alicePhone), w.contact(alice, MethodSlack, string(alice))
		w.rules(alice, Rule{Contact: voice}, Rule{After: 10 * time.Minute, Contact: slack})
		id := w.incident("Checkout", incident.SEV2)
		e := w.page(id, "checkout", time.Hour, alice)
		w.at(5)
		first := w.busy()
		lines, err := w.Ledger(w.t.Context(), id)
		w.must(err)
		if l := lines[0]; l.State != StatePlanned || l.Reason != lineBusy || l.At.Sub(w.began) != 25*time.Second {
			t.Errorf("the ledger says %+v; want the call planned anew, and why", l)
		}
		w.must(w.Report(w.t.Context(), Report{Method: MethodVoice, ID: first, State: StateFailed, Busy: true, Sequence: 2})) // vendors repeat themselves
		w.at(27)
		w.must(w.Report(w.t.Context(), Report{Method: MethodVoice, ID: first, State: StateFailed, Busy: true, Sequence: 2}))
		w.wantSent("after a busy line", w.office.pages("", ""), "voice 0", "voice 25")
		calls := w.office.pages(MethodVoice, "")
		if calls[1].Key == first || calls[1].Repeat {
			t.Errorf("the second call is %+v; want another key, and no word of a repeat", calls[1].Message)
		}
		w.must(w.Report(w.t.Context(), Report{Method: MethodVoice, ID: calls[1].Key, State: StateDelivered, Sequence: 1}))
		w.wantState(calls[1], StateDelivered)
		_, err = w.Reply(w.t.Context(), Reply{Method: MethodVoice, From: alicePhone, ID: calls[1].Key, Action: ActionAck})
		w.must(err)
		w.wantEscalation(e, "acknowledged")
		w.at(700)
		w.wantSent("after the answer", w.office.pages("", ""), "voice 0", "voice 25")
	})
}

func TestALineThatStaysBusyIsGivenUp(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		voice, slack := w.contact(alice, MethodVoice, alicePhone), w.contact(alice, MethodSlack, string(alice))
		w.rules(alice, Rule{Contact: voice}, Rule{After: 10 * time.Minute, Contact: slack})
		w.page(w.incident("Checkout", incident.SEV2), "checkout", time.Hour, alice)
		for n := range 5 {
			w.at(float64(n*21 + 1))
			w.busy()
		}
		w.at(300)
		w.wantSent("a line that stays busy", w.office.pages("", ""), "voice 0", "voice 21", "slack 22", "voice 42", "voice 63", "voice 84")
		last := w.office.pages(MethodVoice, "")
		w.wantState(last[len(last)-1], StateFailed)
		if n := w.unreachableEvents(); n != 0 {
			t.Errorf("alice, whom Slack has reached, is said to be unreachable %d times", n)
		}
	})
}

func TestABusyLineIsNotCalledAgainOnceSomebodyHasIt(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.rules(alice, Rule{Contact: w.contact(alice, MethodVoice, alicePhone)})
		e := w.page(w.incident("Checkout", incident.SEV2), "checkout", time.Hour, alice)
		w.at(5)
		w.busy()
		w.at(10)
		w.ack(e, bob)
		w.at(100)
		w.wantSent("an answer while the line is busy", w.office.pages("", ""), "voice 0")
		lines, err := w.Ledger(w.t.Context(), 1)
		w.must(err)
		if len(lines) != 1 || lines[0].State != StateCancelled {
			t.Errorf("ledger %+v; want the call cancelled", lines)
		}
	})
}

func TestABusyLineQuickerThanTheAnswerOfTheCall(t *testing.T) {
	inWorld(t, idle, func(w *world) {
		w.rules(alice, Rule{Contact: w.contact(alice, MethodVoice, alicePhone)})
		_, id := w.planned("a")
		a, err := w.claim(w.t.Context(), id)
		w.must(err)
		r, err := w.send(w.t.Context(), a)
		w.must(err)
		w.busy()
		w.must(w.sent(w.t.Context(), a, r))
		w.wantState(w.office.pages("", "")[0], StatePlanned)
		w.at(21)
		w.must(w.Deliver(w.t.Context(), id))
		keys := []string{w.office.pages("", "")[0].Key, w.office.pages("", "")[1].Key}
		if !strings.HasPrefix(keys[1], keys[0]) || slices.Equal(keys[:1], keys[1:]) {
			t.Errorf("keys %q; want the second to be another one of the same message", keys)
		}
	})
}
