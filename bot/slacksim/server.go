package slacksim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/websocket"
)

// server is the network side: a TCP listener or in-memory pipes.
type server struct {
	mu     sync.Mutex
	base   string // scheme and host
	http   *http.Server
	pipes  *pipeListener
	client *http.Client
	done   sync.WaitGroup
}

// pipeBase is the address of an in-memory workspace. Only HTTPClient and
// Dialer know the way there.
const pipeBase = "http://slack.invalid"

// Handler serves the Web API under /api/, Socket Mode under /link/, response
// URLs under /response/ and files under /files/.
func (w *Workspace) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", w.serveAPI)
	mux.HandleFunc("/link/", w.serveLink)
	mux.HandleFunc("POST /response/{id}", w.serveResponse)
	mux.HandleFunc("/files/upload/{id}", w.serveUpload)
	mux.HandleFunc("GET /files/private/{id}/{name}", w.serveFile)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.Chaos.isDown() {
			cut(rw)
			return
		}
		mux.ServeHTTP(rw, r)
	})
}

// Listen serves on a TCP address; port 0 picks a free one. It returns once the
// address is taken; Close ends it. A workspace listens once.
func (w *Workspace) Listen(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for the workspace: %w", err)
	}
	w.serve(l, "http://"+l.Addr().String(), nil)
	return nil
}

// ListenPipe serves over in-memory connections, for synctest bubbles. Call it
// inside the bubble. A workspace listens once.
func (w *Workspace) ListenPipe() {
	l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	w.serve(l, pipeBase, l)
}

// ServeAt tells the workspace the base URL, such as http://127.0.0.1:7000, at
// which somebody else serves its Handler. It is where the URLs it hands out lead.
func (w *Workspace) ServeAt(base string) {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	w.server.base = strings.TrimSuffix(base, "/")
}

func (w *Workspace) serve(l net.Listener, base string, pipes *pipeListener) {
	s := &w.server
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base, s.pipes = base, pipes
	s.http = &http.Server{Handler: w.Handler()}
	served := s.http
	s.done.Go(func() { _ = served.Serve(l) }) // always ErrServerClosed
}

// Close cuts every connection and waits for the server's goroutines. Closing
// twice is closing once.
func (w *Workspace) Close() {
	w.mu.Lock()
	w.closed = true
	sockets := slices.Clone(w.sockets)
	w.mu.Unlock()
	for _, s := range sockets {
		s.cut()
	}
	s := &w.server
	s.mu.Lock()
	served, client := s.http, s.client
	s.mu.Unlock()
	if served != nil {
		_ = served.Close() // every connection is being thrown away
	}
	if client != nil {
		client.CloseIdleConnections()
	}
	s.done.Wait()
}

// URL is the workspace's scheme and host; empty before it is served.
func (w *Workspace) URL() string {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	return w.server.base
}

// APIURL is the address of the Web API, with the slash at the end that slack-go needs.
func (w *Workspace) APIURL() string { return w.URL() + "/api/" }

// HTTPClient returns the client that reaches the workspace in either mode. It
// is the same one each time.
func (w *Workspace) HTTPClient() *http.Client {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	if w.server.client == nil {
		w.server.client = &http.Client{Transport: &http.Transport{DialContext: w.dial}}
	}
	return w.server.client
}

// Dialer returns the WebSocket dialer that reaches the workspace in either mode.
func (w *Workspace) Dialer() *websocket.Dialer { return &websocket.Dialer{NetDialContext: w.dial} }

func (w *Workspace) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if w.Chaos.isDown() {
		return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("network is unreachable")}
	}
	w.server.mu.Lock()
	pipes := w.server.pipes
	w.server.mu.Unlock()
	if pipes == nil {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	return pipes.dial(ctx)
}

// cut ends the connection without an answer.
func cut(rw http.ResponseWriter) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // how a handler cuts a connection it cannot take over
	}
	_ = conn.Close() // nobody is interested in it any more
}

// pipeListener hands out in-memory connections.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept waits for the next dial.
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and refuses dials. Closing twice is closing once.
func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is a name only.
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "slacksim", Net: "pipe"} }
