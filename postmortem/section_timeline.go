package postmortem

import (
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// row is one line of the key-event table.
type row struct {
	at    time.Time
	cells []string
}

// keyEvents is the curated timeline: what people starred, the turns of the
// incident, decisions, and the silences in between as questions.
func keyEvents(f Facts) Section {
	c := newCast(f)
	var rows []row
	for _, l := range f.Lines {
		if isKey(l) {
			rows = append(rows, row{l.OccurredAt, []string{c.when(l.OccurredAt), c.who(author(l), l.OccurredAt), c.sentence(l, c.brief) + evidence(c, l)}})
		}
	}
	rows = append(rows, impactRows(f)...)
	gaps, more := f.gaps()
	for _, g := range gaps {
		rows = append(rows, row{g.From, []string{c.when(g.From), "", "*No entry for " + timeline.Span(g.length()) + ", until " + c.when(g.To) + ". What happened?*"}})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return a.at.Compare(b.at) })
	cells := make([][]string, len(rows))
	for n, r := range rows {
		cells[n] = r.cells
	}
	return Section{Key: "timeline", Title: "Timeline", Record: true, Text: blocks(
		legend(cells, more),
		table([]string{"Time", "Who", "What"}, cells),
	)}
}

func legend(cells [][]string, more int) string {
	switch {
	case len(cells) == 0:
		return "Nothing was put on record."
	case more > 0:
		return "Key events only; the appendix has everything. The " + count(maxGaps, "longest gap") + " are marked; unmarked: " + count(more, "shorter gap") + "."
	}
	return "Key events only; the appendix has everything."
}

// impactRows are the ends of the impact, which usually lie apart from any entry.
func impactRows(f Facts) []row {
	var rows []row
	m := f.Incident.Milestones
	for _, i := range []Instant{{"Impact started.", m.ImpactStarted}, {"Impact ended.", m.Resolved}} {
		if !i.At.IsZero() {
			rows = append(rows, row{i.At, []string{f.when(i.At), "", "**" + i.Name + "**"}})
		}
	}
	return rows
}

// isKey reports whether a line belongs to the curated timeline.
func isKey(l timeline.Line) bool {
	if l.Starred {
		return true
	}
	switch e := l.Event.(type) {
	case incident.Declared, incident.SeverityChanged, incident.StatusChanged, incident.Resolved, incident.Reopened,
		incident.Cancelled, incident.DecisionMade, incident.HypothesisSettled:
		return true
	case incident.RoleAssigned:
		return e.Role == incident.Commander
	}
	return false
}

// author is who a line speaks for: the writer of a captured message, not
// whoever pinned it.
func author(l timeline.Line) incident.Actor {
	if m, ok := l.Event.(incident.MessageCaptured); ok && m.Message.Author != "" {
		return incident.By(m.Message.Author)
	}
	return l.By
}

// evidence is what stands behind a line: the original, its files, its history.
func evidence(c cast, l timeline.Line) string {
	s := ""
	if m, ok := l.Event.(incident.MessageCaptured); ok && m.Message.Permalink != "" {
		s += " (" + link("original", m.Message.Permalink) + ")"
	}
	for _, file := range l.Files {
		s += " (file: " + escape(file.Name) + ")"
	}
	if len(l.Edits) > 0 {
		s += " *(edited)*"
	}
	if !l.Deleted.IsZero() {
		s += " *(deleted in Slack " + c.when(l.Deleted) + ")*"
	}
	return s
}
