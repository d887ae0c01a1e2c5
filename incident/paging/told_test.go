package paging

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// targeted is a step for one target.
func targeted(kind escalation.TargetKind, id string, delay time.Duration) escalation.Step {
	return escalation.Step{Targets: []escalation.Target{{Kind: kind, ID: id}}, Delay: delay}
}

func (w *world) begin(p escalation.Policy) int64 {
	w.t.Helper()
	w.policy(p)
	e, err := w.Escalations.Begin(w.t.Context(), w.incident("Checkout", incident.SEV2), escalation.Request{Policy: p.ID, Subject: "Checkout"}, incident.System)
	w.must(err)
	return e.ID
}

func (w *world) remove(p incident.PersonID) {
	w.t.Helper()
	_, err := w.pool.Exec(w.t.Context(), `INSERT INTO person (id, handle, name, zone, removed_at) VALUES ($1, $1, $1, 'UTC', $2)`, p, time.Now())
	w.must(err)
}

// nobody is a schedule without anybody.
func nobody(context.Context, roster.Querier, string, time.Time, bool) ([]incident.PersonID, error) {
	return nil, nil
}

func TestE16FallbackIsToldThatNobodyIsOnCall(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.Escalations.OnCall = nobody
		w.contact(carol, MethodSlack, string(carol))
		night := targeted(escalation.TargetSchedule, "night", time.Minute)
		w.begin(escalation.Policy{ID: "night", Steps: []escalation.Step{night}, Fallback: targeted(escalation.TargetPerson, string(carol), 0).Targets})
		w.contact(alice, MethodSlack, string(alice))
		w.begin(escalation.Policy{ID: "day", Steps: []escalation.Step{targeted(escalation.TargetPerson, string(alice), time.Minute)}})
		w.at(5)
		for to, told := range map[incident.PersonID]bool{carol: true, alice: false} {
			sent := w.office.pages(MethodSlack, string(to))
			if len(sent) != 1 || strings.Contains(sent[0].Text, "Nobody else is on call") != told {
				w.t.Errorf("%s was told %+v; want once, that nobody else is on call %v", to, sent, told)
			}
		}
	})
}

func TestE21WhoHadItIsNamedWhenItComesBack(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.contact(alice, MethodSlack, string(alice))
		_, err := w.pool.Exec(w.t.Context(), `INSERT INTO person (id, handle, name, zone) VALUES ($1, 'bob', 'Bob Builder', 'UTC')`, bob)
		w.must(err)
		e := w.begin(escalation.Policy{ID: "main", AckTimeout: 30 * time.Minute, Steps: []escalation.Step{targeted(escalation.TargetPerson, string(alice), time.Hour)}})
		w.at(60)
		w.ack(e, bob)
		w.at(3600)
		sent := w.office.pages(MethodSlack, string(alice))
		w.wantSent("an acknowledgement of 30 minutes", sent, "slack 0", "slack 1860")
		if !strings.Contains(sent[1].Text, "Bob Builder had it") || strings.Contains(sent[0].Text, "had it") {
			w.t.Errorf("alice was told %q and %q; want that Bob Builder had it, the second time", sent[0].Text, sent[1].Text)
		}
	})
}

func TestE14WhoIsRemovedHearsNothingMore(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		slack, sms := w.contact(alice, MethodSlack, string(alice)), w.contact(alice, MethodSMS, alicePhone)
		w.rules(alice, Rule{Contact: slack}, Rule{After: 2 * time.Minute, Contact: sms})
		w.contact(bob, MethodSlack, string(bob))
		e := w.page(w.incident("Checkout", incident.SEV2), "checkout", 5*time.Minute, alice, bob)
		w.at(60)
		w.remove(alice)
		w.at(310)
		w.ack(e, bob)
		w.at(600)
		var heard []posted
		for _, p := range w.office.sent("", "") {
			if p.Person == alice {
				heard = append(heard, p)
			}
		}
		w.wantSent("to alice, who is removed after a minute", heard, "slack 0")
		w.wantSent("to bob", w.office.pages(MethodSlack, string(bob)), "slack 300")
	})
}

func TestE18HandOffLeavesAPageWithItsPerson(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		handoff := time.Now().Add(2 * time.Minute)
		w.Escalations.OnCall = func(_ context.Context, _ roster.Querier, _ string, at time.Time, _ bool) ([]incident.PersonID, error) {
			if at.Before(handoff) {
				return []incident.PersonID{alice}, nil
			}
			return []incident.PersonID{bob}, nil
		}
		slack, sms := w.contact(alice, MethodSlack, string(alice)), w.contact(alice, MethodSMS, alicePhone)
		w.rules(alice, Rule{Contact: slack}, Rule{After: 5 * time.Minute, Contact: sms})
		w.contact(bob, MethodSlack, string(bob))
		w.begin(escalation.Policy{ID: "main", Steps: []escalation.Step{targeted(escalation.TargetSchedule, "primary", time.Hour)}})
		w.at(900)
		if !slices.Equal(w.log(w.office.pages("", "")), []string{"slack 0", "sms 300"}) || len(w.office.pages("", string(bob))) != 0 {
			w.t.Errorf("paged %v; want alice by both rules, and bob not at all", w.log(w.office.pages("", "")))
		}
	})
}

// TestALaterPageIsFirstInTheInstantOfAMessage claims a message between a later page
// and its plan, where it would come beside what the later page sends.
func TestALaterPageIsFirstInTheInstantOfAMessage(t *testing.T) {
	inWorld(t, 24*time.Hour, func(w *world) { // no job is worked
		ctx := w.t.Context()
		w.rules(alice, Rule{After: time.Minute, Contact: w.contact(alice, MethodSMS, alicePhone)})
		e := w.page(w.incident("Checkout", incident.SEV2), "checkout", time.Hour, alice)
		newest := func() (page, delivery int64) {
			w.must(w.pool.QueryRow(ctx, `SELECT (SELECT max(id) FROM page), coalesce((SELECT max(id) FROM delivery), 0)`).Scan(&page, &delivery))
			return page, delivery
		}
		page, _ := newest()
		w.must(w.BeginPage(ctx, page))
		_, first := newest()
		w.at(61)
		_, _, err := w.Escalations.EscalateNow(ctx, e, escalation.AnyStep, incident.System)
		w.must(err)
		if a, err := w.claim(ctx, first); a != nil || waitOf(err) != time.Second {
			w.t.Errorf("the message of the earlier page is claimed %v, %v; want it put off", a, err)
		}
		page, _ = newest()
		w.must(w.BeginPage(ctx, page))
		if a, err := w.claim(ctx, first); a != nil || err != nil {
			w.t.Errorf("the message of the earlier page is claimed %v, %v; want nothing left to do", a, err)
		}
		_, second := newest()
		w.at(122)
		if a, err := w.claim(ctx, second); a == nil || err != nil {
			w.t.Errorf("the message of the later page is claimed %v, %v", a, err)
		}
		lines, err := w.Ledger(ctx, 1)
		w.must(err)
		if len(lines) != 2 || lines[0].State != StateCancelled || lines[1].State != StateSending {
			w.t.Errorf("ledger = %+v; want the first cancelled, and the second being sent", lines)
		}
	})
}
