package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// listen runs the socket; stop ends it and returns what Run returned.
func listen(t *testing.T, s *Socket) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	return func() error { cancel(); return <-ended }
}

// ackAll handles by acking, and counts by envelope id.
func ackAll(t *testing.T) (handle func(context.Context, *Envelope), seen *sync.Map) {
	seen = &sync.Map{}
	return func(ctx context.Context, e *Envelope) {
		n, _ := seen.LoadOrStore(e.ID, new(atomic.Int32))
		n.(*atomic.Int32).Add(1)
		if err := e.Ack(ctx, nil); err != nil {
			t.Errorf("ack %s: %v", e.ID, err)
		}
	}, seen
}

func TestTwoConnectionsAreKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		var hellos atomic.Int32
		handle, _ := ackAll(t)
		s := w.socket(handle)
		s.OnConnect = func(context.Context) { hellos.Add(1) }
		stop := listen(t, s)
		time.Sleep(time.Hour)
		if h := s.Health(); h.Open != 2 || h.Reconnects != 0 || h.Silence > 15*time.Second {
			t.Errorf("health after a quiet hour = %+v", h)
		}
		if err := stop(); err != nil {
			t.Errorf("Run = %v", err)
		}
		if n := hellos.Load(); n != 2 || w.connections() != 2 {
			t.Errorf("%d catch-ups, %d connections; want 2, 2", n, w.connections())
		}
		if h := s.Health(); h.Open != 0 {
			t.Errorf("%d connections open after Run", h.Open)
		}
	})
}

func TestRefreshLosesNothing(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"warning", "refresh_requested"} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { refresh(t, reason) })
		})
	}
}

// refresh has Slack refresh both connections every minute, while it sends a
// command every 20 ms over any connection that is open, also over one that it
// has announced to close.
func refresh(t *testing.T, reason string) {
	w := newWire(t)
	defer w.stop()
	var alive sync.Map
	w.serve = func(c *wireConn) {
		c.hello()
		alive.Store(c.n, c)
		defer alive.Delete(c.n)
		if c.wait(30*time.Second + time.Duration(c.n)*time.Second) {
			c.disconnect(reason)
			c.wait(10 * time.Second)
		}
	}
	handle, seen := ackAll(t)
	s := w.socket(handle)
	stop := listen(t, s)
	time.Sleep(time.Second)
	sent := 0
	for range 10 * 60 * 50 {
		alive.Range(func(_, c any) bool {
			took := c.(*wireConn).command(fmt.Sprint(sent))
			if took {
				sent++
			}
			return !took
		})
		time.Sleep(20 * time.Millisecond)
	}
	if err := stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
	if sent != 10*60*50 {
		t.Errorf("in %d of %d moments no connection was open", 10*60*50-sent, 10*60*50)
	}
	for i := range sent {
		if n, ok := seen.Load(fmt.Sprint(i)); !ok || n.(*atomic.Int32).Load() != 1 {
			t.Fatalf("command %d was not handled once", i)
		}
	}
	if got := len(w.acked()); got != sent {
		t.Errorf("%d acks for %d commands", got, sent)
	}
	if h := s.Health(); h.Reconnects < 20 {
		t.Errorf("%d reconnects in ten minutes; the test refreshed nothing", h.Reconnects)
	}
}

func TestOldConnectionIsReadUntilSlackClosesIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		w.serve = func(c *wireConn) {
			c.hello()
			if c.n > 1 {
				c.pingUntilClosed()
				return
			}
			c.wait(time.Minute)
			c.disconnect("warning")
			c.wait(9 * time.Second)
			c.command("late")
			c.disconnect("refresh_requested")
			c.wait(time.Second)
		}
		handle, seen := ackAll(t)
		s := w.socket(handle)
		s.Connections = 1
		stop := listen(t, s)
		time.Sleep(65 * time.Second)
		if h := s.Health(); h.Open != 2 {
			t.Errorf("%d connections while the old one is about to close, want 2", h.Open)
		}
		time.Sleep(time.Minute)
		if _, ok := seen.Load("late"); !ok || w.ackedOn("late") != 1 || w.connections() != 2 {
			t.Errorf("late command: seen %v, acked on %d, %d connections", ok, w.ackedOn("late"), w.connections())
		}
		_ = stop()
	})
}

func TestConnectionThatSlackForgetsIsClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		w.serve = func(c *wireConn) {
			c.hello()
			if c.n == 1 {
				c.wait(time.Minute)
				c.disconnect("refresh_requested")
			}
			c.pingUntilClosed()
		}
		handle, _ := ackAll(t)
		s := w.socket(handle)
		s.Connections = 1
		stop := listen(t, s)
		time.Sleep(10 * time.Minute)
		if h := s.Health(); h.Open != 1 {
			t.Errorf("%d connections open, want 1", h.Open)
		}
		_ = stop()
	})
}

