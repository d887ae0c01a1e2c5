package postmortem

import "github.com/tocsinhq/tocsin/incident"

// mitigators asks what kept it from being worse.
func mitigators(f Facts) Section {
	c := newCast(f)
	return Section{Key: "mitigators", Title: "Mitigators and luck", Text: c.ask(incident.Operations,
		"What kept it from being worse?",
		"Where were we lucky? Luck is not a plan.")}
}
