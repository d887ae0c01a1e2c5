package webhooksim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
)

// pipeURL is the address, encrypted by name only, of a server that listens in memory only. Names under localhost
// never leave a machine.
const pipeURL = "https://hook.localhost"

// listener is where the server can be reached.
type listener struct {
	url       string
	server    *http.Server
	open      net.Listener
	pipes     *pipes
	transport *http.Transport
	serving   sync.WaitGroup
	closed    bool
}

// Listen serves the server on a TCP address, for example 127.0.0.1:0, until Close.
func (s *Sim) Listen(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for webhooks: %w", err)
	}
	s.serveOn(l, "http://"+l.Addr().String())
	return nil
}

// ListenPipe serves the server in memory until Close; HTTPClient reaches it. Called inside
// a testing/synctest bubble, it stays inside.
func (s *Sim) ListenPipe() {
	p := &pipes{waiting: make(chan net.Conn), done: make(chan struct{})}
	s.mu.Lock()
	s.listener.pipes = p
	s.listener.transport = &http.Transport{DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return p.dial(ctx) }}
	s.mu.Unlock()
	s.serveOn(p, pipeURL)
}

func (s *Sim) serveOn(l net.Listener, url string) {
	srv := &http.Server{Handler: s.Handler(), ErrorLog: log.New(io.Discard, "", 0)}
	s.mu.Lock()
	s.listener.url, s.listener.server, s.listener.open = url, srv, l
	s.mu.Unlock()
	s.listener.serving.Go(func() {
		if err := srv.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			log.Printf("webhooksim: serve: %v", err)
		}
	})
}

// HTTPClient returns a client whose every connection leads to the server, after ListenPipe.
func (s *Sim) HTTPClient() *http.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener.transport == nil {
		panic("webhooksim: HTTPClient before ListenPipe")
	}
	return &http.Client{Transport: s.listener.transport}
}

// URL is the receiver's address, with the path /hook.
func (s *Sim) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.listener.url, pipeURL) + "/hook"
}

// Close stops listening and cuts what is open. It waits until everything has ended.
// Twice is the same as once.
func (s *Sim) Close() {
	s.mu.Lock()
	srv, transport := s.listener.server, s.listener.transport
	if !s.listener.closed {
		s.listener.closed = true
		close(s.released)
	}
	open := s.listener.open
	s.mu.Unlock()
	if srv != nil {
		// The listener is gone either way; the server knows of it only once it serves.
		_ = srv.Close()
		_ = open.Close()
	}
	if transport != nil {
		transport.CloseIdleConnections()
	}
	s.listener.serving.Wait()
}

// pipes is a listener in memory.
type pipes struct {
	waiting chan net.Conn
	done    chan struct{}
	once    sync.Once
}

func (p *pipes) dial(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.waiting <- far:
		return near, nil
	case <-p.done:
		return nil, fmt.Errorf("dial hook: %w", net.ErrClosed)
	case <-ctx.Done():
		return nil, fmt.Errorf("dial hook: %w", ctx.Err())
	}
}

// Accept waits for the next dial.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.waiting:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and every dial.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

// Addr is the name of the server in memory.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "hook.localhost", Net: "pipe"} }
