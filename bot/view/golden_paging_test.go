package view

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/timeline"
)

func aPage() paging.Message {
	return paging.Message{Key: "tocsin-delivery-7", Kind: paging.MessagePage, To: string(alice), Person: alice, Incident: 42, Severity: incident.SEV1,
		Title: "Checkout returns errors", Text: "You are paged for Checkout: one in three payments fails.", Urgency: "high", Link: "https://slack.com/app_redirect?channel=C0ROOM",
		Actions: []paging.Action{{Name: "awake", Label: "I'm awake"}, {Name: "resolve", Label: "Stop paging"}, {Name: "ack", Label: "Acknowledge"}, {Name: "escalate", Label: "Escalate"}}}
}

func climbing() *escalation.Escalation {
	return &escalation.Escalation{ID: 5, Incident: 42, Subject: "Checkout", Urgency: escalation.High, State: escalation.Triggered,
		Policy: escalation.Policy{Steps: make([]escalation.Step, 3), Repeat: 1}, Next: 2, Fired: 1, StepDue: noon.Add(5 * time.Minute), Run: 1}
}

// asked is one person in every way a message can go.
func asked() Run {
	way := func(m paging.Method, s paging.State, reason string) Way {
		return Way{Method: m, State: s, Due: noon.Add(time.Minute), Reason: reason}
	}
	return Run{Escalation: climbing(), Asked: []Asked{
		{Person: alice, Ways: []Way{way(paging.MethodSlack, paging.StateDelivered, ""), way(paging.MethodSMS, paging.StateSent, ""), way(paging.MethodVoice, paging.StatePlanned, "")}},
		{Person: bob, Ways: []Way{way(paging.MethodSlack, paging.StateSeen, ""), way(paging.MethodSMS, paging.StateFailed, "The number does not exist."), way(paging.MethodVoice, paging.StateSending, "")}},
		{Person: carol, Unreachable: "No contact method is verified."},
		{Person: "U0DAVE"}, {Place: "a channel", Ways: []Way{{Method: paging.MethodSlack, State: paging.StateDelivered, Repeat: true}}},
	}}
}

func paged(i *incident.Incident, change func(*escalation.Escalation)) Situation {
	s, r := situation(i), asked()
	change(r.Escalation)
	s.CanPage, s.Runs = true, []Run{r}
	return s
}

// dropped is an incident for whose service nobody is paged.
func dropped(i *incident.Incident) Situation {
	s := situation(i)
	s.CanPage, s.Refused = true, &incident.EscalationRefused{Subject: "Checkout", Service: "checkout", Cause: "maintenance", Until: noon.Add(time.Hour)}
	return s
}

// stoppedBy is an incident that goes on, whose paging bob stopped.
func stoppedBy(s Situation) Situation {
	s.CanPage, s.Stopped = true, []escalation.Stopped{{Subject: "Checkout & <co>", By: bob, At: noon}}
	return s
}

func triaged() *incident.Incident {
	i := fresh()
	i.Status, i.Title, i.Roles = incident.StatusTriage, "Checkout is needed", incident.Roles{incident.Responder: {alice}}
	return i
}

func addPaging(views map[string]any) {
	page, low, repeat, place := aPage(), aPage(), aPage(), aPage()
	low.Urgency = "low"
	repeat.Repeat = true
	place.Person, place.Actions, place.Text = "", nil, "Checkout: one in three payments fails."
	views["page"], views["page_low"], views["page_repeat"], views["page_channel"] = Page(page), Page(low), Page(repeat), Page(place)
	views["page_digest"] = Page(paging.Message{Key: "k", Kind: paging.MessageDigest, Incident: 42, Severity: incident.SEV1, Person: alice, Title: "2 pages of 2 incidents wait for you",
		Text: "INC-42 SEV1 Checkout returns errors (Checkout)\nINC-43 SEV3 Search is slow (Search)", Actions: []paging.Action{{Name: "ack", Label: "Acknowledge"}}})
	views["page_verify"] = Page(paging.Message{Key: "k", Kind: paging.MessageVerify, Title: "Your Tocsin code", Text: "Your Tocsin code is 482913."})
	views["page_answered"] = PageAnswered(PageAnswer{Incident: ongoing(), Subject: "Checkout", Became: Became{By: bob}})
	views["page_anew"] = PageAnswered(PageAnswer{Incident: ongoing(), Subject: "Checkout", Became: Became{Said: ":heavy_minus_sign: It is paged anew."}})
	addDigests(views)
	views["card_paging"] = Card(paged(ongoing(), func(*escalation.Escalation) {}))
	views["card_acknowledged"] = Card(paged(ongoing(), func(e *escalation.Escalation) {
		e.State, e.AckedBy, e.AckDue = escalation.Acknowledged, []incident.PersonID{bob}, noon.Add(time.Hour)
	}))
	views["card_exhausted"] = Card(paged(ongoing(), func(e *escalation.Escalation) { e.Exhausted, e.StepDue = true, time.Time{} }))
	views["card_dropped"] = Card(dropped(ongoing()))
	views["announcement_dropped"] = Announcement(dropped(triaged()))
	views["card_stopped"] = Card(stoppedBy(situation(ongoing())))
	views["announcement_stopped"] = Announcement(stoppedBy(situation(triaged())))
	views["announcement_triage"] = Announcement(paged(triaged(), func(*escalation.Escalation) {}))
	views["modal_page"], views["modal_page_fresh"] = PageModal(ongoing(), "C0ROOM"), PageModal(nil, "C0ROOM")
	addPagingHappened(views)
	addOnCall(views)
}

