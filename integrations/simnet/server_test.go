package simnet_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tocsinhq/tocsin/integrations/simnet"
)

// hello answers with the host that was asked.
var hello = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, "hello from "+r.Host) // who has hung up needs no greeting
})

func get(t *testing.T, c *http.Client, url string) string {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end below
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func mustBeClosed(t *testing.T, s *simnet.Server) {
	t.Helper()
	resp, err := s.HTTPClient().Get(s.URL())
	if err == nil {
		_ = resp.Body.Close() // never wanted
	}
	if !errors.Is(err, net.ErrClosed) {
		t.Errorf("Get after Close = %v, want net.ErrClosed", err)
	}
}

func TestClientLeadsHereWhateverTheAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := simnet.New("http://vendor.localhost", hello)
		s.ListenPipe()
		defer s.Close()
		if got := s.URL(); got != "http://vendor.localhost" {
			t.Errorf("URL = %q", got)
		}
		for url, want := range map[string]string{
			s.URL():                 "hello from vendor.localhost",
			"http://other.example/": "hello from other.example",
			"https://other.example": "hello from other.example",
		} {
			if got := get(t, s.HTTPClient(), url); got != want {
				t.Errorf("%s says %q, want %q", url, got, want)
			}
		}
	})
}

func TestListenServesOnTCPUntilClose(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	s := simnet.New("http://vendor.localhost", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		hello(w, r)
	}))
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if got, want := get(t, c, s.URL()), "hello from "+s.URL()[len("http://"):]; got != want {
		t.Errorf("%s says %q, want %q", s.URL(), got, want)
	}
	s.Close()
	s.Close()
	if resp, err := c.Get(s.URL()); err == nil {
		_ = resp.Body.Close() // somebody else has the port by now, or asked tells
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("answered %d times, want once before Close and never after", n)
	}
}

func TestListenSaysWhoseAddressIsTaken(t *testing.T) {
	t.Parallel()
	first, second := simnet.New("http://first.localhost", hello), simnet.New("http://second.localhost", hello)
	if err := first.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	err := second.Listen(first.URL()[len("http://"):])
	var refused *net.OpError
	if !errors.As(err, &refused) || refused.Op != "listen" {
		t.Errorf("Listen = %v, want what the network says", err)
	}
}

// A bubble ends only when no goroutine is left in it. The handler does not read the
// body, so net/http alone would never tell it that the client is gone.
func TestCloseLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := simnet.New("http://vendor.localhost", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		s.ListenPipe()
		failed := make(chan error)
		go func() {
			resp, err := s.HTTPClient().Post(s.URL(), "text/plain", strings.NewReader(strings.Repeat("x", 1<<16)))
			if err == nil {
				_ = resp.Body.Close() // never wanted
			}
			failed <- err
		}()
		synctest.Wait()
		s.Close()
		if err := <-failed; err == nil {
			t.Error("a request that was cut has an answer")
		}
		mustBeClosed(t, s)
	})
}

// Close may come before the goroutine that serves has run at all.
func TestCloseAtOnceClosesTheListener(t *testing.T) {
	t.Parallel()
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			s := simnet.New("http://vendor.localhost", hello)
			s.ListenPipe()
			s.Close()
			mustBeClosed(t, s)
		})
	}
}

func TestHTTPClientNeedsListenPipe(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("HTTPClient before ListenPipe gives a client that leads elsewhere")
		}
	}()
	simnet.New("http://vendor.localhost", hello).HTTPClient()
}

func TestDialWaitsUntilAccepted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := simnet.NewPipes("vendor.localhost", net.Pipe)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := p.Dial(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Dial with nobody accepting = %v, want the deadline", err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if _, err := p.Dial(t.Context()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Dial after Close = %v, want net.ErrClosed", err)
		}
		if _, err := p.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept after Close = %v, want net.ErrClosed", err)
		}
	})
}
