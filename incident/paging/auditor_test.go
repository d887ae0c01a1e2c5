package paging

import (
	"context"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// TestALostTimerIsPagedThroughByTheAuditor: the timer of bob's step is gone. Once it is
// ten seconds late his phone is written to, and not before.
func TestALostTimerIsPagedThroughByTheAuditor(t *testing.T) {
	inWorld(t, time.Second, func(w *world) {
		w.contact(alice, MethodSlack, string(alice))
		w.contact(bob, MethodSlack, string(bob))
		w.page(w.incident("Checkout", incident.SEV2), "checkout", 5*time.Minute, alice, bob)
		w.at(30)
		_, err := w.pool.Exec(w.t.Context(), `DELETE FROM river_job WHERE kind = 'escalation.advance'`)
		w.must(err)
		ctx, stop := context.WithCancel(w.t.Context())
		done := make(chan error, 1)
		go func() { done <- escalation.NewAuditor(w.Escalations).Run(ctx) }()
		w.at(309)
		if sent := w.office.pages(MethodSlack, string(bob)); len(sent) != 0 {
			w.t.Errorf("bob got %v within the time that a timer has", w.log(sent))
		}
		w.at(313)
		stop()
		w.must(<-done)
		if sent := w.office.pages(MethodSlack, string(bob)); len(sent) != 1 {
			w.t.Errorf("13 s after its time bob has got %v; want one message", w.log(sent))
		}
	})
}
