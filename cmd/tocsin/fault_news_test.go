package main

import (
	"testing"
	"time"
)

// TestAnUpdateOfYesterdayIsNoNews lets two updates wait for an announcement that
// comes late: one is older than a day by then, the other one nearly.
func TestAnUpdateOfYesterdayIsNoNews(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		w.plays(`
			tocsin stops
			carol renames #incidents to #incidents-old
			tocsin starts
			alice types /incident declare sev1 Checkout is down
			alice goes to #inc-1-checkout-is-down
			alice types /incident update We begin to look
			alice types /incident update We know what it is
		`)
		w.ages("We begin to look", 24*time.Hour)
		w.ages("We know what it is", 24*time.Hour-5*time.Minute)
		w.plays(`
			bob makes the channel #incidents
			after 35s
			#incidents shows Checkout is down
			#incidents shows We know what it is
			after 10s
			#incidents shows nothing of We begin to look
		`)
		var waiting int
		err := w.pool.QueryRow(t.Context(), `
			SELECT count(*)
			FROM river_job
			WHERE kind = 'bot.tell_stakeholders' AND finalized_at IS NULL`).Scan(&waiting)
		if err != nil || waiting > 0 {
			t.Errorf("%d jobs still wait to tell an update, %v", waiting, err)
		}
	})
}

// ages makes the update with that text older.
func (w *world) ages(text string, by time.Duration) {
	w.t.Helper()
	tag, err := w.pool.Exec(w.t.Context(), `
		UPDATE timeline_entry
		SET occurred_at = occurred_at - $2::interval
		WHERE kind = 'incident.update_posted' AND data ->> 'text' = $1`, text, by)
	if err != nil || tag.RowsAffected() != 1 {
		w.t.Fatalf("age %q: %v, %v", text, tag, err)
	}
}
