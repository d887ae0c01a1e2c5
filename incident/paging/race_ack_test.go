package paging

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// realWorld is a world in real time: in a bubble the clock stands still while the
// database works, and a race has no before and after. Nothing works its jobs.
func realWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, pool: pgtest.DB(t), office: newOffice(), began: time.Now()}
	w.Service = w.replica("replica-1")
	w.phones()
	return w
}

// TestAckRace lets answers and claims meet: nothing is claimed by whoever asks after an
// answer was committed, and both orders occur. How long either takes depends on the
// machine, so whoever came first begins a little later the next time.
func TestAckRace(t *testing.T) {
	t.Parallel()
	w := realWorld(t)
	const rounds, most, shift = 80, 400, 2 * time.Millisecond
	before, after, lag := 0, 0, 4*time.Millisecond // lag is how much later a claim begins
	for n := 0; n < rounds || n < most && (before == 0 || after == 0); n++ {
		e, id := w.planned(fmt.Sprintf("race-%d", n))
		var group sync.WaitGroup
		var acked, asked time.Time
		var claimed bool
		first := make(chan struct{})
		group.Go(func() {
			<-first
			spin(max(0, -lag) + rand.N(shift))
			w.ack(e, alice)
			acked = time.Now()
		})
		group.Go(func() {
			<-first
			spin(max(0, lag) + rand.N(shift))
			asked = time.Now()
			a, err := w.claim(t.Context(), id)
			if err != nil {
				t.Error(err)
			}
			claimed = a != nil
		})
		close(first)
		group.Wait()
		switch {
		case claimed && asked.After(acked):
			t.Errorf("round %d: claimed %v after the answer was committed", n, asked.Sub(acked))
		case claimed:
			before, lag = before+1, lag+shift
		default:
			after, lag = after+1, lag-shift
		}
		if _, err := w.pool.Exec(t.Context(), `UPDATE delivery SET sent_at = NULL, state = 'cancelled'`); err != nil { // no storm
			t.Fatal(err)
		}
	}
	t.Logf("%d claimed before the answer, %d found it", before, after)
	if before == 0 || after == 0 {
		t.Errorf("the race was never open: %d before, %d after", before, after)
	}
}

// spin waits for a moment that is too short for a timer.
func spin(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		continue
	}
}

// blocked waits until somebody waits for a lock in the database.
func (w *world) blocked() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		var n int
		w.must(w.pool.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n))
		if n > 0 {
			return
		}
		<-tick.C
	}
}

func TestClaimWaitsForAnAnswerThatIsBeingCommitted(t *testing.T) {
	t.Parallel()
	w := realWorld(t)
	e, id := w.planned("a")
	claims := make(chan *attempt, 1)
	_, err := w.Incidents.Change(t.Context(), 1, incident.By(alice), func(ctx context.Context, tx pgx.Tx, _ *incident.Incident, _ time.Time) ([]incident.Event, error) {
		if _, err := tx.Exec(ctx, `UPDATE escalation SET state = 'acknowledged', acked_by = ARRAY['U0ALICE'] WHERE id = $1`, e); err != nil {
			return nil, err
		}
		go func() {
			a, err := w.claim(t.Context(), id)
			if err != nil {
				t.Error(err)
			}
			claims <- a
		}()
		w.blocked()
		return nil, nil
	})
	w.must(err)
	if a := <-claims; a != nil {
		t.Error("a message was claimed while its answer was being committed")
	}
}

func TestAnswerWaitsForAClaimThatIsBeingCommitted(t *testing.T) {
	t.Parallel()
	w := realWorld(t)
	e, id := w.planned("a")
	tx, err := w.pool.Begin(t.Context())
	w.must(err)
	d, _, err := readDelivery(t.Context(), tx, id)
	w.must(err)
	a, err := w.take(t.Context(), tx, d)
	w.must(err)
	if a == nil {
		t.Fatal("nothing was claimed")
	}
	acked := make(chan struct{})
	go func() {
		w.ack(e, alice)
		close(acked)
	}()
	w.blocked()
	select {
	case <-acked:
		t.Error("an answer was committed in the middle of a claim")
	default:
	}
	w.must(tx.Commit(t.Context()))
	<-acked
	w.wantEscalation(e, "acknowledged")
}
