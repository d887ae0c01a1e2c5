package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
	"github.com/tocsinhq/tocsin/timeline"
)

// pagedWorld is everything that outlives the program where people are paged: Slack
// and Twilio over TCP, with a wire in front of each, and a database with people,
// policies and incidents in it. Escalations are begun by the test itself, with the
// program's own services.
type pagedWorld struct {
	*outside
	wire        *wire
	twilio      *twiliosim.Sim
	incidents   *incident.Service
	escalations *escalation.Service
}

// publicURL is where Twilio's callbacks go: to whichever process is alive.
const publicURL = "http://tocsin.example"

// newPagedWorld makes a world on a database in which our tables are.
func newPagedWorld(t testing.TB, database string) *pagedWorld {
	t.Helper()
	w := &pagedWorld{outside: &outside{t: t}, wire: &wire{}, twilio: twiliosim.New(twiliosim.Options{PerPart: time.Millisecond, Delivery: time.Millisecond})}
	w.openPool(database)
	w.slack = slacksim.New(slacksim.Options{Seed: 1, BotEvents: bot.BotEvents(), Scopes: bot.Scopes(), NoLimits: true,
		Redeliver: []time.Duration{0, time.Second, time.Second, 2 * time.Second, 4 * time.Second}})
	populate(w.slack)
	slack, twilio := httptest.NewServer(w.wire.around(w.slack.Handler(), slackPage)), httptest.NewServer(w.wire.around(w.twilio.Handler(), twilioPage))
	w.slack.ServeAt(slack.URL)
	w.twilio.SetWebhooks(&http.Client{Transport: roundTrip(w.toTheLiving)}, publicURL+"/callbacks/twilio/sms")
	t.Cleanup(func() { slack.CloseClientConnections(); slack.Close(); twilio.CloseClientConnections(); twilio.Close() })
	w.settings = map[string]string{
		"SLACK_APP_TOKEN": w.slack.AppToken(), "SLACK_BOT_TOKEN": w.slack.BotToken(), "SLACK_API_URL": w.slack.APIURL(),
		"TWILIO_ACCOUNT_SID": twiliosim.DefaultAccountSID, "TWILIO_AUTH_TOKEN": twiliosim.DefaultAuthToken,
		"TWILIO_FROM": twiliosim.DefaultNumber, "TWILIO_API_URL": twilio.URL + "/",
		"DATABASE_URL": withQuery(t, database, "pool_max_conns", "6"), "TOCSIN_HTTP_ADDR": "127.0.0.1:0", "TOCSIN_PUBLIC_URL": publicURL,
	}
	w.openServices()
	t.Cleanup(func() { w.end(); w.slack.Close(); w.twilio.Close() })
	return w
}

