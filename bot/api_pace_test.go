package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
)

func quietAPI() *API { return NewAPI(slack.New("xoxb-test"), slog.New(slog.DiscardHandler)) }

// calls makes n calls and returns how many were let through.
func calls(ctx context.Context, a *API, method, channel string, n int) (done int) {
	for range n {
		if a.do(ctx, method, channel, func(context.Context) error { return nil }) == nil {
			done++
		}
	}
	return done
}

func TestFirstCallsGoAtOnce(t *testing.T) {
	t.Parallel()
	for method, n := range perMinute {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			if done := calls(t.Context(), quietAPI(), method, "", n/2); done != n/2 || time.Since(began) != 0 {
				t.Errorf("%s: %d of %d calls in %v", method, done, n/2, time.Since(began))
			}
		})
	}
}

func TestMethodsKeepTheirTier(t *testing.T) {
	t.Parallel()
	for method, n := range perMinute {
		synctest.Test(t, func(t *testing.T) {
			a := quietAPI()
			done := 0
			for began := time.Now(); time.Since(began) < 10*time.Minute; time.Sleep(100 * time.Millisecond) {
				done += calls(t.Context(), a, method, "", 1)
			}
			if most := n/2 + 10*n; done > most+1 || done < 9*n {
				t.Errorf("%s: %d calls in ten minutes, want about %d", method, done, most)
			}
		})
	}
}

func TestChannelGetsOneMessagePerSecondAfterABurst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, began := quietAPI(), time.Now()
		if done := calls(t.Context(), a, "chat.postMessage", "C1", 3); done != 3 || time.Since(began) != 0 {
			t.Errorf("burst: %d in %v", done, time.Since(began))
		}
		if done := calls(t.Context(), a, "chat.update", "C1", 10); done != 10 || time.Since(began) != 10*time.Second {
			t.Errorf("updates share the channel's pace: %d after %v, want 10 after 10 s", done, time.Since(began))
		}
		if done := calls(t.Context(), a, "chat.postMessage", "C2", 3); done != 3 || time.Since(began) != 10*time.Second {
			t.Errorf("another channel waits: %d after %v", done, time.Since(began))
		}
	})
}

func TestNobodyWaitsLongerThanPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, began := quietAPI(), time.Now()
		var wg sync.WaitGroup
		var mu sync.Mutex
		var refused []error
		for range 100 {
			wg.Go(func() {
				if err := a.do(t.Context(), "chat.postMessage", "C1", func(context.Context) error { return nil }); err != nil {
					mu.Lock()
					defer mu.Unlock()
					refused = append(refused, err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(began); len(refused) != 95 || took != 2*time.Second {
			t.Errorf("%d of 100 refused after %v; want 3 at once, 2 in 2 s, 95 refused", len(refused), took)
		}
		if limited, ok := errors.AsType[*RateLimited](refused[0]); !ok || limited.RetryAfter <= patience {
			t.Errorf("refused with %v", refused[0])
		}
	})
}

func TestCallerWithADeadlineIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := quietAPI()
		calls(t.Context(), a, "chat.postMessage", "C1", 3)
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		began := time.Now()
		err := a.do(ctx, "chat.postMessage", "C1", func(context.Context) error { return nil })
		if limited, ok := errors.AsType[*RateLimited](err); !ok || limited.RetryAfter != time.Second || time.Since(began) != 0 {
			t.Errorf("err = %v after %v", err, time.Since(began))
		}
	})
}

func refusing(d time.Duration) func(context.Context) error {
	return func(context.Context) error { return &slack.RateLimitedError{RetryAfter: d} }
}

func TestRetryAfterStopsAllCallersOfAMethod(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := quietAPI()
		err := a.do(t.Context(), "users.info", "", refusing(30*time.Second))
		if limited, ok := errors.AsType[*RateLimited](err); !ok || limited.RetryAfter != 30*time.Second {
			t.Fatalf("err = %v", err)
		}
		time.Sleep(27 * time.Second)
		if done := calls(t.Context(), a, "users.info", "", 5); done != 0 {
			t.Errorf("%d calls during the pause", done)
		}
		if done := calls(t.Context(), a, "views.open", "", 5); done != 5 {
			t.Errorf("another method was held: %d of 5", done)
		}
		time.Sleep(2 * time.Second)
		began := time.Now()
		if done := calls(t.Context(), a, "users.info", "", 5); done != 5 || time.Since(began) != time.Second {
			t.Errorf("after the pause %d of 5 calls, waited %v", done, time.Since(began))
		}
	})
}

func TestRetryAfterOfAPostStopsItsChannelOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := quietAPI()
		_ = a.do(t.Context(), "chat.postMessage", "C1", refusing(30*time.Second))
		if done := calls(t.Context(), a, "chat.postMessage", "C1", 1); done != 0 {
			t.Error("posted to the channel during its pause")
		}
		if done := calls(t.Context(), a, "chat.postMessage", "C2", 1); done != 1 {
			t.Error("another channel was stopped too")
		}
		_ = a.do(t.Context(), "chat.postMessage", "C2", refusing(30*time.Second))
		if done := calls(t.Context(), a, "chat.postMessage", "C3", 1); done != 0 {
			t.Error("two channels were refused, and a third is still tried")
		}
	})
}

// The callers that wait already when another is told to stop must not run into
// the same wall.
func TestStormOf429IsNotFed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := quietAPI()
		var mu sync.Mutex
		var at []time.Duration
		began := time.Now()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				for time.Since(began) < 5*time.Minute {
					err := a.do(t.Context(), "chat.postMessage", "C1", func(ctx context.Context) error {
						mu.Lock()
						defer mu.Unlock()
						at = append(at, time.Since(began))
						return refusing(20 * time.Second)(ctx)
					})
					if limited, ok := errors.AsType[*RateLimited](err); ok {
						time.Sleep(limited.RetryAfter)
					}
				}
			})
		}
		wg.Wait()
		if len(at) > 16*channelBurst {
			t.Errorf("%d calls in five minutes of refusals for 20 s each", len(at))
		}
	})
}

func TestIdleChannelsAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := quietAPI()
		for i := range 10 * manyChannels {
			calls(t.Context(), a, "chat.update", fmt.Sprint(i), 1)
		}
		if n := len(a.pace.channels); n > manyChannels {
			t.Errorf("%d channels remembered", n)
		}
	})
}