func addPagingHappened(views map[string]any) {
	pages := []incident.Page{{ID: 1, Person: alice}, {ID: 2, Person: bob}}
	for name, e := range map[string]incident.Event{
		"began":        incident.EscalationBegan{Subject: "Checkout", Urgency: "high", Reason: "One in three payments fails"},
		"step":         incident.StepFired{Step: 1, Pages: pages, Places: []incident.Place{{Kind: "channel", Name: "C0OPS"}}},
		"step_again":   incident.StepFired{Step: 2, Pass: 1, Pages: pages[:1]},
		"fallback":     incident.StepFired{Pages: pages[:1]},
		"nobody":       incident.StepFired{Step: 1},
		"acknowledged": incident.EscalationAcknowledged{Person: bob, Via: "sms", Until: noon.Add(time.Hour)},
		"ack_more":     incident.EscalationAcknowledged{Person: bob, More: 1},
		"put_off":      incident.EscalationSnoozed{Person: bob, Until: noon.Add(time.Hour)},
		"ran_out":      incident.EscalationReturned{Cause: "ack_timeout", Person: bob},
		"taken_back":   incident.EscalationReturned{Cause: "unacknowledged", Person: bob},
		"held":         incident.EscalationHeld{Until: noon.Add(time.Hour)},
		"dropped":      incident.EscalationRefused{Subject: "Checkout & <co>", Service: "checkout", Cause: "maintenance", Until: noon.Add(time.Hour)},
		"unpageable":   incident.EscalationRefused{Subject: "Checkout", Service: "checkout", Cause: "nobody"},
		"unknown":      incident.EscalationRefused{Subject: "checkout", Service: "checkout", Cause: "missing"},
		"exhausted":    incident.EscalationExhausted{},
		"stopped":      incident.EscalationResolved{Cause: "person", Subject: "Checkout & <co>", Person: bob},
		"raised":       incident.EscalationBegan{Subject: "Checkout", Urgency: "high", Raised: true, Reason: "It spreads"},
		"failed":       incident.DeliveryMoved{Person: bob, Method: "sms", State: "failed", Reason: "The number does not exist."},
		"out_of_reach": incident.PersonUnreachable{Person: carol, Reason: "No contact method is verified."},
	} {
		views["happened_"+name] = Happened(ongoing(), entry(1, incident.By(alice), e))
	}
}

func TestTheLedgerOfFortyPeopleFits(t *testing.T) {
	t.Parallel()
	s := paged(ongoing(), func(e *escalation.Escalation) { e.AckedBy = []incident.PersonID{"U0P39"} })
	s.Runs[0].Asked = nil
	for n := range 40 {
		a := Asked{Person: incident.PersonID(fmt.Sprintf("U0P%d", n))}
		for _, m := range paging.Methods() {
			a.Ways = append(a.Ways, Way{Method: m, State: paging.StateFailed, Reason: strings.Repeat("The vendor refuses it. ", 20), Repeat: true})
		}
		if n == 20 {
			a.Unreachable = "No contact method is verified."
		}
		s.Runs[0].Asked = append(s.Runs[0].Asked, a)
	}
	s.Runs = append(s.Runs, s.Runs[0], s.Runs[0], s.Runs[0], s.Runs[0])
	card := Card(s)
	mustBeAccepted(t, card)
	text := string(encode(t, card))
	for _, want := range []string{"<@U0P39> — *acknowledged*", "<@U0P20> — ", "more people: ", "and 2 more pages under way"} {
		if !strings.Contains(text, want) {
			t.Errorf("the card does not say %q:\n%s", want, text)
		}
	}
	one := ledgerOf(s.Runs[0], maxLedger)
	if n := utf8.RuneCountInString(strings.Join(one, "\n")); n > maxLedger {
		t.Errorf("one run takes %d code points, want at most %d", n, maxLedger)
	}
}

