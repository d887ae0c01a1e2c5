package paging

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

const (
	alice = incident.PersonID("U0ALICE")
	bob   = incident.PersonID("U0BOB")
	carol = incident.PersonID("U0CAROL")

	alicePhone = "+15550100001"
	bobPhone   = "+15550100002"
)

// quick lets jobs be worked when they are due, as far as polls of that distance would.
const quick = 200 * time.Millisecond

// methods lists by what and when something was sent, in seconds.
func (w *world) log(sent []posted) (lines []string) {
	for _, p := range sent {
		lines = append(lines, fmt.Sprintf("%s %.0f", string(p.Method), p.At.Sub(w.began).Truncate(time.Second).Seconds()))
	}
	return lines
}

func (w *world) wantSent(what string, sent []posted, want ...string) {
	w.t.Helper()
	if got := w.log(sent); strings.Join(got, ", ") != strings.Join(want, ", ") {
		w.t.Errorf("%s: sent %v; want %v", what, got, want)
	}
}

func TestN1AckStopsWhatIsLeft(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		slack, sms, mail := w.contact(alice, MethodSlack, string(alice)), w.contact(alice, MethodSMS, alicePhone), w.contact(alice, MethodEmail, "a@example.com")
		w.rules(alice, Rule{Contact: slack}, Rule{After: 2 * time.Minute, Contact: sms}, Rule{After: 5 * time.Minute, Contact: mail})
		e := w.page(w.incident("Checkout", incident.SEV2), "checkout", time.Hour, alice)
		w.at(180)
		w.ack(e, alice)
		w.at(600)
		w.wantSent("rules 0, 2, 5 min and an ack after 3", w.office.pages("", ""), "slack 0", "sms 120")
	})
}

func TestN2UndeliveredPullsTheNextMethodForward(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		sms, voice := w.contact(alice, MethodSMS, alicePhone), w.contact(alice, MethodVoice, alicePhone)
		w.rules(alice, Rule{Contact: sms}, Rule{After: 5 * time.Minute, Contact: voice})
		w.page(w.incident("Checkout", incident.SEV2), "checkout", time.Hour, alice)
		w.at(10)
		first := w.office.pages(MethodSMS, "")[0]
		report := Report{Method: MethodSMS, ID: "vendor-" + first.Key, State: StateFailed, Reason: "The phone is off.", Sequence: 3}
		w.must(w.Report(w.t.Context(), report))
		w.must(w.Report(w.t.Context(), report)) // vendors repeat themselves
		w.must(w.Report(w.t.Context(), Report{Method: MethodSMS, ID: first.Key, State: StateSent, Sequence: 1}))
		w.at(20)
		w.wantSent("undelivered after 10 s", w.office.pages("", ""), "sms 0", "voice 10")
		w.wantState(first, StateFailed)
	})
}

func (w *world) wantState(p posted, want State) {
	w.t.Helper()
	id, _ := parseKey(p.Key)
	d, _, err := readDelivery(w.t.Context(), w.pool, id)
	w.must(err)
	if d.State != want {
		w.t.Errorf("delivery %d is %s (%s); want %s", id, d.State, d.Reason, want)
	}
}

func TestStatesComeOutOfOrderAndTwice(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.rules(alice, Rule{Contact: w.contact(alice, MethodSMS, alicePhone)})
		id := w.incident("Checkout", incident.SEV2)
		w.page(id, "checkout", time.Hour, alice)
		w.at(5)
		p := w.office.pages(MethodSMS, "")[0]
		for _, s := range []State{StateDelivered, StateSent, StateDelivered, StateFailed, StateSeen, StateDelivered} {
			w.must(w.Report(w.t.Context(), Report{Method: MethodSMS, ID: p.Key, State: s}))
		}
		w.wantState(p, StateSeen)
		var events int
		w.must(w.pool.QueryRow(w.t.Context(), `SELECT count(*) FROM timeline_entry WHERE kind = $1 AND incident_id = $2`, incident.KindDeliveryMoved, id).Scan(&events))
		if events != 3 {
			w.t.Errorf("%d events of the delivery; want sent, delivered and seen", events)
		}
	})
}

