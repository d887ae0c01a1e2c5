package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// answered types a command and says what came back, which must be within Slack's
// three seconds.
func answered(t *testing.T, p *slacksim.Person, line string) string {
	t.Helper()
	began := time.Now()
	result := p.Types("general", line)
	if took := time.Since(began); result.Err != nil || took > 3*time.Second {
		t.Errorf("%s: %v after %v", line, result.Err, took)
	}
	return textOf(result.Text, result.Blocks)
}

// gaveUp is what whoever waits for a slow database is told: the second sentence when all
// connections are in use just then, which jobs may do.
var gaveUp = regexp.MustCompile(`^(` + regexp.QuoteMeta("That took too long, so it was given up; nothing was changed unless the incident shows it. Try again in a moment.") +
	`|` + regexp.QuoteMeta("Tocsin is very busy: too much is waiting for the database. Nothing was changed unless the incident shows it; try again in a few seconds.") +
	`) \(Reference [A-Z2-7]{8}\)$`)

// TestASlowDatabaseIsAnsweredInTime: whoever asks gets a form or a sentence within
// three seconds, and what was typed into a form is not lost.
func TestASlowDatabaseIsAnsweredInTime(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		alice := w.slack.Person("alice")
		w.slow.Store(int64(2500 * time.Millisecond))
		if said := answered(t, alice, "/incident declare"); !gaveUp.MatchString(said) {
			t.Errorf("with 2.5 s for each query declare answered %q", said)
		}
		w.slow.Store(int64(300 * time.Millisecond))
		answered(t, alice, "/incident declare")
		pause(t.Context(), time.Second)
		if alice.Modal() == nil {
			t.Fatal("no form with 0.3 s for each query")
		}
		w.slow.Store(int64(2500 * time.Millisecond))
		form := map[string]any{"title": "Checkout is down", "severity": "sev1"}
		if result := alice.Submits(form); result.Err != nil || len(result.Errors) != 1 || !gaveUp.MatchString(result.Errors["title"]) || alice.Modal() == nil {
			t.Errorf("submit = %+v; want the form to stay with a sentence", result)
		}
		w.slow.Store(0)
		if result := alice.Submits(form); result.Err != nil || len(result.Errors) > 0 {
			t.Errorf("submit again = %+v", result)
		}
		w.plays("there are 1 incidents\n#incidents shows Checkout is down")
	})
}

// database lets nobody connect any more, ends all connections, and undoes that.
func (w *world) database(there bool) {
	w.t.Helper()
	w.shaky.Store(true)
	config := w.pool.Config().ConnConfig.Copy()
	name := config.Database
	config.Database = "postgres"
	conn, err := pgx.ConnectConfig(w.t.Context(), config)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = conn.Close(w.t.Context()) }() // what had to be done is done
	if _, err := conn.Exec(w.t.Context(), fmt.Sprintf(`ALTER DATABASE %s ALLOW_CONNECTIONS %t`, pgx.Identifier{name}.Sanitize(), there)); err != nil {
		w.t.Fatal(err)
	}
	if _, err := conn.Exec(w.t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, name); err != nil {
		w.t.Fatal(err)
	}
}

// TestTheDatabaseGoesAndComesBack: commands get a sentence meanwhile, what happened
// in Slack is redelivered, and everything goes on by itself.
func TestTheDatabaseGoesAndComesBack(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		w.plays(`
			alice types /incident declare sev1 Checkout is down
			#inc-1-checkout-is-down has pinned Checkout is down
			alice goes to #inc-1-checkout-is-down
			alice says The cache is cold`)
		w.database(false)
		alice := w.slack.Person("alice")
		if said := answered(t, alice, "/incident list"); !strings.Contains(said, "reference") {
			t.Errorf("without a database list answered %q", said)
		}
		w.plays(`alice goes to #inc-1-checkout-is-down
			alice reacts :pushpin: to "The cache is cold"`)
		pause(t.Context(), 20*time.Second)
		w.database(true)
		pause(t.Context(), 5*time.Second)
		if said := answered(t, alice, "/incident list"); !strings.Contains(said, "Checkout is down") {
			t.Errorf("list answered %q when the database was back", said)
		}
		w.plays(`
			alice goes to #inc-1-checkout-is-down
			alice types /incident severity sev2
			#inc-1-checkout-is-down has topic SEV2
			after 90s
			the timeline of INC-1 shows The cache is cold
			there are 1 channels called inc-`)
		atRest(t, w)
	})
}

// TestWebhooksAreNotBelieved: one with a wrong signature is refused; one that is
// repeated, or late, is checked with Jira itself and changes nothing.
func TestWebhooksAreNotBelieved(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		var heard []*http.Request
		var bodies []string
		w.jira.SetWebhook("http://tocsin.example/webhooks/jira", webhookSecret, &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			heard, bodies = append(heard, r), append(bodies, bodyOf(t, r))
			recorder := httptest.NewRecorder()
			recorder.WriteHeader(http.StatusOK)
			return recorder.Result(), nil
		})})
		w.plays(`
			alice types /incident declare sev1 Checkout is down
			#inc-1-checkout-is-down has pinned Checkout is down
			alice goes to #inc-1-checkout-is-down
			alice types /incident action Write a test
			jira shows "Write a test" in "To Do"
			after 5s
			jira moves "Write a test" to "Done"
			after 1s
			jira moves "Write a test" to "To Do"
			after 1s`)
		mu.Lock()
		calls, said := slices.Clone(heard), slices.Clone(bodies)
		mu.Unlock()
		if len(calls) < 2 {
			t.Fatalf("Jira sent %d webhooks", len(calls))
		}
		for n := len(calls) - 1; n >= 0; n-- { // the last first, and each twice
			for range 2 {
				if status := w.webhook(said[n], calls[n].Header.Get("X-Hub-Signature")); status != http.StatusOK {
					t.Errorf("webhook %d answered %d", n, status)
				}
			}
			if status := w.webhook(said[n]+" ", calls[n].Header.Get("X-Hub-Signature")); status != http.StatusUnauthorized {
				t.Errorf("webhook %d with a wrong signature answered %d", n, status)
			}
		}
		w.plays(`
			after 10s
			the timeline of INC-1 shows nothing of Finished action item
			jira has 2 issues`)
	})
}

func bodyOf(t *testing.T, r *http.Request) string {
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Error(err)
	}
	_, body, _ := strings.Cut(b.String(), "\r\n\r\n")
	return body
}

func (w *world) webhook(body, signature string) int {
	r := httptest.NewRequestWithContext(w.t.Context(), http.MethodPost, "/webhooks/jira", strings.NewReader(body))
	r.Header.Set("X-Hub-Signature", signature)
	answer := httptest.NewRecorder()
	w.app.parts.Web.Handler().ServeHTTP(answer, r)
	return answer.Code
}
