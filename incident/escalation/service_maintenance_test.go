package escalation_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
	"github.com/tocsinhq/tocsin/timeline"
)

// told is one job for each telling, as the product has it.
type told struct {
	Maintenance int64 `json:"maintenance"`
	Over        bool  `json:"over"`
}

func (told) Kind() string { return "test.told" }

// tells lets maintenance be told by jobs; what it returns makes that fail from then on.
func (e *engine) tells() (fail func(error)) {
	var broken error
	jobs := e.Incidents.Recorder.(*timeline.Recorder).Jobs
	e.OnMaintenance = func(ctx context.Context, tx pgx.Tx, id int64, over bool) error {
		if _, err := jobs.InsertTx(ctx, tx, told{id, over}, nil); err != nil {
			return err
		}
		return broken
	}
	return func(err error) { broken = err }
}

// tellings counts the jobs that tell of the begins or the ends.
func (e *engine) tellings(over bool) (n int) {
	e.t.Helper()
	err := e.Pool.QueryRow(e.t.Context(), `
		SELECT count(*)
		FROM river_job
		WHERE kind = $1 AND (args->>'over')::boolean = $2`, told{}.Kind(), over).Scan(&n)
	if err != nil {
		e.t.Fatal(err)
	}
	return n
}

func (e *engine) begins(m escalation.Maintenance) escalation.Maintenance {
	e.t.Helper()
	begun, err := e.BeginMaintenance(e.t.Context(), m)
	if err != nil {
		e.t.Fatal(err)
	}
	return begun
}

// listed are the maintenances that go on or are planned.
func (e *engine) listed() []escalation.Maintenance {
	e.t.Helper()
	list, err := e.Maintenances(e.t.Context())
	if err != nil {
		e.t.Fatal(err)
	}
	return list
}

// TestMaintenanceIsToldOrDoesNotHappen: when the job that tells of it cannot be
// inserted, nothing begins and nothing ends.
func TestMaintenanceIsToldOrDoesNotHappen(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	fail, broken := e.tells(), errors.New("the queue is broken")
	kept := e.begins(escalation.Maintenance{Service: "checkout"})
	fail(broken)
	if m, err := e.BeginMaintenance(t.Context(), escalation.Maintenance{Service: "search"}); !errors.Is(err, broken) || m.ID != 0 {
		t.Errorf("untold, it begins as %+v, %v", m, err)
	}
	if err := e.EndMaintenance(t.Context(), kept.ID); !errors.Is(err, broken) {
		t.Errorf("untold, it ends with %v", err)
	}
	if list := e.listed(); len(list) != 1 || list[0].ID != kept.ID || !list[0].Until.IsZero() {
		t.Errorf("there is %+v; want what has begun before, and no end of it", list)
	}
	if begins, ends := e.tellings(false), e.tellings(true); begins != 1 || ends != 0 {
		t.Errorf("%d begins and %d ends are told; want the first begin alone", begins, ends)
	}
	fail(nil)
	if err := e.EndMaintenance(t.Context(), kept.ID); err != nil || e.tellings(true) != 1 {
		t.Errorf("ended again, it is told %d times, %v; want once", e.tellings(true), err)
	}
}

// TestMaintenanceEndedTwiceIsToldOnce also when several end it at once, and when it
// has not begun yet.
func TestMaintenanceEndedTwiceIsToldOnce(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	e.tells()
	soon := incident.Now().Add(time.Hour)
	for n, m := range []escalation.Maintenance{
		{Service: "checkout"},
		{Until: soon},
		{From: soon, Until: soon.Add(time.Hour)},
		{From: soon},
	} {
		begun := e.begins(m)
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if err := e.EndMaintenance(t.Context(), begun.ID); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if err := e.EndMaintenance(t.Context(), begun.ID); err != nil {
			t.Error(err)
		}
		if begins, ends := e.tellings(false), e.tellings(true); begins != n+1 || ends != n+1 {
			t.Errorf("of %+v %d begins and %d ends are told; want %d of each", m, begins, ends, n+1)
		}
		if list := e.listed(); len(list) != 0 {
			t.Errorf("it has ended, and is listed as %+v", list)
		}
	}
	if err := e.EndMaintenance(t.Context(), 1000); incident.CodeOf(err) != incident.NotFound || e.tellings(true) != 4 {
		t.Errorf("one that does not exist ends with %v, told %d times", err, e.tellings(true))
	}
}

// TestWhatHasPassedIsNotToldToEnd: nobody has ended it.
func TestWhatHasPassedIsNotToldToEnd(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	e.tells()
	begun := e.begins(escalation.Maintenance{})
	passed := incident.Now().Add(-time.Minute)
	e.exec(`UPDATE maintenance SET from_at = $1, until_at = $2`, passed.Add(-time.Hour), passed)
	if err := e.EndMaintenance(t.Context(), begun.ID); err != nil || e.tellings(true) != 0 {
		t.Errorf("%v, told %d times; want nobody told", err, e.tellings(true))
	}
	if got, err := e.Maintenance(t.Context(), begun.ID); err != nil || !got.Until.Equal(passed) {
		t.Errorf("its end is %s, %v; want %s, as it was", got.Until, err, passed)
	}
}
