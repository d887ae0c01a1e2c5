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
