package postmortem

import "github.com/tocsinhq/tocsin/incident"

// factors asks what made it possible, and repeats what was noted as the cause.
func factors(f Facts) Section {
	c := newCast(f)
	noted := ""
	if f.Incident.Cause != "" {
		noted = "Noted as the cause when it was resolved:\n\n" + quote(c.readable(f.Incident.Cause, f.Incident.DeclaredAt))
	}
	return Section{Key: "factors", Title: "Contributing factors", Text: blocks(noted, c.ask(incident.Commander,
		"Which conditions had to come together? There are usually several.",
		"What made it worse, or last longer?",
		"Why did each action make sense to those who took it, with what they knew then?"))}
}
