package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/gorilla/websocket"
)

// tend answers pings, sends our own, and closes the connection when its time has come.
func (c *connection) tend() {
	defer c.close()
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	replaced := c.replaced
	var forgotten <-chan time.Time
	pinged := time.Now()
	for {
		select {
		case <-c.done:
			return
		case <-c.run.ctx.Done():
			c.drain()
			return
		case <-replaced:
			replaced, forgotten = nil, time.After(lingerLimit)
		case <-forgotten:
			c.drain()
			return
		case data := <-c.pongs:
			c.control(websocket.PongMessage, data)
		case <-tick.C:
			pinged = c.ping(pinged)
		}
	}
}

// ping sends a ping and returns when the oldest one left that nothing followed.
func (c *connection) ping(pinged time.Time) time.Time {
	c.prove()
	now := time.Now()
	unanswered := time.Unix(0, c.heardAt.Load()).Before(pinged)
	if unanswered && now.Sub(pinged) >= pongLimit {
		c.drop(fmt.Errorf("nothing heard for %v after a ping", now.Sub(pinged)))
		return pinged
	}
	c.control(websocket.PingMessage, "")
	if unanswered {
		return pinged
	}
	return now
}

// prove forgets earlier failures once a greeted connection has lived a while.
func (c *connection) prove() {
	select {
	case <-c.greeted:
		if c.proven.CompareAndSwap(false, true) {
			c.run.limit.succeeded()
		}
	default:
	}
}

// early is the error of a connection that did not live long enough to be proven:
// to open the next one at once would be a storm. Nil when it lived.
func (c *connection) early() error {
	if c.proven.Load() {
		return nil
	}
	if err := c.cause(); err != nil {
		return err
	}
	return errors.New("asked to reconnect at once")
}

func (c *connection) control(kind int, data string) {
	if err := c.ws.WriteControl(kind, []byte(data), time.Now().Add(writeWithin)); err != nil {
		c.drop(fmt.Errorf("write control frame: %w", err))
	}
}

// send writes one message. Who waits for his turn can be called off by ctx; a
// write that has begun cannot, since half a frame spoils the connection.
func (c *connection) send(ctx context.Context, message []byte) error {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if c.isDone() && !c.draining.Load() {
		return errClosed
	}
	if err := c.ws.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	if err := c.ws.WriteMessage(websocket.TextMessage, message); err != nil {
		c.drop(fmt.Errorf("write: %w", err))
		return err
	}
	return nil
}

func (c *connection) isDone() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// drain reads no more and lets the handlers of what was read send their acks.
func (c *connection) drain() {
	c.draining.Store(true)
	if err := c.ws.NetConn().SetReadDeadline(time.Now()); err != nil {
		c.drop(err)
	}
	<-c.done
	waitFor(&c.answering, c.run.grace()+lastWords)
}

// drop ends the connection at once, without a farewell.
func (c *connection) drop(cause error) {
	c.note(cause)
	c.askReplacement()
	_ = c.ws.Close() // it is given up either way
}

func (c *connection) close() {
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = c.ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(writeWithin)) // courtesy to one who may be gone
	_ = c.ws.Close()                                                                // nothing is left to lose
	c.run.log.Info("connection to Slack closed", slog.Any("cause", c.cause()))
}

func (c *connection) note(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
}

func (c *connection) cause() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}
