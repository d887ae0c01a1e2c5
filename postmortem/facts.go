// Package postmortem tells the story of an incident after it is over. Facts are
// everything the story is computed from; each section is a pure function of
// them. What the machine wrote and what a person wrote are kept apart: the
// person's words always win, and a new draft never touches them.
//
// The one thing to know before changing it: a section must not depend on the
// clock (but for a promised update that has fallen due) or on the draft itself,
// or drafting twice would not be drafting once.
package postmortem

import (
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Facts are what a postmortem is computed from. Missing parts are legal: an
// incident of which nothing was put on record still has a postmortem.
type Facts struct {
	Incident   *incident.Incident
	Lines      []timeline.Line // folded, in order, quiet ones included
	Tasks      []*incident.Task
	Hypotheses []timeline.Hypothesis
	Tickets    map[int]Ticket // by task number; 0 is the incident's own
	Names      map[incident.PersonID]string
	Zone       *time.Location // for display beside UTC; nil shows UTC alone
	Now        time.Time      // decides only whether an open promise is overdue
	Similar    []Similar
	Links      []Link
}

// Ticket is what a tracker knows of the incident or of one of its tasks.
type Ticket struct {
	Task   int
	Key    string // empty while it waits to be filed
	URL    string
	Status string
	Done   bool
	Reason string // why it waits
}

// Similar is an earlier incident that resembles this one.
type Similar struct {
	ID          incident.ID
	Title       string
	Severity    incident.Severity
	DeclaredAt  time.Time
	OpenActions []string // what was to be done then and is not
}

// Link is a place elsewhere that belongs to the incident.
type Link struct {
	Label string
	URL   string
}

// complete fills what sections rely on, so that even no facts have a story.
func (f Facts) complete() Facts {
	if f.Incident == nil {
		f.Incident = &incident.Incident{}
	}
	if f.Zone == nil {
		f.Zone = time.UTC
	}
	return f
}

// name is how a person is called, the id when nobody told us.
func (f Facts) name(p incident.PersonID) string {
	if n := f.Names[p]; n != "" {
		return n
	}
	return string(p)
}

// tasks are those of one kind, in order.
func (f Facts) tasks(kind incident.TaskKind) []*incident.Task {
	var list []*incident.Task
	for _, t := range f.Tasks {
		if t.Kind == kind {
			list = append(list, t)
		}
	}
	return list
}

// peak is the worst severity the incident ever had.
func (f Facts) peak() incident.Severity {
	worst := f.Incident.Severity
	for _, l := range f.Lines {
		var s incident.Severity
		switch e := l.Event.(type) {
		case incident.Declared:
			s = e.Severity
		case incident.SeverityChanged:
			s = min(e.From, e.To)
		}
		if s.Valid() && s.WorseThan(worst) {
			worst = s
		}
	}
	return worst
}
