package jirasim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
)

// pipeURL is the address of a site that listens in memory only. Names under localhost
// never leave a machine.
const pipeURL = "http://jira.localhost"

// listener is where the site can be reached.
type listener struct {
	url       string
	server    *http.Server
	pipes     *pipes
	transport *http.Transport
	serving   sync.WaitGroup
	closed    bool
}

// Listen serves the site on a TCP address, for example 127.0.0.1:0, until Close.
func (s *Sim) Listen(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for jira: %w", err)
	}
	s.serveOn(l, "http://"+l.Addr().String())
	return nil
}

// ListenPipe serves the site in memory until Close; HTTPClient reaches it. Called inside
// a testing/synctest bubble, it stays inside.
func (s *Sim) ListenPipe() {
	p := &pipes{waiting: make(chan net.Conn), done: make(chan struct{})}
	s.mu.Lock()
	s.listener.pipes = p
	s.listener.transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return p.dial(ctx) }}
	s.mu.Unlock()
	s.serveOn(p, pipeURL)
}

func (s *Sim) serveOn(l net.Listener, url string) {
	srv := &http.Server{Handler: s.Handler(), ErrorLog: log.New(io.Discard, "", 0)}
	s.mu.Lock()
	s.listener.url, s.listener.server = url, srv
	s.mu.Unlock()
	s.listener.serving.Go(func() {
		if err := srv.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			log.Printf("jirasim: serve: %v", err)
		}
	})
}

// HTTPClient returns a client whose every connection leads to the site, after ListenPipe.
func (s *Sim) HTTPClient() *http.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener.transport == nil {
		panic("jirasim: HTTPClient before ListenPipe")
	}
	return &http.Client{Transport: s.listener.transport}
}

// URL returns the address of the site: Options.URL, else where it listens.
func (s *Sim) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base()
}

func (s *Sim) base() string {
	switch {
	case s.options.URL != "":
		return s.options.URL
	case s.listener.url != "":
		return s.listener.url
	}
	return pipeURL
}

// Close stops listening, cuts what is open and gives up webhooks that were not taken
// yet. It waits until everything has ended. Twice is the same as once.
func (s *Sim) Close() {
	s.mu.Lock()
	s.listener.closed = true
	s.out.queue = nil
	srv, transport, stop := s.listener.server, s.listener.transport, s.out.stop
	s.mu.Unlock()
	if stop != nil {
		stop()
	}
	if srv != nil {
		// The listener is gone either way.
		_ = srv.Close()
	}
	if transport != nil {
		transport.CloseIdleConnections()
	}
	s.listener.serving.Wait()
	s.out.done.Wait()
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
		return nil, fmt.Errorf("dial jira: %w", net.ErrClosed)
	case <-ctx.Done():
		return nil, fmt.Errorf("dial jira: %w", ctx.Err())
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

// Addr is the name of the site in memory.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "jira.localhost", Net: "pipe"} }
