package postmortem

import (
	"strconv"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// tried keeps what people forget in a day: the ideas that were tested, also the
// wrong ones, and what was decided.
func tried(f Facts) Section {
	c := newCast(f)
	ideas, decisions := c.ideas(), c.decisions()
	s := Section{Key: "tried", Title: "What we tried", Text: blocks(ideas, decisions)}
	if ideas == "" && decisions == "" {
		s.Text = "No hypothesis and no decision was put on record.\n\n" +
			c.ask(incident.Operations, "What did you believe was wrong, and what ruled it out?", "What did you change, and what came of it?")
	}
	return s
}

func (c cast) ideas() string {
	var rows [][]string
	for _, h := range c.Hypotheses {
		settled := "not settled"
		if h.Outcome != timeline.Untested && !h.SettledAt.IsZero() {
			settled = c.when(h.SettledAt) + ", after " + timeline.Span(h.SettledAt.Sub(h.RaisedAt))
		}
		rows = append(rows, []string{strconv.Itoa(h.Number), c.say(h.Text, h.RaisedAt), escape(string(h.Outcome)), c.when(h.RaisedAt), settled})
	}
	return table([]string{"#", "Hypothesis", "Outcome", "Raised", "Settled"}, rows)
}

func (c cast) decisions() string {
	var items []string
	for _, l := range c.Lines {
		if e, ok := l.Event.(incident.DecisionMade); ok {
			items = append(items, c.when(l.OccurredAt)+": "+c.say(e.Text, l.OccurredAt))
		}
	}
	if len(items) == 0 {
		return ""
	}
	return "Decisions:\n\n" + bullets(items)
}
