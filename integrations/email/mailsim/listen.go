package mailsim

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/url"
	"sync"

	"github.com/emersion/go-smtp"

	"github.com/tocsinhq/tocsin/integrations/simnet"
)

// listener is where the server can be reached.
type listener struct {
	address string
	open    net.Listener
	pipes   *simnet.Pipes
	serving sync.WaitGroup
	closed  bool
}

// Listen serves on a TCP address, for example 127.0.0.1:0, until Close.
func (s *Sim) Listen(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for mail: %w", err)
	}
	s.serveOn(l, l.Addr().String())
	return nil
}

// ListenPipe serves in memory until Close; Dial reaches it. Called inside a
// testing/synctest bubble, it stays inside.
func (s *Sim) ListenPipe() {
	p := simnet.NewPipes(s.options.Host, newPipe)
	s.mu.Lock()
	s.listener.pipes = p
	s.mu.Unlock()
	s.serveOn(p, s.options.Host)
}

func (s *Sim) serveOn(l net.Listener, address string) {
	if s.options.ImplicitTLS {
		l = tls.NewListener(l, s.server.TLSConfig)
	}
	s.mu.Lock()
	s.listener.address, s.listener.open = address, l
	s.mu.Unlock()
	s.listener.serving.Go(func() {
		if err := s.server.Serve(l); err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, smtp.ErrServerClosed) {
			log.Printf("mailsim: serve: %v", err)
		}
	})
}

// Dial connects to the server in memory, after ListenPipe, whatever the address.
func (s *Sim) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	s.mu.Lock()
	p := s.listener.pipes
	s.mu.Unlock()
	if p == nil {
		panic("mailsim: Dial before ListenPipe")
	}
	return p.Dial(ctx)
}

// URL is what a client puts into SMTP_URL, login included.
func (s *Sim) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := url.URL{Scheme: "smtp", Host: s.listener.address}
	if s.options.ImplicitTLS {
		u.Scheme = "smtps"
	}
	if s.options.User != "" {
		u.User = url.UserPassword(s.options.User, s.options.Password)
	}
	return u.String()
}

// Close stops listening, cuts what is open and waits until nobody is let in any more. Twice
// is the same as once.
func (s *Sim) Close() {
	s.mu.Lock()
	if s.listener.closed {
		s.mu.Unlock()
		return
	}
	s.listener.closed = true
	close(s.released)
	open := s.listener.open
	s.mu.Unlock()
	if open != nil {
		// The server closes it too, but only if it had begun to serve.
		_ = open.Close()
	}
	// The listener is gone either way.
	_ = s.server.Close()
	s.listener.serving.Wait()
}
