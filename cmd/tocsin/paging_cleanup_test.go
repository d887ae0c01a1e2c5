package main

import (
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// TestALongCleanUpKeepsNobodyFromBeingPaged lets the hourly cleaning wait for a lock, again and again,
// while an escalation climbs and pages all the same.
func TestALongCleanUpKeepsNobodyFromBeingPaged(t *testing.T) {
	t.Parallel()
	w := newPagedWorld(t, pgtest.URL(t))
	w.organised(3, time.Second)
	w.start()
	w.working(1)
	hold, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hold.Rollback(t.Context()) }()
	if _, err := hold.Exec(t.Context(), `LOCK TABLE slack_inbound IN EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := w.pool.Exec(t.Context(), `INSERT INTO river_job (kind, args, max_attempts) VALUES ($1, '{}', 1000)`, bot.TidyUp{}.Kind()); err != nil {
			t.Fatal(err)
		}
	}
	cleaning := func() bool {
		return w.count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%DELETE FROM slack_inbound%'`) > 0
	}
	w.waitFor("the cleaning to hang", cleaning)
	id := w.beginsOne(0)
	w.waitFor("both steps to fire", func() bool { return w.firedAndSent(id, 2) })
	w.waitFor("the cleaning to hang still", cleaning)
}
