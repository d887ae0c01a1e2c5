package postmortem

import (
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

const (
	ann  incident.PersonID = "U0ANN"
	bo   incident.PersonID = "U0BO"
	cy   incident.PersonID = "U0CY"
	dora incident.PersonID = "U0DORA"
)

// noon is when the samples are declared: a winter day, so that Berlin is an hour ahead of UTC.
var noon = time.Date(2026, time.January, 15, 12, 0, 0, 0, time.UTC)

// after is an instant of the samples, minutes after they were declared.
func after(minutes float64) time.Time {
	return noon.Add(time.Duration(minutes * float64(time.Minute)))
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// record turns events into folded lines. An event about another names the
// earlier one by its number, counted from 1.
type record struct{ entries []timeline.Entry }

func (r *record) add(minutes float64, by incident.Actor, events ...incident.Event) *record {
	for _, e := range events {
		at := after(minutes)
		entry := timeline.Entry{ID: int64(len(r.entries) + 1), Incident: 42, By: by, OccurredAt: at, RecordedAt: at, Event: e}
		if d, ok := e.(incident.Dated); ok && !d.OccurredAt().IsZero() {
			entry.OccurredAt = d.OccurredAt()
		}
		r.entries = append(r.entries, entry)
	}
	return r
}

// quietFacts is an incident of which nothing was put on record but that it began and ended.
func quietFacts() Facts {
	r := &record{}
	r.add(0, incident.By(ann), incident.Declared{Title: "Search is slow", Severity: incident.SEV3, Status: incident.StatusActive})
	r.add(12, incident.By(ann), incident.Resolved{ImpactEnd: after(12)})
	return Facts{
		Incident: &incident.Incident{
			ID: 7, Title: "Search is slow", Severity: incident.SEV3, Status: incident.StatusResolved,
			DeclaredBy: incident.By(ann), DeclaredAt: noon,
			Milestones: incident.Milestones{Detected: noon, Resolved: after(12)},
		},
		Lines: timeline.Fold(r.entries), Zone: time.UTC, Now: after(60),
	}
}

// disorderFacts is an incident whose milestones are missing or out of order.
func disorderFacts() Facts {
	f := quietFacts()
	f.Incident.Milestones = incident.Milestones{Detected: after(30), Acknowledged: after(10), Resolved: after(-5)}
	f.Incident.Title = "# <script>alert(1)</script> | [free](javascript:alert(1)) ![x](http://evil.example/x.png) & *bold*\n## Heading"
	return f
}

// privateFacts is an ongoing private incident whose promised update never came.
func privateFacts(t testing.TB) Facts {
	r := &record{}
	r.add(0, incident.By(ann), incident.Declared{Title: "Credentials leaked", Severity: incident.SEV1, Status: incident.StatusActive, Private: true})
	r.add(5, incident.By(ann), incident.UpdatePosted{Text: "We rotate all keys.", NextDue: after(35), Kept: true})
	return Facts{
		Incident: &incident.Incident{
			ID: 43, Title: "Credentials leaked", Severity: incident.SEV1, Status: incident.StatusActive, Private: true,
			DeclaredBy: incident.By(ann), DeclaredAt: noon, Milestones: incident.Milestones{Detected: noon},
		},
		Lines: timeline.Fold(r.entries), Zone: berlin(t), Now: after(90), Names: names(),
	}
}

func names() map[incident.PersonID]string {
	return map[incident.PersonID]string{ann: "Ann Lee", bo: "Bo Chen", cy: "Cy Ek", dora: "Dóra Nagy"}
}

// richFacts is an incident of more than a day with a bit of everything.
func richFacts(t testing.TB) Facts {
	return Facts{
		Incident: &incident.Incident{
			ID: 42, Title: "Checkout returns errors", Severity: incident.SEV2, Status: incident.StatusResolved,
			Summary:    "Payments fail for about one in three customers.\nThe queue to the bank is full.",
			Cause:      "The pool of bank connections was exhausted after a deploy halved it.",
			DeclaredBy: incident.By(ann), DeclaredAt: noon,
			Milestones: incident.Milestones{ImpactStarted: after(-17), Detected: noon, Acknowledged: after(1.5), Mitigated: after(75), Resolved: after(1565)},
			Room:       incident.Room{Channel: "C1", Name: "inc-42-checkout-returns-errors", State: incident.RoomOpen},
			Roles:      incident.Roles{incident.Commander: {cy}, incident.Operations: {bo}},
			Origin:     &incident.Message{Text: "checkout looks broken <again>, see the graph (https://graphs.example/d/1)", Permalink: "https://acme.slack.com/archives/C9/p1"},
		},
		Lines:      timeline.Fold(richRecord().entries),
		Tasks:      richTasks(),
		Hypotheses: richHypotheses(),
		Tickets: map[int]Ticket{
			0: {Key: "OPS-100", URL: "https://jira.example/browse/OPS-100", Status: "In Progress"},
			2: {Task: 2, Key: "OPS-101", URL: "https://jira.example/browse/OPS-101", Status: "Done", Done: true},
			3: {Task: 3, Reason: "Jira does not answer; the next attempt is in 5 minutes."},
		},
		Names: names(), Zone: berlin(t), Now: after(2000),
		Similar: []Similar{{ID: 17, Title: "Checkout errors after deploy", Severity: incident.SEV2, DeclaredAt: after(-40000), OpenActions: []string{"Load-test the bank client"}}},
		Links:   []Link{{Label: "Status page", URL: "https://status.example/42"}, {Label: "Trap", URL: "javascript:alert(1)"}},
	}
}

func richRecord() *record {
	message := incident.Message{Channel: "C1", TS: "1.1", Author: bo, PostedAt: after(20), Permalink: "https://acme.slack.com/archives/C1/p11",
		Text:  "<@U0CY> the pool is at 100 %",
		Files: []incident.File{{ID: "F1", Name: "pool|graph.png", MediaType: "image/png", Size: 48_213}, {ID: "F2", Name: "dump.sql", Size: 9_000_000_000}}}
	r := &record{}
	r.add(0, incident.By(ann), incident.Declared{Title: "Checkout returns errors", Severity: incident.SEV3, Status: incident.StatusActive}) // 1
	r.add(0.1, incident.System, incident.RoomOpened{Channel: "C1", Name: "inc-42-checkout-returns-errors"}, incident.StepDone{Step: "topic"})
	r.add(1.5, incident.By(ann), incident.RoleAssigned{Role: incident.Commander, To: ann}, incident.PersonJoined{Person: bo})
	r.add(3, incident.By(ann), incident.RoleAssigned{Role: incident.Operations, To: bo}, incident.SeverityChanged{From: incident.SEV3, To: incident.SEV1})
	r.add(5, incident.By(ann), incident.UpdatePosted{Text: "We are looking into failing payments.", NextDue: after(35), Kept: true})
	r.add(8, incident.By(bo), incident.HypothesisRaised{Number: 1, Text: "The bank is down"}, incident.HypothesisRaised{Number: 2, Text: "The pool is too small"})
	r.add(21, incident.By(dora), incident.MessageCaptured{Message: message, Via: "pin"}) // 11
	r.add(22, incident.By(bo), incident.MessageEdited{Entry: 11, From: message.Text, To: message.Text + " since 12:43", At: after(22)}, incident.EntryStarred{Entry: 11})
	r.add(23, incident.System, incident.FileSaved{Entry: 11, File: message.Files[0], Copy: 5}, incident.FileSaved{Entry: 11, File: message.Files[1], Error: "larger than 20 MB"})
	r.add(25, incident.By(bo), incident.HypothesisSettled{Number: 1, Text: "The bank is down", Outcome: "ruled out"})
	r.add(41, incident.By(ann), incident.UpdatePosted{Text: "Found it; repairing.", NextDue: after(101), Promised: after(35)})
	r.add(42, incident.By(ann), incident.DecisionMade{Text: "Roll the deploy back at once, and accept losing the new banner", At: after(42)})
	r.add(75, incident.By(bo), incident.StatusChanged{From: incident.StatusActive, To: incident.StatusMitigated}, incident.SeverityChanged{From: incident.SEV1, To: incident.SEV2})
	r.add(80, incident.By(ann), incident.RoleAssigned{Role: incident.Commander, To: cy, From: ann})
	r.add(95, incident.By(cy), incident.UpdatePosted{Text: "Payments work again; we keep watching.", Promised: after(101), Kept: true})
	r.add(1560, incident.By(dora), incident.NoteAdded{Text: "The bank confirmed by phone.", At: after(1500), Key: true})
	r.add(1570, incident.By(cy), incident.Resolved{ImpactStart: after(-17), ImpactEnd: after(1565), Cause: "Pool exhausted"})
	r.add(1600, incident.By(cy), incident.MilestoneCorrected{Milestone: incident.Mitigated, From: after(80), To: after(75), Reason: "read from the graph"})
	return r
}

func richTasks() []*incident.Task {
	due := time.Date(2026, time.February, 1, 0, 0, 0, 0, time.UTC)
	return []*incident.Task{
		{Number: 1, Kind: incident.Todo, Text: "Ask the bank", Owner: dora, CreatedAt: after(30)},
		{Number: 2, Kind: incident.ActionItem, Text: "Add an alert on pool use, done when it fired in staging", Owner: bo, DueOn: due, CreatedAt: after(1580), DoneAt: after(1700)},
		{Number: 3, Kind: incident.ActionItem, Text: "Investigate the bank client", CreatedAt: after(1581)},
	}
}

func richHypotheses() []timeline.Hypothesis {
	return []timeline.Hypothesis{
		{Number: 1, Text: "The bank is down", Outcome: timeline.RuledOut, RaisedBy: bo, RaisedAt: after(8), SettledAt: after(25)},
		{Number: 2, Text: "The pool is too small", Outcome: timeline.Untested, RaisedBy: bo, RaisedAt: after(8)},
	}
}

// drafted is the first draft of facts.
func drafted(f Facts) Document {
	d := Document{Incident: f.Incident, State: Draft, Owner: f.Incident.Holder(incident.Commander), Names: f.Names, Zone: f.Zone}
	d.Regenerate(Sections(f), after(2000))
	return d
}
