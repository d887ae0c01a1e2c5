package paging

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// text is what somebody writes from a phone, and the answer.
func (w *world) text(from, body string) string {
	w.t.Helper()
	answer, err := w.Reply(w.t.Context(), Reply{Method: MethodSMS, From: from, Text: body})
	w.must(err)
	return answer
}

func (w *world) wantText(from, body, want string) {
	w.t.Helper()
	if got := w.text(from, body); !strings.Contains(got, want) || want == "" && got != "" {
		w.t.Errorf("%q is answered %q; want %q", body, got, want)
	}
}

func (w *world) wantEscalation(id int64, want escalation.State) {
	w.t.Helper()
	e, err := w.Escalations.Get(w.t.Context(), id)
	w.must(err)
	if e.State != want {
		w.t.Errorf("escalation %d is %s; want %s", id, e.State, want)
	}
}

// phones gives alice and bob a phone each, and no other way.
func (w *world) phones() {
	w.rules(alice, Rule{Contact: w.contact(alice, MethodSMS, alicePhone)})
	w.rules(bob, Rule{Contact: w.contact(bob, MethodSMS, bobPhone)})
}

func TestN11OldCodesNeverActOnAnotherPage(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.phones()
		first := w.page(w.incident("First", incident.SEV2), "a", time.Hour, alice)
		w.at(5)
		w.wantText(alicePhone, "1c", "over")
		w.wantEscalation(first, escalation.Resolved)
		second := w.page(w.incident("Second", incident.SEV2), "b", time.Hour, alice)
		w.at(10)
		if code := w.office.pages(MethodSMS, alicePhone)[1].Actions[0].Code; code != "2a" {
			w.t.Errorf("the second page has the code %s; want 2a, since 1a may still be answered", code)
		}
		w.wantText(alicePhone, "1a", "over")
		w.wantEscalation(second, escalation.Triggered)
		w.wantText(alicePhone, "7a", "no message with the code 7")
		w.wantText(bobPhone, "2a", "no message with the code 2") // bob has no such message
		w.wantEscalation(second, escalation.Triggered)
		w.wantText(alicePhone, " '2 A' ", "Acknowledged INC-2")
		w.wantEscalation(second, escalation.Acknowledged)
		w.wantText(alicePhone, "2a", "You have already acknowledged INC-2")
	})
}

func TestWhoIsAskedByNameReadsWhoAsks(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.phones()
		i := w.incident("Half the shops cannot pay", incident.SEV2)
		_, err := w.pool.Exec(w.t.Context(), `INSERT INTO person (id, handle, name, zone) VALUES ($1, 'bob', 'Bob Brown', 'UTC') ON CONFLICT (id) DO UPDATE SET name = 'Bob Brown'`, bob)
		w.must(err)
		_, err = w.Escalations.Begin(w.t.Context(), i, escalation.Request{
			Subject: "@alice", Targets: []escalation.Target{{Kind: escalation.TargetPerson, ID: string(alice)}}, Urgency: escalation.High, Reason: "Half the shops cannot pay",
		}, incident.By(bob))
		w.must(err)
		w.at(5)
		w.wantText(alicePhone, "ack", "Acknowledged")
		if said := w.office.pages(MethodSMS, alicePhone)[0]; said.Text != "Bob Brown asks for you." || said.Title != "Half the shops cannot pay" {
			t.Errorf("alice is told %q: %q", said.Title, said.Text)
		}
	})
}

func TestTwoPagesOfOneIncidentAreToldApart(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.phones()
		i := w.incident("One", incident.SEV2)
		w.page(i, "checkout", time.Hour, alice)
		w.page(i, "search", time.Hour, alice)
		w.at(5)
		w.wantText(alicePhone, "ack", "(Service checkout)")
		w.wantText(alicePhone, "ack", "(Service search)")
	})
}

func TestBareAckIsNotGuessed(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.phones()
		w.wantText(alicePhone, "ack", "Nothing of yours")
		one := w.page(w.incident("One", incident.SEV2), "a", time.Hour, alice)
		two := w.page(w.incident("Two", incident.SEV2), "b", time.Hour, alice)
		w.at(5)
		w.wantText(alicePhone, "ack", "Several are open")
		w.wantEscalation(one, escalation.Triggered)
		w.wantText(alicePhone, "ack 2", "Acknowledged INC-2")
		w.wantEscalation(two, escalation.Acknowledged)
		w.wantText(alicePhone, "ack 9", "not paged for INC-9")
		w.wantText(alicePhone, "Ack", "Acknowledged INC-1")
		w.wantEscalation(one, escalation.Acknowledged)
	})
}

func TestSecondPersonLearnsWhoHasIt(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.phones()
		w.page(w.incident("One", incident.SEV2), "a", 10*time.Second, alice, bob)
		w.at(15)
		w.wantText(bobPhone, "1a", "Acknowledged INC-1")
		w.wantText(alicePhone, "1a", "already acknowledged by "+string(bob))
	})
}

