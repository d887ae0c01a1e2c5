package escalation_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// all plays every vector at once, on one database: each has its own incident,
// policy, service and people, which bear its id.
type all struct {
	*engine
	start       time.Time
	vectors     []vector
	incidents   map[string]incident.ID
	maintenance map[string]int64
	removed     map[string]bool
}

// TestEngineFollowsTheTimelines drives the published timelines through the real
// service, real jobs and a real database.
func TestEngineFollowsTheTimelines(t *testing.T) {
	t.Parallel()
	url, list := pgtest.URL(t), vectors(t)
	synctest.Test(t, func(t *testing.T) {
		e := newEngine(t, pgtest.Pool(t, url), 24*time.Hour)
		w := &all{engine: e, vectors: list, incidents: map[string]incident.ID{}, maintenance: map[string]int64{}, removed: map[string]bool{}}
		e.OnCall = w.onCall
		for _, v := range list {
			w.incidents[v.ID] = e.declare(v.ID)
			e.save(w.policy(v.ID, v.Policy))
		}
		e.start()
		defer e.stop()
		w.start = time.Now()
		w.play()
		for _, v := range list {
			noted := e.told(w.incidents[v.ID], w.start)
			noted.sort()
			if diff := cmp.Diff(v.Expect, w.unnamed(v.ID, noted).until(v.Until), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", v.ID, v.Title, diff)
			}
			w.checkPages(v, noted)
		}
	})
}

// policy gives the policy and everybody in it names of the vector.
func (w *all) policy(id string, p vectorPolicy) escalation.Policy {
	made := p.policy()
	made.ID = id
	rename := func(targets []escalation.Target) {
		for at := range targets {
			targets[at].ID = id + "/" + targets[at].ID
		}
	}
	for _, s := range made.Steps {
		rename(s.Targets)
	}
	rename(made.Fallback)
	return made
}

func (w *all) onCall(_ context.Context, _ roster.Querier, schedule string, at time.Time, _ bool) (who []incident.PersonID, err error) {
	id, name, _ := strings.Cut(schedule, "/")
	for _, v := range w.vectors {
		if v.ID == id {
			for _, p := range v.onCall(name, int(at.Sub(w.start)/time.Second)) {
				who = append(who, incident.PersonID(id)+"/"+p)
			}
		}
	}
	return who, nil
}

// unnamed takes the vector's name from everybody again.
func (w *all) unnamed(id string, l ledger) ledger {
	for _, p := range l.Pages {
		for at := range p.To {
			p.To[at] = strings.Replace(p.To[at], id+"/", "", 1)
		}
	}
	return l
}

// play lets everybody act in the order of time, until the last watch is over.
func (w *all) play() {
	type turn struct {
		v vector
		a act
	}
	var turns []turn
	end := 0
	for _, v := range w.vectors {
		end = max(end, v.Until)
		for _, a := range v.Events {
			turns = append(turns, turn{v, a})
		}
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return a.a.T - b.a.T })
	for n := len(turns) - 2; n >= 0; n-- {
		for at := n; at+1 < len(turns) && turns[at].a.yields(turns[at+1].a); at++ {
			turns[at], turns[at+1] = turns[at+1], turns[at]
		}
	}
	for _, x := range turns {
		w.sleepTo(w.start.Add(seconds(x.a.T)))
		w.do(x.v, x.a)
	}
	w.sleepTo(w.start.Add(seconds(end)))
}

// yields tells whether something else of the same second comes first. Steps are the
// last of a second, and here the end of a maintenance fires what it kept back.
func (a act) yields(to act) bool {
	return a.T == to.T && a.Do == "maintenance_end" && !slices.Contains([]string{"trigger", "maintenance_start", "maintenance_end"}, to.Do)
}

