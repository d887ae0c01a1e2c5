package escalation_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// mild declares an incident that is told with low urgency, as the rule of a service says.
func (e *engine) mild(service string) incident.ID {
	e.t.Helper()
	i, err := e.Incidents.Declare(e.t.Context(), incident.Declaration{Title: service + " is odd", Severity: incident.SEV4, Service: service}, incident.By("declarer"))
	if err != nil {
		e.t.Fatal(err)
	}
	if err := e.BeginService(e.t.Context(), i.ID); err != nil {
		e.t.Fatal(err)
	}
	return i.ID
}

// grades sets the severity, and lets the paging follow as the reaction does, from
// three workers at once.
func (e *engine) grades(id incident.ID, to incident.Severity) {
	e.t.Helper()
	if _, err := e.Incidents.SetSeverity(e.t.Context(), id, to, incident.By("erin")); err != nil {
		e.t.Fatal(err)
	}
	var workers sync.WaitGroup
	for range 3 {
		workers.Go(func() {
			if err := e.RaiseUrgency(e.t.Context(), id, incident.By("erin")); err != nil {
				e.t.Error(err)
			}
		})
	}
	workers.Wait()
}

// paged are the addresses of all pages for an incident, in the order of the pages.
func (e *engine) paged(id incident.ID) (all []string) {
	e.t.Helper()
	ids, err := e.ids(id)
	if err != nil {
		e.t.Fatal(err)
	}
	for _, of := range ids {
		all = append(all, e.pages(of)...)
	}
	return all
}

func (e *engine) ids(id incident.ID) (all []int64, err error) {
	account, err := e.Why(e.t.Context(), id, "")
	if err != nil {
		return nil, err
	}
	for _, c := range account.Courses {
		all = append(all, c.Escalation.ID)
	}
	return all, nil
}

// TestPagingFollowsASeverityThatIsRaised is E31 for the service of an incident, whatever
// became of its low page before. Who is in the list was asked, oldest first.
func TestPagingFollowsASeverityThatIsRaised(t *testing.T) {
	ackBy := func(who incident.PersonID) func(*engine, incident.ID) {
		return func(e *engine, id incident.ID) {
			if _, err := e.AcknowledgeIncident(e.t.Context(), id, escalation.Ack{Person: who}, incident.By(who)); err != nil {
				e.t.Fatal(err)
			}
		}
	}
	stop := func(e *engine, id incident.ID) {
		if _, err := e.Resolve(e.t.Context(), e.open(id).ID, incident.By("ana")); err != nil {
			e.t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		urgency roster.Urgency
		before  func(*engine, incident.ID)
		to      incident.Severity
		want    []string
		urgent  escalation.Urgency
		state   escalation.State
	}{
		"it waits for an answer":              {to: incident.SEV1, want: []string{"ana", "ana"}, urgent: escalation.High, state: escalation.Triggered},
		"its rule says low":                   {to: incident.SEV1, urgency: roster.Urgency{Always: roster.Low}, want: []string{"ana"}, urgent: escalation.Low, state: escalation.Triggered},
		"not bad enough for its rule":         {to: incident.SEV3, urgency: roster.Urgency{Low: incident.SEV3}, want: []string{"ana"}, urgent: escalation.Low, state: escalation.Triggered},
		"somebody has it":                     {to: incident.SEV1, before: ackBy("ana"), want: []string{"ana"}, urgent: escalation.High, state: escalation.Acknowledged},
		"somebody stopped it":                 {to: incident.SEV1, before: stop, want: []string{"ana", "ana"}, urgent: escalation.High, state: escalation.Triggered},
		"milder than before":                  {to: incident.SEV5, want: []string{"ana"}, urgent: escalation.Low, state: escalation.Triggered},
		"it was paged with high urgency once": {to: incident.SEV1, urgency: roster.Urgency{Always: roster.High}, before: stop, want: []string{"ana"}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, e *engine) {
				e.save(ladder())
				e.offers(roster.Service{ID: "checkout", Name: "Checkout", Policy: "main", Urgency: c.urgency})
				id := e.mild("checkout")
				if c.before != nil {
					c.before(e, id)
				}
				e.grades(id, c.to)
				if diff := cmp.Diff(c.want, e.paged(id)); diff != "" {
					t.Errorf("asked were (-want +got):\n%s", diff)
				}
				now := e.open(id)
				if now.Urgency != c.urgent || now.State != c.state {
					t.Errorf("it is paged with %s urgency and %s; want %s and %s", now.Urgency, now.State, c.urgent, c.state)
				}
				e.grades(id, incident.SEV5)
				e.grades(id, c.to)
				if got := e.paged(id); len(got) != len(c.want) {
					t.Errorf("milder and as bad again, asked were %v; want no change", got)
				}
			})
		})
	}
}