func TestEscalateFromTwoPhonesMovesOnce(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.phones()
		e := w.page(w.incident("One", incident.SEV2), "a", time.Hour, alice, bob)
		w.at(5)
		w.wantText(alicePhone, "1e", "Escalated INC-1")
		w.wantText(alicePhone, "1e", "already escalated")
		got, err := w.Escalations.Get(w.t.Context(), e)
		w.must(err)
		if got.Fired != 2 {
			w.t.Errorf("%d steps fired; want 2", got.Fired)
		}
	})
}

func TestStrangersAndMachinesGetNoAnswer(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.phones()
		e := w.page(w.incident("One", incident.SEV2), "a", time.Hour, alice)
		w.at(5)
		w.wantText("+15559999999", "1a", "")
		for range 5 {
			w.wantText(alicePhone, "foo", "not understood")
		}
		w.wantText(alicePhone, "foo", "")
		w.wantEscalation(e, escalation.Triggered)
		w.wantText(alicePhone, "1a", "Acknowledged")
		w.wantText(alicePhone, "foo", "not understood")
	})
}

func TestStopDisablesTheMethodAndTellsByAnother(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		sms, slack := w.contact(alice, MethodSMS, alicePhone), w.contact(alice, MethodSlack, string(alice))
		w.rules(alice, Rule{Contact: sms}, Rule{After: 10 * time.Second, Contact: slack})
		w.contact(bob, MethodEmail, "bob@example.com")
		_, err := w.pool.Exec(w.t.Context(), `INSERT INTO team (id, definition) VALUES ('checkout', '{"manager": "U0BOB", "members": ["U0ALICE", "U0BOB"]}')`)
		w.must(err)
		w.wantText(alicePhone, "STOP ", "")
		w.wantText(alicePhone, "stop", "")
		w.page(w.incident("One", incident.SEV2), "a", time.Hour, alice)
		w.at(20)
		notices := 0
		for _, p := range w.office.sent(MethodSlack, "") {
			if p.Kind == MessageNotice && strings.Contains(p.Text, alicePhone) {
				notices++
			}
		}
		if notices != 1 {
			w.t.Errorf("%d notices that SMS is disabled; want one", notices)
		}
		if told := w.office.sent(MethodEmail, "bob@example.com"); len(told) != 1 || !strings.Contains(told[0].Title, string(alice)) {
			w.t.Errorf("the manager was told %v; want that alice has no SMS any more", told)
		}
		w.wantSent("after STOP", w.office.pages("", ""), "slack 10")
		w.wantText(alicePhone, "start", "")
		w.page(w.incident("Two", incident.SEV2), "b", time.Hour, alice)
		w.at(25)
		if n := len(w.office.pages(MethodSMS, "")); n != 1 {
			w.t.Errorf("%d text messages after START; want one", n)
		}
	})
}

// dead is a vendor's word that a number can never be reached.
type dead struct{ out bool }

func (dead) Error() string    { return "This number cannot get texts." }
func (dead) Permanent() bool  { return true }
func (dead) Disable() bool    { return true }
func (d dead) OptedOut() bool { return d.out }

func TestRefusalForGoodDisablesTheMethodAndTellsByAnother(t *testing.T) {
	for _, out := range []bool{false, true} {
		t.Run(fmt.Sprintf("opted out %v", out), func(t *testing.T) {
			inWorld(t, quick, func(w *world) {
				sms, voice, slack := w.contact(alice, MethodSMS, alicePhone), w.contact(alice, MethodVoice, alicePhone), w.contact(alice, MethodSlack, string(alice))
				w.rules(alice, Rule{Contact: sms}, Rule{After: time.Minute, Contact: sms}, Rule{After: 2 * time.Minute, Contact: voice}, Rule{After: 5 * time.Minute, Contact: slack})
				w.office.fail(MethodSMS, fault{err: dead{out}})
				w.page(w.incident("One", incident.SEV2), "a", time.Hour, alice)
				w.at(100)
				w.wantSent("a number that is none", w.office.pages("", ""), "voice 0")
				var notices []string
				for _, p := range w.office.sent(MethodSlack, "") {
					notices = append(notices, p.Text)
				}
				if len(notices) != 1 || !strings.Contains(notices[0], alicePhone+" is disabled") {
					w.t.Errorf("alice was told %q; want once that her number is disabled", notices)
				}
				w.office.fail(MethodSMS, fault{})
				w.wantText(alicePhone, "start", "")
				all, err := w.Contacts(w.t.Context(), alice)
				w.must(err)
				if all[0].Usable() != out {
					w.t.Errorf("after START the number is usable: %v; want %v", all[0].Usable(), out)
				}
			})
		})
	}
}

func TestRemovedPersonIsNotObeyed(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.phones()
		e := w.page(w.incident("One", incident.SEV2), "a", time.Hour, alice)
		w.at(5)
		_, err := w.pool.Exec(w.t.Context(), `INSERT INTO person (id, handle, name, zone, removed_at) VALUES ($1, 'alice', 'Alice', 'UTC', $2)`, alice, time.Now())
		w.must(err)
		w.wantText(alicePhone, "1a", "removed")
		w.wantEscalation(e, escalation.Triggered)
	})
}

