package paging

import (
	"fmt"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Demand is what a page asks of somebody, as it stands now.
type Demand struct {
	Page       int64
	Escalation int64
	Incident   incident.ID
	Title      string
	Severity   incident.Severity
	Ongoing    bool
	Room       string // the war room's channel id
	Subject    string // what was paged, as people say it
	Service    string
	Reason     string
	Run, Pass  int
	Fallback   bool   // the policy had nobody else, or nobody who can be reached
	HadBy      string // the name of whoever had it before it started again
	AskedBy    string // the name of whoever asked first; "" when nobody knows
	Overtaken  bool   // a later page asks the same person, or tells the same place
	Urgency    string
	Person     incident.PersonID
	Stands     bool // nobody has it, and the incident goes on
}

// privateTitle stands for the title of a private incident, and the reason is left out:
// a page passes through phones, mailboxes and vendors, and only those who are in the
// war room may read there what it is about. The number leads them to it.
const privateTitle = "Private incident"

// titleOf is the title of an incident in what leaves for phones and mailboxes.
func titleOf(i *incident.Incident) string {
	if i.Private {
		return privateTitle
	}
	return i.Title
}

// validFor is how long a page is worth being delivered: its repeats come later.
const validFor = 10 * time.Minute

// Compose writes the message of a page, or of several in a digest. One that was a digest
// stays one when a single page is left. The links are made by link; nil leaves them out.
func Compose(d Delivery, demands []Demand, link func(action string) string) Message {
	m := Message{Key: d.Key(), Kind: d.Kind, To: d.Address, Person: d.Person, Repeat: d.Repeat, Validity: validFor}
	if len(demands) == 0 {
		m.Title, m.Text = d.Subject, d.Body
		return m
	}
	first := demands[0]
	m.Incident, m.Severity, m.Title, m.Urgency, m.Link = first.Incident, first.Severity, first.Title, first.Urgency, roomLink(first.Room)
	if d.Person == "" {
		m.Text = pagedFor(first)
		return m
	}
	actions := []string{ActionAck, ActionEscalate, ActionResolve, ActionAwake}
	m.Text = youAre(first)
	if len(demands) > 1 || d.Kind == MessageDigest {
		m.Kind = MessageDigest
		m.Title, m.Text = digestTitle(demands), digestText(demands)
		m.Incident, m.Severity, m.Link = worst(demands), worstSeverity(demands), ""
		actions = []string{ActionAck, ActionAwake}
	}
	for _, name := range actions {
		a := Action{Name: name, Label: labels[name], Code: Code(d.Code, name)}
		if link != nil {
			a.URL = link(name)
		}
		m.Actions = append(m.Actions, a)
	}
	return m
}

var labels = map[string]string{
	ActionAck: "Acknowledge", ActionEscalate: "Escalate", ActionResolve: "Stop paging", ActionAwake: "I'm awake",
}

// Label is how a button says an action.
func Label(action string) string { return labels[action] }

// youAre says for what a person is paged. Who is asked for by name reads who asks: the
// name is their own.
func youAre(d Demand) string {
	switch {
	case d.Service != "" || !strings.HasPrefix(d.Subject, "@"):
		return "You are paged for " + pagedFor(d)
	case d.AskedBy == "":
		return "You are asked for by name" + pagedBecause(d)
	}
	return d.AskedBy + " asks for you" + pagedBecause(d)
}

func pagedFor(d Demand) string { return d.Subject + pagedBecause(d) }

// pagedBecause ends the sentence: with the reason, unless the title says it already,
// and with what happened since.
func pagedBecause(d Demand) string {
	text := ""
	if d.Reason != "" && d.Reason != d.Title {
		text = ": " + d.Reason
	}
	text = strings.TrimRight(text, ". ") + "."
	switch {
	case d.HadBy != "":
		text += " " + d.HadBy + " had it, and has it no longer."
	case d.Pass > 0:
		text += fmt.Sprintf(" Nobody has acknowledged yet; this is round %d.", d.Pass+1)
	}
	if d.Fallback {
		text += " Nobody else is on call for it, or can be reached."
	}
	return text
}

func digestTitle(demands []Demand) string {
	incidents := map[incident.ID]bool{}
	for _, d := range demands {
		incidents[d.Incident] = true
	}
	waits := "wait"
	if len(demands) == 1 {
		waits = "waits"
	}
	return fmt.Sprintf("%s of %s %s for you", plural(len(demands), "page"), plural(len(incidents), "incident"), waits)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// mostTold bounds the lines of a digest; the rest is counted.
const mostTold = 20

func digestText(demands []Demand) string {
	var lines []string
	for _, d := range demands[:min(len(demands), mostTold)] {
		lines = append(lines, fmt.Sprintf("%s %s %s (%s)", d.Incident, d.Severity, d.Title, d.Subject))
	}
	if more := len(demands) - mostTold; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

func worst(demands []Demand) incident.ID {
	best := demands[0]
	for _, d := range demands {
		if d.Severity.WorseThan(best.Severity) {
			best = d
		}
	}
	return best.Incident
}

func worstSeverity(demands []Demand) incident.Severity {
	s := demands[0].Severity
	for _, d := range demands {
		if d.Severity.WorseThan(s) {
			s = d.Severity
		}
	}
	return s
}

// roomLink opens a channel in whichever Slack workspace the reader is signed in to.
func roomLink(channel string) string {
	if channel == "" {
		return ""
	}
	return "https://slack.com/app_redirect?channel=" + channel
}

// plainer is what is sent when a message cannot be rendered: it says less, and it says it.
func plainer(m Message) Message {
	m.Title, m.Text = "You are paged.", "The message could not be written as usual; look at the incident."
	if m.Kind != MessagePage && m.Kind != MessageDigest {
		m.Title, m.Text = "Message from Tocsin", "It could not be written as usual."
	}
	m.Link = ""
	return m
}