func TestCrowdedSlackIsNotStormed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		w.serve = func(c *wireConn) { c.disconnect("too_many_websockets") }
		handle, _ := ackAll(t)
		stop := listen(t, w.socket(handle))
		time.Sleep(time.Hour)
		if n := len(w.opened()); n < 5 || n > 20 {
			t.Errorf("asked for %d connections in an hour, want a handful", n)
		}
		_ = stop()
	})
}

func TestCrowdedSlackLeavesTheOtherConnectionAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		w.serve = func(c *wireConn) {
			if c.n > 1 && c.n < 5 {
				c.disconnect("too_many_websockets")
				return
			}
			c.hello()
			c.pingUntilClosed()
		}
		handle, _ := ackAll(t)
		s := w.socket(handle)
		stop := listen(t, s)
		time.Sleep(10 * time.Second)
		if h := s.Health(); h.Open != 1 {
			t.Errorf("open = %d, want the one that was greeted", h.Open)
		}
		time.Sleep(30 * time.Minute)
		if h := s.Health(); h.Open != 2 || w.connections() != 5 {
			t.Errorf("open = %d after %d connections; want 2 after 5", h.Open, w.connections())
		}
		_ = stop()
	})
}

func TestConnectionsThatCloseAtOnceAreNotStormed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		w.serve = func(c *wireConn) { c.hello() }
		handle, _ := ackAll(t)
		stop := listen(t, w.socket(handle))
		time.Sleep(time.Hour)
		if n := len(w.opened()); n < 30 || n > 200 {
			t.Errorf("asked for %d connections in an hour", n)
		}
		_ = stop()
	})
}

func TestFatalReasonsEndRunWithASentence(t *testing.T) {
	t.Parallel()
	for reason := range fatalReasons {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWire(t)
				defer w.stop()
				w.open = func(int) (int, http.Header, string) {
					return 200, nil, `{"ok":false,"error":"` + reason + `","needed":"connections:write"}`
				}
				err := w.socket(nil).Run(t.Context())
				fatal, ok := errors.AsType[*Fatal](err)
				if !ok || !strings.Contains(err.Error(), reason) || !strings.Contains(fatal.Sentence, ".") || len(w.opened()) != 1 {
					t.Errorf("Run = %v after %d attempts", err, len(w.opened()))
				}
			})
		})
	}
}

func TestLinkDisabledEndsRun(t *testing.T) {
	t.Parallel()
	for _, greeted := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWire(t)
			defer w.stop()
			w.serve = func(c *wireConn) {
				if greeted {
					c.hello()
					c.wait(time.Minute)
				}
				c.disconnect("link_disabled")
				c.wait(time.Second)
			}
			err := w.socket(nil).Run(t.Context())
			if _, ok := errors.AsType[*Fatal](err); !ok || !strings.Contains(err.Error(), "Socket Mode is switched off") {
				t.Errorf("greeted %v: Run = %v", greeted, err)
			}
		})
	}
}

func TestRunSurvivesAFailingFrontEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		answers := []struct {
			status int
			body   string
		}{{200, `{"ok":false,"error":"internal_error"}`}, {200, `{"ok":false,"error":"fatal_error"}`}, {503, "<html>"}, {429, ""}, {200, "not JSON"}}
		w.open = func(n int) (int, http.Header, string) {
			if n > len(answers) {
				return 0, nil, ""
			}
			return answers[n-1].status, nil, answers[n-1].body
		}
		w.refuse = func(n int) int { return append([]int{0, 409, 408, 500}, make([]int, 100)...)[n] }
		handle, _ := ackAll(t)
		s := w.socket(handle)
		stop := listen(t, s)
		time.Sleep(10 * time.Minute)
		if h := s.Health(); h.Open != 2 {
			t.Errorf("health = %+v", h)
		}
		if n := len(w.opened()); n != 10 {
			t.Errorf("%d attempts, want 8 refused and 2 good ones", n)
		}
		_ = stop()
	})
}

func TestRetryAfterOfOpenIsHonoured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		w.open = func(n int) (int, http.Header, string) {
			if n == 1 {
				return 429, http.Header{"Retry-After": {"90"}}, ""
			}
			return 0, nil, ""
		}
		handle, _ := ackAll(t)
		stop := listen(t, w.socket(handle))
		time.Sleep(5 * time.Minute)
		_ = stop()
		if at := w.opened(); len(at) != 3 || at[1].Sub(at[0]) < 90*time.Second {
			t.Errorf("attempts at %v; want the second 90 s after the first", at)
		}
	})
}