func TestLinkAcknowledges(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.contact(alice, MethodEmail, "a@example.com")
		e := w.page(w.incident("Checkout", incident.SEV2), "a", time.Hour, alice)
		w.at(5)
		url := w.office.pages(MethodEmail, "")[0].Actions[0].URL
		token, ok := strings.CutPrefix(url, "https://tocsin.example"+LinkPath)
		if !ok {
			w.t.Fatalf("the link is %q", url)
		}
		offer, err := w.ParseLink(w.t.Context(), token)
		w.must(err)
		if offer.Button != "Acknowledge" || !strings.Contains(offer.Title, "INC-1: Checkout") {
			w.t.Errorf("the link offers %+v", offer)
		}
		w.wantEscalation(e, escalation.Triggered) // looking does nothing
		for _, want := range []string{"Acknowledged INC-1", "already acknowledged"} {
			answer, err := w.FollowLink(w.t.Context(), token)
			w.must(err)
			if !strings.Contains(answer, want) {
				w.t.Errorf("the link answers %q; want %q", answer, want)
			}
		}
		w.wantEscalation(e, escalation.Acknowledged)
		if _, err := w.FollowLink(w.t.Context(), token[:len(token)-2]); incident.CodeOf(err) != incident.Forbidden {
			w.t.Errorf("a cut link: %v", err)
		}
	})
}

func TestContactIsVerifiedByCode(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		ctx := w.t.Context()
		c, err := w.AddContact(ctx, alice, MethodSMS, "+1 (555) 010-0001")
		w.must(err)
		if _, err := w.AddContact(ctx, bob, MethodSMS, alicePhone); incident.CodeOf(err) != incident.Conflict {
			w.t.Errorf("another's number: %v; want a conflict", err)
		}
		if err := w.SendCode(ctx, alice, c.ID); incident.CodeOf(err) != incident.Conflict {
			w.t.Errorf("a second code at once: %v; want a conflict", err)
		}
		w.at(2)
		sent := w.office.sent(MethodSMS, alicePhone)
		if len(sent) != 1 || sent[0].Kind != MessageVerify {
			w.t.Fatalf("sent %v; want one code", sent)
		}
		code := digitsOf(sent[0].Text)[:6]
		for n := range codeTries {
			if err := w.Verify(ctx, alice, c.ID, "000000"); err == nil {
				w.t.Errorf("wrong code %d is taken", n)
			}
		}
		if err := w.Verify(ctx, alice, c.ID, code); incident.CodeOf(err) != incident.Forbidden {
			w.t.Errorf("the right code after %d wrong ones: %v; want it refused", codeTries, err)
		}
		w.at(70)
		w.must(w.SendCode(ctx, alice, c.ID))
		w.at(72)
		sent = w.office.sent(MethodSMS, alicePhone)
		fresh := digitsOf(sent[len(sent)-1].Text)[:6]
		if err := w.Verify(ctx, bob, c.ID, fresh); incident.CodeOf(err) != incident.NotFound {
			w.t.Errorf("bob verifies alice's phone: %v", err)
		}
		w.must(w.Verify(ctx, alice, c.ID, fresh))
		w.must(w.Verify(ctx, alice, c.ID, fresh))
		w.must(w.TestContact(ctx, alice, c.ID))
		w.at(75)
		if sent := w.office.sent(MethodSMS, alicePhone); sent[len(sent)-1].Kind != MessageNotice {
			w.t.Errorf("no test message came")
		}
		w.must(w.DisableContact(ctx, alice, c.ID, ""))
		w.must(w.RemoveContact(ctx, alice, c.ID))
		if has, err := w.Contacts(ctx, alice); err != nil || len(has) != 0 {
			w.t.Errorf("after removal: %v, %v", has, err)
		}
	})
}

func TestCodeStaysWithItsEscalation(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.phones()
		w.page(w.incident("One", incident.SEV2), "a", time.Minute, alice)
		w.at(70)
		got := w.office.pages(MethodSMS, alicePhone)
		if len(got) != 2 || got[0].Actions[0].Code != "1a" || got[1].Actions[0].Code != "1a" {
			w.t.Errorf("two rounds of one page came as %v; want both with the code 1a", w.log(got))
		}
	})
}

func TestCodesDoNotChangeHandsWithTheNumber(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		phone := w.contact(alice, MethodSMS, alicePhone)
		e := w.page(w.incident("One", incident.SEV2), "a", time.Hour, alice)
		w.at(70)
		w.must(w.RemoveContact(w.t.Context(), alice, phone.ID))
		w.contact(bob, MethodSMS, alicePhone)
		w.wantText(alicePhone, "1a", "no message with the code 1")
		w.wantText(alicePhone, "ack", "Nothing of yours")
		w.wantText(alicePhone, "ack 1", "not paged for INC-1")
		w.wantEscalation(e, escalation.Triggered)
	})
}
