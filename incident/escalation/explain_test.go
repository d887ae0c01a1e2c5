package escalation_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
	"github.com/tocsinhq/tocsin/timeline"
)

// rota lets dawn be on call from an instant on and dusk before it.
func rota(change time.Time) func(context.Context, roster.Querier, string, time.Time, bool) ([]incident.PersonID, error) {
	return func(_ context.Context, _ roster.Querier, schedule string, at time.Time, next bool) ([]incident.PersonID, error) {
		switch {
		case schedule != "rota":
			return nil, incident.Errorf(incident.NotFound, "There is no schedule %q.", schedule)
		case at.Before(change) != next:
			return []incident.PersonID{"dusk"}, nil
		}
		return []incident.PersonID{"dawn"}, nil
	}
}

func aimed(delay time.Duration, targets ...escalation.Target) escalation.Step {
	return escalation.Step{Targets: targets, Delay: delay}
}

func atRota() escalation.Target {
	return escalation.Target{Kind: escalation.TargetSchedule, ID: "rota"}
}

func atPerson(id string) escalation.Target {
	return escalation.Target{Kind: escalation.TargetPerson, ID: id}
}

// rung is one fired step, to compare.
type rung struct {
	Pass, Step int
	Who        string
}

// TestWhatIsForetoldIsWhatHappens: the shift changes meanwhile, somebody was removed,
// and maintenance holds the last steps back.
func TestWhatIsForetoldIsWhatHappens(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		e := inside(t, url)
		start := time.Now()
		e.OnCall = rota(start.Add(20 * time.Minute))
		e.remove("gone")
		e.exec(`INSERT INTO service (id, definition) VALUES ('shop', '{"name": "Shop", "policy": "main"}')`)
		e.save(escalation.Policy{ID: "main", Repeat: 1, Steps: []escalation.Step{
			aimed(5*time.Minute, atRota()), aimed(time.Hour, atPerson("gone")), aimed(30*time.Minute, atPerson("boss"), atRota())}})
		if _, err := e.BeginMaintenance(t.Context(), escalation.Maintenance{From: start.Add(38 * time.Minute), Until: start.Add(time.Hour), Service: "shop"}); err != nil {
			t.Fatal(err)
		}
		f, err := e.Would(t.Context(), escalation.Question{Service: "shop", Severity: incident.SEV2})
		if err != nil {
			t.Fatal(err)
		}
		e.start()
		defer e.stop()
		r, err := escalation.ServiceRequest(t.Context(), e.Pool, "shop", incident.SEV2, start)
		if err != nil {
			t.Fatal(err)
		}
		begun := e.begin(e.declare("foretold"), r)
		time.Sleep(100 * time.Minute)
		happened, times := e.fired(begun.ID)
		var foretold []rung
		for n, r := range f.Rungs {
			foretold = append(foretold, rung{r.Pass, r.Step, join(r.People)})
			if n < len(times) && times[n].Sub(r.At).Abs() > 10*time.Second {
				t.Errorf("rung %d was foretold for %s and fired at %s", n+1, r.At, times[n])
			}
		}
		want := []rung{{0, 1, "dusk"}, {0, 3, "boss dusk"}, {1, 1, "dawn"}, {1, 3, "boss dawn"}}
		if d := cmp.Diff(want, foretold); d != "" {
			t.Errorf("foretold (-want +got):\n%s", d)
		}
		if d := cmp.Diff(happened, foretold); d != "" {
			t.Errorf("what happened, and what was foretold (-happened +foretold):\n%s", d)
		}
		if f.End != escalation.EndExhausted || e.get(begun.ID).Exhausted != true || len(f.Holds) != 1 {
			t.Errorf("it ends %q, held %v", f.End, f.Holds)
		}
		said := strings.Join(f.Sentences(timeline.Words{}), "\n")
		for _, want := range []string{
			"Paging Shop, 2000-01-01 00:00:00 UTC, goes by the policy main, with high urgency: by the severity SEV2.",
			"Maintenance holds the page from 2000-01-01 00:40:00 UTC until 2000-01-01 01:00:00 UTC.",
			"Step 1, 2000-01-01 00:00:00 UTC, pages the schedule rota (dusk); then it waits 5 minutes.",
			"Step 2, 2000-01-01 00:05:00 UTC, has nobody and takes no time: gone (nobody): Whoever was removed from the organisation is left out.",
			"If nobody has answered by 2000-01-01 01:30:00 UTC, everybody was asked and it climbs no further.",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("it does not say %q:\n%s", want, said)
			}
		}
	})
}

func join(people []incident.PersonID) string {
	var all []string
	for _, p := range people {
		all = append(all, string(p))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// fired reads back the steps that fired.
func (e *engine) fired(id int64) (all []rung, times []time.Time) {
	e.t.Helper()
	rows, err := e.Pool.Query(e.t.Context(), `
		SELECT pass, step, string_agg(address, ' ' ORDER BY address), min(created_at)
		FROM page
		WHERE escalation_id = $1
		GROUP BY pass, step
		ORDER BY 4`, id)
	if err != nil {
		e.t.Fatal(err)
	}
	all, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r rung, err error) {
		var at time.Time
		err = row.Scan(&r.Pass, &r.Step, &r.Who, &at)
		times = append(times, at)
		return r, err
	})
	if err != nil {
		e.t.Fatal(err)
	}
	return all, times
}

