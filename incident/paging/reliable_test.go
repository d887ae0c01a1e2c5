package paging

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// planned is a page of alice by SMS whose message was not claimed yet: no worker looks.
func (w *world) planned(service string) (e, delivery int64) {
	w.t.Helper()
	e = w.page(w.incident("Checkout", incident.SEV2), service, time.Hour, alice)
	var page int64
	w.must(w.pool.QueryRow(w.t.Context(), `SELECT id FROM page WHERE escalation_id = $1`, e).Scan(&page))
	w.must(w.BeginPage(w.t.Context(), page))
	w.must(w.BeginPage(w.t.Context(), page)) // planning twice is planning once
	w.must(w.pool.QueryRow(w.t.Context(), `SELECT id FROM delivery WHERE page_id = $1`, page).Scan(&delivery))
	return e, delivery
}

// idle is a poll so slow that the test makes every step itself.
const idle = 24 * time.Hour

func TestR1KilledBetweenClaimAndCall(t *testing.T) {
	inWorld(t, idle, func(w *world) {
		w.phones()
		_, id := w.planned("a")
		dead := w.replica("dead") // holds no session lock
		a, err := dead.claim(w.t.Context(), id)
		w.must(err)
		if a == nil {
			w.t.Fatal("nothing was claimed")
		}
		w.must(w.Deliver(w.t.Context(), id))
		got := w.office.pages("", "")
		if len(got) != 1 || !got[0].Repeat {
			w.t.Errorf("after the kill came %d messages, %+v; want one, marked as a possible repeat", len(got), got)
		}
	})
}

func TestR2KilledBetweenCallAndNote(t *testing.T) {
	for _, knows := range []bool{false, true} {
		t.Run(fmt.Sprintf("vendor knows keys %v", knows), func(t *testing.T) {
			inWorld(t, idle, func(w *world) {
				w.phones()
				w.office.knows = knows
				_, id := w.planned("a")
				dead := w.replica("dead")
				a, err := dead.claim(w.t.Context(), id)
				w.must(err)
				_, err = dead.send(w.t.Context(), a)
				w.must(err)
				w.must(w.Deliver(w.t.Context(), id))
				w.must(w.Deliver(w.t.Context(), id)) // and nothing more
				got := w.office.pages("", "")
				if knows && len(got) != 1 || !knows && (len(got) != 2 || got[0].Repeat || !got[1].Repeat) {
					w.t.Errorf("%d messages came; want one duplicate at most, marked as a repeat", len(got))
				}
			})
		})
	}
}

func TestLivingWorkerIsWaitedFor(t *testing.T) {
	inWorld(t, idle, func(w *world) {
		w.phones()
		_, id := w.planned("a")
		if a, err := w.claim(w.t.Context(), id); err != nil || a == nil {
			w.t.Fatalf("claim: %v, %v", a, err)
		}
		other := w.replica("replica-2")
		if err := other.Deliver(w.t.Context(), id); waitOf(err) != time.Second {
			w.t.Errorf("a message that a living worker sends: %v; want to wait", err)
		}
		if n := len(w.office.pages("", "")); n != 0 {
			w.t.Errorf("%d messages were sent beside a living worker", n)
		}
	})
}

func TestR13WorkerThatSleptSendsNothing(t *testing.T) {
	inWorld(t, idle, func(w *world) {
		w.phones()
		_, id := w.planned("a")
		a, err := w.claim(w.t.Context(), id) // then the process is stopped for a while
		w.must(err)
		w.at(20)
		other := w.replica("replica-2")
		w.must(other.Deliver(w.t.Context(), id))
		if _, err := w.send(w.t.Context(), a); err == nil {
			w.t.Error("a worker whose lease is over calls the vendor")
		}
		w.must(w.failed(w.t.Context(), a, errLate))
		got := w.office.pages("", "")
		if len(got) != 1 {
			w.t.Errorf("%d messages came; want the one of the worker that took over", len(got))
		}
		w.wantState(got[0], StateSent)
	})
}

