package incident_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// TestWhatADeclarationNamesIsKept: the commander of the form is there from the first
// commit on, and a second go with the same key finds the incident of the first.
func TestWhatADeclarationNamesIsKept(t *testing.T) {
	t.Parallel()
	s, record := newService(t)
	d := incident.Declaration{Title: "x", Commander: "U2", DedupKey: "once"}
	first := declare(t, s, d)
	d.Commander = "U3"
	for _, again := range []*incident.Incident{first, declare(t, s, d)} {
		kept, err := s.Get(t.Context(), first.ID)
		if diff := cmp.Diff(again, kept, cmpopts.EquateEmpty()); err != nil || diff != "" || kept.Holder(incident.Commander) != "U2" {
			t.Errorf("what is returned is not what is kept (%v):\n%s", err, diff)
		}
	}
	if all, err := record.Entries(t.Context(), first.ID); err != nil || len(all) != 2 {
		t.Errorf("%d entries, %v; want that it was declared, and who leads", len(all), err)
	}
}

// TestAFirstChangeFailsWithTheDeclaration: an incident is declared with its first
// change, or not at all, and with its key the next go makes it.
func TestAFirstChangeFailsWithTheDeclaration(t *testing.T) {
	t.Parallel()
	s, record := newService(t)
	d, broken, calls := incident.Declaration{Title: "x", DedupKey: "once"}, errors.New("broken"), 0
	first := func(fail error) incident.Decision {
		return func(_ context.Context, _ pgx.Tx, i *incident.Incident, _ time.Time) ([]incident.Event, error) {
			calls++
			if i.ID == 0 {
				t.Error("the first change does not know the incident's number")
			}
			events, err := i.SetSeverity(incident.SEV1)
			return events, errors.Join(err, fail)
		}
	}
	if i, err := s.DeclareAnd(t.Context(), d, alice, first(broken)); !errors.Is(err, broken) || i != nil {
		t.Fatalf("DeclareAnd = %v, %v; want the error of the first change", i, err)
	}
	if open, err := s.Open(t.Context(), 10); err != nil || len(open) != 0 {
		t.Fatalf("open are %v, %v; want none", open, err)
	}
	for range 2 {
		i, err := s.DeclareAnd(t.Context(), d, alice, first(nil))
		if err != nil || i.Severity != incident.SEV1 || calls != 2 {
			t.Fatalf("DeclareAnd = %+v, %v after %d calls; want the change made once", i, err, calls)
		}
		if all, err := record.Entries(t.Context(), i.ID); err != nil || len(all) != 2 {
			t.Errorf("%d entries, %v; want two", len(all), err)
		}
	}
}
