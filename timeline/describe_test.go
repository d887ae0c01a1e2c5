package timeline

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func TestDescribe(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]incident.Event{
		"Declared SEV2: Checkout is down": incident.Declared{Title: "Checkout is down", Severity: incident.SEV2},
		"Renamed from “A” to “B”":         incident.TitleChanged{From: "A", To: "B"},
		"Summary: cards fail":             incident.SummaryChanged{Summary: "cards\nfail"},
		"Removed the summary":             incident.SummaryChanged{},
		"Severity SEV3 → SEV1":            incident.SeverityChanged{From: 3, To: 1},
		"Status active → mitigated":       incident.StatusChanged{From: "active", To: "mitigated"},
		"Resolved; the impact ended at 2026-03-14 12:00 UTC: a bad deploy": incident.Resolved{ImpactEnd: noon, Cause: "a bad deploy"},
		"Reopened, it was closed":       incident.Reopened{From: "closed"},
		"Cancelled: a duplicate":        incident.Cancelled{Reason: "a duplicate"},
		"Closed; the paperwork is done": incident.Closed{},
		"Corrected “detected” from unknown to 2026-03-14 12:00 UTC: the log": incident.MilestoneCorrected{Milestone: incident.Detected, To: noon, Reason: "the log"},
		"Incident Commander handed from Bob to Alice":                        incident.RoleAssigned{Role: incident.Commander, From: "U2", To: "U1"},
		"Incident Commander is Alice":                                        incident.RoleAssigned{Role: incident.Commander, To: "U1"},
		"Bob is no longer Scribe":                                            incident.RoleVacated{Role: incident.Scribe, From: "U2"},
		"Bob joined the war room":                                            incident.PersonJoined{Person: "U2"},
		"Added action item 3: alert on depth (owner Bob, due 2026-03-14)":    incident.TaskAdded{Number: 3, TaskKind: incident.ActionItem, Text: "alert on depth", Owner: "U2", DueOn: noon},
		"Finished task 1: fail over":                                         incident.TaskFinished{Number: 1, TaskKind: incident.Todo, Text: "fail over"},
		"Update: no news (next by 2026-03-14 12:00 UTC)":                     incident.UpdatePosted{Text: "no news", NextDue: noon},
		"Update: all good":                                                   incident.UpdatePosted{Text: "all good"},
		"Hypothesis 2 ruled out: the cache":                                  incident.HypothesisSettled{Number: 2, Text: "the cache", Outcome: "ruled out"},
		"Put Bob’s message on record: “@Alice look at R&amp;D (<x>)”":        incident.MessageCaptured{Message: incident.Message{Author: "U2", Text: "<@U1> look at R&amp;D (<x>)"}},
		"Put a message on record: “graph.png”":                               incident.MessageCaptured{Message: incident.Message{Files: []incident.File{{Name: "graph.png"}}}},
		"War room #inc-1-checkout opened":                                    incident.RoomOpened{Channel: "C1", Name: "inc-1-checkout"},
		"War room is now open again":                                         incident.RoomStateChanged{State: incident.RoomOpen},
		"Could not set up topic (given up): too long":                        incident.StepFailed{Step: "topic", Reason: "too long", Final: true},
		"Ticket OPS-7 filed for the incident":                                incident.TicketFiled{Key: "OPS-7"},
		"No ticket yet for action item 2: Jira is down":                      incident.TicketParked{Task: 2, Reason: "Jira is down"},
		"Could not save a.log: too big":                                      incident.FileSaved{File: incident.File{Name: "a.log"}, Error: "too big"},
	} {
		if got := Describe(e, nameOf); got != want {
			t.Errorf("Describe(%#v) = %q, want %q", e, got, want)
		}
	}
}

func TestEveryKindIsDescribedInOneShortLine(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	sentences, nouns := map[string]incident.Kind{}, map[string]incident.Kind{}
	for _, kind := range incident.Kinds() {
		got := Describe(sample(kind, r), nameOf)
		if got == "" || got == KindLabel(kind) || strings.ContainsAny(got, "\n\r\t") || strings.HasSuffix(got, ".") {
			t.Errorf("%s is described as %q", kind, got)
		}
		if other, taken := sentences[got]; taken {
			t.Errorf("%s and %s are both %q", kind, other, got)
		}
		label := KindLabel(kind)
		if other, taken := nouns[label]; taken || label == string(kind) || len(label) > 16 {
			t.Errorf("label of %s is %q (also %q)", kind, label, other)
		}
		sentences[got], nouns[label] = kind, kind
	}
}

// TestEveryKindIsSaidWithoutWords: nobody has to know which events name people.
func TestEveryKindIsSaidWithoutWords(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for _, kind := range incident.Kinds() {
		event := sample(kind, r)
		byID := func(p incident.PersonID) string { return string(p) }
		if got, want := Say(event, Words{}), Say(event, Words{Name: byID}); got != want {
			t.Errorf("%s is said as %q; want %q", kind, got, want)
		}
	}
}

func TestDescribeCutsLongTexts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é ", 5000)
	got := Describe(incident.NoteAdded{Text: long}, nameOf)
	if n := len([]rune(got)); n > MaxSentence+len("Note: ") || !strings.HasSuffix(got, "é…") {
		t.Errorf("a note of 10,000 characters is described in %d: %q", n, got)
	}
}

func TestDescribeLineTellsTheLastEdit(t *testing.T) {
	t.Parallel()
	lines := Fold([]Entry{
		{ID: 1, Event: incident.MessageCaptured{Message: incident.Message{Author: "U1", Text: "dwon"}}},
		{ID: 2, Event: incident.MessageEdited{Entry: 1, From: "dwon", To: "down", At: noon}},
	})
	if got, want := lines[0].Describe(nameOf), "Put Alice’s message on record: “down”"; got != want {
		t.Errorf("Describe = %q, want %q", got, want)
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                             "",
		"plain":                        "plain",
		"<@U1> and <@U9|zoe>":          "@Alice and @U9",
		"<#C1|general> <#C2>":          "#general #C2",
		"<!here> <!channel>":           "@here @channel",
		"<!subteam^S1|@db-team>":       "@db-team",
		"<!date^1^{date}|yesterday>":   "yesterday",
		"<https://a.b/c|the graph>":    "the graph (https://a.b/c)",
		"<https://a.b|a.b>":            "a.b",
		"<https://a.b>":                "https://a.b",
		"<mailto:a@b.c|a@b.c>":         "a@b.c",
		"1 &lt; 2 &amp;&amp; 3 &gt; 2": "1 < 2 && 3 > 2",
		"&amp;lt;":                     "&lt;",
		"a <b> c <> d":                 "a <b> c <> d",
		"<@U1":                         "<@U1",
	} {
		if got := Plain(in, nameOf); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}
