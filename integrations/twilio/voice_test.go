package twilio_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/twilio"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

// press presses a key on Alice's phone.
func press(t *testing.T, s site, digit string) {
	t.Helper()
	if err := s.Phone(alice).Press(digit); err != nil {
		t.Fatalf("press %s: %v", digit, err)
	}
}

func lastCall(s site) twiliosim.Call {
	calls := s.Phone(alice).Calls()
	return calls[len(calls)-1]
}

func TestKeyAcknowledges(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		in.answer = "INC-42 is acknowledged"
		receipt := mustSend(t, s.Voice(), page("d-1"))
		press(t, s, "4")
		pass(time.Minute)
		_, replies := in.got()
		if diff := cmp.Diff([]paging.Reply{{Method: paging.MethodVoice, From: alice, ID: "d-1", Action: "ack", Text: "4"}}, replies); diff != "" {
			t.Errorf("replies (-want +got):\n%s", diff)
		}
		if got := in.states("d-1"); !slices.Contains(got, paging.StateSeen) {
			t.Errorf("reports %v; want seen among them", got)
		}
		c := lastCall(s)
		if c.SID != receipt.ID || c.Status != "completed" || !slices.Contains(c.Said, "INC-42 is acknowledged. Goodbye.") {
			t.Errorf("the call was %+v; want it to end with the answer", c)
		}
		const speech = "This is Tocsin. Severity 2. Incident 42. Checkout returns errors. Press 4 to acknowledge. Press 5 to escalate. Press star to hear this once more."
		if c.Said[0] != speech {
			t.Errorf("the call said\n%s\nwant\n%s", c.Said[0], speech)
		}
	})
}

func TestStarSaysItOnceMore(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		mustSend(t, s.Voice(), page("d-1"))
		press(t, s, "*")
		pass(time.Second)
		press(t, s, "9")
		pass(time.Second)
		press(t, s, "5")
		c := lastCall(s)
		if len(c.Said) < 3 || c.Said[0] != c.Said[1] || !strings.HasPrefix(c.Said[2], "That key does nothing here. This is Tocsin.") {
			t.Errorf("the call said %q; want the same twice, then that 9 does nothing", c.Said)
		}
		if _, replies := in.got(); len(replies) != 1 || replies[0].Action != "escalate" {
			t.Errorf("replies %+v; want one escalation", replies)
		}
	})
}

func TestMachineThatPressesKeysIsLeft(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, _ *inbox) {
		mustSend(t, s.Voice(), page("d-1"))
		for range 6 {
			if err := s.Phone(alice).Press("9"); err != nil {
				break
			}
		}
		pass(2 * time.Minute)
		if c := lastCall(s); c.Status != "completed" || len(c.Pressed) > 5 {
			t.Errorf("%d keys were gathered and the call is %s; want 5 and its end", len(c.Pressed), c.Status)
		}
	})
}

func TestWrongNumberCanEndCalls(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		mustSend(t, s.Voice(), page("d-1"))
		press(t, s, "1")
		if len(in.outs) != 0 {
			t.Error("one key was enough to opt out")
		}
		press(t, s, "3")
		if diff := cmp.Diff([]string{"voice " + alice}, in.outs); diff != "" {
			t.Errorf("opted out (-want +got):\n%s", diff)
		}
	})
}

func TestKeyThatIsNotKeptIsAskedForAgain(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		mustSend(t, s.Voice(), page("d-1"))
		in.breaks(errors.New("the database is gone"))
		press(t, s, "4")
		in.breaks(nil)
		pass(time.Second)
		if said := lastCall(s).Said; !strings.HasPrefix(said[len(said)-1], "Tocsin could not take that.") {
			t.Errorf("the call said %q; want that it was not taken", said)
		}
		press(t, s, "4")
		if _, replies := in.got(); len(replies) != 1 || replies[0].Action != "ack" {
			t.Errorf("replies %+v; want the second key", replies)
		}
	})
}

