package slacksim

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// app is a small app built with the real slack-go.
type app struct {
	t   *testing.T
	w   *Workspace
	api *slack.Client

	mu     sync.Mutex
	seen   []socketmode.Event
	events []slackEvent
	raw    []object          // payloads of everything, as they arrived
	conns  []*websocket.Conn // dialled by hand; kept from being collected
	handle func(a *app, c *socketmode.Client, e socketmode.Event)
}

// slackEvent is one event as it arrived.
type slackEvent struct {
	attempt int
	reason  string
	at      time.Time
	id      string
	inner   object
}

func newApp(t *testing.T, w *Workspace) *app {
	return &app{t: t, w: w, api: slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL()), slack.OptionHTTPClient(w.HTTPClient()),
		slack.OptionAppLevelToken(w.AppToken()), slack.OptionLog(log.New(io.Discard, "", 0)))}
}

// connect runs one more Socket Mode client until ctx ends.
func (a *app) connect(ctx context.Context, running *sync.WaitGroup) {
	client := socketmode.New(a.api, socketmode.OptionDialer(a.w.Dialer()), socketmode.OptionLog(log.New(io.Discard, "", 0)))
	running.Go(func() { _ = client.RunContext(ctx) }) // ends with the context's error
	running.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-client.Events:
				a.take(client, e)
			}
		}
	})
}

func (a *app) take(client *socketmode.Client, e socketmode.Event) {
	a.mu.Lock()
	a.seen = append(a.seen, e)
	if e.Type == socketmode.EventTypeEventsAPI {
		a.events = append(a.events, decodeEvent(a.t, e.Request))
	}
	if e.Request != nil && len(e.Request.Payload) > 0 {
		var payload object
		if err := json.Unmarshal(e.Request.Payload, &payload); err != nil {
			a.t.Error(err)
		}
		a.raw = append(a.raw, payload)
	}
	handle := a.handle
	a.mu.Unlock()
	if handle != nil {
		handle(a, client, e)
	} else if e.Request != nil && e.Request.EnvelopeID != "" {
		if err := client.Ack(*e.Request); err != nil {
			a.t.Error(err)
		}
	}
}

// answers sets what the app does from now on; it acknowledges by default.
func (a *app) answers(handle func(*app, *socketmode.Client, socketmode.Event)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.handle = handle
}

func decodeEvent(t *testing.T, r *socketmode.Request) slackEvent {
	var wrapper struct {
		EventID string `json:"event_id"`
		Event   object `json:"event"`
	}
	if err := json.Unmarshal(r.Payload, &wrapper); err != nil {
		t.Error(err)
	}
	return slackEvent{attempt: r.RetryAttempt, reason: r.RetryReason, at: time.Now(), id: wrapper.EventID, inner: wrapper.Event}
}

// heard are the events of one type so far.
func (a *app) heard(kind string) []slackEvent {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []slackEvent
	for _, e := range a.events {
		if e.inner["type"] == kind {
			found = append(found, e)
		}
	}
	return found
}

func (a *app) count(kind socketmode.EventType) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, e := range a.seen {
		if e.Type == kind {
			n++
		}
	}
	return n
}

// inBubble runs a test on the bubble's clock with connections open clients.
func inBubble(t *testing.T, o Options, connections int, test func(t *testing.T, a *app)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := New(o)
		w.ListenPipe()
		a := newApp(t, w)
		defer a.run(connections)()
		synctest.Wait()
		test(t, a)
	})
}

// overTCP runs the same against a real listener.
func overTCP(t *testing.T, o Options, connections int, test func(t *testing.T, a *app)) {
	t.Helper()
	t.Parallel()
	w := New(o)
	if err := w.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	a := newApp(t, w)
	defer a.run(connections)()
	until(t, w, "connections", func() bool { return w.Connections() == connections })
	test(t, a)
}

// run connects clients; what it returns ends them and closes the workspace.
func (a *app) run(connections int) (end func()) {
	ctx, cancel := context.WithCancel(a.t.Context())
	var running sync.WaitGroup
	for range connections {
		a.connect(ctx, &running)
	}
	return func() {
		cancel()
		for _, c := range a.conns {
			c.Close()
		}
		a.w.Close()
		running.Wait()
	}
}

// until waits for the workspace to become as wanted.
func until(t *testing.T, w *Workspace, what string, wanted func() bool) {
	t.Helper()
	changes, stop := w.Subscribe()
	defer stop()
	limit := time.After(2 * time.Minute) // it only has to tell what hangs from a busy machine
	for !wanted() {
		select {
		case <-changes:
		case <-limit:
			t.Fatalf("waited too long for: %s", what)
		}
	}
}
