package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// fate is what becomes of a call at which the program is killed.
type fate string

const (
	lost    fate = "lost"    // killed before the call was heard: nothing came of it
	unheard fate = "unheard" // the call was carried out, its answer reached nobody
	heard   fate = "heard"   // killed in the moments after the answer
)

// boundary is one place at which the program can be killed.
type boundary struct {
	call string // as the gate names it
	fate fate
}

// String names the subtest.
func (b boundary) String() string { return b.call + " " + string(b.fate) }

// gate stands between the program and Slack and Jira. Every call and every ack
// passes through it and gets a name, such as "declare: pins.add 1": what is done,
// the call, and the how manieth of its kind.
type gate struct {
	mu     sync.Mutex
	phase  string // nothing is named while it is empty
	seen   map[string]int
	names  []string
	aim    boundary
	strike func() // kills the program
	struck chan struct{}
	done   bool
	taps   []*tapped
}

func newGate(aim boundary, strike func()) *gate {
	return &gate{seen: map[string]int{}, aim: aim, strike: strike, struck: make(chan struct{})}
}

// enter begins a phase.
func (g *gate) enter(phase string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.phase = phase
}

// passed lists the names in the order in which they came.
func (g *gate) passed() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.names...)
}

// arrive names a call and says what is to become of it; "" for nothing special.
func (g *gate) arrive(what string) fate {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.phase == "" || what == "" || (what == eventAck && g.phase != phaseOfEvents) {
		return ""
	}
	what = g.phase + ": " + what
	g.seen[what]++
	name := fmt.Sprintf("%s %d", what, g.seen[what])
	g.names = append(g.names, name)
	if g.done || name != g.aim.call {
		return ""
	}
	g.done = true
	return g.aim.fate
}

// hit reports whether the call came at which the program is to be killed. It is
// killed then, perhaps a moment later.
func (g *gate) hit() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.done
}

// kill ends the program while the world stands still at this call.
func (g *gate) kill() {
	g.strike()
	close(g.struck)
}

// around lets calls through to a simulator.
func (g *gate) around(next http.Handler, name func(path string, r *http.Request, body []byte) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(tap{w, g}, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // whoever called has gone
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		switch g.arrive(name(r.URL.Path, r, body)) {
		case lost:
			g.kill()
			panic(http.ErrAbortHandler)
		case unheard:
			g.kill()
			next.ServeHTTP(httptest.NewRecorder(), r.WithContext(context.WithoutCancel(r.Context())))
		case heard:
			next.ServeHTTP(w, r)
			_ = http.NewResponseController(w).Flush() // whoever called may have gone
			pause(r.Context(), time.Duration(len(body)%8)*time.Millisecond)
			g.kill()
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// slackCall names a call to the Web API: its method, and which post it is. What
// belongs to a connection and not to an incident has no name.
func slackCall(path string, r *http.Request, body []byte) string {
	method, ok := strings.CutPrefix(path, "/api/")
	switch {
	case !ok:
		method, _, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	case slices.Contains(connecting, method):
		return ""
	case method == "chat.postMessage":
		method += " " + postKey(r, body)
	}
	return method
}

// connecting are the calls made when a connection has come up, to learn who we
// are and what was missed.
var connecting = []string{"apps.connections.open", "auth.test", "conversations.history", "conversations.info", "conversations.replies", "pins.list", "users.conversations"}

var trailingNumber = regexp.MustCompile(`-?\d+$`)

func postKey(r *http.Request, body []byte) string {
	again := r.Clone(context.Background())
	again.Body = io.NopCloser(bytes.NewReader(body))
	if again.ParseForm() != nil {
		return "?"
	}
	var metadata struct {
		Payload struct {
			Key string `json:"key"`
		} `json:"event_payload"`
	}
	if json.Unmarshal([]byte(again.PostForm.Get("metadata")), &metadata) != nil {
		return "?"
	}
	_, key, ofIncident := strings.Cut(metadata.Payload.Key, "/")
	if !ofIncident {
		key = metadata.Payload.Key
	}
	return trailingNumber.ReplaceAllString(key, "")
}

var issueKey = regexp.MustCompile(`OPS-\d+`)

// jiraCall names a call to Jira.
func jiraCall(path string, r *http.Request, _ []byte) string {
	return "jira " + r.Method + " " + issueKey.ReplaceAllString(strings.TrimPrefix(path, "/rest/api/2/"), "OPS-n")
}

// tap hands the WebSocket out with its acks named.
type tap struct {
	http.ResponseWriter
	gate *gate
}

// Hijack takes the connection over.
func (t tap) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	socket := &tapped{Conn: conn, gate: t.gate}
	t.gate.mu.Lock()
	defer t.gate.mu.Unlock()
	t.gate.taps = append(t.gate.taps, socket)
	return socket, rw, err
}

// heard counts the open sockets over which commands were acked.
func (g *gate) heard() (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, t := range g.taps {
		if !t.over.Load() && t.acks.Load() > 0 {
			n++
		}
	}
	return n
}

// The two kinds of ack. How many events a change of our own sets off depends on how
// things fall together, so that their acks have names only where people alone act.
const (
	commandAck    = "ack of a command"
	eventAck      = "ack of an event"
	phaseOfEvents = "mark"
)

// tapped is a WebSocket as Slack's side reads it. The only text frames that an
// app sends are acks; that of a command carries the reply.
type tapped struct {
	net.Conn
	gate *gate
	head []byte // of the frame that has begun
	left int    // bytes of its payload that are still to come
	acks atomic.Int64
	over atomic.Bool
}

// Read stops at each ack.
func (t *tapped) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	if err != nil {
		t.over.Store(true)
	}
	for _, ack := range t.texts(p[:n]) {
		if ack == commandAck {
			t.acks.Add(1)
		}
		switch t.gate.arrive(ack) {
		case lost:
			t.gate.kill()
			return 0, io.ErrUnexpectedEOF
		case unheard, heard:
			t.gate.kill()
		}
	}
	return n, err
}

// Close ends the socket. Slack's side reads nothing after a close frame.
func (t *tapped) Close() error {
	t.over.Store(true)
	return t.Conn.Close()
}

// bareAck is the size of an ack without a payload, as events get it, in bytes.
const bareAck = len(`{"envelope_id":"00000000-0000-0000-0000-000000000000"}`)

// texts names the acks that begin in p (RFC 6455, section 5.2).
func (t *tapped) texts(p []byte) (acks []string) {
	for len(p) > 0 {
		if t.left > 0 {
			skip := min(t.left, len(p))
			t.left, p = t.left-skip, p[skip:]
			continue
		}
		t.head, p = append(t.head, p[0]), p[1:]
		if size, ok := frameSize(t.head); ok {
			switch text := t.head[0]&0x0f == 1; {
			case text && size > bareAck:
				acks = append(acks, commandAck)
			case text:
				acks = append(acks, eventAck)
			}
			t.left, t.head = size, nil
		}
	}
	return acks
}

// frameSize is the length of the payload once the header of a masked frame is complete.
func frameSize(head []byte) (size int, ok bool) {
	if len(head) < 2 {
		return 0, false
	}
	size, at := int(head[1]&0x7f), 2
	extended := map[int]int{126: 2, 127: 8}[size]
	if len(head) < at+extended+4 {
		return 0, false
	}
	if extended > 0 {
		size = 0
		for _, b := range head[at : at+extended] {
			size = size<<8 | int(b)
		}
	}
	return size, true
}
