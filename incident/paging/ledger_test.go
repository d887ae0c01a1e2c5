package paging

import (
	"slices"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// TestTheLedgerIsTrueInTheInstantOfAnAnswer looks before any job has cancelled what is
// left, as whoever draws the card after the answer may.
func TestTheLedgerIsTrueInTheInstantOfAnAnswer(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(w *world, e int64) error
		want []State
	}{
		{"nothing happens", func(*world, int64) error { return nil }, []State{StatePlanned, StatePlanned, StatePlanned}},
		{"it is acknowledged", func(w *world, e int64) error { w.ack(e, bob); return nil }, []State{StateCancelled, StateCancelled, StateCancelled}},
		{"one of two acknowledges", func(w *world, e int64) error {
			_, err := w.pool.Exec(w.t.Context(), `UPDATE escalation SET acked_by = ARRAY['U0BOB'] WHERE id = $1`, e)
			return err
		}, []State{StatePlanned, StatePlanned, StateCancelled}},
		{"it begins anew", func(w *world, e int64) error {
			w.ack(e, bob)
			_, err := w.Escalations.Unacknowledge(w.t.Context(), e, incident.System)
			return err
		}, []State{StateCancelled, StateCancelled, StateCancelled}},
		{"it is over", func(w *world, e int64) error {
			_, err := w.Escalations.Resolve(w.t.Context(), e, incident.By(bob))
			return err
		}, []State{StateCancelled, StateCancelled, StateCancelled}},
		{"a later page asks again", func(w *world, e int64) error {
			_, _, err := w.Escalations.EscalateNow(w.t.Context(), e, escalation.AnyStep, incident.System)
			return err
		}, []State{StateCancelled, StateCancelled, StatePlanned}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, idle, func(w *world) {
				sms, voice := w.contact(alice, MethodSMS, alicePhone), w.contact(alice, MethodVoice, alicePhone)
				w.rules(alice, Rule{After: time.Minute, Contact: sms}, Rule{After: 2 * time.Minute, Contact: voice})
				w.rules(bob, Rule{After: 3 * time.Minute, Contact: w.contact(bob, MethodSMS, bobPhone)})
				both := targeted(escalation.TargetPerson, string(alice), time.Hour)
				both.Targets = append(both.Targets, escalation.Target{Kind: escalation.TargetPerson, ID: string(bob)})
				e := w.begin(escalation.Policy{ID: "main", Steps: []escalation.Step{both, targeted(escalation.TargetPerson, string(alice), time.Hour)}})
				for page := range int64(2) {
					w.must(w.BeginPage(w.t.Context(), page+1))
				}
				w.must(c.do(w, e))
				lines, err := w.Ledger(w.t.Context(), 1)
				w.must(err)
				var got []State
				for _, l := range lines {
					got = append(got, l.State)
					if (l.State == StateCancelled) != (l.Reason != "") {
						t.Errorf("%+v; want a reason for what is cancelled", l)
					}
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("ledger %v; want %v", got, c.want)
				}
			})
		})
	}
}

// TestTheTimelineSaysWhyNothingWasSent follows a message that its own rule kept back.
func TestTheTimelineSaysWhyNothingWasSent(t *testing.T) {
	inWorld(t, quick, func(w *world) {
		w.contact(alice, MethodSlack, string(alice))
		id := w.incident("Checkout", incident.SEV2)
		w.page(id, "checkout", 2*time.Minute, alice)
		w.at(10)
		w.sayAwake(alice)
		before, err := w.Incidents.Get(w.t.Context(), id)
		w.must(err)
		w.at(119)
		w.at(125)
		var said []string
		rows, err := w.pool.Query(w.t.Context(), `SELECT data->>'reason' FROM timeline_entry WHERE kind = $1 AND data->>'state' = 'cancelled'`, incident.KindDeliveryMoved)
		w.must(err)
		for rows.Next() {
			var reason string
			w.must(rows.Scan(&reason))
			said = append(said, reason)
		}
		w.must(rows.Err())
		after, err := w.Incidents.Get(w.t.Context(), id)
		w.must(err)
		if !slices.Equal(said, []string{knows}) || after.Revision < before.Revision+2 {
			t.Errorf("the timeline says %q, revision %d after %d; want once that she is awake, and the card drawn anew", said, after.Revision, before.Revision)
		}
	})
}
