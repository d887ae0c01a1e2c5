package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
)

// wire is Slack's end of Socket Mode reduced to frames, for what a whole
// workspace would never do on purpose. It works in bubbles.
type wire struct {
	t      *testing.T
	accept chan net.Conn
	server http.Server

	open   func(n int) (status int, header http.Header, body string) // answer to apps.connections.open; nil: a URL
	refuse func(n int) int                                           // status that refuses the n-th upgrade, 0 for none
	ready  func(*wireConn)                                           // runs before anything is read; may be nil
	serve  func(*wireConn)                                           // runs after the upgrade; the connection closes when it returns
	dead   int                                                       // this connection says hello and then neither reads nor writes for an hour

	mu       sync.Mutex
	opens    []time.Time
	upgrades int
	acks     []ack
	ackedBy  map[string]int
}

type ack struct {
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload"`
}

// wireConn is one accepted connection; n counts from 1.
type wireConn struct {
	*websocket.Conn
	w      *wire
	n      int
	closed chan struct{} // the client's end is gone
	turn   chan struct{}
	status int // of the client's close frame
}

func newWire(t *testing.T) *wire {
	w := &wire{t: t, accept: make(chan net.Conn), ackedBy: map[string]int{}}
	w.serve = func(c *wireConn) { c.hello(); c.pingUntilClosed() }
	mux := http.NewServeMux()
	mux.HandleFunc("/api/apps.connections.open", w.handleOpen)
	mux.HandleFunc("/link/", w.handleLink)
	w.server.Handler = mux
	go func() { _ = w.server.Serve(w) }() // ends with Close
	return w
}

func (w *wire) Accept() (net.Conn, error) {
	c, ok := <-w.accept
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (w *wire) Addr() net.Addr { return &net.UnixAddr{Name: "wire"} }

func (w *wire) Close() error { return nil }

func (w *wire) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case w.accept <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wire) stop() {
	close(w.accept)
	_ = w.server.Close()
}

// socket is a Socket that speaks to the wire.
func (w *wire) socket(handle func(context.Context, *Envelope)) *Socket {
	client := &http.Client{Transport: &http.Transport{DialContext: w.dial, DisableKeepAlives: true}}
	return &Socket{
		API:    slack.New("xoxb-test", slack.OptionAppLevelToken("xapp-test"), slack.OptionAPIURL("http://wire/api/"), slack.OptionHTTPClient(client)),
		Dialer: &websocket.Dialer{NetDialContext: w.dial},
		Log:    slog.New(slog.DiscardHandler),
		Handle: handle,
	}
}

func (w *wire) handleOpen(rw http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	w.opens = append(w.opens, time.Now())
	n := len(w.opens)
	w.mu.Unlock()
	if w.open != nil {
		status, header, body := w.open(n)
		if status != 0 {
			for k, v := range header {
				rw.Header()[k] = v
			}
			rw.WriteHeader(status)
			fmt.Fprint(rw, body)
			return
		}
	}
	fmt.Fprint(rw, `{"ok":true,"url":"ws://wire/link/?ticket=1"}`)
}

func (w *wire) handleLink(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.upgrades++
	n := w.upgrades
	w.mu.Unlock()
	if w.refuse != nil && w.refuse(n) != 0 {
		rw.WriteHeader(w.refuse(n))
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := up.Upgrade(rw, r, nil)
	if err != nil {
		w.t.Errorf("upgrade: %v", err)
		return
	}
	c := &wireConn{Conn: ws, w: w, n: n, closed: make(chan struct{}), turn: make(chan struct{}, 1)}
	if w.dead == n {
		c.hello()
		<-time.After(time.Hour) // of the bubble's clock: silence, then the end
		_ = ws.Close()
		return
	}
	if w.ready != nil {
		w.ready(c)
	}
	go c.read()
	w.serve(c)
	_ = ws.Close()
	<-c.closed
}

func (c *wireConn) read() {
	defer close(c.closed)
	for {
		_, raw, err := c.ReadMessage()
		if err != nil {
			if ce, ok := err.(*websocket.CloseError); ok {
				c.status = ce.Code
			}
			return
		}
		var a ack
		if err := json.Unmarshal(raw, &a); err != nil {
			c.w.t.Errorf("ack %q: %v", raw, err)
		}
		c.w.mu.Lock()
		c.w.acks = append(c.w.acks, a)
		c.w.ackedBy[a.ID] = c.n
		c.w.mu.Unlock()
	}
}

// write reports whether the client's end took it.
func (c *wireConn) write(text string) bool {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	return c.WriteMessage(websocket.TextMessage, []byte(text)) == nil
}

func (c *wireConn) hello() { c.write(`{"type":"hello","num_connections":1}`) }

func (c *wireConn) command(id string) bool {
	return c.write(fmt.Sprintf(`{"envelope_id":%q,"type":"slash_commands","accepts_response_payload":true,"payload":{"command":"/incident"}}`, id))
}

func (c *wireConn) disconnect(reason string) {
	c.write(fmt.Sprintf(`{"type":"disconnect","reason":%q}`, reason))
}

// wait returns false when the client's end went away before d was over.
func (c *wireConn) wait(d time.Duration) bool {
	select {
	case <-c.closed:
		return false
	case <-time.After(d):
		return true
	}
}

func (c *wireConn) pingUntilClosed() {
	for c.wait(10 * time.Second) {
		if c.WriteControl(websocket.PingMessage, []byte("p"), time.Now().Add(time.Second)) != nil {
			return
		}
	}
}

func (w *wire) opened() []time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]time.Time(nil), w.opens...)
}

func (w *wire) acked() []ack {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]ack(nil), w.acks...)
}

// ackedOn is the connection over which an envelope was acked last.
func (w *wire) ackedOn(id string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ackedBy[id]
}

func (w *wire) connections() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.upgrades
}
