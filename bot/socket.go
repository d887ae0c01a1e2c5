package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
)

const (
	// The connections are opened this far apart, so that Slack does not ask for
	// all of them to be refreshed in the same moment.
	stagger = 5 * time.Second
	// One attempt, from asking for the URL to Slack's hello, takes at most this long.
	openWithin = 20 * time.Second
	// Handlers that still run this long after the end was asked for are cancelled.
	defaultGrace = 10 * time.Second
	// What a cancelled handler has left to say that it was cancelled.
	lastWords = time.Second
	// So many handlers at once are 200 commands in one second with room to spare.
	defaultHandlers = 256
)

// Socket receives what Slack sends, over several Socket Mode connections at
// once, so that nothing is lost when Slack refreshes one of them. API and Handle
// must be set; the other fields have working zero values. docs/decisions/0001
// says why it does not use slack-go's socketmode package.
type Socket struct {
	API    *slack.Client     // carries the app-level token
	Dialer *websocket.Dialer // nil: proxy from the environment
	Log    *slog.Logger      // nil: slog.Default()

	// Handle is called for every envelope, in a goroutine of its own, and must
	// ack it. Its context outlives Run's by Grace. The same envelope can come
	// twice, over any connection.
	Handle func(context.Context, *Envelope)
	// OnConnect is called after every hello, in a goroutine of its own: things may
	// have happened unheard before. Its context ends with Run's. It may be nil.
	OnConnect func(context.Context)

	Connections int           // kept open at the same time; 0: 2
	Handlers    int           // at once; what exceeds them is not acked; 0: 256
	Grace       time.Duration // what running handlers get at the end; 0: 10 s

	state socketState
}

// Health tells how well Slack is heard.
type Health struct {
	Open       int           // connections that Slack has greeted and not yet closed
	Silence    time.Duration // since anything came in, pings included; since the start when nothing did
	Reconnects int           // connections that had to be replaced, refreshes included
	Shed       int           // envelopes left to Slack's retries because too many handlers ran
}

type socketState struct {
	mu         sync.Mutex
	open       map[*connection]struct{}
	heard      time.Time
	reconnects int
	shed       int
}

// Health may be called at any time, also before Run, when all is zero.
func (s *Socket) Health() Health {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	h := Health{Open: len(s.state.open), Reconnects: s.state.reconnects, Shed: s.state.shed}
	if !s.state.heard.IsZero() {
		h.Silence = time.Since(s.state.heard)
	}
	return h
}

// run is one call of Run.
type run struct {
	*Socket
	log         *slog.Logger
	ctx         context.Context // ends when nothing more is to be read
	fail        context.CancelCauseFunc
	work        context.Context // of the handlers: ends a grace later
	limit       *openLimit
	slots       chan struct{}
	connections sync.WaitGroup
	handlers    sync.WaitGroup
}

// Run keeps the connections open until ctx ends and then returns nil: it stops
// reading, waits for running handlers for at most Grace, and closes with a close
// frame. It returns a *Fatal when Slack says that trying again cannot help, and
// no other error. It must not be called twice at the same time.
func (s *Socket) Run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	work, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	r := &run{Socket: s, log: s.log(), ctx: ctx, fail: fail, work: work, limit: newOpenLimit(),
		slots: make(chan struct{}, orDefault(s.Handlers, defaultHandlers))}
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(r.grace(), abandon) })
	defer stop()
	s.state.begin()
	r.keepAll(orDefault(s.Connections, 2))
	r.connections.Wait()
	waitFor(&r.handlers, r.grace()+lastWords)
	if fatal, ok := errors.AsType[*Fatal](context.Cause(ctx)); ok {
		return fatal
	}
	return nil
}

func (s *Socket) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

func (r *run) grace() time.Duration { return orDefault(r.Grace, defaultGrace) }

