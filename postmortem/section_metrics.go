package postmortem

import "github.com/tocsinhq/tocsin/incident"

// metrics shows durations with the two milestones each is computed from.
func metrics(f Facts) Section {
	var rows [][]string
	for _, m := range append(Metrics(f), TimeInSeverity(f)...) {
		rows = append(rows, []string{m.Name, m.Value(), instant(f, m.From), instant(f, m.To)})
	}
	parts := []string{table([]string{"Metric", "Value", "From", "To"}, rows)}
	if kept := promiseCount(f.promises()); kept != "" {
		parts = append(parts, "**Updates to stakeholders:** "+kept+".")
	}
	parts = append(parts, corrections(f))
	return Section{Key: "metrics", Title: "Metrics", Text: blocks(parts...), Record: true}
}

func instant(f Facts, i Instant) string { return escape(i.Name) + ", " + f.when(i.At) }

// corrections tells which milestones were set afterwards, so that nobody takes
// them for measurements.
func corrections(f Facts) string {
	c := newCast(f)
	var items []string
	settings := f.settings()
	for n, l := range f.Lines {
		e, ok := l.Event.(incident.MilestoneCorrected)
		if !ok {
			continue
		}
		item := c.sentence(l, c.brief)
		if fate := settings[e.Milestone].fate(n); fate != "" {
			item += " *(" + fate + ")*"
		}
		items = append(items, item)
	}
	if len(items) == 0 {
		return ""
	}
	return "Set by hand afterwards:\n\n" + bullets(items)
}