func TestR3ManyWorkersSendEachPageOnce(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		const pages = 100
		for n := range 2 {
			stop := w.start(w.replica(fmt.Sprintf("other-%d", n)), quick)
			defer stop()
		}
		for n := range pages {
			p := incident.PersonID(fmt.Sprintf("U%04dMANY", n))
			w.rules(p, Rule{Contact: w.contact(p, MethodSMS, fmt.Sprintf("+1555020%04d", n))})
			w.page(w.incident("Checkout", incident.SEV2), fmt.Sprintf("s%d", n), time.Hour, p)
		}
		w.at(30)
		got, per := w.office.pages("", ""), map[string]int{}
		for _, p := range got {
			per[p.To]++
		}
		if len(got) != pages || len(per) != pages {
			w.t.Errorf("%d pages of %d people; want each of %d once", len(got), len(per), pages)
		}
	})
}

func TestR7HangingVendorDelaysNobodyElse(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.office.fail(MethodVoice, fault{hang: true})
		for n := range 30 { // more than there are workers for calls
			p := incident.PersonID(fmt.Sprintf("U%04dHANG", n))
			w.rules(p, Rule{Contact: w.contact(p, MethodVoice, fmt.Sprintf("+1555030%04d", n))})
			w.page(w.incident("Checkout", incident.SEV2), fmt.Sprintf("s%d", n), time.Hour, p)
		}
		w.phones()
		w.page(w.incident("Payments", incident.SEV2), "payments", time.Hour, alice)
		w.at(2)
		if n := len(w.office.pages(MethodSMS, alicePhone)); n != 1 {
			w.t.Errorf("%d text messages after 2 s beside a vendor of calls that hangs; want one", n)
		}
	})
}

func TestHangingVendorPullsTheNextRuleForward(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.office.fail(MethodSlack, fault{hang: true})
		slack, sms := w.contact(alice, MethodSlack, string(alice)), w.contact(alice, MethodSMS, alicePhone)
		w.rules(alice, Rule{Contact: slack}, Rule{After: 10 * time.Minute, Contact: sms})
		w.page(w.incident("Checkout", incident.SEV2), "a", time.Hour, alice)
		w.at(60)
		got := w.office.pages("", "")
		if len(got) != 1 || got[0].Method != MethodSMS || got[0].At.Sub(w.began) > 40*time.Second {
			w.t.Errorf("beside a hanging Slack came %v; want the SMS within 40 s", w.log(got))
		}
	})
}

func TestBrokenVendorIsTriedAgainSoon(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.phones()
		w.office.fail(MethodSMS, fault{err: fmt.Errorf("The vendor is broken.")})
		w.page(w.incident("Checkout", incident.SEV2), "a", time.Hour, alice)
		w.at(17)
		w.office.mu.Lock()
		calls := w.office.calls
		w.office.mu.Unlock()
		if calls != 4 { // at 0, 1, 3 and 8 s
			w.t.Errorf("%d attempts in 17 s; want four", calls)
		}
		w.office.fail(MethodSMS, fault{})
		w.at(25)
		if got := w.office.pages("", ""); len(got) != 1 || !got[0].Repeat {
			w.t.Errorf("after the vendor came back: %v; want one message that says that it may be a repeat", w.log(got))
		}
	})
}

func TestR11PoisonIsSentAsPlainText(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.phones()
		w.office.fail(MethodSMS, fault{panics: true})
		w.page(w.incident("Checkout", incident.SEV2), "a", time.Hour, alice)
		w.at(3)
		got := w.office.pages("", "")
		if len(got) != 1 || got[0].Title != "You are paged." || got[0].Incident != 1 || len(got[0].Actions) == 0 {
			w.t.Errorf("a message that cannot be rendered came as %+v; want a plain one of INC-1 that can be answered", got)
		}
	})
}

