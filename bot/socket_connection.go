package bot

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// A connection on which nothing came in for deafAfter is dead: Slack pings
	// more often than every 30 s.
	deafAfter = 40 * time.Second
	// We ping too, because middleboxes forget idle connections in silence. Any
	// frame counts as the answer; 5 s were measured to be too strict in the field.
	pingEvery = 10 * time.Second
	pongLimit = 20 * time.Second
	// One write takes at most this long, or the connection is dropped.
	writeWithin = 2 * time.Second
	// Slack closes a connection some 10 s after it asked for a new one. One that
	// it forgot is closed by us, since ten is the most an app may have.
	lingerLimit = 2 * time.Minute
	// Envelopes above 100 KB are real; this is far from any that was seen.
	readLimit = 4 << 20
)

var (
	errStopped = errors.New("stopped reading")
	errClosed  = errors.New("connection is closed")
	errCrowded = errors.New("Slack counts too many connections of this app (too_many_websockets)")
)

// connection is one WebSocket to Slack. Two goroutines serve it: read, which
// never waits for anything but Slack, and tend, which keeps it alive and ends it.
type connection struct {
	run      *run
	ws       *websocket.Conn
	greeted  chan struct{} // closed at hello
	leaving  chan struct{} // closed when a new one is needed
	replaced chan struct{} // closed by keep when there is a new one
	done     chan struct{} // closed when nothing is read any more
	turn     chan struct{} // held by the one who writes a message
	pongs    chan string

	answering sync.WaitGroup // handlers of what came in here
	draining  atomic.Bool
	heardAt   atomic.Int64 // ns since 1970
	proven    atomic.Bool  // lived long enough to be no flash in the pan
	greet     sync.Once
	leave     sync.Once

	mu  sync.Mutex
	err error // the first reason why it ended
}

func newConnection(r *run, ws *websocket.Conn) *connection {
	c := &connection{run: r, ws: ws, greeted: make(chan struct{}), leaving: make(chan struct{}), replaced: make(chan struct{}),
		done: make(chan struct{}), turn: make(chan struct{}, 1), pongs: make(chan string, 1)}
	ws.SetReadLimit(readLimit)
	ws.SetPingHandler(func(data string) error { c.queuePong(data); return c.hear() })
	ws.SetPongHandler(func(string) error { return c.hear() })
	ws.SetCloseHandler(func(int, string) error { return nil }) // tend answers it
	return c
}

func (c *connection) read() {
	defer close(c.done)
	defer c.run.state.remove(c)
	defer c.askReplacement()
	err := c.hear()
	for err == nil {
		var raw []byte
		if _, raw, err = c.ws.ReadMessage(); err == nil {
			c.receive(raw)
			err = c.hear()
		}
	}
	c.note(err)
}

// hear notes that the other side lives and how long it may now be silent.
func (c *connection) hear() error {
	now := time.Now()
	c.heardAt.Store(now.UnixNano())
	c.run.state.hear(now)
	if err := c.ws.SetReadDeadline(now.Add(deafAfter)); err != nil {
		return err
	}
	if c.draining.Load() {
		return errStopped
	}
	return nil
}

// queuePong leaves the answer to tend; of several pings the last is answered.
func (c *connection) queuePong(data string) {
	select {
	case <-c.pongs:
	default:
	}
	c.pongs <- data
}

func (c *connection) receive(raw []byte) {
	var f frame
	switch err := json.Unmarshal(raw, &f); {
	case err != nil:
		c.salvage(raw, err)
	case f.Type == "hello":
		c.hello(f)
	case f.Type == "disconnect":
		c.told(f.Reason)
	case f.EnvelopeID != "":
		e := f.envelope()
		e.send = c.ack
		c.run.dispatch(c, e)
	default:
		c.run.log.Debug("frame of unknown type", slog.String("frame", forLog(raw)))
	}
}

func (c *connection) ack(ctx context.Context, frame []byte) error { return c.run.ack(ctx, c, frame) }

// salvage acks what cannot be read: it would be no more readable the next time.
func (c *connection) salvage(raw []byte, cause error) {
	id := salvageID(raw)
	c.run.log.Error("unreadable frame from Slack", slog.String("envelope", id), slog.Any("error", cause))
	c.run.log.Debug("unreadable frame", slog.String("frame", forLog(raw)))
	if id == "" {
		return
	}
	c.answering.Add(1)
	c.run.handlers.Go(func() {
		defer c.answering.Done()
		e := &Envelope{ID: id, Type: "unreadable", send: c.ack}
		if err := e.Ack(c.run.work, nil); err != nil {
			c.run.log.Warn("unreadable frame stays unacknowledged", slog.Any("error", err))
		}
	})
}

func (c *connection) hello(f frame) {
	c.greet.Do(func() {
		c.run.state.add(c)
		close(c.greeted)
		c.run.log.Info("connected to Slack", slog.Int("connections", f.Connections))
		if c.run.OnConnect != nil {
			c.run.handlers.Go(func() { c.run.OnConnect(c.run.ctx) })
		}
	})
}

// told follows a disconnect frame. The connection still delivers until Slack
// closes it, so it is read on.
func (c *connection) told(reason string) {
	c.run.log.Info("Slack is about to close a connection", slog.String("reason", reason))
	switch fatal := fatalFor(reason, ""); {
	case fatal != nil:
		c.note(fatal)
		c.run.fail(fatal)
	case reason == "too_many_websockets":
		c.drop(errCrowded)
	}
	c.askReplacement()
}

func (c *connection) askReplacement() { c.leave.Do(func() { close(c.leaving) }) }