func TestN3NobodyReachableEscalatesAtOnce(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		unproven := Contact{Person: alice, Method: MethodSMS, Address: alicePhone}
		_, err := insertContact(w.t.Context(), w.pool, &unproven, incident.Now())
		w.must(err)
		w.contact(bob, MethodSlack, string(bob))
		id := w.incident("Checkout", incident.SEV2)
		w.page(id, "checkout", 5*time.Minute, alice, bob)
		w.at(3)
		w.wantSent("first person unreachable", w.office.pages("", ""), "slack 0")
		lines, err := w.Ledger(w.t.Context(), id)
		w.must(err)
		if len(lines) != 2 || lines[0].Person != alice || lines[0].State != StateFailed || lines[0].Reason == "" || lines[1].Person != bob || lines[1].Step != 2 {
			w.t.Errorf("ledger = %+v; want alice out of reach with a reason, and bob of step 2", lines)
		}
		problems, err := w.Reach(w.t.Context(), alice)
		if w.must(err); len(problems) != 2 {
			w.t.Errorf("Reach(alice) = %q; want a sentence for each urgency", problems)
		}
	})
}

func TestAllUnreachableMakesNoBusyLoop(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.Notifiers = map[Method]Notifier{}
		e := w.page(w.incident("Checkout", incident.SEV2), "checkout", time.Minute, alice, bob)
		w.at(30)
		got, err := w.Escalations.Get(w.t.Context(), e)
		w.must(err)
		if got.Fired != 2 || got.Pass != 0 {
			w.t.Errorf("%d steps fired, pass %d; want the two of the first pass and then a pause", got.Fired, got.Pass)
		}
	})
}

func TestFallbackIsPagedWhenNobodyOfAPassIsReached(t *testing.T) {
	for _, reached := range []bool{false, true} {
		t.Run(fmt.Sprintf("one was reached %v", reached), func(t *testing.T) {
			inWorld(t, quick, func(w *world) {
				w.rules(alice, Rule{Contact: w.contact(alice, MethodSMS, alicePhone)})
				w.rules(bob, Rule{Contact: w.contact(bob, MethodVoice, "+15550100999")})
				w.contact(carol, MethodSlack, string(carol))
				w.office.fail(MethodVoice, fault{err: gone("This number does not exist.")})
				person := func(p incident.PersonID) []escalation.Target {
					return []escalation.Target{{Kind: escalation.TargetPerson, ID: string(p)}}
				}
				policy := escalation.Policy{ID: "night", Repeat: 1, Fallback: person(carol), Steps: []escalation.Step{
					{Targets: person(alice), Delay: 30 * time.Second}, {Targets: person(bob), Delay: 5 * time.Minute},
				}}
				w.policy(policy)
				_, err := w.Escalations.Begin(w.t.Context(), w.incident("Checkout", incident.SEV2), escalation.Request{Policy: "night"}, incident.System)
				w.must(err)
				w.at(40)
				if got := w.office.pages(MethodSlack, ""); len(got) != 0 {
					w.t.Fatalf("the fallback is paged while a text message may still arrive: %v", w.log(got))
				}
				state := map[bool]State{true: StateDelivered, false: StateFailed}[reached]
				w.must(w.Report(w.t.Context(), Report{Method: MethodSMS, ID: w.office.pages(MethodSMS, "")[0].Key, State: state}))
				w.at(330)
				want := map[bool][]string{true: {"sms 0"}, false: {"sms 0", "slack 40"}}[reached]
				w.wantSent("the first pass", w.office.pages("", ""), want...)
			})
		})
	}
}

func TestUnheardTextPullsTheNextRuleForwardOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		hear  State
		deaf  bool // the vendor cannot reach us
		acked bool
		want  []string
	}{
		{"nothing is heard", "", false, false, []string{"sms 0", "voice 90", "slack 1200"}},
		{"it was delivered", StateDelivered, false, false, []string{"sms 0", "voice 600", "slack 1200"}},
		{"it failed", StateFailed, false, false, []string{"sms 0", "voice 10", "slack 1200"}},
		{"no callbacks are possible", "", true, false, []string{"sms 0", "voice 600", "slack 1200"}},
		{"somebody has it", "", false, true, []string{"sms 0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, quick, func(w *world) {
				sms, voice, slack := w.contact(alice, MethodSMS, alicePhone), w.contact(alice, MethodVoice, alicePhone), w.contact(alice, MethodSlack, string(alice))
				w.rules(alice, Rule{Contact: sms}, Rule{After: 10 * time.Minute, Contact: voice}, Rule{After: 20 * time.Minute, Contact: slack})
				if c.deaf {
					w.PublicURL = ""
				}
				e := w.page(w.incident("Checkout", incident.SEV2), "checkout", time.Hour, alice)
				w.at(10)
				text := w.office.pages(MethodSMS, "")[0]
				if c.hear != "" {
					w.must(w.Report(w.t.Context(), Report{Method: MethodSMS, ID: text.Key, State: c.hear}))
				}
				if c.acked {
					w.ack(e, alice)
				}
				w.at(100)
				id, _ := parseKey(text.Key)
				w.must(w.Doubt(w.t.Context(), id)) // twice is once
				if c.hear == "" {
					w.wantState(text, StateSent)
				}
				w.at(1300)
				w.wantSent("", w.office.pages("", ""), c.want...)
			})
		})
	}
}

