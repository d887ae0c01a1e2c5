package bot

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	outcomeOK      = "ok"
	outcomeHeld    = "held"    // not made: the pace would have been too fast
	outcomeLimited = "limited" // refused by Slack for its rate
	outcomeGone    = "gone"
	outcomeFailed  = "failed"
)

type apiMetrics struct{ calls *prometheus.CounterVec }

func newAPIMetrics() *apiMetrics {
	return &apiMetrics{calls: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "tocsin_slack_calls_total",
		Help: "Calls of Slack's Web API by method and outcome: ok, held (our own pace), limited (429), gone (for good), failed (may pass).",
	}, []string{"method", "outcome"})}
}

func (m *apiMetrics) add(method, outcome string) { m.calls.WithLabelValues(method, outcome).Inc() }

// Register makes the call counters visible in a registry; nil does nothing.
func (a *API) Register(to prometheus.Registerer) error {
	if to == nil {
		return nil
	}
	return to.Register(a.count.calls)
}

func outcomeOf(err error) string {
	if err == nil {
		return outcomeOK
	}
	if _, ok := errors.AsType[*RateLimited](err); ok {
		return outcomeLimited
	}
	if _, ok := errors.AsType[*Gone](err); ok {
		return outcomeGone
	}
	return outcomeFailed
}
