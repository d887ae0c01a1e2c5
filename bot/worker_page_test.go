package bot

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
	"github.com/tocsinhq/tocsin/timeline"
)

// redrawBench is the bot with a digest of two escalations in alice's direct messages.
type redrawBench struct {
	*Bot
	t       *testing.T
	slack   *slacksim.Workspace
	alice   *slacksim.Person
	two     []int64 // escalations
	posted  []int64 // their deliveries; the first one is the digest
	channel string
}

func newRedrawBench(t *testing.T) *redrawBench {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	w := slacksim.New(slacksim.Options{})
	w.ListenPipe()
	t.Cleanup(w.Close)
	w.AddPerson("alice", slacksim.PersonOptions{})
	client := slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL()), slack.OptionHTTPClient(w.HTTPClient()))
	incidents := &incident.Service{Pool: pool, Recorder: &timeline.Recorder{Jobs: jobs}}
	escalations := &escalation.Service{Incidents: incidents, Pool: pool}
	b := &redrawBench{t: t, slack: w, alice: w.Person("alice"), Bot: &Bot{
		Pool: pool, Jobs: jobs, Incidents: incidents, Escalations: escalations, API: NewAPI(client, slog.New(slog.DiscardHandler)), Worker: "bench",
		Paging: &paging.Service{Incidents: incidents, Escalations: escalations, Pool: pool, Jobs: jobs},
	}}
	b.two = []int64{b.escalates("Checkout"), b.escalates("Search")}
	b.digests()
	return b
}

func (b *redrawBench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *redrawBench) escalates(title string) int64 {
	b.t.Helper()
	i, err := b.Incidents.Declare(b.t.Context(), incident.Declaration{Title: title, Severity: incident.SEV2}, incident.By("U0DECLARE"))
	b.must(err)
	target := escalation.Target{Kind: escalation.TargetPerson, ID: b.alice.ID}
	e, err := b.Escalations.Begin(b.t.Context(), i.ID, escalation.Request{Subject: title, Targets: []escalation.Target{target}}, incident.System)
	b.must(err)
	return e.ID
}

// digests posts the message as paging does, and stores what paging knows of it.
func (b *redrawBench) digests() {
	b.t.Helper()
	channel, err := b.API.OpenDM(b.t.Context(), b.alice.ID)
	b.must(err)
	ts, err := b.API.PostMessage(b.t.Context(), Post{Channel: channel, Text: "2 pages wait for you"})
	b.must(err)
	b.channel = channel
	for n, kind := range []string{"digest", "page"} {
		var id int64
		b.must(b.Pool.QueryRow(b.t.Context(), `
			INSERT INTO delivery (kind, page_id, escalation_id, incident_id, rule, person, method, address, state, planned_at, due_at, moved_at, vendor_id)
			SELECT $2, id, escalation_id, incident_id, 1, address, 'slack', address, 'delivered', now(), now(), now(), $3
			FROM page
			WHERE escalation_id = $1
			RETURNING id`, b.two[n], kind, []string{slackID(channel, ts), ""}[n]).Scan(&id))
		b.posted = append(b.posted, id)
	}
	_, err = b.Pool.Exec(b.t.Context(), `UPDATE delivery SET bundle_id = $1, state = 'bundled' WHERE id = $2`, b.posted[0], b.posted[1])
	b.must(err)
}

func (b *redrawBench) acknowledges(n int) {
	b.t.Helper()
	_, err := b.Escalations.Acknowledge(b.t.Context(), b.two[n], escalation.Ack{Person: "U0BOB", Via: "sms"}, incident.By("U0BOB"))
	b.must(err)
}

// says is what the digest says now.
func (b *redrawBench) says() string {
	return b.slack.Messages(b.channel)[0].Text
}

func TestADigestIsReachedFromEachOfItsPages(t *testing.T) {
	t.Parallel()
	b := newRedrawBench(t)
	b.must(b.redrawPages(t.Context(), RedrawPage{Escalation: b.two[1]}))
	b.must(b.redrawPages(t.Context(), RedrawPage{Delivery: b.posted[0]}))
	if got := len(b.slack.Calls("chat.update")); got != 0 {
		t.Errorf("nothing was answered, and the digest was altered %d times", got)
	}
	b.acknowledges(1)
	for range 2 {
		b.must(b.redrawPages(t.Context(), RedrawPage{Escalation: b.two[1]}))
	}
	if got := b.says(); !strings.Contains(got, "1 of 2 pages still waits for you") {
		t.Errorf("with one answered the digest says %q", got)
	}
	b.acknowledges(0)
	for range 2 {
		b.must(b.redrawPages(t.Context(), RedrawPage{Delivery: b.posted[0]}))
	}
	if got := b.says(); got != "All 2 pages are taken care of." {
		t.Errorf("with both answered the digest says %q", got)
	}
	if got := len(b.slack.Calls("chat.update")); got != 2 {
		t.Errorf("two answers altered the digest %d times, want 2", got)
	}
}

// TestALateRedrawingDrawsThePresentState holds up one that has seen one answer until
// there are two.
func TestALateRedrawingDrawsThePresentState(t *testing.T) {
	t.Parallel()
	b := newRedrawBench(t)
	b.acknowledges(0)
	hold, err := b.Pool.Begin(t.Context())
	b.must(err)
	defer hold.Rollback(context.WithoutCancel(t.Context())) //nolint:errcheck // it was ended
	_, err = hold.Exec(t.Context(), `LOCK TABLE slack_step IN SHARE MODE`)
	b.must(err)
	done := make(chan error, 1)
	go func() { done <- b.redrawPages(t.Context(), RedrawPage{Escalation: b.two[0]}) }()
	for waiting := 0; waiting == 0; { // it has read, and cannot write
		b.must(b.Pool.QueryRow(t.Context(), `
			SELECT count(*)
			FROM pg_locks
			JOIN pg_database ON pg_database.oid = database
			WHERE NOT granted AND relation = 'slack_step'::regclass AND datname = current_database()`).Scan(&waiting))
	}
	b.acknowledges(1)
	b.must(hold.Rollback(t.Context()))
	b.must(<-done)
	if got := b.says(); got != "All 2 pages are taken care of." {
		t.Errorf("a late redrawing says %q", got)
	}
}
