package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// checkTimeout bounds one readiness check; probes give up after a few seconds
// and would then learn nothing.
const checkTimeout = 2 * time.Second

// check is one named condition of readiness.
type check struct {
	name string
	ask  func(context.Context) error
}

// Ready adds a named condition of readiness. ask returns nil, or an error
// whose text tells an operator why not; it is shown to whoever can reach the
// server, so it must hold no secret. It gets 2 s and may be called
// concurrently with itself.
func (s *Server) Ready(name string, ask func(context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checks = append(s.checks, check{name, ask})
}

// healthz says that the process is alive, and nothing else: restarting it
// would not mend a database.
func healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("alive\n")) // whoever asked has gone: nobody to tell
}

// readiness is the answer of /readyz.
type readiness struct {
	Ready  bool          `json:"ready"`
	Checks []checkResult `json:"checks"`
}

type checkResult struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
}

// readyz asks all checks at once; 503 when any of them fails or the server is
// about to stop.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	checks := s.checks
	s.mu.Unlock()
	state := readiness{Ready: true, Checks: make([]checkResult, len(checks))}
	var group sync.WaitGroup
	for i, c := range checks {
		group.Go(func() { state.Checks[i] = c.result(r.Context()) })
	}
	group.Wait()
	select {
	case <-s.closing:
		state.Checks = append(state.Checks, checkResult{Name: "running", Reason: "the process is stopping"})
	default:
	}
	status := http.StatusOK
	for _, c := range state.Checks {
		if !c.OK {
			state.Ready, status = false, http.StatusServiceUnavailable
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(state) // whoever asked has gone: nobody to tell
}

// result asks one check. It waits no longer than checkTimeout even for a check
// that ignores its context; such a check ends on its own time.
func (c check) result(ctx context.Context) checkResult {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	answered := make(chan error, 1)
	go func() {
		defer func() {
			if caught := recover(); caught != nil {
				answered <- fmt.Errorf("the check itself failed")
			}
		}()
		answered <- c.ask(ctx)
	}()
	select {
	case err := <-answered:
		if err != nil {
			return checkResult{Name: c.name, Reason: err.Error()}
		}
		return checkResult{Name: c.name, OK: true}
	case <-ctx.Done():
		return checkResult{Name: c.name, Reason: fmt.Sprintf("no answer within %s", checkTimeout)}
	}
}

// newMetrics makes the registry with what every process reports, and the
// histogram of requests.
func newMetrics() (*prometheus.Registry, *prometheus.HistogramVec) {
	registry := prometheus.NewRegistry()
	requests := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "tocsin_http_request_seconds",
		Help:    "Time to answer an HTTP request, by route and status.",
		Buckets: []float64{.005, .02, .1, .5, 2.5, 10, 60},
	}, []string{"route", "status"})
	registry.MustRegister(requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry, requests
}
