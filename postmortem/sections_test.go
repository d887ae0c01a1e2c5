package postmortem

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

func TestEverySectionHasAKeyATitleAndATextEvenWithoutFacts(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range Sections(Facts{}) {
		if s.Key == "" || s.Title == "" || s.Text == "" || seen[s.Key] {
			t.Errorf("section %+v is incomplete or there twice", s)
		}
		seen[s.Key] = true
	}
	if len(seen) != 17 {
		t.Errorf("there are %d sections; the template has 17", len(seen))
	}
}

func TestSectionsDependOnNothingButTheFacts(t *testing.T) {
	t.Parallel()
	early, late := richFacts(t), richFacts(t)
	late.Now = early.Now.AddDate(1, 0, 0)
	if !slices.Equal(Sections(early), Sections(late)) {
		t.Error("the same record reads differently a year later")
	}
}

// every is one event of each kind that makes a line of its own.
func every() []incident.Event {
	return []incident.Event{
		incident.Declared{Title: "T"}, incident.TitleChanged{To: "T"}, incident.SummaryChanged{Summary: "S"}, incident.SeverityChanged{From: 1, To: 2},
		incident.StatusChanged{From: "active", To: "mitigated"}, incident.Resolved{ImpactEnd: noon}, incident.Reopened{}, incident.Cancelled{Reason: "R"}, incident.Closed{},
		incident.MilestoneCorrected{Milestone: incident.Detected, To: noon}, incident.RoleAssigned{Role: incident.Scribe, To: ann}, incident.RoleVacated{Role: incident.Scribe, From: ann},
		incident.PersonJoined{Person: ann}, incident.PersonLeft{Person: ann}, incident.TaskAdded{Text: "W"}, incident.TaskAmended{Text: "W"}, incident.TaskFinished{Text: "W"},
		incident.TaskReopened{Text: "W"}, incident.TaskWithdrawn{Text: "W"}, incident.UpdatePosted{Text: "U"}, incident.UpdateSnoozed{Until: noon}, incident.UpdateSettled{},
		incident.UpdateFellDue{Due: noon}, incident.NoteAdded{Text: "N"}, incident.DecisionMade{Text: "D"}, incident.HypothesisRaised{Text: "H"},
		incident.HypothesisSettled{Text: "H", Outcome: "confirmed"}, incident.MessageCaptured{}, incident.RoomOpened{Name: "r"}, incident.RoomRenamed{To: "r"},
		incident.RoomStateChanged{State: "archived"}, incident.StepDone{Step: "topic"}, incident.StepFailed{Step: "topic", Reason: "R"}, incident.TicketFiled{Key: "K-1"},
		incident.TicketParked{Reason: "R"}, incident.TicketMoved{Key: "K-1", Status: "Done"}, incident.PostmortemDrafted{Version: 1}, incident.PostmortemWritten{Section: "s"},
		incident.PostmortemAdvanced{From: "draft", To: "in review"},
		incident.EscalationBegan{Subject: "Checkout"}, incident.StepFired{Step: 1}, incident.EscalationAcknowledged{Person: ann}, incident.EscalationSnoozed{Until: noon},
		incident.EscalationReturned{Cause: "snooze"}, incident.EscalationHeld{}, incident.EscalationRefused{}, incident.EscalationExhausted{}, incident.EscalationResolved{},
		incident.DeliveryMoved{Person: ann, Method: "sms", State: "sent"}, incident.PersonUnreachable{Person: ann},
	}
}

