package twiliosim

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

// pipeURL is the address of an account that listens in memory only. Names under
// localhost never leave a machine.
const pipeURL = "http://twilio.localhost"

// listener is where the API can be reached.
type listener struct {
	url       string
	server    *http.Server
	transport *http.Transport
	serving   sync.WaitGroup
}

// Listen serves the API on a TCP address, for example 127.0.0.1:0, until Close.
func (s *Sim) Listen(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for twilio: %w", err)
	}
	s.serveOn(l, "http://"+l.Addr().String())
	return nil
}

// ListenPipe serves the API in memory until Close; HTTPClient reaches it. Called inside
// a testing/synctest bubble, it stays inside.
func (s *Sim) ListenPipe() {
	p := &pipes{waiting: make(chan net.Conn), done: make(chan struct{})}
	s.mu.Lock()
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
			log.Printf("twiliosim: serve: %v", err)
		}
	})
}

// HTTPClient returns a client whose every connection leads to the API, after ListenPipe.
func (s *Sim) HTTPClient() *http.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener.transport == nil {
		panic("twiliosim: HTTPClient before ListenPipe")
	}
	return &http.Client{Transport: s.listener.transport}
}

// URL returns the address listened at.
func (s *Sim) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener.url == "" {
		return pipeURL
	}
	return s.listener.url
}

// Close hangs up, stops listening and gives up callbacks that were not taken yet. It
// waits until everything has ended. Twice is the same as once.
func (s *Sim) Close() {
	s.stop()
	s.mu.Lock()
	srv, transport := s.listener.server, s.listener.transport
	s.mu.Unlock()
	if srv != nil {
		_ = srv.Close() // the listener is gone either way
	}
	if transport != nil {
		transport.CloseIdleConnections()
	}
	s.listener.serving.Wait()
	s.work.Wait()
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
		return nil, fmt.Errorf("dial twilio: %w", net.ErrClosed)
	case <-ctx.Done():
		return nil, fmt.Errorf("dial twilio: %w", ctx.Err())
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

// Addr is the name of the API in memory.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "twilio.localhost", Net: "pipe"} }