func TestUnreachableFallbackMakesNoBusyLoop(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.Notifiers = map[Method]Notifier{}
		w.policy(escalation.Policy{ID: "night", Repeat: 3, Fallback: []escalation.Target{{Kind: escalation.TargetPerson, ID: string(carol)}}, Steps: []escalation.Step{
			{Targets: []escalation.Target{{Kind: escalation.TargetPerson, ID: string(alice)}}, Delay: time.Minute},
		}})
		e, err := w.Escalations.Begin(w.t.Context(), w.incident("Checkout", incident.SEV2), escalation.Request{Policy: "night"}, incident.System)
		w.must(err)
		w.at(300)
		got, err := w.Escalations.Get(w.t.Context(), e.ID)
		w.must(err)
		if got.Fired != 8 || got.Pass != 3 || !got.Exhausted {
			w.t.Errorf("%d steps fired, pass %d, exhausted %v; want one step and one fallback in each of four passes", got.Fired, got.Pass, got.Exhausted)
		}
	})
}

func TestFailedLastWayEscalatesAtOnce(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.rules(alice, Rule{Contact: w.contact(alice, MethodSMS, alicePhone)})
		w.rules(bob, Rule{Contact: w.contact(bob, MethodSlack, string(bob))})
		w.office.fail(MethodSMS, fault{err: gone("This number does not exist.")})
		w.page(w.incident("Checkout", incident.SEV2), "checkout", 5*time.Minute, alice, bob)
		w.at(3)
		w.wantSent("the only way failed for good", w.office.pages("", ""), "slack 0")
	})
}

func TestN4N5StormIsDigestedAndDelaysNobodyElse(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.rules(alice, Rule{Contact: w.contact(alice, MethodSMS, alicePhone)}, Rule{Contact: w.contact(alice, MethodVoice, alicePhone)})
		escalations := map[incident.ID]int64{}
		for n := range 40 {
			id := w.incident(fmt.Sprintf("Checkout %d", n), incident.SEV2)
			escalations[id] = w.page(id, "checkout", time.Hour, alice)
			w.at(float64(n+1) / 2)
		}
		other := w.page(w.incident("Payments", incident.SEV2), "payments", time.Hour, alice)
		w.at(22)
		texts := w.office.pages(MethodSMS, "")
		if last := texts[len(texts)-1]; last.Incident != 41 || last.At.Sub(w.began) > 22*time.Second {
			w.t.Errorf("N5: the other service's page is not out after 2 s: %v", w.log(texts))
		}
		w.at(80)
		texts = w.office.pages(MethodSMS, "")
		if len(texts) != 5 {
			w.t.Fatalf("N4: 40 pages made the messages %v; want three, one of the other service and a digest", w.log(texts))
		}
		digest := texts[4]
		if digest.Kind != MessageDigest || !strings.Contains(digest.Title, "37 pages of 37 incidents") {
			w.t.Errorf("the digest says %q %q", digest.Kind, digest.Title)
		}
		w.at(600)
		if calls := w.office.pages(MethodVoice, ""); len(calls) != 4 {
			w.t.Errorf("N4: %d calls in 10 minutes; want three and one of the other service", len(calls))
		}
		answer, err := w.Reply(w.t.Context(), Reply{Method: MethodSMS, From: alicePhone, Text: digest.Actions[0].Code})
		w.must(err)
		if !strings.Contains(answer, "Acknowledged") {
			w.t.Errorf("the digest's code answers %q", answer)
		}
		acked := 0
		for id, e := range escalations {
			got, err := w.Escalations.Get(w.t.Context(), e)
			w.must(err)
			if got.State == "acknowledged" {
				acked++
			}
			if told := strings.Contains(digest.Text, id.String()+" "); told && got.State != "acknowledged" {
				w.t.Errorf("N12: %s was told and is %s", id, got.State)
			}
		}
		got, err := w.Escalations.Get(w.t.Context(), other)
		w.must(err)
		if acked != 37 || got.State != "triggered" {
			w.t.Errorf("N12: %d acknowledged, the other service %s; want the 37 of the digest and nothing else", acked, got.State)
		}
	})
}

