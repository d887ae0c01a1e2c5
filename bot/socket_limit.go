package bot

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"golang.org/x/time/rate"
)

const (
	// apps.connections.open is a method of tier 3, 50 calls a minute. We stay far
	// below, since a workspace that is refused for long hears nothing at all.
	opensPerMinute = 10
	opensAtOnce    = 5
	// Pauses after failures double from the first to the longest.
	firstPause, longestPause = time.Second, time.Minute
	// Connections that Slack has not yet noticed to be dead count against us, and
	// every attempt adds one: only time helps.
	firstCrowdedPause, longestCrowdedPause = 30 * time.Second, 10 * time.Minute
	// When Slack limits us without saying for how long.
	unstatedPause = 30 * time.Second
)

// openLimit decides when a connection may be asked for: one attempt at a time
// for all places, from a bucket, and later after each failure.
type openLimit struct {
	turn   chan struct{}
	bucket *rate.Limiter

	mu       sync.Mutex
	failures int
	until    time.Time
}

func newOpenLimit() *openLimit {
	return &openLimit{turn: make(chan struct{}, 1), bucket: rate.NewLimiter(rate.Every(time.Minute/opensPerMinute), opensAtOnce)}
}

// take waits until an attempt may be made. Who gets nil must call give.
func (l *openLimit) take(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if sleep(ctx, l.pause()) && l.bucket.Wait(ctx) == nil {
		return nil
	}
	<-l.turn
	return context.Cause(ctx)
}

// give notes how the attempt went and returns the pause before the next one.
func (l *openLimit) give(err error) time.Duration {
	defer func() { <-l.turn }()
	if err == nil {
		return 0
	}
	return l.failed(err)
}

// failed makes the next attempt wait; each failure in a row longer than the last.
func (l *openLimit) failed(err error) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failures++
	pause := pauseAfter(err, l.failures)
	l.until = time.Now().Add(pause)
	return pause
}

func (l *openLimit) succeeded() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failures = 0
}

func (l *openLimit) pause() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.until)
}

// pauseAfter is between half and all of the doubled pause, so that replicas that
// failed together do not come back together, and never less than Slack asks for.
func pauseAfter(err error, failures int) time.Duration {
	first, longest := firstPause, longestPause
	if errors.Is(err, errCrowded) {
		first, longest = firstCrowdedPause, longestCrowdedPause
	}
	pause := min(first<<min(failures-1, 16), longest)
	pause = pause/2 + rand.N(pause/2)
	return max(pause, askedPause(err))
}

func askedPause(err error) time.Duration {
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return limited.RetryAfter
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok && status.Code == 429 {
		return unstatedPause
	}
	return 0
}
