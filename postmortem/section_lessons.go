package postmortem

import "github.com/tocsinhq/tocsin/incident"

// lessons asks what to keep and what to change.
func lessons(f Facts) Section {
	c := newCast(f)
	return Section{Key: "lessons", Title: "What went well and what was hard", Text: c.ask(incident.Commander,
		"What went well and should stay?",
		"What was hard: to see, to decide, to do?",
		"What surprised you?")}
}
