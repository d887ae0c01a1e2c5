package slacksim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const (
	maxSockets      = 10     // connections an app may have at once
	maxClientFrame  = 20_480 // bytes; larger frames end the connection
	warnBefore      = 10 * time.Second
	debugLife       = 360 * time.Second // of a connection with debug_reconnects=true
	deadSocketStays = time.Minute       // until the server notices that a silent connection is dead
)

// socket is one Socket Mode connection, seen from the server.
type socket struct {
	w    *Workspace
	conn *websocket.Conn
	wake chan struct{}
	gone chan struct{} // closed once reading has ended

	// guarded by w.mu
	out     [][]byte
	ready   bool // said hello and is not about to close
	closing bool // close it once everything is written
	dark    bool // a silent network: nothing goes through, nobody notices
}

// openConnection answers apps.connections.open.
func openConnection(c *call) object {
	w := c.w
	ticket := w.newUUID()
	maps.DeleteFunc(w.tickets, func(_ string, expires time.Time) bool { return time.Since(expires) > time.Hour })
	w.tickets[ticket] = time.Now().Add(w.options.TicketLife)
	base := "ws" + strings.TrimPrefix(w.URL(), "http")
	hash := strings.Repeat(w.secret("link"), 2)
	return ok(object{"url": base + "/link/?ticket=" + ticket + "&app_id=" + hash})
}

func (w *Workspace) serveLink(rw http.ResponseWriter, r *http.Request) {
	if code := w.Chaos.refusesUpgrade(); code != 0 {
		http.Error(rw, http.StatusText(code), code)
		return
	}
	if code := w.redeem(r.URL.Query().Get("ticket")); code != 0 {
		http.Error(rw, http.StatusText(code), code)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(rw, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	s := &socket{w: w, conn: conn, wake: make(chan struct{}, 1), gone: make(chan struct{})}
	life := max(w.options.RefreshEvery, 0)
	if r.URL.Query().Get("debug_reconnects") == "true" {
		life = debugLife
	}
	s.run(life)
}

// redeem uses up a ticket; the answer is 0 or the HTTP status that refuses it.
func (w *Workspace) redeem(ticket string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	expires, known := w.tickets[ticket]
	delete(w.tickets, ticket)
	switch {
	case !known:
		return http.StatusConflict
	case time.Now().After(expires):
		return http.StatusRequestTimeout
	}
	return 0
}

// run serves the connection until either side ends it.
func (s *socket) run(life time.Duration) {
	w := s.w
	w.server.done.Add(1)
	defer w.server.done.Done()
	w.locked(func() { s.greet(life) })
	written := make(chan struct{})
	go func() { defer close(written); s.write(life) }()
	s.read()
	close(s.gone)
	_ = s.conn.Close() // reading has ended: the connection is over
	<-written
	w.locked(func() { w.forget(s) })
}

// greet says hello, or why not.
func (s *socket) greet(life time.Duration) {
	w := s.w
	switch {
	case w.closed:
		s.closing = true
	case w.Chaos.linkDisabled():
		s.disconnect("link_disabled")
		s.closing = true
	case len(w.sockets) >= maxSockets:
		s.disconnect("too_many_websockets")
		s.closing = true
	default:
		s.ready = true
		w.sockets = append(w.sockets, s)
		s.send(object{
			"type": "hello", "num_connections": len(w.sockets),
			"debug_info": object{
				"host": "applink-" + w.newUUID()[:8], "build_number": 10,
				"approximate_connection_time": int(life / time.Second),
			},
			"connection_info": object{"app_id": w.AppID()},
		})
		w.flush()
		w.changed()
	}
	s.wakeUp()
}

// forget takes the connection off the list. One on a silent network stays
// listed until the server would notice.
func (w *Workspace) forget(s *socket) {
	if s.dark && !w.closed {
		s.dark = false
		s.ready = false
		time.AfterFunc(deadSocketStays, func() { w.locked(func() { w.forget(s) }) })
		return
	}
	w.sockets = slices.DeleteFunc(w.sockets, func(x *socket) bool { return x == s })
	w.changed()
}

// Connections is the number of open Socket Mode connections.
func (w *Workspace) Connections() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sockets)
}

// nextSocket takes the connections in turn; nil when there is none.
func (w *Workspace) nextSocket() *socket {
	var ready []*socket
	for _, s := range w.sockets {
		if s.ready {
			ready = append(ready, s)
		}
	}
	if len(ready) == 0 {
		return nil
	}
	w.next++
	return ready[w.next%len(ready)]
}

// send queues a frame; the caller holds w.mu.
func (s *socket) send(frame object) {
	raw, err := json.Marshal(frame)
	if err != nil {
		panic(err) // impossible: frames are made of JSON types
	}
	s.out = append(s.out, raw)
	s.wakeUp()
}

func (s *socket) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *socket) disconnect(reason string) {
	s.send(object{"type": "disconnect", "reason": reason, "debug_info": object{"host": "applink-11"}})
}

// refresh ends the connection as Slack does every few hours; the caller holds w.mu.
func (s *socket) refresh() {
	if s.closing {
		return
	}
	s.disconnect("refresh_requested")
	s.ready, s.closing = false, true
	s.wakeUp()
}

// cut ends the connection without a word.
func (s *socket) cut() { _ = s.conn.Close() } // it is being thrown away

func (s *socket) write(life time.Duration) {
	var ping, warn, end <-chan time.Time
	if every := s.w.options.PingEvery; every > 0 {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		ping = ticker.C
	}
	if life > 0 {
		warn, end = time.After(life-warnBefore), time.After(life)
	}
	for {
		select {
		case <-s.gone:
			return
		case <-s.wake:
			if !s.flush() {
				s.cut()
				return
			}
		case <-ping:
			s.ping()
		case <-warn:
			s.w.locked(func() { s.disconnect("warning") })
		case <-end:
			s.w.locked(s.refresh)
		}
	}
}

// flush writes what is queued and tells whether the connection goes on.
func (s *socket) flush() bool {
	s.w.mu.Lock()
	out, closing, dark := s.out, s.closing, s.dark
	s.out = nil
	s.w.mu.Unlock()
	if dark {
		return true
	}
	for _, frame := range out {
		if s.conn.SetWriteDeadline(time.Now().Add(20*time.Second)) != nil || s.conn.WriteMessage(websocket.TextMessage, frame) != nil {
			return false
		}
	}
	if closing {
		s.goodbye(websocket.CloseNormalClosure, "")
	}
	return !closing
}

func (s *socket) goodbye(code int, text string) {
	// The peer may be gone already, and the connection closes right after.
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, text), time.Now().Add(time.Second))
}

func (s *socket) ping() {
	if s.w.Chaos.pingsStopped() || s.isDark() {
		return
	}
	// A ping that cannot be written is a connection that reading finds dead.
	_ = s.conn.WriteControl(websocket.PingMessage, []byte("Ping from applink-11"), time.Now().Add(time.Second))
}

func (s *socket) isDark() bool {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	return s.dark
}

func (s *socket) read() {
	s.conn.SetPingHandler(func(data string) error {
		if s.isDark() {
			return nil
		}
		// A pong that cannot be written is noticed by the next read.
		_ = s.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
		return nil
	})
	for {
		kind, frame, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		if len(frame) > maxClientFrame {
			s.goodbye(websocket.CloseMessageTooBig, "Max frame length of 20480 has been exceeded.")
			return
		}
		if kind == websocket.TextMessage {
			s.w.acknowledge(s, frame)
		}
	}
}