// open is what is open of an incident, zero for nothing.
func (e *engine) open(id incident.ID) *escalation.Escalation {
	e.t.Helper()
	open, err := e.Open(e.t.Context(), id)
	if err != nil || len(open) > 1 {
		e.t.Fatalf("open are %+v, %v; want at most one", open, err)
	}
	if len(open) == 0 {
		return &escalation.Escalation{}
	}
	return open[0]
}

// TestWhatWasNotPagedAtAllFollowsTheSeverityToo: maintenance dropped the pages of a mild
// incident. A worse one asks anew once it is over, and is on record once before.
func TestWhatWasNotPagedAtAllFollowsTheSeverityToo(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.save(ladder())
		e.offers(roster.Service{ID: "checkout", Name: "Checkout", Policy: "main"})
		m, err := e.BeginMaintenance(t.Context(), escalation.Maintenance{Service: "checkout", Mode: escalation.Drop})
		if err != nil {
			t.Fatal(err)
		}
		id := e.mild("checkout")
		e.grades(id, incident.SEV2)
		if n := len(e.refusals(id)); n != 1 || len(e.paged(id)) != 0 {
			t.Errorf("refused %d times, and asked were %v; want once and nobody", n, e.paged(id))
		}
		if err := e.EndMaintenance(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
		e.grades(id, incident.SEV1)
		if got := e.paged(id); !slices.Equal(got, []string{"ana"}) {
			t.Errorf("after the maintenance asked were %v; want ana", got)
		}
	})
}

// TestOnlyWhatARuleSaysIsRaised: a person who was asked with low urgency by hand is left
// alone, another service goes by its own rule, and nobody is paged for what is over.
func TestOnlyWhatARuleSaysIsRaised(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.save(ladder())
		e.offers(roster.Service{ID: "search", Policy: "main", Urgency: roster.Urgency{Low: incident.SEV5}})
		e.offers(roster.Service{ID: "mail", Policy: "main", Urgency: roster.Urgency{Always: roster.Low}})
		id := e.declare("several")
		by := map[string]*escalation.Escalation{
			"bo":     e.begin(id, escalation.Request{Subject: "@bo", Targets: []escalation.Target{atPerson("bo")}, Urgency: escalation.Low}),
			"search": e.begin(id, escalation.Request{Subject: "search", Policy: "main", Service: "search", Urgency: escalation.Low}),
			"mail":   e.begin(id, escalation.Request{Subject: "mail", Policy: "main", Service: "mail", Urgency: escalation.Low}),
			"gone":   e.begin(id, escalation.Request{Subject: "gone", Policy: "main", Service: "gone", Urgency: escalation.Low}),
		}
		e.grades(id, incident.SEV1)
		for name, begun := range by {
			want := escalation.Low
			if name == "search" {
				want = escalation.High
			}
			if got := e.get(begun.ID); got.Urgency != want {
				t.Errorf("%s is paged with %s urgency; want %s", name, got.Urgency, want)
			}
		}
		over := e.mild("search")
		if _, err := e.Incidents.SetSeverity(t.Context(), over, incident.SEV1, incident.System); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Incidents.Resolve(t.Context(), over, incident.Resolution{}, incident.System); err != nil {
			t.Fatal(err)
		}
		before := len(e.paged(over))
		e.grades(over, incident.SEV2)
		if got := e.paged(over); len(got) != before {
			t.Errorf("for an incident that is over asked were %v", got)
		}
	})
}

// TestARaisedUrgencyIsOnRecordWithWhoRaisedIt, and says what it was.
func TestARaisedUrgencyIsOnRecordWithWhoRaisedIt(t *testing.T) {
	inBubble(t, func(t *testing.T, e *engine) {
		e.save(ladder())
		e.offers(roster.Service{ID: "checkout", Name: "Checkout", Policy: "main"})
		id := e.mild("checkout")
		e.grades(id, incident.SEV1)
		entries, err := e.record.Entries(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		raised := slices.DeleteFunc(entries, func(x entry) bool {
			event, ok := x.Event.(incident.EscalationBegan)
			return !ok || !event.Raised
		})
		if len(raised) != 1 || raised[0].By != incident.By("erin") || raised[0].Event.(incident.EscalationBegan).Urgency != "high" {
			t.Errorf("on record is %+v; want once that erin raised it", raised)
		}
		e.explains(id, "2000-01-01 00:00:00 UTC: Paging Checkout again, urgency raised to high")
	})
}