func (w *all) do(v vector, a act) {
	ctx, t := w.t.Context(), w.t
	var err error
	switch a.Do {
	case "trigger":
		open := w.openOf(v, a)
		_, err = w.Begin(ctx, w.incidents[v.ID], escalation.Request{Key: v.ID + a.Key, Policy: v.ID, Service: v.ID}, incident.System)
		if v.MaintenanceMode == "drop" && w.maintenance[v.ID] != 0 && open == nil {
			if incident.CodeOf(err) != incident.Conflict {
				t.Errorf("%s: a trigger that is dropped = %v; want a Conflict", v.ID, err)
			}
			err = nil
		}
	case "edit_policy":
		w.save(w.policy(v.ID, a.Policy))
	case "remove_user":
		w.remove(v.ID + "/" + a.User)
		w.removed[v.ID+"/"+a.User] = true
	case "maintenance_start":
		var m escalation.Maintenance
		m, err = w.BeginMaintenance(ctx, escalation.Maintenance{Service: v.ID, Mode: escalation.Mode(v.MaintenanceMode)})
		w.maintenance[v.ID] = m.ID
	case "maintenance_end":
		err = w.EndMaintenance(ctx, w.maintenance[v.ID])
		w.maintenance[v.ID] = 0
	default:
		err = w.answer(v, a)
	}
	if err != nil {
		t.Errorf("%s at %d: %s: %v", v.ID, a.T, a.Do, err)
	}
}

// openOf is the open escalation of a key, if there is one.
func (w *all) openOf(v vector, a act) *escalation.Escalation {
	open, err := w.Open(w.t.Context(), w.incidents[v.ID])
	if err != nil {
		w.t.Fatal(err)
	}
	at := slices.IndexFunc(open, func(e *escalation.Escalation) bool { return e.Key == v.ID+a.Key })
	if at < 0 {
		return nil
	}
	return open[at]
}

// answer is what is done to the open escalation of a key, if there is one.
func (w *all) answer(v vector, a act) (err error) {
	ctx, open := w.t.Context(), w.openOf(v, a)
	if open == nil {
		return nil
	}
	id := open.ID
	switch a.Do {
	case "ack":
		_, err = w.Acknowledge(ctx, id, escalation.Ack{Person: incident.PersonID(v.ID + "/" + a.By)}, incident.System)
		if w.removed[v.ID+"/"+a.By] {
			if err == nil {
				w.t.Errorf("%s at %d: an answer of somebody who was removed counts", v.ID, a.T)
			}
			err = nil
		}
	case "unack":
		_, err = w.Unacknowledge(ctx, id, incident.System)
	case "resolve":
		_, err = w.Resolve(ctx, id, incident.System)
	case "snooze":
		_, err = w.Snooze(ctx, id, seconds(a.For), incident.System)
	case "escalate":
		_, _, err = w.EscalateNow(ctx, id, escalation.AnyStep, incident.System)
	default:
		w.t.Fatalf("this test does not know how to %s", a.Do)
	}
	return err
}

// checkPages: there is one row for each person and place that the record tells of.
func (w *all) checkPages(v vector, noted ledger) {
	w.t.Helper()
	want := 0
	for _, p := range noted.Pages {
		want += len(p.To)
	}
	var rows int
	if err := w.Pool.QueryRow(w.t.Context(), `SELECT count(*) FROM page WHERE incident_id = $1`, w.incidents[v.ID]).Scan(&rows); err != nil {
		w.t.Fatal(err)
	}
	if rows != want {
		w.t.Errorf("%s has %d pages; the record tells of %d", v.ID, rows, want)
	}
}

// sleepTo lets a bubble's time pass to an instant, and works every job in its own
// instant on the way. River's own polls, with their random intervals, would make
// each step late by some of a second, and the sum of them by more. Jobs that are
// due at the instant itself are left for the next call: who acts is in time.
func (e *engine) sleepTo(instant time.Time) {
	e.t.Helper()
	for {
		due, _ := pgtest.Due(e.t, e.Pool)
		next, waits := due[escalation.Queue]
		if !waits || !next.Before(instant) {
			time.Sleep(time.Until(instant))
			return
		}
		time.Sleep(time.Until(next))
		e.jobs.Nudge(escalation.Queue)
		time.Sleep(pgtest.Nudged)
	}
}
