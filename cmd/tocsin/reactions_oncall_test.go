package main

import (
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// told counts the jobs of a kind, done or not.
func (w *world) told(kind string) (n int) {
	w.t.Helper()
	if err := w.pool.QueryRow(w.t.Context(), `SELECT count(*) FROM river_job WHERE kind = $1`, kind).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// aDeath is a process that dies right after its commit: nobody is alive while act
// changes the state. Another process comes up, and then the script is true.
func (w *world) aDeath(act func(), script string) {
	w.t.Helper()
	w.stop()
	act()
	w.start()
	w.plays(script)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestMaintenanceIsToldAfterADeath: whoever commits a begin or an end of maintenance
// may die the next moment; the channel is told all the same, and once.
func TestMaintenanceIsToldAfterADeath(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		w.plays("the organisation is shop")
		w.aDeath(func() {
			_, err := w.app.Escalations.BeginMaintenance(t.Context(), escalation.Maintenance{Service: "checkout"})
			w.must(err)
		}, `#incidents shows "Maintenance 1 of Checkout: pages are held back" once`)
		w.aDeath(func() {
			for range 2 {
				w.must(w.app.Escalations.EndMaintenance(t.Context(), 1))
			}
		}, `#incidents shows "Maintenance 1 of Checkout is over" once`)
		w.plays("after 10s\n#incidents shows \"Maintenance 1 of Checkout is over\" once")
		if n := w.told("bot.tell_maintenance"); n != 2 {
			t.Errorf("%d jobs told of it; want one for the begin and one for the end", n)
		}
	})
}

// TestPagingFollowsTheSeverityAfterADeath: whoever commits a worse severity may die the
// next moment; what was paged with low urgency is raised all the same, and once.
func TestPagingFollowsTheSeverityAfterADeath(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		w.plays("the organisation is shop\nalice types /incident declare now sev4 on checkout Odd totals\nalice goes to #inc-1-odd-totals\n#inc-1-odd-totals shows Asking @alice (step 1)")
		w.aDeath(func() {
			for range 2 {
				_, err := w.app.Incidents.SetSeverity(t.Context(), 1, incident.SEV1, incident.By(incident.PersonID(w.slack.Person("bob").ID)))
				w.must(err)
			}
		}, "#inc-1-odd-totals shows \"@bob asks for Checkout again, with high urgency now\" once\nafter 6m\n#inc-1-odd-totals shows Asking @carol, @dave (step 2)")
		if n := w.told("escalation.raise_urgency"); n != 1 {
			t.Errorf("%d jobs let the paging follow; want one", n)
		}
	})
}

// TestCoverIsShownAfterADeath: the same for requests for cover.
func TestCoverIsShownAfterADeath(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		w.plays("the organisation is shop")
		alice, bob := incident.PersonID(w.slack.Person("alice").ID), incident.PersonID(w.slack.Person("bob").ID)
		now := incident.Now()
		var id int64
		w.aDeath(func() {
			asked, err := w.app.OnCall.AskCover(t.Context(), "payments-primary", alice, now, now.Add(6*time.Hour), "")
			w.must(err)
			id = asked.ID
		}, `#incidents shows "asks for cover" once`)
		w.aDeath(func() {
			for range 2 {
				_, err := w.app.OnCall.TakeCover(t.Context(), id, bob)
				w.must(err)
			}
		}, "#incidents shows \"stands in for\" once\n#incidents shows nothing of asks for cover")
		if n := w.told("bot.show_cover"); n != 2 {
			t.Errorf("%d jobs showed it; want one for each change", n)
		}
	})
}

// TestWhatCannotBeToldDoesNotHappen breaks the queue of jobs: then neither
// maintenance nor cover changes.
func TestWhatCannotBeToldDoesNotHappen(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		w.plays("the organisation is shop\nbob types /incident maintenance all 2h")
		w.stop()
		alice, now := incident.PersonID(w.slack.Person("alice").ID), incident.Now()
		asked, err := w.app.OnCall.AskCover(t.Context(), "payments-primary", alice, now, now.Add(6*time.Hour), "")
		w.must(err)
		_, err = w.pool.Exec(t.Context(), `ALTER TABLE river_job RENAME TO lost_job`)
		w.must(err)
		if _, err := w.app.Escalations.BeginMaintenance(t.Context(), escalation.Maintenance{Service: "checkout"}); err == nil {
			t.Error("maintenance begins, and nobody is told")
		}
		if err := w.app.Escalations.EndMaintenance(t.Context(), 1); err == nil {
			t.Error("maintenance ends, and nobody is told")
		}
		if _, err := w.app.OnCall.WithdrawCover(t.Context(), asked.ID, alice); err == nil {
			t.Error("cover is withdrawn, and nobody sees it")
		}
		list, err := w.app.Escalations.Maintenances(t.Context())
		if err != nil || len(list) != 1 || list[0].ID != 1 || list[0].Until.IsZero() {
			t.Errorf("maintenance is %+v, %v; want the first alone, as it was", list, err)
		}
		if c, err := w.app.OnCall.Cover(t.Context(), asked.ID); err != nil || c.State != asked.State {
			t.Errorf("cover is %+v, %v; want it still asked for", c, err)
		}
		_, err = w.pool.Exec(t.Context(), `ALTER TABLE lost_job RENAME TO river_job`)
		w.must(err)
	})
}