func TestCommittedAckIsSeenByEveryClaim(t *testing.T) {
	inWorld(t, idle, func(w *world) {
		w.phones()
		e, id := w.planned("a")
		w.ack(e, alice)
		if a, err := w.claim(w.t.Context(), id); err != nil || a != nil {
			w.t.Errorf("claim after the ack = %v, %v; want nothing", a, err)
		}
		_, err := w.Escalations.Unacknowledge(w.t.Context(), e, incident.System)
		w.must(err)
		if a, err := w.claim(w.t.Context(), id); err != nil || a != nil {
			w.t.Errorf("claim of the old run's message = %v, %v; want nothing", a, err)
		}
		w.wantEscalation(e, escalation.Triggered)
	})
}

func TestReportQuickerThanTheAnswerOfTheCall(t *testing.T) {
	inWorld(t, idle, func(w *world) {
		w.phones()
		_, id := w.planned("a")
		a, err := w.claim(w.t.Context(), id)
		w.must(err)
		r, err := w.send(w.t.Context(), a)
		w.must(err)
		w.must(w.Report(w.t.Context(), Report{Method: MethodSMS, ID: a.Key(), State: StateDelivered}))
		w.must(w.sent(w.t.Context(), a, r))
		w.wantState(w.office.pages("", "")[0], StateDelivered)
		w.must(w.Report(w.t.Context(), Report{Method: MethodSMS, ID: r.ID, State: StateSeen})) // the vendor's id was noted
		w.wantState(w.office.pages("", "")[0], StateSeen)
	})
}

func TestPassingOverNeverTakesBackAnAnswer(t *testing.T) {
	inWorld(t, idle, func(w *world) {
		e := w.page(w.incident("Checkout", incident.SEV2), "a", time.Hour, alice, bob)
		w.ack(e, bob)
		w.must(w.Escalations.PassOver(w.t.Context(), e, escalation.Unreached{AsOf: 1, Pass: true}))
		w.wantEscalation(e, escalation.Acknowledged)
	})
}

// TestAQuietServicePagesBeforeAStorm: River hands out the lower priority first,
// whichever job came first.
func TestAQuietServicePagesBeforeAStorm(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.rules(alice, Rule{Contact: w.contact(alice, MethodSlack, string(alice))})
		w.rules(bob, Rule{Contact: w.contact(bob, MethodSlack, string(bob))})
		for n := range 13 {
			w.page(w.incident(fmt.Sprintf("Checkout %d", n), incident.SEV2), "checkout", time.Hour, alice)
		}
		w.page(w.incident("Search", incident.SEV2), "search", time.Hour, bob)
		w.at(1)
		want := map[string][]int{
			"paging.begin_page checkout": {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2},
			"paging.deliver checkout":    {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2},
			"paging.begin_page search":   {1},
			"paging.deliver search":      {1},
		}
		if diff := cmp.Diff(want, w.ranks()); diff != "" {
			w.t.Errorf("priorities by kind and service (-want +got):\n%s", diff)
		}
	})
}

// ranks lists the priorities of the first jobs of each page and message, by kind and
// service, in the order of the pages.
func (w *world) ranks() map[string][]int {
	w.t.Helper()
	rows, err := w.pool.Query(w.t.Context(), `
		SELECT concat_ws(' ', j.kind, e.service), min(j.priority)
		FROM page p
		JOIN escalation e ON e.id = p.escalation_id
		LEFT JOIN delivery d ON d.page_id = p.id
		JOIN river_job j ON j.kind = 'paging.begin_page' AND j.args->>'page' = p.id::text
			OR j.kind = 'paging.deliver' AND j.args->>'delivery' = d.id::text
		GROUP BY j.kind, e.service, p.id
		ORDER BY p.id`)
	w.must(err)
	ranks := map[string][]int{}
	var name string
	var rank int
	_, err = pgx.ForEachRow(rows, []any{&name, &rank}, func() error {
		ranks[name] = append(ranks[name], rank)
		return nil
	})
	w.must(err)
	return ranks
}
