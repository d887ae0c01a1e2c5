package postmortem

import (
	"fmt"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// summary says in three sentences what broke, for how long, and how it ended.
func summary(f Facts) Section {
	c := newCast(f)
	parts := []string{opening(f) + " " + lasting(f) + " " + ending(f)}
	if f.Incident.Summary == "" {
		parts = append(parts, c.ask(incident.Commander, "What broke, for whom, and how did it end? Three sentences are enough."))
		return Section{Key: "summary", Title: "Summary", Text: blocks(parts...)}
	}
	parts = append(parts, "What was known in the war room at the end:", quote(c.readable(f.Incident.Summary, f.Incident.DeclaredAt)))
	return Section{Key: "summary", Title: "Summary", Text: blocks(parts...)}
}

func opening(f Facts) string {
	i := f.Incident
	return fmt.Sprintf("“%s” was declared as %s on %s.", escape(i.Title), f.declaredAs(), f.when(i.DeclaredAt))
}

// declaredAs is the severity it began with.
func (f Facts) declaredAs() incident.Severity {
	for _, l := range f.Lines {
		if d, ok := l.Event.(incident.Declared); ok {
			return d.Severity
		}
	}
	return f.Incident.Severity
}

func lasting(f Facts) string {
	m := f.Incident.Milestones
	total := measure("", Instant{"impact started", m.ImpactStarted}, Instant{"impact ended", m.Resolved})
	fromDeclared := measure("", Instant{"declared", f.Incident.DeclaredAt}, Instant{"impact ended", m.Resolved})
	switch {
	case total.Validity == Measured:
		return "The impact lasted " + timeline.Span(total.Took) + "."
	case total.Validity == OutOfOrder:
		return "How long the impact lasted cannot be told: it is noted to end before it began."
	case !m.ImpactStarted.IsZero():
		return "The impact began " + f.when(m.ImpactStarted) + "; no end of it is noted."
	case f.Incident.Status == incident.StatusCancelled && m.Resolved.IsZero():
		return "It had no impact that was noted."
	case fromDeclared.Validity == Measured && !f.Incident.DeclaredAt.IsZero():
		return "The impact ended " + timeline.Span(fromDeclared.Took) + " after it was declared; when it began is not known."
	}
	return "How long the impact lasted is not known."
}

func ending(f Facts) string {
	switch f.Incident.Status {
	case incident.StatusCancelled:
		return "It was cancelled."
	case incident.StatusResolved, incident.StatusClosed:
		return "It was resolved; the impact ended " + f.when(f.Incident.Milestones.Resolved) + "."
	}
	return "It is not over yet."
}