func TestEveryKindOfEventHasASentence(t *testing.T) {
	t.Parallel()
	c := newCast(Facts{}.complete())
	told := map[incident.Kind]bool{}
	for _, e := range every() {
		told[e.Kind()] = true
		s := c.sentence(timeline.Line{Entry: timeline.Entry{Event: e, OccurredAt: noon}}, c.say)
		if s == "" || s == escape(string(e.Kind())) {
			t.Errorf("%s has no sentence: %q", e.Kind(), s)
		}
	}
	for _, kind := range incident.Kinds() {
		e, err := timeline.Decode(kind, []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		if _, amends := e.(incident.About); !amends && !told[kind] {
			t.Errorf("%s is not in the list of this test", kind)
		}
	}
}

func TestNothingFromOutsideIsMarkupInASentence(t *testing.T) {
	t.Parallel()
	const evil = "<b>*bold*</b>"
	c := newCast(Facts{}.complete())
	for _, e := range []incident.Event{
		incident.Declared{Title: evil}, incident.Resolved{Cause: evil}, incident.TaskAdded{TaskKind: incident.Todo, Text: evil}, incident.HypothesisSettled{Text: "H", Outcome: evil},
		incident.RoomOpened{Name: evil}, incident.RoomRenamed{From: evil, To: "r"}, incident.RoomStateChanged{State: evil}, incident.StepFailed{Step: evil},
		incident.TicketFiled{Key: evil, URL: "https://jira.example/1"}, incident.TicketFiled{Key: evil}, incident.TicketParked{Key: evil}, incident.TicketMoved{Key: evil}, incident.PostmortemAdvanced{From: evil},
		incident.FileSaved{File: incident.File{Name: evil}}, incident.EscalationBegan{Subject: evil}, incident.EscalationBegan{Urgency: evil}, incident.StepFired{Places: []incident.Place{{Name: evil}}},
		incident.EscalationAcknowledged{Via: evil}, incident.DeliveryMoved{Method: evil}, incident.DeliveryMoved{Reason: evil}, incident.PersonUnreachable{Reason: evil},
	} {
		s := c.sentence(timeline.Line{Entry: timeline.Entry{Event: e, OccurredAt: noon}}, c.say)
		if !strings.Contains(s, escape(evil)) || strings.Contains(s, evil) {
			t.Errorf("%T says %q", e, s)
		}
	}
}

func TestTheStorySpeaksOfRolesAndTheListsOfNames(t *testing.T) {
	t.Parallel()
	f := richFacts(t)
	for _, s := range Sections(f) {
		text := s.Text
		switch s.Key {
		case "response", "actions", "appendix":
			continue
		}
		for line := range strings.SplitSeq(text, "\n") {
			if strings.Contains(line, askMark) {
				continue
			}
			for _, name := range f.Names {
				if strings.Contains(line, name) {
					t.Errorf("%s names %s: %s", s.Key, name, line)
				}
			}
		}
	}
}

func TestAPersonIsCalledByTheRoleOfTheMoment(t *testing.T) {
	t.Parallel()
	c := newCast(richFacts(t))
	for _, x := range []struct {
		person incident.PersonID
		at     time.Time
		want   string
	}{
		{ann, after(10), "Incident Commander"}, {ann, after(0), "Incident Commander"}, {ann, after(500), "Incident Commander"},
		{cy, after(90), "Incident Commander"}, {bo, after(4), "Operations Lead"}, {dora, after(4), "Participant"},
	} {
		if got := c.who(incident.By(x.person), x.at); got != x.want {
			t.Errorf("%s at %v is %q; want %q", x.person, x.at, got, x.want)
		}
	}
	if got := c.who(incident.ByIntegration("jira"), noon); got != "Jira" {
		t.Errorf("an integration is called %q", got)
	}
	if got := c.who(incident.ByIntegration(""), noon); got != "" {
		t.Errorf("a nameless integration is called %q", got)
	}
}

func TestWithdrawnDeletedAndEditedMessagesKeepTheirHistory(t *testing.T) {
	t.Parallel()
	message := func(text string) incident.Event {
		return incident.MessageCaptured{Message: incident.Message{Text: text, Author: ann, PostedAt: noon}, Key: true}
	}
	r := (&record{}).add(1, incident.By(bo), message("first wording"), message("to be deleted"), message("withdrawn"))
	r.add(2, incident.By(ann), incident.MessageEdited{Entry: 1, From: "first wording", To: "second wording", At: after(2)},
		incident.MessageDeleted{Entry: 2, At: after(3)}, incident.EntryWithdrawn{Entry: 3})
	f := quietFacts()
	f.Lines = timeline.Fold(r.entries)
	key, full := keyEvents(f).Text, appendix(f).Text
	for _, want := range []string{"“second wording” *(edited)*", "“to be deleted” *(deleted in Slack 2026-01-15 12:03 UTC)*"} {
		if !strings.Contains(key, want) || !strings.Contains(full, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if !strings.Contains(full, "until 2026-01-15 12:02:00 UTC it said: “first wording”") || strings.Contains(key, "first wording") {
		t.Error("the old text belongs into the appendix, and only there")
	}
	if strings.Contains(full, "withdrawn") {
		t.Error("a withdrawn entry is shown")
	}
}

func TestTheWorkAndItsCriterionAreTakenApart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"Add an alert":                                  {"Add an alert", ""},
		"Add an alert, done when it fires":              {"Add an alert", "it fires"},
		"Add an alert (Done when: it fires in staging)": {"Add an alert", "it fires in staging"},
		"Get it done when we can, done when merged":     {"Get it", "we can, done when merged"},
		"abandoned whenever":                            {"abandoned whenever", ""},
	} {
		what, criterion := doneWhen(text)
		if got := [2]string{what, criterion}; got != want {
			t.Errorf("doneWhen(%q) = %q; want %q", text, got, want)
		}
	}
}

func TestTheReviewIsDueBySeverity(t *testing.T) {
	t.Parallel()
	for severity, want := range map[incident.Severity]string{
		incident.SEV1: "hold it by Sun 2026-01-18 (3 days after a SEV1)",
		incident.SEV2: "hold it by Thu 2026-01-22 (5 business days after a SEV2)",
		incident.SEV4: "no date is prescribed for SEV4",
	} {
		f := Facts{Incident: &incident.Incident{Severity: severity, Milestones: incident.Milestones{Resolved: noon}}}.complete()
		if got := meeting(f); got != want {
			t.Errorf("%s: %q; want %q", severity, got, want)
		}
	}
}

// longFacts is an incident with n entries, one a minute.
func longFacts(n int) Facts {
	r := &record{}
	r.add(0, incident.By(ann), incident.Declared{Title: "Long", Severity: incident.SEV1}, incident.RoleAssigned{Role: incident.Commander, To: ann})
	for at := range n - 2 {
		r.add(float64(at), incident.By(bo), incident.MessageCaptured{Message: incident.Message{Channel: "C1", TS: fmt.Sprint(at), Author: bo, PostedAt: after(float64(at)),
			Permalink: "https://acme.slack.com/archives/C1/p1", Text: "<@U0ANN> the queue is at *90 %* and <https://graphs.example/d/1|growing>"}, Key: at%100 == 0})
	}
	f := quietFacts()
	f.Lines = timeline.Fold(r.entries)
	f.Incident.Milestones.Resolved = after(float64(n))
	return f
}

func BenchmarkSectionsOf10000Entries(b *testing.B) {
	f := longFacts(10_000)
	for b.Loop() {
		Sections(f)
	}
}

func BenchmarkPageOf10000Entries(b *testing.B) {
	d := drafted(longFacts(10_000))
	for b.Loop() {
		if _, err := HTML(d); err != nil {
			b.Fatal(err)
		}
	}
}
