package postmortem

import (
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// communications sets what was told to stakeholders against what was promised.
func communications(f Facts) Section {
	c := newCast(f)
	s := Section{Key: "communications", Title: "Communications", Record: true}
	var rows [][]string
	for _, l := range f.Lines {
		if e, ok := l.Event.(incident.UpdatePosted); ok {
			rows = append(rows, []string{c.when(l.OccurredAt), c.promised(e), punctual(l.OccurredAt, e), c.say(e.Text, l.OccurredAt)})
		}
	}
	if len(rows) == 0 {
		s.Text = "No update was sent to stakeholders through Tocsin."
	}
	s.Text = blocks(s.Text, table([]string{"Sent", "Promised for", "In time", "Text"}, rows), c.promiseTale())
	return s
}

func (c cast) promised(e incident.UpdatePosted) string {
	if e.Promised.IsZero() {
		return "not promised"
	}
	return c.when(e.Promised)
}

// promiseTale sums up the promises and names those that nobody kept.
func (c cast) promiseTale() string {
	list := c.promises()
	var missed []string
	for _, p := range list {
		if p.State == promiseBroken && !c.updateAt(p) {
			missed = append(missed, "An update was promised for "+c.when(p.Due)+" and did not come.")
		}
	}
	sum := promiseCount(list)
	if sum != "" {
		sum = "In sum: " + sum + "."
	}
	return blocks(bullets(missed), sum)
}

// updateAt reports whether a late update, which the table shows, ended p.
func (c cast) updateAt(p promise) bool {
	for _, l := range c.Lines {
		if _, ok := l.Event.(incident.UpdatePosted); ok && l.OccurredAt.Equal(p.Ended) {
			return true
		}
	}
	return false
}

func punctual(sent time.Time, e incident.UpdatePosted) string {
	switch {
	case e.Promised.IsZero():
		return "–"
	case sent.After(e.Promised):
		return timeline.Span(sent.Sub(e.Promised)) + " late"
	}
	return "yes"
}
