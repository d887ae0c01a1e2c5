package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
	"github.com/tocsinhq/tocsin/integrations/web"
	"github.com/tocsinhq/tocsin/integrations/webhook"
	"github.com/tocsinhq/tocsin/integrations/webhook/webhooksim"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// world is the whole product on real Postgres with a simulated Slack and Jira,
// inside a synctest bubble: hours pass in a moment.
type world struct {
	t      *testing.T
	pool   *pgxpool.Pool
	slack  *slacksim.Workspace
	jira   *jirasim.Sim
	others *simulated
	hooks  *webhooksim.Sim
	app    *App
	poll   time.Duration // how often the queues are looked at
	mute   bool          // nobody reaches the app: messages have no links
	slow   atomic.Int64  // how long each use of the database waits, in nanoseconds
	shaky  atomic.Bool   // connections may be broken: each is tried before it is used
	stop   func()
	client *http.Client // reaches the app
	hear   func()       // lets Jira's webhooks reach the app
}

// hookSecret is shared with whoever takes webhooks.
const hookSecret = "0123456789abcdef0123456789abcdef"

// inWorld runs f in a bubble with the product up and connected.
func inWorld(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	inSlowWorld(t, 500*time.Millisecond, f)
}

// inSlowWorld looks at the queues only so often: where they are looked at less,
// hours cost little.
func inSlowWorld(t *testing.T, poll time.Duration, f func(t *testing.T, w *world)) {
	t.Helper()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, url)
		w.poll = poll
		defer w.close()
		w.start()
		f(t, w)
	})
}

func newWorld(t *testing.T, url string) *world {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 12
	w := &world{t: t}
	config.PrepareConn = func(ctx context.Context, _ *pgx.Conn) (bool, error) {
		pause(ctx, time.Duration(w.slow.Load()))
		return true, ctx.Err()
	}
	config.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return w.shaky.Load() }
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	w.pool = pool
	w.slack = slacksim.New(slacksim.Options{Seed: 1, BotEvents: bot.BotEvents(), Scopes: bot.Scopes()})
	w.slack.ListenPipe()
	populate(w.slack)
	w.jira = jirasim.New(jirasim.Options{Project: "OPS", Cloud: true, People: trackerPeople()})
	w.jira.ListenPipe()
	w.others = newSimulated()
	w.others.listen()
	w.hooks = webhooksim.New(hookSecret)
	w.hooks.ListenPipe()
	w.client = handlerClient(http.HandlerFunc(func(a http.ResponseWriter, r *http.Request) { w.app.parts.Web.Handler().ServeHTTP(a, r) }))
	return w
}

// start brings up an App, as a process would.
func (w *world) start() {
	w.t.Helper()
	client, err := jira.New(jira.Config{URL: w.jira.URL(), User: "tocsin@example.com", Token: jirasim.DefaultToken, Project: "OPS", IssueType: "Task", ActionItemType: "Task"}, w.jira.HTTPClient().Transport)
	if err != nil {
		w.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(w.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	server := web.New(web.Config{Log: log, Listener: noListener{make(chan struct{})}})
	ways, err := w.others.vendors("http://tocsin.example")
	if err != nil {
		w.t.Fatal(err)
	}
	hooks, err := webhook.New(webhook.Config{Secrets: []webhook.Secret{hookSecret}}, w.hooks.HTTPClient().Transport)
	if err != nil {
		w.t.Fatal(err)
	}
	ways.notifiers = append(ways.notifiers, hooks)
	w.app, err = New(w.t.Context(), Parts{
		Vendors: ways, NoLinks: w.mute, Pool: w.pool, Log: log, Web: server,
		Slack:    slackClient(w.slack),
		Settings: bot.Settings{Command: "/incident", AnnounceChannel: "#incidents", PublicURL: "http://tocsin.example", Emoji: bot.DefaultEmoji()},
		Jira:     client, WebhookSecret: webhookSecret, Tickets: jira.TicketRules{MinSeverity: incident.SEV2, IssueType: "Task", ActionItemType: "Task"},
		Jobs: jobTuning{PollOnly: true, Poll: w.poll, Test: river.TestConfig{Time: pgtest.Clock{}}, Driver: settledDriver},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.hear = func() {
		w.jira.SetWebhook("http://tocsin.example/webhooks/jira", webhookSecret, handlerClient(server.Handler()))
	}
	w.hear()
	w.others.hear("http://tocsin.example", w.client)
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.app.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("the app ended with: %v", err)
		}
	})
	w.connected()
}

// connected waits until Slack has greeted the app.
func (w *world) connected() {
	for range 600 {
		if w.app.socket.Health().Open > 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	w.t.Fatal("the app did not connect to Slack")
}

func (w *world) close() {
	w.stop()
	w.slack.Close()
	w.jira.Close()
	w.others.close()
	w.hooks.Close()
	w.pool.Close()
}

// browse reads one of the app's own pages.
func (w *world) browse(path string) (string, error) {
	answer := httptest.NewRecorder()
	w.app.parts.Web.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(w.t.Context(), http.MethodGet, path, nil))
	if answer.Code == http.StatusMovedPermanently {
		return w.browse(answer.Header().Get("Location"))
	}
	if answer.Code != http.StatusOK {
		return "", fmt.Errorf("status %d: %s", answer.Code, answer.Body)
	}
	return answer.Body.String(), nil
}

// stage is where a script is played in this world.
func (w *world) stage() *stage {
	s := newStage(w.slack, w.jira, func() *App { return w.app }, 20*time.Second+10*w.poll, w.t.Output())
	s.browse, s.organisation = w.browse, playedOrganisation
	s.outside(w.others, w.client)
	s.hooks = w.hooks
	s.power = power{off: func() { w.stop() }, on: w.start, hear: func() { w.hear() }}
	return s
}

// plays performs a script in this world.
func (w *world) plays(script string) {
	w.t.Helper()
	if err := w.stage().play(w.t.Context(), script); err != nil {
		w.t.Fatal(err)
	}
}
