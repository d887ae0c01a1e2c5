package postmortem

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

func TestInstantsAreShownInTheZoneAndUTC(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.January, 15, 23, 30, 0, 0, time.UTC)
	for zone, want := range map[string]string{
		"UTC":               "2026-01-15 23:30 UTC",
		"Europe/Berlin":     "2026-01-16 00:30 CET (2026-01-15 23:30 UTC)",
		"America/New_York":  "2026-01-15 18:30 EST (23:30 UTC)",
		"America/Sao_Paulo": "2026-01-15 20:30 UTC-03 (23:30 UTC)",
		"Asia/Kathmandu":    "2026-01-16 05:15 UTC+0545 (2026-01-15 23:30 UTC)",
	} {
		loaded, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Facts{Zone: loaded}).when(at); got != want {
			t.Errorf("in %s: %q; want %q", zone, got, want)
		}
	}
	if got := (Facts{}).when(time.Time{}); got != unknown {
		t.Errorf("no instant is shown as %q", got)
	}
}

// values are what a reader sees of metrics.
func values(list []Metric) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.Name+" = "+m.Value())
	}
	return out
}

func TestMetricsSayWhyTheyCannotBeComputed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		m    incident.Milestones
		want []string
	}{
		{"all there", incident.Milestones{ImpactStarted: after(-10), Detected: after(0), Acknowledged: after(2), Mitigated: after(60), Resolved: after(60 * 26)}, []string{
			"Time to detect = 10 min", "Time to acknowledge = 2 min", "Time to mitigate = 1 h", "Time to resolve = 1 d 2 h", "Duration of the impact = 1 d 2 h 10 min"}},
		{"none", incident.Milestones{}, []string{
			"Time to detect = n/a: “impact started” was not noted", "Time to acknowledge = n/a: “detected” was not noted", "Time to mitigate = n/a: “detected” was not noted",
			"Time to resolve = n/a: “detected” was not noted", "Duration of the impact = n/a: “impact started” was not noted"}},
		{"backwards", incident.Milestones{ImpactStarted: after(30), Detected: after(20), Acknowledged: after(10), Mitigated: after(5), Resolved: after(0)}, []string{
			"Time to detect = invalid: “detected” is 10 min before “impact started”", "Time to acknowledge = invalid: “acknowledged” is 10 min before “detected”",
			"Time to mitigate = invalid: “mitigated” is 15 min before “detected”", "Time to resolve = invalid: “impact ended” is 20 min before “detected”",
			"Duration of the impact = invalid: “impact ended” is 30 min before “impact started”"}},
		{"all at once", incident.Milestones{ImpactStarted: noon, Detected: noon, Acknowledged: noon, Mitigated: noon, Resolved: noon}, []string{
			"Time to detect = 0 s", "Time to acknowledge = 0 s", "Time to mitigate = 0 s", "Time to resolve = 0 s", "Duration of the impact = 0 s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := values(Metrics(Facts{Incident: &incident.Incident{Milestones: c.m}}))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// factsOf is an incident declared at noon as SEV3, with further events and an end.
func factsOf(end time.Time, r *record) Facts {
	declared := (&record{}).add(0, incident.By(ann), incident.Declared{Severity: incident.SEV3})
	for _, e := range r.entries {
		e.ID++
		declared.entries = append(declared.entries, e)
	}
	return Facts{
		Incident: &incident.Incident{ID: 1, Severity: incident.SEV3, DeclaredAt: noon, Milestones: incident.Milestones{Detected: noon, Resolved: end}},
		Lines:    timeline.Fold(declared.entries), Now: after(100_000),
	}
}

func TestTimeInSeverityAddsUpStretches(t *testing.T) {
	t.Parallel()
	up := incident.SeverityChanged{From: incident.SEV3, To: incident.SEV1}
	down := incident.SeverityChanged{From: incident.SEV1, To: incident.SEV3}
	by := incident.By(ann)
	for _, c := range []struct {
		name string
		f    Facts
		want []string
	}{
		{"one grade", factsOf(after(30), &record{}), []string{"Time in SEV3 = 30 min"}},
		{"up and down", factsOf(after(60), (&record{}).add(10, by, up).add(25, by, down)), []string{"Time in SEV1 = 15 min", "Time in SEV3 = 45 min"}},
		{"ongoing", factsOf(time.Time{}, (&record{}).add(10, by, up)), []string{"Time in SEV1 = n/a: the incident is not over", "Time in SEV3 = 10 min"}},
		{"a break between resolving and reopening does not count", factsOf(after(200),
			(&record{}).add(10, by, incident.Resolved{ImpactEnd: after(8)}).add(100, by, incident.Reopened{}).add(201, by, incident.Resolved{ImpactEnd: after(200)})),
			[]string{"Time in SEV3 = 1 h 48 min"}},
		{"the corrected end counts", factsOf(after(20), (&record{}).add(30, by, incident.Resolved{ImpactEnd: after(30)})), []string{"Time in SEV3 = 20 min"}},
		{"a grade given after the end adds nothing", factsOf(after(20), (&record{}).add(25, by, up)), []string{"Time in SEV3 = 20 min"}},
		{"an end before the beginning", factsOf(after(-5), &record{}), []string{"Time in SEV3 = invalid: it ended 5 min before it began"}},
		{"cancelled", factsOf(time.Time{}, (&record{}).add(7, by, incident.Cancelled{})), []string{"Time in SEV3 = 7 min"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, values(TimeInSeverity(c.f))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestPromisesAreKeptBrokenOrDropped(t *testing.T) {
	t.Parallel()
	by := incident.By(ann)
	promise30 := incident.UpdatePosted{Text: "x", NextDue: after(30)}
	for _, c := range []struct {
		name string
		r    *record
		want string
	}{
		{"none", &record{}, ""},
		{"kept to the minute", (&record{}).add(0, by, promise30).add(30, by, incident.UpdatePosted{}), "1 of 1 promise kept"},
		{"late", (&record{}).add(0, by, promise30).add(31, by, incident.UpdatePosted{}), "0 of 1 promise kept"},
		{"never", (&record{}).add(0, by, promise30), "0 of 1 promise kept"},
		{"moved in time", (&record{}).add(0, by, promise30).add(20, by, incident.UpdateSnoozed{Until: after(60)}).add(50, by, incident.UpdatePosted{}), "1 of 1 promise kept"},
		{"moved too late", (&record{}).add(0, by, promise30).add(40, by, incident.UpdateSnoozed{Until: after(60)}).add(50, by, incident.UpdatePosted{}), "1 of 2 promises kept"},
		{"dropped in time", (&record{}).add(0, by, promise30).add(20, by, incident.UpdateSettled{}), ""},
		{"resolved in time", (&record{}).add(0, by, promise30).add(20, by, incident.Resolved{ImpactEnd: after(20)}), ""},
		{"resolved too late", (&record{}).add(0, by, promise30).add(45, by, incident.Resolved{ImpactEnd: after(45)}), "0 of 1 promise kept"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := promiseCount(factsOf(time.Time{}, c.r).promises()); got != c.want {
				t.Errorf("%q; want %q", got, c.want)
			}
		})
	}
}

func TestGapsAreSilencesOfMoreThanTwentyMinutes(t *testing.T) {
	t.Parallel()
	by := incident.By(ann)
	note := func(at float64) incident.Event { return incident.NoteAdded{Text: "x", At: after(at)} }
	for _, c := range []struct {
		name string
		f    Facts
		want []gap
	}{
		{"twenty minutes are none", factsOf(after(40), (&record{}).add(20, by, note(20))), nil},
		{"twenty-one are one", factsOf(after(41), (&record{}).add(20, by, note(20))), []gap{{after(20), after(41)}}},
		{"quiet entries do not fill it", factsOf(after(30), (&record{}).add(15, by, incident.PersonJoined{Person: bo})), []gap{{noon, after(30)}}},
		{"entries after the end do not count", factsOf(after(10), (&record{}).add(90, by, note(90))), nil},
		{"nobody knows how an ongoing one goes on", factsOf(time.Time{}, (&record{}).add(5, by, note(5))), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, more := c.f.gaps()
			if diff := cmp.Diff(c.want, got); diff != "" || more != 0 {
				t.Errorf("%d more, (-want +got)\n%s", more, diff)
			}
		})
	}
}

func TestOnlyTheLongestGapsAreAskedAbout(t *testing.T) {
	t.Parallel()
	r, at := &record{}, 0.0
	for n := range 15 {
		at += float64(30 + n)
		r.add(at, incident.By(ann), incident.NoteAdded{Text: "x", At: after(at)})
	}
	got, more := factsOf(after(at), r).gaps()
	if len(got) != maxGaps || more != 5 {
		t.Fatalf("%d gaps and %d more; want %d and 5", len(got), more, maxGaps)
	}
	for n, g := range got {
		if want := time.Duration(35+n) * time.Minute; g.length() != want {
			t.Errorf("gap %d is %v; want %v", n, g.length(), want)
		}
	}
}

func TestAllSectionsTellTheSameOfAMilestone(t *testing.T) {
	t.Parallel()
	by := incident.By(ann)
	corrected := func(m incident.Milestone, minute float64) incident.Event {
		return incident.MilestoneCorrected{Milestone: m, To: after(minute)}
	}
	f := factsOf(time.Time{}, (&record{}).
		add(10, by, corrected(incident.ImpactStarted, -5)).
		add(11, by, corrected(incident.Mitigated, 8)).
		add(12, by, corrected(incident.Mitigated, 9)).
		add(20, by, incident.Resolved{ImpactStart: after(-5), ImpactEnd: after(20)}).
		add(30, by, incident.Reopened{From: incident.StatusResolved}))
	f.Incident.Status = incident.StatusActive
	f.Incident.Milestones = incident.Milestones{ImpactStarted: after(-5), Detected: after(0)}
	for text, wants := range map[string][]string{
		metrics(f).Text: {"n/a: “mitigated” was taken back when it was reopened", "n/a: “impact ended” was taken back when it was reopened",
			"*(set anew since)*", "*(taken back when it was reopened)*"},
		impact(f).Text:    {"| corrected afterwards |", "| taken back when it was reopened |"},
		summary(f).Text:   {"The impact began " + f.when(after(-5)) + "; no end of it is noted. It is not over yet."},
		questions(f).Text: {"“acknowledged” was not noted."},
	} {
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not there:\n%s", want, text)
			}
		}
	}
	f.Incident.Status = incident.StatusCancelled
	if text := summary(f).Text; strings.Contains(text, "no impact") {
		t.Errorf("a cancelled incident whose impact began:\n%s", text)
	}
}
