package postmortem

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// appendix has everything: the full timeline with its history, files, people.
func appendix(f Facts) Section {
	c := newCast(f)
	return Section{Key: "appendix", Title: "Appendix", Record: true, Text: blocks(
		"### Full timeline", orElse(c.fullTimeline(), "Nothing was put on record."),
		"### Files", orElse(c.files(), "No file was put on record."),
		"### People", orElse(c.people(), "Nobody is on record."),
	)}
}

func (c cast) fullTimeline() string {
	var b strings.Builder
	for n, l := range c.Lines {
		if n > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("- **" + c.exactly(l.OccurredAt) + "** ")
		if l.Starred {
			b.WriteString("★ ")
		}
		b.WriteString(c.who(author(l), l.OccurredAt) + ": " + c.sentence(l, c.say) + evidence(c, l) + late(c, l) + history(c, l))
	}
	return b.String()
}

// late says when an entry was put on record long after it happened.
func late(c cast, l timeline.Line) string {
	if l.RecordedAt.Sub(l.OccurredAt) < quietTime {
		return ""
	}
	return " *(put on record " + c.exactly(l.RecordedAt) + ")*"
}

// history shows what a message said before each edit.
func history(c cast, l timeline.Line) string {
	s := ""
	for _, e := range l.Edits {
		s += "\n  - until " + c.exactly(e.At) + " it said: “" + c.say(e.From, l.OccurredAt) + "”"
	}
	return s
}

func (c cast) files() string {
	var rows [][]string
	for _, l := range c.Lines {
		for _, f := range l.Files {
			rows = append(rows, []string{escape(f.Name), orElse(escape(f.MediaType), unknown), size(f.Size), c.when(l.OccurredAt), copied(f)})
		}
	}
	return table([]string{"File", "Type", "Size", "Posted", "Copy"}, rows)
}

// copied links our own copy, which stays when Slack's is gone. The address is
// relative to the document's page.
func copied(f timeline.SavedFile) string {
	switch {
	case f.Error != "":
		return "none: " + escape(f.Error)
	case f.Copy != 0:
		return fmt.Sprintf("[kept](<files/%d>)", f.Copy)
	}
	return "not yet"
}

// size shows a number of bytes in decimal units, as file managers do.
func size(n int64) string {
	switch {
	case n <= 0:
		return unknown
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000*1000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1000*1000*1000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

// people lists everybody on record with their roles, in order of appearance.
func (c cast) people() string {
	var order []incident.PersonID
	entries := map[incident.PersonID]int{}
	meet := func(p incident.PersonID, n int) {
		if p == "" {
			return
		}
		if _, met := entries[p]; !met {
			order = append(order, p)
		}
		entries[p] += n
	}
	meet(c.Incident.DeclaredBy.Person(), 0)
	for _, l := range c.Lines {
		meet(author(l).Person(), 1)
		switch e := l.Event.(type) {
		case incident.RoleAssigned:
			meet(e.To, 0)
		case incident.PersonJoined:
			meet(e.Person, 0)
		}
	}
	var rows [][]string
	for _, p := range order {
		rows = append(rows, []string{escape(c.name(p)), orElse(and(c.rolesOf(p)), "–"), strconv.Itoa(entries[p])})
	}
	return table([]string{"Person", "Roles", "Entries"}, rows)
}

func (c cast) rolesOf(p incident.PersonID) []string {
	var titles []string
	for _, t := range c.tenures {
		if t.Person == p && !slices.Contains(titles, t.Role.Title()) {
			titles = append(titles, t.Role.Title())
		}
	}
	return titles
}
