package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/incident"
)

// declareCalls are the calls that a declare and its first commander need, each
// with a scope that it demands and the step that waits for it; "" when its failure
// shows on no step.
var declareCalls = map[string]struct{ scope, step string }{
	"conversations.create":   {"channels:manage", "war room"},
	"chat.postMessage":       {"chat:write", "announcement"},
	"conversations.invite":   {"channels:manage", "invitations"},
	"conversations.setTopic": {"channels:manage", "channel topic"},
	"bookmarks.list":         {"bookmarks:read", "bookmarks"},
	"bookmarks.add":          {"bookmarks:write", "bookmarks"},
	"pins.add":               {"pins:write", "pin of the card"},
	"users.info":             {"users:read", ""},
	"conversations.open":     {"im:write", ""},
}

// fault is one way in which a call goes wrong until it is mended.
type fault struct {
	begin func(w *slacksim.Workspace, method string)
	mend  func(w *slacksim.Workspace, method string)
	lasts bool // it goes on until it is mended, so that the card has something to show
}

var faults = map[string]fault{
	"down, then failing": {
		func(w *slacksim.Workspace, method string) {
			w.Chaos.HTTPStatus(method, 503, 1000)
			time.AfterFunc(5*time.Second, func() { w.Chaos.Heal(method); w.Chaos.FailAlways(method, "internal_error") })
		},
		func(w *slacksim.Workspace, method string) { w.Chaos.Heal(method) }, true,
	},
	"limited, then done but not answered": {
		func(w *slacksim.Workspace, method string) {
			w.Chaos.RateLimitNext(method, 3*time.Second, 2)
			w.Chaos.DropAnswer(method, 2)
		},
		func(*slacksim.Workspace, string) {}, false,
	},
	"forbidden": {
		func(w *slacksim.Workspace, method string) { w.Revoke(declareCalls[method].scope) },
		func(w *slacksim.Workspace, method string) { w.Grant(declareCalls[method].scope) }, true,
	},
}

// TestDeclareSurvivesEachFaultOfEachCall lets every call of a declare go wrong in
// every way. The incident exists at once and the command answers; what can be made
// is made, the card says what is missing and why; and after the fault everything is
// there, once.
func TestDeclareSurvivesEachFaultOfEachCall(t *testing.T) {
	t.Parallel()
	for method, call := range declareCalls {
		for name, f := range faults {
			if call.step == "" && name != "down, then failing" {
				continue // what no step waits for is retried like everything else
			}
			t.Run(method+"/"+name, func(t *testing.T) {
				t.Parallel()
				inWorld(t, func(t *testing.T, w *world) { declareThrough(t, w, method, f) })
			})
		}
	}
}

func declareThrough(t *testing.T, w *world, method string, f fault) {
	f.begin(w.slack, method)
	alice, began := w.slack.Person("alice"), time.Now()
	answer := alice.Types("general", "/incident declare sev1 Checkout is down")
	if !strings.Contains(textOf(answer.Text, answer.Blocks), "INC-1") || time.Since(began) > time.Second {
		t.Errorf("declare answered %q, %v after %v", answer.Text, answer.Err, time.Since(began))
	}
	i, err := w.app.Incidents.Assign(t.Context(), 1, incident.Commander, incident.PersonID(alice.ID), incident.By(incident.PersonID(alice.ID)))
	if err != nil || i.Status != incident.StatusActive {
		t.Fatalf("the incident is %v, %v", i, err)
	}
	pause(t.Context(), 10*time.Second)
	if answer := alice.Types("general", "/incident list"); !strings.Contains(textOf(answer.Text, answer.Blocks), "Checkout is down") {
		t.Errorf("list answered %q, %v", answer.Text, answer.Err)
	}
	if _, made := w.slack.Channel("inc-1-checkout-is-down"); made && f.lasts && method != "chat.postMessage" {
		showsWhatIsMissing(t, w, method)
	}
	f.mend(w.slack, method)
	if err := w.patient().play(t.Context(), allIsThere); err != nil {
		t.Error(err)
	}
	onceOnly(t, w)
}

// patient is a stage that waits longer than the pause after which a call that was
// forbidden is tried again.
func (w *world) patient() *stage {
	s := w.stage()
	s.patience = 45 * time.Second
	return s
}

// showsWhatIsMissing looks at the card, where the fault lets there be one.
func showsWhatIsMissing(t *testing.T, w *world, method string) {
	t.Helper()
	step, card := declareCalls[method].step, cardOf(w)
	if step != "" && !strings.Contains(card, ": *"+step+"*") {
		t.Errorf("the card does not say that the %s is missing:\n%s", step, card)
	}
}

const allIsThere = `
#inc-1-checkout-is-down has topic IC @alice
#inc-1-checkout-is-down has pinned Checkout is down
#inc-1-checkout-is-down has bookmark Ticket
#inc-1-checkout-is-down has alice in it
#incidents shows Checkout is down
alice gets commander
`

// onceOnly counts what must exist exactly once, and what must not be left over.
func onceOnly(t *testing.T, w *world) {
	t.Helper()
	atRest(t, w)
	const room = "inc-1-checkout-is-down"
	counts := map[string]int{"pins": len(w.slack.Pinned(room)), "bookmarks": len(w.slack.Bookmarks(room))}
	for _, c := range w.slack.Channels() {
		if strings.HasPrefix(c.Name, "inc-") {
			counts["rooms"]++
		}
	}
	for _, m := range w.slack.Messages(room) {
		if isCard(m) {
			counts["cards"]++
		}
		if m.Subtype == "channel_join" && m.User == w.slack.Person("alice").ID {
			counts["invites"]++
		}
	}
	counts["duties"] = len(w.slack.Messages(w.slack.Person("alice").DirectChannel()))
	for _, m := range w.slack.Messages("incidents") {
		if strings.Contains(textOf(m.Text, m.Blocks), "Checkout is down") {
			counts["announcements"]++
		}
	}
	for _, what := range []string{"rooms", "announcements", "cards", "pins", "bookmarks", "invites", "duties"} {
		if n := counts[what]; n != 1 {
			t.Errorf("%s: %d", what, n)
		}
	}
	if card := cardOf(w); strings.Contains(card, "Still trying") || strings.Contains(card, "On its way") || strings.Contains(card, "Not done") {
		t.Errorf("the card still says that something is missing:\n%s", card)
	}
}

func isCard(m slacksim.Message) bool { return strings.Contains(fmt.Sprint(m.Blocks), "Post update") }

func cardOf(w *world) string {
	for _, m := range w.slack.Messages("inc-1-checkout-is-down") {
		if isCard(m) {
			return textOf(m.Text, m.Blocks)
		}
	}
	return ""
}

// atRest waits until no job is left but timers and what comes round by itself, and
// says that there were not many.
func atRest(t *testing.T, w *world) {
	t.Helper()
	var waiting, all int
	err := w.patient().until(t.Context(), func() error {
		err := w.pool.QueryRow(t.Context(), `
			SELECT count(*) FILTER (WHERE state NOT IN ('completed', 'cancelled') AND scheduled_at < $1), count(*)
			FROM river_job
			WHERE kind NOT IN ('jira.reconcile', 'bot.tidy_up')`, time.Now().Add(10*time.Minute)).Scan(&waiting, &all)
		if err == nil && waiting > 0 {
			err = fmt.Errorf("%d of %d jobs are not done", waiting, all)
		}
		return err
	})
	if err != nil || all > 80 {
		t.Errorf("%d jobs in all, %v", all, err)
	}
}
