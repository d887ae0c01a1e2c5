// Package simnet is the network of the simulated vendors: it serves a simulator's HTTP
// on TCP or in memory, and hands out clients whose every connection leads there. Tests
// and the demo are its only users, by way of the simulators.
//
// The one thing to know before changing it: in memory it must stay inside a
// testing/synctest bubble, so every channel and connection is made by the call that
// needs it, and Close leaves no goroutine of its own behind. It knows no vendor: what
// a simulator says is the simulator's alone, lest two share a mistake.
package simnet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
)

// Server serves one simulator. Its methods may be called concurrently.
type Server struct {
	pipeURL string
	http    http.Server
	cut     context.CancelFunc // ends the context of every request
	serving sync.WaitGroup

	mu        sync.Mutex
	url       string
	transport *http.Transport
}

// New returns a server that answers with h, and whose address in memory is pipeURL, for
// example http://jira.localhost: names under localhost never leave a machine. It
// listens nowhere yet.
func New(pipeURL string, h http.Handler) *Server {
	ctx, cut := context.WithCancel(context.Background())
	return &Server{pipeURL: pipeURL, cut: cut, http: http.Server{
		Handler: h, ErrorLog: log.New(io.Discard, "", 0), BaseContext: func(net.Listener) context.Context { return ctx },
	}}
}

// Listen serves on a TCP address, for example 127.0.0.1:0, until Close.
func (s *Server) Listen(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for %s: %w", s.pipeURL, err)
	}
	s.serveOn(l, "http://"+l.Addr().String(), nil)
	return nil
}

// ListenPipe serves in memory until Close; HTTPClient reaches it. Called inside a
// testing/synctest bubble, it stays inside.
func (s *Server) ListenPipe() {
	_, host, _ := strings.Cut(s.pipeURL, "://")
	p := NewPipes(host, net.Pipe)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) { return p.Dial(ctx) }
	// https is encrypted by name only: nobody else can read the pipe.
	s.serveOn(p, s.pipeURL, &http.Transport{DialContext: dial, DialTLSContext: dial})
}

func (s *Server) serveOn(l net.Listener, url string, t *http.Transport) {
	s.mu.Lock()
	s.url, s.transport = url, t
	s.mu.Unlock()
	s.serving.Go(func() {
		if err := s.http.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			log.Printf("simnet: serve %s: %v", url, err)
		}
	})
}

// HTTPClient returns a client whose every connection leads here, whatever the address.
// It needs ListenPipe first, and panics without.
func (s *Server) HTTPClient() *http.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.transport == nil {
		panic("simnet: HTTPClient before ListenPipe of " + s.pipeURL)
	}
	return &http.Client{Transport: s.transport}
}

// URL returns the address listened at; before that, the one in memory.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.url, s.pipeURL)
}

// Close stops listening, cuts what is open, ends the context of every request and waits
// until nobody is let in any more; it does not wait for handlers. Twice is the same as
// once.
func (s *Server) Close() {
	// The listener is gone either way, also when it has not begun to serve.
	_ = s.http.Close()
	s.cut() // only now: a handler that is let go must find nobody to answer
	s.mu.Lock()
	t := s.transport
	s.mu.Unlock()
	if t != nil {
		t.CloseIdleConnections()
	}
	s.serving.Wait()
}