// mute makes Slack's end answer none of our pings.
func mute(c *wireConn) { c.SetPingHandler(func(string) error { return nil }) }

// A silent server still reads; behind a dropped cable nobody does.
func TestDeadConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"silent", "cable"} {
		synctest.Test(t, func(t *testing.T) {
			w := newWire(t)
			defer w.stop()
			if kind == "cable" {
				w.dead = 1
			}
			w.ready = mute
			w.serve = func(c *wireConn) {
				c.hello()
				if c.n > 1 {
					c.pingUntilClosed()
					return
				}
				c.wait(time.Hour)
			}
			handle, _ := ackAll(t)
			s := w.socket(handle)
			s.Connections = 1
			stop := listen(t, s)
			began := time.Now()
			for s.Health().Reconnects == 0 && time.Since(began) < time.Minute {
				time.Sleep(time.Second)
			}
			if took := time.Since(began); took > 45*time.Second {
				t.Errorf("%s: noticed after %v", kind, took)
			}
			_ = stop()
			time.Sleep(time.Hour)
		})
	}
}

func TestServerThatOnlyPingsIsAlive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		w.ready = mute
		handle, _ := ackAll(t)
		s := w.socket(handle)
		stop := listen(t, s)
		time.Sleep(time.Hour)
		if h := s.Health(); h.Reconnects != 0 || h.Open != 2 {
			t.Errorf("health = %+v", h)
		}
		_ = stop()
	})
}

func TestPingsAreAnsweredWithTheirData(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		pongs := make(chan string, 1)
		w.ready = func(c *wireConn) { c.SetPongHandler(func(data string) error { pongs <- data; return nil }) }
		w.serve = func(c *wireConn) {
			c.hello()
			_ = c.WriteControl(websocket.PingMessage, []byte("42"), time.Now().Add(time.Second))
			c.wait(time.Hour)
		}
		s := w.socket(nil)
		s.Connections = 1
		stop := listen(t, s)
		if got := <-pongs; got != "42" {
			t.Errorf("pong carries %q", got)
		}
		_ = stop()
	})
}

func TestSlowHandlersDoNotDisconnect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		w.serve = func(c *wireConn) {
			c.hello()
			for i := range 100 {
				c.command(fmt.Sprintf("%d/%d", c.n, i))
			}
			c.pingUntilClosed()
		}
		s := w.socket(func(ctx context.Context, e *Envelope) {
			time.Sleep(5 * time.Minute)
			_ = e.Ack(ctx, nil)
		})
		s.Handlers = 40
		stop := listen(t, s)
		time.Sleep(20 * time.Minute)
		if h := s.Health(); h.Open != 2 || h.Reconnects != 0 || h.Shed != 160 {
			t.Errorf("health = %+v; want 2 open, none lost, 160 of 200 shed", h)
		}
		if n := len(w.acked()); n != 40 {
			t.Errorf("%d acks, want 40", n)
		}
		_ = stop()
	})
}

func TestRunWaitsForHandlersAndSaysGoodbye(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		var status atomic.Int32
		w.serve = func(c *wireConn) {
			c.hello()
			c.command("slow")
			c.pingUntilClosed()
			status.Store(int32(c.status))
		}
		s := w.socket(func(ctx context.Context, e *Envelope) {
			time.Sleep(5 * time.Second)
			if err := e.Ack(ctx, map[string]string{"text": "done"}); err != nil {
				t.Errorf("ack during the stop: %v", err)
			}
		})
		s.Connections = 1
		stop := listen(t, s)
		time.Sleep(time.Second)
		if err := stop(); err != nil {
			t.Errorf("Run = %v", err)
		}
		synctest.Wait()
		if n := len(w.acked()); n != 1 || status.Load() != websocket.CloseNormalClosure {
			t.Errorf("%d acks, close status %d", n, status.Load())
		}
	})
}

func TestRunDoesNotWaitForever(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		w.serve = func(c *wireConn) { c.hello(); c.command("stuck"); c.pingUntilClosed() }
		var cancelled atomic.Bool
		s := w.socket(func(ctx context.Context, _ *Envelope) { <-ctx.Done(); cancelled.Store(true) })
		stop := listen(t, s)
		time.Sleep(10 * time.Second)
		began := time.Now()
		_ = stop()
		if took := time.Since(began); !cancelled.Load() || took > 15*time.Second {
			t.Errorf("stopped after %v, handler cancelled: %v", took, cancelled.Load())
		}
	})
}

