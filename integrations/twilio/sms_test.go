package twilio_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/twilio"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

// page is an ordinary page for Alice.
func page(key string) paging.Message {
	return paging.Message{
		Key: key, Kind: paging.MessagePage, To: alice, Incident: 42, Severity: 2, Title: "Checkout returns errors",
		Actions: []paging.Action{{Name: "ack", Label: "Acknowledge", Code: "12a"}, {Name: "escalate", Label: "Escalate", Code: "12e"}},
		Link:    "https://tocsin.example/p/1", Validity: 10 * time.Minute,
	}
}

// bubble runs a test of a site with its own time.
func bubble(t *testing.T, test func(t *testing.T, s site, in *inbox), change ...func(*twilio.Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		in := &inbox{}
		test(t, newSite(t, in, change...), in)
	})
}

// pass lets time pass, and everything that is due happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func mustSend(t *testing.T, n paging.Notifier, m paging.Message) paging.Receipt {
	t.Helper()
	r, err := n.Send(t.Context(), m)
	if err != nil {
		t.Fatalf("Send(%s) = %v", m.Key, err)
	}
	return r
}

func TestTextReadsAsItShould(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		receipt := mustSend(t, s.SMS(), page("d-1"))
		pass(5 * time.Second)
		got := s.Phone(alice).Messages()
		if len(got) != 1 {
			t.Fatalf("the phone has %d messages; want 1", len(got))
		}
		const want = "INC-42 SEV2 Checkout returns errors\nReply 12a ack, 12e escalate\nhttps://tocsin.example/p/1 #"
		if !strings.HasPrefix(got[0].Body, want) || got[0].Parts != 1 || got[0].Validity != 10*time.Minute || got[0].SID != receipt.ID {
			t.Errorf("the phone has %+v; want one part that starts %q", got[0], want)
		}
		if diff := cmp.Diff([]paging.State{paging.StateSent, paging.StateDelivered}, in.states("d-1")); diff != "" {
			t.Errorf("reports (-want +got):\n%s", diff)
		}
	})
}

func TestTornTextIsFoundByAnotherReplica(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, _ *inbox) {
		s.DropAnswer(1)
		s.LoseCallbacks(twiliosim.Always)
		_, err := s.SMS().Send(t.Context(), page("d-1"))
		if _, ok := errors.AsType[*twilio.Unavailable](err); !ok {
			t.Fatalf("Send with a torn answer = %v; want Unavailable", err)
		}
		other := newClient(t, s.Sim, s.HTTPClient().Transport)
		again := page("d-1")
		again.Repeat, again.Title = true, "Checkout and search return errors" // the title moved on
		receipt := mustSend(t, other.SMS(), again)
		if got := s.Messages(); len(got) != 1 || got[0].SID != receipt.ID {
			t.Errorf("sent %+v, receipt %+v; want the one text that was sent", got, receipt)
		}
	})
}

func TestSecondReminderIsNotTakenForTheFirst(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, _ *inbox) {
		mustSend(t, s.SMS(), page("d-1"))
		second := page("d-2") // the same words
		second.Repeat = true
		mustSend(t, newClient(t, s.Sim, s.HTTPClient().Transport).SMS(), second)
		if got := s.Messages(); len(got) != 2 || !strings.HasPrefix(got[1].Body, "Again: ") {
			t.Errorf("sent %+v; want two, the second marked", got)
		}
	})
}

func TestFailureOfTheFirstAttemptIsNotSentAgain(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, _ *inbox) {
		s.Phone(alice).Fail("undelivered", 30006)
		mustSend(t, s.SMS(), page("d-1"))
		pass(5 * time.Second)
		again := page("d-1")
		again.Repeat = true
		_, err := newClient(t, s.Sim, s.HTTPClient().Transport).SMS().Send(t.Context(), again)
		refused, ok := errors.AsType[*twilio.Refused](err)
		if !ok || !refused.Permanent() || !refused.Disable() || len(s.Messages()) != 1 {
			t.Errorf("Send of what failed before = %v with %d texts; want a refusal that disables, and 1", err, len(s.Messages()))
		}
	})
}

func TestRepeatGoesOutWhenTheListMayNotBeRead(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, _ *inbox) {
		again := page("d-1")
		again.Repeat = true
		s.FailNext(http.MethodGet, "Messages.json", http.StatusForbidden, 20403)
		mustSend(t, s.SMS(), again)
		s.FailNext(http.MethodGet, "Messages.json", http.StatusInternalServerError, 20500)
		again.Key = "d-2"
		if _, err := s.SMS().Send(t.Context(), again); err == nil {
			t.Error("a repeat was sent blindly while Twilio was broken")
		}
		if n := len(s.Messages()); n != 1 {
			t.Errorf("%d texts; want 1", n)
		}
	})
}

func TestCallbacksLateAndTwiceArePassedOn(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		s.Late("sent", 10*time.Second)
		s.Duplicate(1)
		mustSend(t, s.SMS(), page("d-1"))
		pass(time.Minute)
		want := []paging.State{paging.StateDelivered, paging.StateDelivered, paging.StateSent, paging.StateSent}
		if diff := cmp.Diff(want, in.states("d-1")); diff != "" {
			t.Errorf("reports (-want +got):\n%s", diff)
		}
	})
}

