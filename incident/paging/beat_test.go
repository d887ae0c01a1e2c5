package paging

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// outside is the dead-man's switch.
type outside struct {
	mu    sync.Mutex
	pings int
}

func (o *outside) RoundTrip(*http.Request) (*http.Response, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pings++
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

func (o *outside) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.pings
}

func TestR12DeadManIsToldOnlyWhilePagingWorks(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		o := &outside{}
		w.Beat = Beat{Every: time.Minute, Method: MethodWebhook, Address: "https://example.com/canary", URL: "https://switch.example/secret", Client: &http.Client{Transport: o}}
		round := func(minute int) {
			w.must(w.BeginCanary(w.t.Context()))
			w.must(w.BeginCanary(w.t.Context())) // twice is once
			w.at(float64(minute*60 + 10))
			w.must(w.PingDeadMan(w.t.Context()))
			w.at(float64(minute*60 + 60))
		}
		w.must(w.PingDeadMan(w.t.Context()))
		if o.count() != 0 {
			w.t.Error("the switch is told before any canary has left")
		}
		round(0)
		if n := len(w.office.sent(MethodWebhook, "")); n != 1 || o.count() != 1 {
			w.t.Fatalf("%d canaries, %d pings; want one each", n, o.count())
		}
		w.office.fail(MethodWebhook, fault{err: fmt.Errorf("The vendor is broken.")})
		for minute := 1; minute < 5; minute++ {
			round(minute)
		}
		if n := o.count(); n > 3 {
			w.t.Errorf("%d pings; the switch is told for minutes after canaries stopped leaving", n)
		}
		told := o.count()
		w.office.fail(MethodWebhook, fault{})
		round(5)
		round(6)
		if o.count() == told {
			w.t.Error("the switch is not told after canaries leave again")
		}
	})
}

func TestDeadManIsNotToldWhileNobodyWorksTheTimersOfSteps(t *testing.T) {
	inWorld(t, time.Second, func(w *world) {
		o := &outside{}
		w.Beat = Beat{Every: time.Minute, Method: MethodWebhook, Address: "https://example.com/canary", URL: "https://switch.example/secret", Client: &http.Client{Transport: o}}
		round := func(minute int) {
			w.must(w.BeginCanary(w.t.Context()))
			w.at(float64(minute*60 + 10))
			w.must(w.PingDeadMan(w.t.Context()))
			w.at(float64(minute*60 + 60))
		}
		w.must(w.Jobs.QueuePause(w.t.Context(), escalation.Queue, nil))
		w.at(30)
		for minute := 1; minute < 5; minute++ {
			round(minute)
		}
		if n := len(w.office.sent(MethodWebhook, "")); n != 0 || o.count() != 0 {
			w.t.Fatalf("%d canaries left and the switch was told %d times although no step can fire", n, o.count())
		}
		w.must(w.Jobs.QueueResume(w.t.Context(), escalation.Queue, nil))
		round(5)
		if n := len(w.office.sent(MethodWebhook, "")); n != 1 || o.count() != 1 {
			w.t.Errorf("%d canaries and %d pings once steps fire again; want one each, not one for each that waited", n, o.count())
		}
	})
}

func TestPlacesAreTold(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		id := w.incident("Checkout", incident.SEV2)
		_, err := w.Escalations.Begin(w.t.Context(), id, escalation.Request{Subject: "Checkout", Targets: []escalation.Target{
			{Kind: escalation.TargetWebhook, ID: "https://example.com/hook"},
		}}, incident.System)
		w.must(err)
		w.at(3)
		got := w.office.pages(MethodWebhook, "https://example.com/hook")
		if len(got) != 1 || len(got[0].Actions) != 0 || !strings.Contains(got[0].Text, "Checkout") {
			w.t.Errorf("the webhook got %+v; want one message without actions", got)
		}
	})
}

func TestManagedContactsFollowTheFile(t *testing.T) {
	inWorld(t, idle, func(w *world) {
		ctx := w.t.Context()
		own := w.contact(alice, MethodSMS, alicePhone)
		w.rules(alice, Rule{Contact: own})
		ensure := func(want ...Contact) {
			tx, err := w.pool.Begin(ctx)
			w.must(err)
			w.must(w.EnsureContacts(ctx, tx, alice, want))
			w.must(tx.Commit(ctx))
		}
		ensure(Contact{Method: MethodSMS, Address: alicePhone}, Contact{Method: MethodEmail, Address: "a@example.com"})
		ensure(Contact{Method: MethodSMS, Address: alicePhone})
		has, err := w.ManagedContacts(ctx, w.pool, alice)
		w.must(err)
		if len(has) != 1 || has[0].ID != own.ID {
			w.t.Errorf("managed contacts are %+v; want the phone that was there before", has)
		}
		if rules, isOwn, err := w.Rules(ctx, alice, UrgencyHigh); err != nil || !isOwn || len(rules) != 1 {
			w.t.Errorf("rules = %v, %v, %v; want the person's own", rules, isOwn, err)
		}
		if err := w.RemoveContact(ctx, alice, own.ID); incident.CodeOf(err) != incident.Forbidden {
			w.t.Errorf("a managed contact is removed: %v", err)
		}
	})
}

func TestAddressOfSomebodyElseIsNotShown(t *testing.T) {
	inWorld(t, idle, func(w *world) {
		ctx := w.t.Context()
		for name, c := range map[string]struct {
			method         Method
			address, shown string
		}{
			"number":  {MethodSMS, "+15550100177", "The address …0177 (text message) is used by somebody else; take it from them first."},
			"mailbox": {MethodEmail, "robert@example.com", "The address r…@example.com (e-mail) is used by somebody else; take it from them first."},
			"topic":   {MethodPush, "bob-6f1c9d", "The address b… (push message) is used by somebody else; take it from them first."},
			"hook":    {MethodWebhook, "https://example.com/secret", "The address https://example.com/… (webhook) is used by somebody else; take it from them first."},
		} {
			w.contact(bob, c.method, c.address)
			tx, err := w.pool.Begin(ctx)
			w.must(err)
			err = w.EnsureContacts(ctx, tx, alice, []Contact{{Method: c.method, Address: c.address}})
			if incident.CodeOf(err) != incident.Conflict || err.Error() != c.shown {
				w.t.Errorf("%s: %v, want %s", name, err, c.shown)
			}
			w.must(tx.Rollback(ctx))
		}
	})
}