// openServices lets the test change the database as the program does.
func (w *pagedWorld) openServices() {
	w.t.Helper()
	inserter, err := newInserter(w.pool, slog.New(slog.DiscardHandler), jobTuning{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.incidents = &incident.Service{Pool: w.pool, Recorder: &timeline.Recorder{Jobs: inserter, Reactions: reactions(nil)}}
	w.escalations = &escalation.Service{Incidents: w.incidents, Pool: w.pool, OnCall: (&oncall.Service{Pool: w.pool}).OnCall}
}

// working waits until so many processes prove that they work jobs.
func (w *pagedWorld) working(n int) {
	w.t.Helper()
	w.waitFor(fmt.Sprintf("%d processes at work", n), func() bool { return w.atWork() >= n })
}

func (w *pagedWorld) atWork() int {
	return w.count(`
		SELECT count(*)
		FROM pg_locks
		WHERE locktype = 'advisory' AND granted AND classid = $1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`, livenessClass)
}

// organised applies an organisation of so many people. Those with an even number are
// paged in Slack, the others by text, at once. The policy "from-n" pages person n,
// after the delay person n + 1, and after the delay again nobody.
func (w *pagedWorld) organised(people int, delay time.Duration) (ids []incident.PersonID) {
	w.t.Helper()
	ids = w.arrive(people)
	var policies strings.Builder
	for n := range ids {
		fmt.Fprintf(&policies, "  from-%d: {name: From %d, steps: [{targets: [{person: p%d}], delay: %s}, {targets: [{person: p%d}], delay: %s}], repeat: 0, fallback: [{person: p%d}]}\n",
			n, n, n, delay, (n+1)%people, delay, n)
	}
	w.applies(ids, "policies:\n"+policies.String())
	return ids
}

// arrive brings so many people into the Slack workspace: p0, p1 and so on.
func (w *pagedWorld) arrive(people int) (ids []incident.PersonID) {
	for n := range people {
		p := w.slack.AddPerson(fmt.Sprintf("p%d", n), slacksim.PersonOptions{RealName: fmt.Sprintf("Person %d", n), TZ: "UTC", Email: fmt.Sprintf("p%d@acme.example", n)})
		ids = append(ids, incident.PersonID(p.ID))
	}
	return ids
}

// applies makes an organisation of people, as organised has them, and of what else
// stands in a file.
func (w *pagedWorld) applies(ids []incident.PersonID, rest string) {
	w.t.Helper()
	var text strings.Builder
	text.WriteString("people:\n")
	for n, id := range ids {
		fmt.Fprintf(&text, "  p%d: {slack: %q, name: Person %d, zone: UTC, contact: [{sms: %q}]}\n", n, id, n, phoneOf(n))
	}
	text.WriteString(rest)
	if _, err := applier(w.pool).Apply(w.t.Context(), "organisation.yaml", []byte(text.String())); err != nil {
		w.t.Fatal(err)
	}
	w.atOnce(ids)
}

// phoneOf is the telephone of a person.
func phoneOf(n int) string { return fmt.Sprintf("+1555020%04d", n) }

// atOnce gives everybody one rule.
func (w *pagedWorld) atOnce(ids []incident.PersonID) {
	w.t.Helper()
	service := &paging.Service{Pool: w.pool}
	for n, id := range ids {
		method := paging.MethodSlack
		if n%2 == 1 {
			method = paging.MethodSMS
		}
		contacts, err := service.Contacts(w.t.Context(), id)
		if err != nil {
			w.t.Fatal(err)
		}
		at := slices.IndexFunc(contacts, func(c paging.Contact) bool { return c.Method == method })
		if at < 0 {
			w.t.Fatalf("person %d has no %s: %v", n, method, contacts)
		}
		if err := service.SetRules(w.t.Context(), id, paging.UrgencyHigh, []paging.Rule{{Position: 1, Contact: contacts[at]}}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// begins pages by a policy, for an incident and a service of its own, so that no page
// waits to be told together with another. Of the incident nothing else is shown, so
// that nothing but paging is at work. It may be called by any goroutine.
func (w *pagedWorld) begins(policy int, what string) (id int64, err error) {
	return w.beginsAt(policy, what, what)
}

// beginsAt is begins for a service that others may share.
func (w *pagedWorld) beginsAt(policy int, what, service string) (id int64, err error) {
	ctx := w.t.Context()
	var i incident.ID
	err = w.pool.QueryRow(ctx, `
		INSERT INTO incident (title, severity, status, declared_by_kind, declared_by_id, declared_at)
		VALUES ($1, 2, 'active', 'system', '', $2)
		RETURNING id`, what, incident.Now()).Scan(&i)
	if err != nil {
		return 0, err
	}
	e, err := w.escalations.Begin(ctx, i, escalation.Request{Subject: what, Service: service, Policy: fmt.Sprintf("from-%d", policy)}, incident.System)
	if err != nil {
		return 0, err
	}
	return e.ID, nil
}

// toTheLiving is what stands in front of the processes: it hands a request to one that
// takes it.
func (w *pagedWorld) toTheLiving(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	err = fmt.Errorf("no process is alive")
	for _, c := range slices.Backward(w.all()) {
		address := c.address()
		select {
		case <-c.gone:
			continue
		default:
		}
		if address == "" {
			continue
		}
		again := r.Clone(r.Context())
		again.URL.Host, again.Body = address, io.NopCloser(bytes.NewReader(body))
		var answer *http.Response
		if answer, err = http.DefaultTransport.RoundTrip(again); err == nil {
			return answer, nil
		}
	}
	return nil, err
}

var servingAt = regexp.MustCompile(`msg=serving .*http=(\S+)`)

// address is where a process listens, "" while it does not.
func (c *child) address() string {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	found := servingAt.FindSubmatch(c.log.text.Bytes())
	if found == nil {
		return ""
	}
	return string(found[1])
}
