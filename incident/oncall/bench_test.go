package oncall

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// busySchedule is as complex as schedules get: ten layers in a zone with clock
// changes, many hand-offs a day, and a hundred overrides.
func busySchedule(id int) *Schedule {
	s := &Schedule{ID: fmt.Sprint(id), Zone: oddZones[1+id%(len(oddZones)-1)], Combine: Union}
	start := LocalTime{2025, 1, 31, 9, 0}
	for i := range 10 {
		r := &Rotation{Start: start, Unit: []Unit{Hour, Day, Week, Month}[i%4], Length: 1 + i/4, People: people("a", "b", "c", "", "d", "e")}
		if r.Unit == Hour {
			r.Length = []int{12, 5, 8}[i/4]
		}
		s.Layers = append(s.Layers, Layer{Rotation: r, Windows: []Window{{Days: weekdays[:5], Start: Clock(i, 30), End: Clock(23-i, 0)}, {FromDay: "fri", FromTime: Clock(18, 0), UntilDay: "mon", UntilTime: Clock(8, i)}}})
	}
	for i := range 100 {
		from := time.Date(2026, 1, 1+3*i, 6, 0, 0, 0, time.UTC)
		s.Overrides = append(s.Overrides, Override{ID: int64(i), Action: Replace, Person: "z", Replaced: "a", From: from, Until: from.AddDate(0, 0, 2)})
	}
	return s
}

func BenchmarkSegmentsOfAYear(b *testing.B) {
	r := compiledFor(b, busySchedule(0))
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	n := 0
	for b.Loop() {
		n = len(r.Segments(from, from.AddDate(1, 0, 0)))
	}
	b.ReportMetric(float64(n), "segments")
}

func BenchmarkAtTenYearsAhead(b *testing.B) {
	r := compiledFor(b, busySchedule(0))
	at := time.Date(2036, 7, 1, 12, 0, 0, 0, time.UTC)
	for b.Loop() {
		r.At(at)
	}
}

func BenchmarkAtOfAThousandSchedules(b *testing.B) {
	var all []*Resolver
	for i := range 1000 {
		all = append(all, compiledFor(b, busySchedule(i)))
	}
	at := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	for b.Loop() {
		for _, r := range all {
			r.At(at)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	s := busySchedule(0)
	for b.Loop() {
		compiledFor(b, s)
	}
}

func BenchmarkNext(b *testing.B) {
	r := compiledFor(b, busySchedule(0))
	at := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	for b.Loop() {
		r.Next(at)
	}
}

func BenchmarkLint(b *testing.B) {
	s := busySchedule(0)
	now := time.Date(2026, 2, 21, 3, 0, 0, 0, time.UTC)
	for b.Loop() {
		if _, err := Lint(s, now, week60, LintOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteCalendar(b *testing.B) {
	r := compiledFor(b, busySchedule(0))
	now := time.Date(2026, 2, 21, 3, 0, 0, 0, time.UTC)
	f := Feed{Schedules: []*Resolver{r}, From: now.AddDate(0, 0, -30), Until: now.AddDate(0, 0, 180), Stamp: now}
	for b.Loop() {
		if err := WriteCalendar(io.Discard, f); err != nil {
			b.Fatal(err)
		}
	}
}

func compiledFor(b testing.TB, s *Schedule) *Resolver {
	b.Helper()
	r, err := s.Compile()
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func TestOneResolverAnswersManyAtOnce(t *testing.T) {
	t.Parallel()
	r := compiledFor(t, busySchedule(0))
	from := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	want, now := r.Segments(from, from.AddDate(0, 2, 0)), r.At(from)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			got := r.Segments(from, from.AddDate(0, 2, 0))
			if !slices.EqualFunc(got, want, sameSegment) || !slices.Equal(r.At(from), now) {
				t.Error("answers differ")
			}
			for _, p := range []incident.PersonID{"a", "z"} {
				r.ShiftAt(p, from)
			}
		})
	}
	all.Wait()
}