func TestForecastsThatEndEarly(t *testing.T) {
	t.Parallel()
	e := newEngine(t, pgtest.DB(t), time.Hour)
	start := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC) // a Sunday
	e.OnCall = rota(start)
	p := ladder()
	p.AutoResolve = 7 * time.Minute
	e.save(p)
	e.save(escalation.Policy{ID: "empty", Steps: []escalation.Step{aimed(time.Minute, escalation.Target{Kind: escalation.TargetSchedule, ID: "none"})}})
	e.exec(`INSERT INTO service (id, definition) VALUES
		('office', '{"policy": "main", "urgency": {"hours": {"zone": "UTC", "days": ["mon"], "start": "09:00", "end": "17:00"}}}'),
		('loud', '{"policy": "main", "urgency": {"always": "high"}}'), ('quiet', '{"policy": "main"}'), ('nobodys', '{}'), ('dropped', '{"policy": "main"}')`)
	if _, err := e.BeginMaintenance(t.Context(), escalation.Maintenance{Service: "dropped", Mode: escalation.Drop, From: start}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		ask   escalation.Question
		rungs int
		end   escalation.Ending
		cause escalation.UrgencyCause
		says  string
	}{
		"ends by its age":   {escalation.Question{Policy: "main"}, 2, escalation.EndAge, escalation.UrgencyAsked, "It resolves itself at 2026-11-22 03:07:00 UTC, by its age."},
		"outside the hours": {escalation.Question{Service: "office", Severity: incident.SEV2}, 1, escalation.EndAge, escalation.UrgencyHours, "with low urgency: it is outside the service's hours."},
		"always":            {escalation.Question{Service: "loud", Severity: incident.SEV5}, 2, escalation.EndAge, escalation.UrgencyAlways, "the service always pages so"},
		"mild":              {escalation.Question{Service: "quiet", Severity: incident.SEV4}, 1, escalation.EndAge, escalation.UrgencySeverity, "by the severity SEV4"},
		"dropped":           {escalation.Question{Service: "dropped"}, 0, escalation.EndRefused, escalation.UrgencySeverity, "maintenance drops its pages"},
		"nobody":            {escalation.Question{Policy: "empty"}, 1, escalation.EndExhausted, escalation.UrgencyAsked, `Step 1, 2026-11-22 03:00:00 UTC, has nobody and takes no time: the schedule none (nobody): There is no schedule "none".`},
	} {
		c.ask.At = start
		f, err := e.Would(t.Context(), c.ask)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if said := strings.Join(f.Sentences(timeline.Words{}), "\n"); len(f.Rungs) != c.rungs || f.End != c.end || f.Because != c.cause || !strings.Contains(said, c.says) {
			t.Errorf("%s: %d rungs, ends %q, because of %q:\n%s", name, len(f.Rungs), f.End, f.Because, said)
		}
	}
	for name, ask := range map[string]escalation.Question{"no service": {Service: "none"}, "no policy": {Policy: "none"}, "nobody's": {Service: "nobodys"}, "neither": {}} {
		if _, err := e.Would(t.Context(), ask); incident.CodeOf(err) == "" {
			t.Errorf("%s: %v, want a sentence", name, err)
		}
	}
}

// TestWhy asks for everybody about one escalation that was acknowledged after its
// first step.
func TestWhy(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		e := inside(t, url)
		change := time.Now().Add(time.Hour)
		e.OnCall = rota(change)
		e.remove("gone")
		e.save(escalation.Policy{ID: "main", Steps: []escalation.Step{
			aimed(5*time.Minute, atRota(), atPerson("gone")), aimed(5*time.Minute, atPerson("boss"))}, Fallback: []escalation.Target{atPerson("boss")}})
		e.start()
		defer e.stop()
		id := e.declare("why")
		begun := e.begin(id, escalation.Request{Policy: "main"})
		time.Sleep(time.Minute)
		e.acknowledge(begun.ID, "dusk")
		time.Sleep(10 * time.Minute)
		for person, want := range map[incident.PersonID]string{
			"dusk": "dusk was asked once for INC-1.\nStep 1 of main asked dusk at 2000-01-01 00:00:00 UTC.",
			"dawn": "dawn was not asked for INC-1.\nStep 1 of main at 2000-01-01 00:00:00 UTC: not on call in the schedule rota; dusk was.",
			"gone": "gone was not asked for INC-1.\ngone was removed from the organisation and is left out of every page.",
			"boss": "Step 2 of main would page boss, through their name, and has not fired: it was acknowledged by dusk at 2000-01-01 00:01:00 UTC.\nThe fallback of main would page boss",
			"":     "Paging main, which is acknowledged now:\n  2000-01-01 00:00:00 UTC: Paging main, urgency high.\n  2000-01-01 00:00:00 UTC: Step 1 pages dusk.\n",
		} {
			a, err := e.Why(t.Context(), id, person)
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.Join(a.Sentences(timeline.Words{Name: func(p incident.PersonID) string { return string(p) }}, nil), "\n"); !strings.Contains(said, want) {
				t.Errorf("%q: it does not say\n%s\nbut\n%s", person, want, said)
			}
		}
		if a, err := e.Why(t.Context(), e.declare("quiet"), "dusk"); err != nil || len(a.Courses) != 0 || len(a.Sentences(timeline.Words{}, nil)) != 1 {
			t.Errorf("of an incident that paged nobody: %+v, %v", a, err)
		}
		if _, err := e.Why(t.Context(), 404, "dusk"); incident.CodeOf(err) != incident.NotFound {
			t.Errorf("of no incident: %v", err)
		}
	})
}
