package timeline_test

import (
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
	"github.com/tocsinhq/tocsin/timeline"
)

// written makes a timeline of n entries: captured messages, a tenth of them
// edited, and notes.
func written(b *testing.B, n int) (*timeline.Service, incident.ID) {
	b.Helper()
	pool := pgtest.DB(b)
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		b.Fatal(err)
	}
	s := &timeline.Service{Incidents: &incident.Service{Pool: pool, Recorder: &timeline.Recorder{Jobs: jobs}}}
	i, err := s.Incidents.Declare(b.Context(), incident.Declaration{Title: "Checkout is down"}, alice)
	if err != nil {
		b.Fatal(err)
	}
	_, err = pool.Exec(b.Context(), `
		INSERT INTO timeline_entry (incident_id, kind, occurred_at, recorded_at, actor_kind, actor_id, subject, source_channel, source_ts, data)
		SELECT $1, kind, at, at, 'person', 'U1', subject, 'C1', n::text, data
		FROM generate_series(1, $2::int) n,
			LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 second' AS at) t,
			LATERAL (SELECT
				CASE n % 10 WHEN 0 THEN 'timeline.message_edited' WHEN 1 THEN 'timeline.note_added' ELSE 'timeline.message_captured' END AS kind,
				CASE n % 10 WHEN 0 THEN n END AS subject,
				CASE n % 10
					WHEN 0 THEN jsonb_build_object('entry', n, 'from', 'text', 'to', 'edited', 'at', at)
					WHEN 1 THEN jsonb_build_object('text', 'a note', 'at', at)
					ELSE jsonb_build_object('via', 'pin', 'message', jsonb_build_object('channel', 'C1', 'ts', n::text, 'author', 'U2', 'posted_at', at,
						'text', repeat('the database does not answer ', 5)))
				END AS data) d`, i.ID, n)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := pool.Exec(b.Context(), `VACUUM ANALYZE timeline_entry`); err != nil {
		b.Fatal(err)
	}
	return s, i.ID
}

// BenchmarkAppendToLongTimeline puts a note on a timeline of 10,000 entries:
// lock, decide, save, record, commit. "long/short" compares it with an empty one.
func BenchmarkAppendToLongTimeline(b *testing.B) {
	short, shortID := written(b, 0)
	long, longID := written(b, 10_000)
	var took [2]time.Duration
	for b.Loop() {
		for n, append := range []func() error{
			func() error { return short.AddNote(b.Context(), shortID, "x", time.Time{}, alice) },
			func() error { return long.AddNote(b.Context(), longID, "x", time.Time{}, alice) },
		} {
			start := time.Now()
			if err := append(); err != nil {
				b.Fatal(err)
			}
			took[n] += time.Since(start)
		}
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "long/short")
	b.ReportMetric(float64(took[1].Nanoseconds())/float64(b.N), "ns/append")
}

// BenchmarkReadAndFoldLongTimeline reads 10,000 entries and folds them.
func BenchmarkReadAndFoldLongTimeline(b *testing.B) {
	s, id := written(b, 10_000)
	for b.Loop() {
		if lines, err := s.Lines(b.Context(), id); err != nil || len(lines) < 9_000 {
			b.Fatal(len(lines), err)
		}
	}
}

// BenchmarkFoldLongTimeline folds 10,000 entries that were read already.
func BenchmarkFoldLongTimeline(b *testing.B) {
	s, id := written(b, 10_000)
	entries, err := s.Entries(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		timeline.Fold(entries)
	}
}
