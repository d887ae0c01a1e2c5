package postmortem

import "github.com/tocsinhq/tocsin/incident"

// trigger asks what set it off. The machine does not guess.
func trigger(f Facts) Section {
	c := newCast(f)
	return Section{Key: "trigger", Title: "Trigger", Text: c.ask(incident.Operations,
		"What set it off, and when: a change, a load, an expiry, a failure elsewhere?",
		"Link the change or the graph that shows it.")}
}