func orDefault[T int | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

func (r *run) keepAll(n int) {
	var places sync.WaitGroup
	for i := range n {
		places.Go(func() { r.keep(time.Duration(i) * stagger) })
	}
	places.Wait()
}

// keep fills one of the places: it opens a connection and, when that one is
// about to go or has gone, the next. The old one is read until Slack closes it.
func (r *run) keep(after time.Duration) {
	if !sleep(r.ctx, after) {
		return
	}
	var old *connection
	for {
		c := r.connect()
		if c == nil {
			return
		}
		if old != nil {
			close(old.replaced)
			r.state.countReconnect()
		}
		select {
		case <-c.leaving:
			old = c
		case <-r.ctx.Done():
			return
		}
		if early := c.early(); early != nil {
			r.limit.failed(early)
		}
	}
}

// connect tries until there is a connection, and gives up only with ctx.
func (r *run) connect() *connection {
	for r.limit.take(r.ctx) == nil {
		c, err := r.open()
		pause := r.limit.give(err)
		if err == nil {
			return c
		}
		if fatal := fatalOf(err); fatal != nil {
			r.fail(fatal)
		}
		if r.ctx.Err() == nil {
			r.log.Warn("no connection to Slack, trying again", slog.Any("error", err), slog.Duration("pause", pause))
		}
	}
	return nil
}

func (r *run) open() (*connection, error) {
	ctx, cancel := context.WithTimeout(r.ctx, openWithin)
	defer cancel()
	_, url, err := r.API.StartSocketModeContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for a connection: %w", err)
	}
	ws, resp, err := r.dialer().DialContext(ctx, url, http.Header{"Origin": {"https://api.slack.com"}})
	if err != nil {
		return nil, upgradeError(resp, err)
	}
	c := newConnection(r, ws)
	r.connections.Go(c.read)
	r.connections.Go(c.tend)
	select {
	case <-c.greeted:
		return c, nil
	case <-c.done:
		return nil, c.cause()
	case <-ctx.Done():
		c.drop(errors.New("Slack did not say hello"))
		return nil, c.cause()
	}
}

// upgradeError names the HTTP status with which Slack refused the WebSocket:
// 408 and 409 happen when several clients connect at once.
func upgradeError(resp *http.Response, err error) error {
	if resp == nil {
		return fmt.Errorf("open WebSocket: %w", err)
	}
	return fmt.Errorf("open WebSocket: HTTP status %d: %w", resp.StatusCode, err)
}

// dialer writes each message in one frame: Slack drops fragmented ones, and
// gorilla fragments what exceeds the buffer. No ack is larger than maxAck.
func (r *run) dialer() *websocket.Dialer {
	d := websocket.Dialer{Proxy: http.ProxyFromEnvironment}
	if r.Dialer != nil {
		d = *r.Dialer
	}
	d.WriteBufferSize = max(d.WriteBufferSize, 32<<10)
	return &d
}

// dispatch hands an envelope to a handler. It never waits: the reader must go on
// answering pings, or Slack drops the connection with all that is queued on it.
func (r *run) dispatch(c *connection, e *Envelope) {
	select {
	case r.slots <- struct{}{}:
	default:
		r.state.countShed()
		r.log.Error("too many envelopes at once, one is left to Slack's retries", slog.String("type", e.Type), slog.String("envelope", e.ID))
		return
	}
	c.answering.Add(1)
	r.handlers.Go(func() {
		defer func() { <-r.slots; c.answering.Done() }()
		r.Handle(r.work, e)
	})
}

// ack sends on the connection the envelope came from, else on any other.
func (r *run) ack(ctx context.Context, from *connection, frame []byte) error {
	ctx, cancel := context.WithTimeout(ctx, ackWithin)
	defer cancel()
	err := from.send(ctx, frame)
	if err == nil || ctx.Err() != nil {
		return err
	}
	if other := r.state.other(from); other != nil {
		return other.send(ctx, frame)
	}
	return err
}

// sleep waits for d and reports false when ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// waitFor waits for the group, but not longer than limit.
func waitFor(group *sync.WaitGroup, limit time.Duration) {
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
	}
}