func TestNobodyIsCalledPagedWhoWasOnlyTried(t *testing.T) {
	t.Parallel()
	for _, state := range []paging.State{paging.StatePlanned, paging.StateSending, paging.StateFailed, paging.StateCancelled} {
		s := paged(ongoing(), func(*escalation.Escalation) {})
		s.Runs[0].Asked = []Asked{{Person: alice, Ways: []Way{{Method: paging.MethodSMS, State: state, Due: noon}}}}
		s.Incident.Service = "checkout"
		triage := s
		triage.Incident = triaged()
		for place, said := range map[string]any{"card": Card(s), "announcement": Announcement(triage), "why": whyOf(state)} {
			text := strings.ToLower(string(encode(t, said)))
			for _, lie := range []string{"was paged", "were paged", "is paged", "paged alice", "paged once", "delivered", "> — text message sent", "a message was sent"} {
				if strings.Contains(text, lie) {
					t.Errorf("a message that is %s is told by the %s as %q:\n%s", state, place, lie, text)
				}
			}
		}
	}
}

// whyOf explains why alice was asked once, with one message that has come so far.
func whyOf(state paging.State) Message {
	record := []timeline.Entry{
		entry(1, incident.System, incident.EscalationBegan{Subject: "Checkout", Urgency: "high"}),
		entry(2, incident.System, incident.StepFired{Step: 1, Pages: []incident.Page{{ID: 1, Person: alice}}}),
		entry(3, incident.System, incident.EscalationExhausted{}),
	}
	messages := []paging.Line{{Person: alice, Method: paging.MethodSMS, State: state, At: noon}}
	a := escalation.Account{Incident: 42, Person: alice, Now: noon, Far: paging.HowFar(messages), Courses: []escalation.Course{{
		Escalation: climbing(), Record: record, Pages: []escalation.PersonPage{{ID: 1, At: noon, Run: 1, Step: 1}},
	}}}
	return Explained(a.Sentences(Spoken(), func(*escalation.Escalation, escalation.PersonPage) []string { return Delivered(messages) }))
}

// TestWhyTellsHowFarMessagesHaveCome in its first sentence, and of several by the one
// that has come farthest.
func TestWhyTellsHowFarMessagesHaveCome(t *testing.T) {
	t.Parallel()
	lines := []paging.Line{}
	for _, c := range []struct {
		state paging.State
		says  string
	}{
		{"", "no message is planned yet"}, {paging.StateCancelled, "no message left before it was answered"}, {paging.StateFailed, "no message has reached them"},
		{paging.StatePlanned, "no message has left yet"}, {paging.StateSending, "a message is being sent"}, {paging.StateSent, "nobody has confirmed that it arrived"},
		{paging.StateDelivered, "a message was delivered"}, {paging.StateSeen, "they have seen a message"},
	} {
		if c.state != "" {
			lines = append(lines, paging.Line{Method: paging.MethodSMS, State: c.state})
		}
		if got := paging.HowFar(lines); !strings.Contains(got, c.says) {
			t.Errorf("of %v it is said that %s; want %s", lines, got, c.says)
		}
	}
}

func TestPageButtonsKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	if got := strings.Join(places(t, Page(aPage()), 1), " "); got != "page_ack page_escalate page_resolve page_awake" {
		t.Errorf("the buttons are %s", got)
	}
	row := func(s Situation) string { return strings.Join(places(t, Card(s), 3), " ") }
	triggered := paged(ongoing(), func(*escalation.Escalation) {})
	acked := paged(ongoing(), func(e *escalation.Escalation) { e.State = escalation.Acknowledged })
	if got := row(triggered); got != "open_page ack_incident" {
		t.Errorf("while it pages the row is %s", got)
	}
	if got := row(acked); got != "open_page" {
		t.Errorf("once somebody has it the row is %s", got)
	}
}