func TestRefusalOfARuleIsSpoken(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		mustSend(t, s.Voice(), page("d-1"))
		in.breaks(incident.Errorf(incident.Conflict, "INC-42 is already resolved."))
		press(t, s, "4")
		pass(time.Second)
		if said := lastCall(s).Said; said[len(said)-1] != "INC-42 is already resolved. Goodbye." {
			t.Errorf("the call said %q; want the rule's sentence", said)
		}
	})
}

func TestHowCallsEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		behaviour twiliosim.Behaviour
		want      []paging.State
		reason    string
	}{
		"busy":        {twiliosim.Busy, []paging.State{paging.StateSent, paging.StateFailed}, "busy"},
		"no answer":   {twiliosim.Rings, []paging.State{paging.StateSent, paging.StateSent, paging.StateFailed}, "Nobody answered"},
		"unreachable": {twiliosim.Unreachable, []paging.State{paging.StateSent, paging.StateFailed}, "put through"},
		"voicemail":   {twiliosim.Voicemail, []paging.State{paging.StateSent, paging.StateSent, paging.StateSent, paging.StateFailed, paging.StateFailed}, "answering machine"},
		"no key":      {twiliosim.Answers, []paging.State{paging.StateSent, paging.StateSent, paging.StateSent, paging.StateDelivered, paging.StateDelivered}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, s site, in *inbox) {
				s.Phone(alice).Behave(c.behaviour)
				mustSend(t, s.Voice(), page("d-1"))
				pass(5 * time.Minute)
				if diff := cmp.Diff(c.want, in.states("d-1")); diff != "" {
					t.Errorf("reports (-want +got):\n%s", diff)
				}
				if r, failed := in.failure("d-1"); failed != (c.reason != "") || !strings.Contains(r.Reason, c.reason) || r.Disable || r.Busy != (c.behaviour == twiliosim.Busy) {
					t.Errorf("failure %+v; want %q, the number kept, and busy only when it is", r, c.reason)
				}
				if _, replies := in.got(); len(replies) != 0 {
					t.Errorf("replies %+v of nobody", replies)
				}
			})
		})
	}
}

func TestTornCallIsClaimedByItsCallback(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, _ *inbox) {
		s.DropAnswer(1)
		receipt, err := s.Voice().Send(t.Context(), page("d-1"))
		if err != nil {
			again := page("d-1")
			again.Repeat = true
			receipt = mustSend(t, s.Voice(), again)
		}
		if calls := s.Calls(); len(calls) != 1 || calls[0].SID != receipt.ID {
			t.Errorf("calls %+v, receipt %+v; want one", calls, receipt)
		}
	})
}

// A replica that knows nothing must neither call into a call that rings nor take it
// for its own.
func TestUnclaimedCallIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, &inbox{})
		mustSend(t, s.Voice(), page("d-1"))
		pass(time.Second)
		other := newClient(t, s.Sim, s.HTTPClient().Transport)
		again := page("d-2")
		again.Repeat = true
		_, err := other.Voice().Send(t.Context(), again)
		limited, ok := errors.AsType[*twilio.RateLimited](err)
		if !ok || limited.Wait() < time.Second || len(s.Calls()) != 1 {
			t.Fatalf("Send while another call rings = %v with %d calls; want to wait, and 1", err, len(s.Calls()))
		}
		pass(time.Minute) // nobody answered
		mustSend(t, other.Voice(), again)
		if calls := s.Calls(); len(calls) != 2 || !strings.Contains(calls[1].TwiML, "repeats an earlier call") {
			t.Errorf("calls %+v; want a second that says it is a repeat", calls)
		}
	})
}

func TestCodeIsSpokenDigitByDigit(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, _ *inbox) {
		s.Phone(alice).Behave(twiliosim.Answers)
		mustSend(t, s.Voice(), paging.Message{Key: "d-1", Kind: paging.MessageVerify, To: alice, Title: "Your code", Text: "The code is 482913."})
		pass(time.Minute)
		if said := lastCall(s).Said; !strings.Contains(said[0], "The code is 4, 8, 2, 9, 1, 3.") {
			t.Errorf("the call said %q; want the digits apart", said)
		}
	})
}
