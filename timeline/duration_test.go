package timeline_test

import (
	"math"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/timeline"
)

func TestSpansReadAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 s", 999 * time.Millisecond: "0 s", 45 * time.Second: "45 s", 59*time.Second + 999*time.Millisecond: "59 s",
		time.Minute: "1 min", 90 * time.Second: "1 min", time.Hour: "1 h", 61 * time.Minute: "1 h 1 min",
		24 * time.Hour: "1 d", 24*time.Hour + 5*time.Minute: "1 d 5 min", 26*time.Hour + 5*time.Minute: "1 d 2 h 5 min",
		100 * 24 * time.Hour: "100 d", -5 * time.Minute: "-5 min",
		math.MinInt64: "-106751 d 23 h 47 min",
	} {
		if got := timeline.Span(d); got != want {
			t.Errorf("timeline.Span(%v) = %q; want %q", d, got, want)
		}
	}
}

func TestWaitsAreSaidInFull(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 seconds", 499 * time.Millisecond: "0 seconds", 500 * time.Millisecond: "1 second", time.Second: "1 second", 59 * time.Second: "59 seconds",
		time.Minute: "1 minute", 90 * time.Second: "1 minute 30 seconds", 2 * time.Minute: "2 minutes", 119*time.Second + 600*time.Millisecond: "2 minutes",
		time.Hour: "1 hour", 3*time.Hour + time.Second: "3 hours 1 second", 24*time.Hour - time.Second: "23 hours 59 minutes 59 seconds",
		24 * time.Hour: "1 day", 25 * time.Hour: "1 day 1 hour", 100 * 24 * time.Hour: "100 days",
		-90 * time.Second: "-1 minute 30 seconds", -time.Millisecond: "0 seconds",
		math.MinInt64: "-106751 days 23 hours 47 minutes 16 seconds",
	} {
		if got := timeline.SpanInFull(d); got != want {
			t.Errorf("timeline.SpanInFull(%v) = %q; want %q", d, got, want)
		}
	}
}
