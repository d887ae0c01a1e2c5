package view

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// What a brief may take with everything at its limit: a window of Slack shows about 120
// characters in a row.
const (
	mostBriefLines = 13
	mostBriefRows  = 28
	briefRow       = 120
)

// entity is markup of which people see the label only.
var entity = regexp.MustCompile(`<[^<>|]+(?:\|([^<>]*))?>`)

// rowsOf are the lines of a message, and the rows that they take in a window.
func rowsOf(m Message) (lines, rows int) {
	for _, b := range m.Blocks {
		s, ok := b.(*slack.SectionBlock)
		if !ok {
			continue
		}
		for line := range strings.SplitSeq(s.Text.Text, "\n") {
			seen := entity.ReplaceAllString(strings.ReplaceAll(line, "<@", "<@|Somebody Named"), "$1")
			lines++
			rows += 1 + (utf8.RuneCountInString(seen)-1)/briefRow
		}
	}
	return lines, rows
}

func TestBriefStaysBrief(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Payments fail in every shop.\n", 60)
	i := ongoing()
	i.Title, i.Summary, i.Cause = "Checkout returns errors", long, long
	for _, info := range incident.RoleCatalogue() {
		i.Roles[info.Role] = []incident.PersonID{alice}
	}
	for range 40 {
		i.Roles[incident.Responder] = append(i.Roles[incident.Responder], bob)
	}
	s := situation(i)
	for n := range 80 {
		s.Lines = append(s.Lines, timeline.Fold([]timeline.Entry{
			entry(int64(n), incident.By(alice), incident.UpdatePosted{Text: long}), entry(int64(n), incident.By(alice), incident.NoteAdded{Text: long, Key: n%2 == 0}),
		})...)
		s.Tasks = append(s.Tasks, &incident.Task{Incident: i.ID, Number: n, Text: long, Kind: incident.ActionItem})
		s.Hypotheses = append(s.Hypotheses, timeline.Hypothesis{Number: n, Text: long, Outcome: []timeline.Outcome{timeline.Untested, timeline.Confirmed, timeline.RuledOut}[n%3]})
	}
	s.Tickets = []Ticket{{Task: 0, Key: "OPS-7", URL: "https://acme.atlassian.net/browse/OPS-7", Status: "In Progress"}}
	if lines, rows := rowsOf(Brief(s)); lines > mostBriefLines || rows > mostBriefRows {
		t.Errorf("a brief of everything has %d lines in %d rows; want %d in %d at most:\n%s", lines, rows, mostBriefLines, mostBriefRows, strings.Join(texts(Brief(s)), "\n"))
	}
	if lines, _ := rowsOf(Brief(situation(ongoing()))); lines > 12 {
		t.Errorf("an ordinary brief has %d lines; people were promised about ten", lines)
	}
	for seed := range uint64(60) {
		d := dice{rand.New(rand.NewPCG(seed, 2))}
		if lines, _ := rowsOf(Brief(d.situation())); lines > mostBriefLines {
			t.Errorf("seed %d: %d lines; want %d at most", seed, lines, mostBriefLines)
		}
	}
}

// Each page is a handful of messages: without this a brief tells of nothing else.
func TestBriefTellsWhoHasItAndNotEachMessage(t *testing.T) {
	t.Parallel()
	i := fresh()
	timer := incident.EscalationTimer{Escalation: 1, Generation: 2, Due: noon.Add(time.Hour)}
	list := []timeline.Entry{
		entry(1, incident.By(alice), incident.EscalationBegan{EscalationTimer: timer, Subject: "checkout", Urgency: "high"}),
		entry(2, incident.System, incident.StepFired{EscalationTimer: timer, Step: 1, Pages: []incident.Page{{Person: bob}}}),
		entry(3, incident.By(bob), incident.EscalationAcknowledged{EscalationTimer: timer, Person: bob, Via: "sms"}),
	}
	for n := range int64(9) {
		list = append(list, entry(4+n, incident.System, incident.DeliveryMoved{Person: bob, Method: "sms", State: "delivered"}))
	}
	said := fmt.Sprint(texts(Brief(Situation{Incident: i, Lines: timeline.Fold(list), Command: "/incident"})))
	if !strings.Contains(said, "Acknowledged by <@U0BOB> via text message") || strings.Contains(said, "delivered") {
		t.Errorf("the brief says\n%s", said)
	}
}

func texts(m Message) (all []string) {
	for _, b := range m.Blocks {
		if s, ok := b.(*slack.SectionBlock); ok {
			all = append(all, s.Text.Text)
		}
	}
	return all
}
