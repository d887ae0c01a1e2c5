package bot

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// inSocket runs a test in a bubble with a workspace and a socket that answers
// every command. Its result is what Run returned.
func inSocket(t *testing.T, o slacksim.Options, test func(t *testing.T, w *slacksim.Workspace, s *Socket)) (result error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := slacksim.New(o)
		w.ListenPipe()
		defer w.Close()
		w.AddPerson("alice", slacksim.PersonOptions{})
		s := &Socket{
			API:    slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL()), slack.OptionHTTPClient(w.HTTPClient()), slack.OptionAppLevelToken(w.AppToken())),
			Dialer: w.Dialer(), Log: slog.New(slog.DiscardHandler), Handlers: 300,
			Handle: func(ctx context.Context, e *Envelope) {
				if err := e.Ack(ctx, slack.WebhookMessage{Text: "done"}); err != nil {
					t.Logf("ack %s: %v", e.Type, err)
				}
			},
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		time.Sleep(10 * time.Second)
		test(t, w, s)
		cancel()
		result = <-ended
	})
	return result
}

func TestCommandsDuringRefreshesAreAllAnswered(t *testing.T) {
	t.Parallel()
	err := inSocket(t, slacksim.Options{RefreshEvery: time.Minute}, func(t *testing.T, w *slacksim.Workspace, s *Socket) {
		var failed atomic.Int32
		var typing sync.WaitGroup
		// Connections close on the full second. What is delivered in that very
		// instant cannot be acked where it came from, by no client.
		time.Sleep(50 * time.Millisecond)
		for range 10 * 60 * 10 {
			typing.Go(func() {
				if got := w.Person("alice").Types("#general", "/incident list"); got.Err != nil || got.Text != "done" {
					failed.Add(1)
				}
			})
			time.Sleep(100 * time.Millisecond)
		}
		typing.Wait()
		if n, h := failed.Load(), s.Health(); n != 0 || h.Reconnects < 10 {
			t.Errorf("%d of 6000 commands failed; health %+v", n, h)
		}
	})
	if err != nil {
		t.Errorf("Run = %v", err)
	}
}

func TestBlackholeIsNoticed(t *testing.T) {
	t.Parallel()
	_ = inSocket(t, slacksim.Options{}, func(t *testing.T, w *slacksim.Workspace, s *Socket) {
		w.Chaos.Blackhole()
		time.Sleep(45 * time.Second)
		if h := s.Health(); h.Reconnects != 2 || h.Open != 2 {
			t.Errorf("45 s after the cable was cut: %+v", h)
		}
		if got := w.Person("alice").Types("#general", "/incident list"); got.Err != nil {
			t.Errorf("command = %v", got.Err)
		}
	})
}

func TestSocketComesBackAfterAnOutage(t *testing.T) {
	t.Parallel()
	_ = inSocket(t, slacksim.Options{}, func(t *testing.T, w *slacksim.Workspace, s *Socket) {
		w.Chaos.Down(true)
		time.Sleep(6 * time.Hour)
		if h := s.Health(); h.Open != 0 || h.Silence < 5*time.Hour {
			t.Errorf("health during the outage = %+v", h)
		}
		w.Chaos.Down(false)
		time.Sleep(2 * time.Minute)
		if h := s.Health(); h.Open != 2 {
			t.Errorf("two minutes after the outage = %+v", h)
		}
	})
}

func TestSwitchingSocketModeOffEndsRun(t *testing.T) {
	t.Parallel()
	err := inSocket(t, slacksim.Options{}, func(t *testing.T, w *slacksim.Workspace, _ *Socket) {
		w.Chaos.Disconnect("link_disabled")
		time.Sleep(time.Minute)
	})
	if fatal, ok := errors.AsType[*Fatal](err); !ok || fatal.Reason != "link_disabled" {
		t.Errorf("Run = %v", err)
	}
}

func TestRefusedUpgradesAreTriedAgain(t *testing.T) {
	t.Parallel()
	for _, status := range []int{408, 409, 500} {
		_ = inSocket(t, slacksim.Options{}, func(t *testing.T, w *slacksim.Workspace, s *Socket) {
			w.Chaos.RefuseUpgrade(status, 3)
			w.Chaos.Disconnect("refresh_requested")
			time.Sleep(2 * time.Minute)
			if h := s.Health(); h.Open != 2 {
				t.Errorf("%d: health = %+v", status, h)
			}
		})
	}
}
