package escalation_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

func inTx(t *testing.T, pool *pgxpool.Pool, do func(tx pgx.Tx) error) {
	t.Helper()
	if err := pgx.BeginFunc(t.Context(), pool, do); err != nil {
		t.Fatal(err)
	}
}

func TestAServiceIsPagedOnceForItsIncident(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		pool := pgtest.Pool(t, url)
		e := newEngine(t, pool, time.Second)
		inTx(t, pool, func(tx pgx.Tx) error {
			if err := roster.SaveTeam(t.Context(), tx, roster.Team{ID: "payments", Name: "Payments", Members: []incident.PersonID{"U1", "U2"}}); err != nil {
				return err
			}
			if err := roster.SaveService(t.Context(), tx, roster.Service{ID: "checkout", Name: "Checkout", Team: "payments", Urgency: roster.Urgency{Low: incident.SEV3}}); err != nil {
				return err
			}
			return roster.SaveService(t.Context(), tx, roster.Service{ID: "orphan"})
		})
		i, err := e.Incidents.Declare(t.Context(), incident.Declaration{Title: "Checkout is down", Severity: incident.SEV3, Service: "checkout", Triage: true}, incident.By("U9"))
		if err != nil || i.Service != "checkout" || i.Status != incident.StatusTriage {
			t.Fatalf("declared %+v, %v", i, err)
		}
		for range 2 {
			if err := e.BeginService(t.Context(), i.ID); err != nil {
				t.Fatal(err)
			}
		}
		open, err := e.Open(t.Context(), i.ID)
		if err != nil || len(open) != 1 || open[0].Count != 1 || open[0].Subject != "Checkout" || open[0].Urgency != escalation.Low {
			t.Fatalf("open are %+v, %v; want one for Checkout, low, asked for once", open, err)
		}
		if got := e.pages(open[0].ID); len(got) != 2 {
			t.Errorf("pages are %v; want both members of the team", got)
		}
		if _, err := e.Resolve(t.Context(), open[0].ID, incident.By("U1")); err != nil {
			t.Fatal(err)
		}
		if err := e.BeginService(t.Context(), i.ID); err != nil {
			t.Fatal(err)
		}
		if open, err = e.Open(t.Context(), i.ID); err != nil || len(open) != 0 {
			t.Errorf("a repeated job pages again what somebody ended: %+v, %v", open, err)
		}
		for id, code := range map[string]incident.Code{"orphan": incident.Conflict, "nothing": incident.NotFound} {
			if _, err := escalation.ServiceRequest(t.Context(), pool, id, incident.SEV1, time.Now()); incident.CodeOf(err) != code {
				t.Errorf("the request for %s is refused as %v, want %v", id, err, code)
			}
		}
	})
}