func TestReportIsSentAgainWhenItWasNotKept(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		in.breaks(errors.New("the database is gone"))
		mustSend(t, s.SMS(), page("d-1"))
		pass(1050 * time.Millisecond) // delivery is at one second; Twilio tries again after a tenth
		in.breaks(nil)
		pass(time.Minute)
		if got := in.states("d-1"); !slices.Contains(got, paging.StateDelivered) {
			t.Errorf("reports %v; want delivered in the end", got)
		}
	})
}

func TestTextThatWaitsTooLongIsReportedNotSent(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		for n := range 20 {
			m := page(fmt.Sprintf("d-%d", n))
			m.Validity = 8 * time.Second
			mustSend(t, s.SMS(), m)
		}
		pass(time.Minute)
		if n := len(s.Phone(alice).Messages()); n != 9 {
			t.Errorf("%d of 20 texts at one a second arrived within 8 seconds; want 9", n)
		}
		r, ok := in.failure("d-19")
		if !ok || r.Disable || !strings.Contains(r.Reason, "waited") {
			t.Errorf("the last was reported as %+v; want that it waited", r)
		}
	})
}

func TestCodesOfUndeliveredTexts(t *testing.T) {
	t.Parallel()
	for code, disable := range map[int]bool{30003: false, 30005: false, 30006: true, 30007: false, 30008: false, 21610: true, 39999: false} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, s site, in *inbox) {
				s.Phone(alice).Fail("undelivered", code)
				mustSend(t, s.SMS(), page("d-1"))
				pass(10 * time.Second)
				r, ok := in.failure("d-1")
				if !ok || r.Disable != disable || !strings.HasSuffix(r.Reason, ".") {
					t.Errorf("report %+v; want a failure with a sentence and Disable %v", r, disable)
				}
			})
		})
	}
}

func TestStopAndStart(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		phone := s.Phone(alice)
		reply := func(text string) []string {
			t.Helper()
			answers, err := phone.Reply(text)
			if err != nil {
				t.Fatal(err)
			}
			return answers
		}
		if answers := reply(" Stop "); len(answers) != 1 {
			t.Errorf("answers to STOP: %q; want Twilio's own alone", answers)
		}
		_, err := s.SMS().Send(t.Context(), page("d-1"))
		if refused, ok := errors.AsType[*twilio.Refused](err); !ok || !refused.Disable() || refused.Code != 21610 {
			t.Errorf("Send after STOP = %v; want a refusal that disables", err)
		}
		reply("start")
		mustSend(t, s.SMS(), page("d-1"))
		if diff := cmp.Diff([][]string{{"sms " + alice}, {"sms " + alice}}, [][]string{in.outs, in.ins}); diff != "" {
			t.Errorf("out and in (-want +got):\n%s", diff)
		}
	})
}

func TestAdvancedOptOutSaysWhatTheTextMeant(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		if _, err := s.Phone(alice).ReplyWith("basta", "STOP"); err != nil {
			t.Fatal(err)
		}
		if _, replies := in.got(); len(in.outs) != 1 || len(replies) != 0 {
			t.Errorf("opted out %v, replies %v; want one opting out", in.outs, replies)
		}
	})
}

func TestReplyIsAnswered(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		in.answer = "INC-42 is yours <now> & forever."
		answers, err := s.Phone(alice).Reply(" 12A ")
		if err != nil || len(answers) != 1 || answers[0] != in.answer {
			t.Errorf("answers %q, %v; want the inbox's", answers, err)
		}
		_, replies := in.got()
		if diff := cmp.Diff([]paging.Reply{{Method: paging.MethodSMS, From: alice, Text: "12A"}}, replies); diff != "" {
			t.Errorf("replies (-want +got):\n%s", diff)
		}
	})
}

func TestMessagingServiceSendsTextsAndNoCalls(t *testing.T) {
	t.Parallel()
	const sid = "MG0123456789abcdef0123456789abcdef"
	bubble(t, func(t *testing.T, s site, _ *inbox) {
		mustSend(t, s.SMS(), page("d-1"))
		again := page("d-1")
		again.Repeat = true
		mustSend(t, newClient(t, s.Sim, s.HTTPClient().Transport, func(c *twilio.Config) { c.From = sid }).SMS(), again)
		if n := len(s.Messages()); n != 1 {
			t.Errorf("%d texts by the service; want 1", n)
		}
		if _, err := s.Voice().Send(t.Context(), page("d-2")); err == nil || len(s.Calls()) != 0 {
			t.Errorf("a service called: %v", err)
		}
	}, func(c *twilio.Config) { c.From = sid })
}

func TestWithoutPublicAddressTextsStillGo(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, s site, in *inbox) {
		mustSend(t, s.SMS(), page("d-1"))
		mustSend(t, s.Voice(), page("d-2"))
		pass(5 * time.Second)
		if n := len(s.Phone(alice).Messages()); n != 1 || len(in.states("d-1")) != 0 {
			t.Errorf("%d texts, reports %v; want one text and no reports", n, in.states("d-1"))
		}
		if c := s.Calls(); strings.Contains(c[0].TwiML, "Gather") || !strings.Contains(c[0].TwiML, "Checkout returns errors") {
			t.Errorf("the call is %s; want it to say the title and ask nothing", c[0].TwiML)
		}
	}, func(c *twilio.Config) { c.PublicURL = "" })
}