func TestN8NoticeIsInTimeWhilePagesWait(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		sms := w.contact(alice, MethodSMS, alicePhone)
		w.rules(alice, Rule{Contact: sms})
		for n := range 10 {
			w.page(w.incident(fmt.Sprintf("Checkout %d", n), incident.SEV2), "checkout", time.Hour, alice)
			w.at(float64(n + 1))
		}
		pages := len(w.office.pages(MethodSMS, ""))
		w.must(w.TestContact(w.t.Context(), alice, sms.ID)) // a notice, as of a hand-off
		w.at(15)
		if got := w.office.sent(MethodSMS, ""); len(got) != pages+1 || got[pages].Kind != MessageNotice {
			w.t.Errorf("beside pages that wait came %v; want the notice within seconds", w.log(got[pages:]))
		}
		if pages != 3 {
			w.t.Errorf("%d pages left in 10 s; the throttle is not busy", pages)
		}
	})
}

func TestN6R10AfterAnOutageOneMessageIsEnough(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		sms := w.contact(alice, MethodSMS, alicePhone)
		w.rules(alice, Rule{Contact: sms}, Rule{After: time.Minute, Contact: sms}, Rule{After: 2 * time.Minute, Contact: sms})
		over := w.incident("Over", incident.SEV2)
		w.page(over, "over", 3*time.Hour, alice)
		id := w.incident("Checkout", incident.SEV2)
		w.page(id, "checkout", 3*time.Hour, alice)
		w.at(5)
		before := len(w.office.pages("", ""))
		_, err := w.pool.Exec(w.t.Context(), `UPDATE river_job SET state = 'discarded', finalized_at = now() WHERE state = 'available' AND kind = 'paging.deliver'`)
		w.must(err) // the engine is down: nothing fires
		w.at(600)
		_, err = w.Incidents.Resolve(w.t.Context(), over, incident.Resolution{}, incident.By(alice))
		w.must(err)
		w.must(w.Audit(w.t.Context()))
		w.at(610)
		if got := w.office.pages("", "")[before:]; len(got) != 1 || got[0].Incident != id {
			w.t.Errorf("after the outage came %v; want one message, and none of what is over", w.log(got))
		}
	})
}

func TestN7OutcomeIsToldToOthersOnce(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.contact(alice, MethodSlack, string(alice))
		w.contact(bob, MethodSlack, string(bob))
		id := w.incident("Checkout", incident.SEV2)
		e := w.page(id, "checkout", time.Minute, alice, bob)
		w.at(70)
		w.ack(e, bob)
		w.at(600)
		var toAlice, toBob []string
		for _, p := range w.office.sent(MethodSlack, "") {
			if p.Kind == MessageStatus && p.To == string(alice) {
				toAlice = append(toAlice, p.Text)
			}
			if p.Kind == MessageStatus && p.To == string(bob) {
				toBob = append(toBob, p.Text)
			}
		}
		if len(toAlice) != 2 || !strings.Contains(toAlice[0], "next step") || !strings.Contains(toAlice[1], string(bob)) {
			w.t.Errorf("alice was told %q; want that it was escalated, and that bob has it", toAlice)
		}
		if len(toBob) != 0 {
			w.t.Errorf("bob was told of his own act: %q", toBob)
		}
	})
}

func TestOutcomeOnlyForWhomItIsWanted(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.contact(alice, MethodSlack, string(alice))
		w.contact(bob, MethodSlack, string(bob))
		w.must(w.Subscribe(w.t.Context(), alice, []string{OutcomeResolved}))
		e := w.page(w.incident("Checkout", incident.SEV2), "checkout", time.Minute, alice, bob)
		w.at(70)
		w.ack(e, bob)
		w.at(120)
		_, err := w.Escalations.Resolve(w.t.Context(), e, incident.By(bob))
		w.must(err)
		w.at(600)
		told := 0
		for _, p := range w.office.sent(MethodSlack, string(alice)) {
			if p.Kind == MessageStatus {
				told++
				if !strings.Contains(p.Text, "over") {
					w.t.Errorf("alice was told %q", p.Text)
				}
			}
		}
		if told != 1 {
			w.t.Errorf("alice was told %d outcomes; want the end alone", told)
		}
	})
}
