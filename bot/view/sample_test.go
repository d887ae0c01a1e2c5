package view

import (
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const (
	alice incident.PersonID = "U0ALICE"
	bob   incident.PersonID = "U0BOB"
	carol incident.PersonID = "U0CAROL"
)

func ongoing() *incident.Incident {
	return &incident.Incident{
		ID: 42, Title: "Checkout returns errors", Severity: incident.SEV1, Status: incident.StatusActive,
		Summary:    "One in three payments fails since 11:40.\nThe database is full; we are making room.",
		DeclaredBy: incident.By(bob), DeclaredAt: noon,
		Milestones:  incident.Milestones{ImpactStarted: noon.Add(-20 * time.Minute), Detected: noon, Acknowledged: noon.Add(2 * time.Minute)},
		UpdateDueAt: noon.Add(30 * time.Minute), UpdateGeneration: 3,
		Origin: &incident.Message{Channel: "C0OPS", TS: "1795262000.000100", Text: "payments are red", Permalink: "https://acme.slack.com/archives/C0OPS/p1795262000000100"},
		Room:   incident.Room{Channel: "C0ROOM", Name: "inc-42-checkout-returns-errors", State: incident.RoomOpen},
		Roles:  incident.Roles{incident.Commander: {alice}, incident.Operations: {bob}, incident.Responder: {carol, "U0DAVE"}},
	}
}

// fresh is an incident in its first second: nothing is in place.
func fresh() *incident.Incident {
	return &incident.Incident{
		ID: 43, Title: "Search is slow", Severity: incident.DefaultSeverity, Status: incident.StatusActive,
		DeclaredBy: incident.By(bob), DeclaredAt: noon, Milestones: incident.Milestones{Detected: noon},
		Room: incident.Room{State: incident.RoomNone},
	}
}

func over(status incident.Status) *incident.Incident {
	i := ongoing()
	i.Status, i.UpdateDueAt = status, time.Time{}
	if status != incident.StatusCancelled {
		i.Cause = "A nightly job kept its snapshots, and the disk ran full."
		i.Milestones.Resolved = noon.Add(95 * time.Minute)
	}
	return i
}

func hostile() *incident.Incident {
	i := ongoing()
	i.Title = "<!channel> *URGENT* <@U0FORGED> @here مشكلة 👩\u200d👩\u200d👧 & <https://evil.example|click>"
	i.Summary = "<!everyone>\n> quote\n```code``` <!subteam^S1|x>"
	return i
}

func situation(i *incident.Incident) Situation {
	due := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	return Situation{
		Incident: i, Command: "/incident", PostmortemURL: "https://tocsin.example/postmortems/k3y",
		Steps: []Step{{Name: "room", State: StepDone}, {Name: "announcement", State: StepDone}, {Name: "bookmarks", State: StepDone}},
		Tasks: []*incident.Task{
			{Incident: i.ID, Number: 1, Kind: incident.Todo, Text: "Free space on db-3", Owner: bob},
			{Incident: i.ID, Number: 2, Kind: incident.Todo, Text: "Ask support how many customers called"},
			{Incident: i.ID, Number: 3, Kind: incident.ActionItem, Text: "Add an alert on disk space", Owner: carol, DueOn: due},
			{Incident: i.ID, Number: 4, Kind: incident.Todo, Text: "Stop the nightly job", DoneAt: noon},
		},
		Tickets: []Ticket{
			{Task: 0, Key: "OPS-7", URL: "https://acme.atlassian.net/browse/OPS-7", Status: "In Progress"},
			{Task: 3, Reason: "Jira asks for “Team”, which nobody mapped"},
		},
		Hypotheses: []timeline.Hypothesis{
			{Number: 1, Text: "The deploy of 11:30", Outcome: timeline.RuledOut},
			{Number: 2, Text: "The disk of db-3 is full", Outcome: timeline.Confirmed},
			{Number: 3, Text: "Backups hold old snapshots", Outcome: timeline.Untested},
		},
		Lines: timeline.Fold(entries(i)),
	}
}

func entries(i *incident.Incident) []timeline.Entry {
	message := incident.Message{Channel: "C0ROOM", TS: "1795262400.000200", Author: carol, Text: "Error rate is 34 %",
		Permalink: "https://acme.slack.com/archives/C0ROOM/p1795262400000200", Files: []incident.File{{ID: "F1", Name: "graph.png"}}}
	list := []timeline.Entry{
		entry(1, incident.By(bob), incident.Declared{Title: i.Title, Severity: i.Severity, Status: incident.StatusActive}),
		entry(2, incident.By(alice), incident.RoleAssigned{Role: incident.Commander, To: alice}),
		entry(3, incident.By(bob), incident.MessageCaptured{Message: message, Via: "pin"}),
		entry(4, incident.By(alice), incident.UpdatePosted{Text: "We know why and are making room.", NextDue: noon.Add(30 * time.Minute), Kept: true}),
		entry(5, incident.By(alice), incident.DecisionMade{Text: "Stop the nightly job", At: noon}),
		entry(6, incident.By(carol), incident.MessageEdited{Entry: 3, From: "Error rate is 34 %", To: "Error rate is 31 %", At: noon}),
		entry(7, incident.By(alice), incident.EntryStarred{Entry: 5}),
	}
	return list
}

func entry(id int64, by incident.Actor, e incident.Event) timeline.Entry {
	at := noon.Add(time.Duration(id) * time.Minute)
	return timeline.Entry{ID: id, Incident: 42, By: by, OccurredAt: at, RecordedAt: at, Event: e}
}
