package escalation_test

import (
	"slices"
	"testing"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// TestWhatSomebodyHasMeanwhileStaysTheirs: who escalates or takes back has looked a
// moment ago, and somebody may have acknowledged since.
func TestWhatSomebodyHasMeanwhileStaysTheirs(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.save(ladder())
		begun := e.begin(e.declare("theirs"), escalation.Request{Policy: "main"})
		e.acknowledge(begun.ID, "cy")
		if _, moved, err := e.EscalateUnanswered(t.Context(), begun.ID, begun.Fired, incident.By("erin")); err != nil || moved {
			t.Errorf("EscalateUnanswered of what cy has = %v, %v; want that nothing moves", moved, err)
		}
		if _, taken, err := e.TakeBack(t.Context(), begun.ID, "erin"); err != nil || taken {
			t.Errorf("TakeBack by erin of what cy has = %v, %v; want that it is not taken", taken, err)
		}
		if now := e.get(begun.ID); now.State != escalation.Acknowledged || !slices.Equal(now.AckedBy, []incident.PersonID{"cy"}) {
			t.Errorf("it is %s by %v; want acknowledged by cy", now.State, now.AckedBy)
		}
		for n, want := range []bool{true, false} {
			if _, taken, err := e.TakeBack(t.Context(), begun.ID, "cy"); err != nil || taken != want {
				t.Errorf("TakeBack %d by cy = %v, %v; want %v", n+1, taken, err, want)
			}
		}
		if _, moved, err := e.EscalateUnanswered(t.Context(), begun.ID, e.get(begun.ID).Fired, incident.By("erin")); err != nil || !moved {
			t.Errorf("EscalateUnanswered of what waits = %v, %v; want that it moves", moved, err)
		}
		if got := e.pages(begun.ID); !slices.Equal(got, []string{"ana", "ana", "bo"}) {
			t.Errorf("asked were %v; want ana, ana again and bo", got)
		}
	})
}
