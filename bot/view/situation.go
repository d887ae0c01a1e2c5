package view

import (
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/timeline"
)

// Message is what a view makes for a channel: blocks, and a text for
// notifications and for clients that show no blocks.
type Message struct {
	Text   string
	Blocks []slack.Block
}

// Situation is everything that views of one incident show.
type Situation struct {
	Incident      *incident.Incident
	Steps         []Step
	Tasks         []*incident.Task
	Tickets       []Ticket
	Hypotheses    []timeline.Hypothesis
	Runs          []Run                       // what is paged, oldest first
	Stopped       []escalation.Stopped        // paging that people ended, of an incident that goes on
	Refused       *incident.EscalationRefused // why nobody is paged for the service; nil from the first page on
	CanPage       bool                        // somebody can be paged at all
	Lines         []timeline.Line             // the folded timeline, quiet lines too; only where a view needs it
	PostmortemURL string                      // "" while there is none
	Command       string                      // the slash command, with its slash
}

// Step is one of the things a declare sets off, as people see it.
type Step struct {
	Name   string
	State  StepState
	Reason string // why it is not done, in words
}

// StepState says how far a step is.
type StepState string

// The states of a step. Failed needs a person; waiting goes on by itself.
const (
	StepDone    StepState = "done"
	StepWaiting StepState = "waiting"
	StepFailed  StepState = "failed"
	StepSkipped StepState = "skipped"
)

// Ticket is the tracker's issue of the incident (task 0) or of an action item.
type Ticket struct {
	Task   int
	Key    string // "" while it waits
	URL    string
	Status string // as the tracker calls it
	Done   bool
	Reason string // why there is none yet, in words
}

// TicketOf returns the ticket of a task, or of the incident itself with task 0.
func (s Situation) TicketOf(task int) (Ticket, bool) {
	for _, t := range s.Tickets {
		if t.Task == task {
			return t, true
		}
	}
	return Ticket{}, false
}
