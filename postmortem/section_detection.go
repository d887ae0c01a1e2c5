package postmortem

import "github.com/tocsinhq/tocsin/incident"

// detection says how the incident became known and how late.
func detection(f Facts) Section {
	c := newCast(f)
	i := f.Incident
	text := "It was declared by " + c.whom(i.DeclaredBy, i.DeclaredAt) + " on " + f.when(i.DeclaredAt) + "."
	if i.Origin != nil {
		text += " It began with " + link("a message in Slack", i.Origin.Permalink) + "."
	}
	if i.Origin != nil && i.Origin.Text != "" {
		text += "\n\n" + quote(c.readable(i.Origin.Text, i.DeclaredAt))
	}
	delay := Metrics(f)[0]
	return Section{Key: "detection", Title: "Detection", Text: blocks(
		text,
		"**"+delay.Name+":** "+delay.Value()+".",
		c.ask(incident.Operations,
			"Which signal showed it first: an alert, a graph, a customer?",
			"What would have halved the time to detect?"),
	)}
}
