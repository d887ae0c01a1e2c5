package incident_test

import (
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// populated makes a service over ten open incidents and a number of closed ones.
func populated(b *testing.B, closed int) *incident.Service {
	b.Helper()
	s, _ := newService(b)
	for _, part := range []struct {
		status string
		count  int
	}{{"closed", closed}, {"active", 10}} {
		_, err := s.Pool.Exec(b.Context(), `
			INSERT INTO incident (title, severity, status, declared_by_kind, declared_by_id, declared_at)
			SELECT 'Incident ' || n, 1 + n % 5, $1, 'person', 'U1', timestamptz '2026-01-01' + n * interval '1 minute'
			FROM generate_series(1, $2::int) n`, part.status, part.count)
		if err != nil {
			b.Fatal(err)
		}
	}
	if _, err := s.Pool.Exec(b.Context(), `VACUUM ANALYZE incident`); err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkListAmongMany measures the lists of /incident list with few and with
// very many closed incidents. "many/few" is how many times dearer the many are;
// it should stay near 1.
func BenchmarkListAmongMany(b *testing.B) {
	few, many := populated(b, 10), populated(b, 100_000)
	for name, list := range map[string]func(*incident.Service) ([]*incident.Incident, error){
		"Open":       func(s *incident.Service) ([]*incident.Incident, error) { return s.Open(b.Context(), 20) },
		"Recent":     func(s *incident.Service) ([]*incident.Incident, error) { return s.Recent(b.Context(), 0, 20) },
		"RecentPage": func(s *incident.Service) ([]*incident.Incident, error) { return s.Recent(b.Context(), 20, 20) },
	} {
		b.Run(name, func(b *testing.B) {
			var took [2]time.Duration
			for b.Loop() {
				for n, s := range []*incident.Service{few, many} {
					start := time.Now()
					if got, err := list(s); err != nil || len(got) < 10 {
						b.Fatal(len(got), err)
					}
					took[n] += time.Since(start)
				}
			}
			b.ReportMetric(float64(took[1])/float64(took[0]), "many/few")
			b.ReportMetric(float64(took[1].Nanoseconds())/float64(b.N), "ns/list-of-many")
		})
	}
}