func TestAckGoesOutOnAnotherConnectionWhenItsOwnIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		w.serve = func(c *wireConn) {
			c.hello()
			c.wait(time.Minute)
			if c.n == 1 {
				c.command("moved")
				return
			}
			c.pingUntilClosed()
		}
		s := w.socket(func(ctx context.Context, e *Envelope) {
			time.Sleep(time.Second)
			for range 2 {
				if err := e.Ack(ctx, nil); err != nil {
					t.Errorf("ack: %v", err)
				}
			}
		})
		stop := listen(t, s)
		time.Sleep(5 * time.Minute)
		if n := len(w.acked()); n != 1 || w.ackedOn("moved") == 1 {
			t.Errorf("%d acks, on connection %d", n, w.ackedOn("moved"))
		}
		_ = stop()
	})
}

func TestAckTooLargeIsRefusedAndAPlainOneCanFollow(t *testing.T) {
	t.Parallel()
	var sent [][]byte
	e := &Envelope{ID: "1", send: func(_ context.Context, f []byte) error { sent = append(sent, f); return nil }}
	if err := e.Ack(t.Context(), strings.Repeat("x", maxAck)); !errors.Is(err, ErrAckTooLarge) {
		t.Fatalf("Ack = %v, want ErrAckTooLarge", err)
	}
	fits := maxAck - 1 - len(`{"envelope_id":"1","payload":""}`)
	if err := e.Ack(t.Context(), strings.Repeat("<", fits)); err != nil || len(sent) != 1 || len(sent[0]) != maxAck-1 {
		t.Errorf("Ack of the largest payload = %v, %d frames", err, len(sent))
	}
	if err := e.Ack(t.Context(), nil); err != nil || len(sent) != 1 {
		t.Errorf("second Ack = %v, %d frames; want one frame", err, len(sent))
	}
}

func TestAckCanBeTriedAgainAfterAnError(t *testing.T) {
	t.Parallel()
	calls := 0
	e := &Envelope{ID: "1", send: func(context.Context, []byte) error {
		if calls++; calls == 1 {
			return errClosed
		}
		return nil
	}}
	if err := e.Ack(t.Context(), nil); !errors.Is(err, errClosed) {
		t.Errorf("first Ack = %v", err)
	}
	if err := e.Ack(t.Context(), nil); err != nil || calls != 2 {
		t.Errorf("second Ack = %v after %d calls", err, calls)
	}
}

func TestUnreadableFramesAreAckedAndDoNotDisconnect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		defer w.stop()
		w.serve = func(c *wireConn) {
			c.hello()
			for _, bad := range []string{"", "null", "[]", "{", `{"envelope_id": "torn","type":"events_api","payload":{"a`, `{"type":"strange"}`, "\x00\xff"} {
				c.write(bad)
			}
			c.command("good")
			c.pingUntilClosed()
		}
		handle, seen := ackAll(t)
		s := w.socket(handle)
		s.Connections = 1
		stop := listen(t, s)
		time.Sleep(time.Hour)
		if _, ok := seen.Load("good"); !ok || s.Health().Reconnects != 0 {
			t.Errorf("good command seen: %v; %d reconnects", ok, s.Health().Reconnects)
		}
		if w.ackedOn("torn") != 1 || len(w.acked()) != 2 {
			t.Errorf("acks = %v", w.acked())
		}
		_ = stop()
	})
}

func TestLogHasNoSecrets(t *testing.T) {
	t.Parallel()
	got := forLog([]byte(`{"token":"verif1","response_url" : "https://hooks/secret","trigger_id":"1.2.abc","text":"xoxb-12-ab xapp-1-A-9"}`))
	for _, secret := range []string{"verif1", "hooks/secret", "1.2.abc", "12-ab", "A-9"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is in %s", secret, got)
		}
	}
}

func TestPausesGrowAndEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err         error
		failures    int
		least, most time.Duration
	}{
		{errClosed, 1, time.Second / 2, time.Second},
		{errClosed, 4, 4 * time.Second, 8 * time.Second},
		{errClosed, 1000, 30 * time.Second, time.Minute},
		{errCrowded, 1, 15 * time.Second, 30 * time.Second},
		{errCrowded, 1000, 5 * time.Minute, 10 * time.Minute},
	} {
		for range 100 {
			if got := pauseAfter(c.err, c.failures); got < c.least || got > c.most {
				t.Errorf("pauseAfter(%v, %d) = %v", c.err, c.failures, got)
			}
		}
	}
}
