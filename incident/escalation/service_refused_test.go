package escalation_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
	"github.com/tocsinhq/tocsin/timeline"
)

// offers makes a service.
func (e *engine) offers(s roster.Service) {
	e.t.Helper()
	err := pgx.BeginFunc(e.t.Context(), e.Pool, func(tx pgx.Tx) error { return roster.SaveService(e.t.Context(), tx, s) })
	if err != nil {
		e.t.Fatal(err)
	}
}

// declareFor declares an incident for a service.
func (e *engine) declareFor(service string) incident.ID {
	e.t.Helper()
	i, err := e.Incidents.Declare(e.t.Context(), incident.Declaration{Title: service + " is down", Severity: incident.SEV1, Service: service}, incident.By("declarer"))
	if err != nil {
		e.t.Fatal(err)
	}
	return i.ID
}

// refusals lists what is on record about nobody being paged.
func (e *engine) refusals(id incident.ID) (all []incident.EscalationRefused) {
	e.t.Helper()
	entries, err := e.record.Entries(e.t.Context(), id)
	if err != nil {
		e.t.Fatal(err)
	}
	for _, entry := range entries {
		if refused, ok := entry.Event.(incident.EscalationRefused); ok {
			all = append(all, refused)
		}
	}
	return all
}

// TestWhatMaintenanceDropsIsOnRecordOnce: the job that pages the service may run
// twice, twice at once, and again after a death when the maintenance is over. It says
// once that nobody is paged, and stays with that; whoever asks by hand is served.
func TestWhatMaintenanceDropsIsOnRecordOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.save(ladder())
		e.offers(roster.Service{ID: "checkout", Name: "Checkout", Policy: "main"})
		until := incident.Now().Add(2 * time.Hour)
		var dropping []int64
		for _, m := range []escalation.Maintenance{
			{Service: "checkout", Mode: escalation.Drop, Until: until.Add(-time.Hour)},
			{Service: "checkout", Mode: escalation.Drop, Until: until},
			{Service: "checkout", Until: until.Add(time.Minute)}, // this one would only hold
		} {
			begun, err := e.BeginMaintenance(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			dropping = append(dropping, begun.ID)
		}
		id := e.declareFor("checkout")
		var twice sync.WaitGroup
		for range 3 {
			twice.Go(func() {
				if err := e.BeginService(t.Context(), id); err != nil {
					t.Error(err)
				}
			})
		}
		twice.Wait()
		want := incident.EscalationRefused{Subject: "Checkout", Service: "checkout", Cause: "maintenance", Until: until}
		if got := e.refusals(id); len(got) != 1 || got[0] != want {
			t.Errorf("on record is %+v; want once %+v", got, want)
		}
		if got, ok, err := e.Refused(t.Context(), id); err != nil || !ok || got != want {
			t.Errorf("refused is %+v, %v, %v; want %+v", got, ok, err, want)
		}
		for _, m := range dropping {
			if err := e.EndMaintenance(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.BeginService(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if open, err := e.Open(t.Context(), id); err != nil || len(open) != 0 {
			t.Errorf("what was dropped is paged afterwards: %+v, %v", open, err)
		}
		e.explains(id, "Nobody was paged for INC-1, although it was declared for the service checkout.\n2000-01-01 00:00:00 UTC: Nobody is paged for Checkout: maintenance drops its pages until")
		r, err := escalation.ServiceRequest(t.Context(), e.Pool, "checkout", incident.SEV1, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if begun := e.begin(id, r); begun.Fired != 1 {
			t.Errorf("asked by hand %d steps fired; want the first", begun.Fired)
		}
		if got, ok, err := e.Refused(t.Context(), id); err != nil || ok {
			t.Errorf("somebody was paged, and yet refused is %+v, %v", got, err)
		}
	})
}

func (e *engine) explains(id incident.ID, want string) {
	e.t.Helper()
	account, err := e.Why(e.t.Context(), id, "")
	if err != nil {
		e.t.Fatal(err)
	}
	if said := strings.Join(account.Sentences(timeline.Words{Name: func(p incident.PersonID) string { return string(p) }}, nil), "\n"); !strings.Contains(said, want) {
		e.t.Errorf("it is explained as %q; want %q in it", said, want)
	}
}

// TestAServiceThatCannotBePagedIsOnRecord: whatever is missing, it is said, since
// nobody is there to read the error of a job.
func TestAServiceThatCannotBePagedIsOnRecord(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		for _, s := range []roster.Service{{ID: "orphan"}, {ID: "unruled", Policy: "deleted"}, {ID: "teamless", Team: "deleted"}} {
			e.offers(s)
		}
		for service, cause := range map[string]string{"orphan": "nobody", "unruled": "missing", "teamless": "missing", "unknown": "missing"} {
			id := e.declareFor(service)
			for range 2 {
				if err := e.BeginService(t.Context(), id); err != nil {
					t.Errorf("%s: %v", service, err)
				}
			}
			want := incident.EscalationRefused{Subject: service, Service: service, Cause: cause}
			if got := e.refusals(id); len(got) != 1 || got[0] != want {
				t.Errorf("on record is %+v; want once %+v", got, want)
			}
		}
		over := e.declareFor("orphan")
		if _, err := e.Incidents.Resolve(t.Context(), over, incident.Resolution{}, incident.System); err != nil {
			t.Fatal(err)
		}
		if err := e.BeginService(t.Context(), over); err != nil || len(e.refusals(over)) != 0 {
			t.Errorf("of an incident that is over it is said as well: %+v, %v", e.refusals(over), err)
		}
	})
}

// TestWhoIsAskedForByNameIsPagedInAnyMaintenance: it keeps back what is asked of a
// schedule, and nobody whose name somebody has written down.
func TestWhoIsAskedForByNameIsPagedInAnyMaintenance(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.OnCall = rota(time.Now())
		byName := escalation.Request{Subject: "@bo, @cy", Targets: []escalation.Target{atPerson("bo"), atPerson("cy")}}
		more := escalation.Request{Subject: "somebody", Targets: []escalation.Target{atPerson("bo"), atRota()}}
		for _, mode := range []escalation.Mode{escalation.Hold, escalation.Drop} {
			m, err := e.BeginMaintenance(t.Context(), escalation.Maintenance{Mode: mode})
			if err != nil {
				t.Fatal(err)
			}
			id := e.declare("by name")
			if begun := e.begin(id, byName); begun.Held || begun.Fired != 1 || len(e.pages(begun.ID)) != 2 {
				t.Errorf("%s: held is %v, %d steps fired, pages are %v; want both paged", mode, begun.Held, begun.Fired, e.pages(begun.ID))
			}
			begun, err := e.Begin(t.Context(), id, more, incident.System)
			if kept := err == nil && begun.Held || incident.CodeOf(err) == incident.Conflict; !kept {
				t.Errorf("%s: a schedule is paged: %+v, %v", mode, begun, err)
			}
			if err := e.EndMaintenance(t.Context(), m.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}
