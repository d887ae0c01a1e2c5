package postmortem

import "github.com/tocsinhq/tocsin/incident"

// impact says from when to when, and asks for what only people can count.
func impact(f Facts) Section {
	c := newCast(f)
	m := f.Incident.Milestones
	rows := [][]string{
		{"From", f.when(m.ImpactStarted), source(f, incident.ImpactStarted)},
		{"To", f.when(m.Resolved), source(f, incident.ImpactEnded)},
		{"Users, accounts or requests affected", "not measured", "–"},
		{"Money lost or error budget burned", "not measured", "–"},
		{"Support cases", "not measured", "–"},
	}
	return Section{Key: "impact", Title: "Impact", Text: blocks(
		table([]string{"What", "How much", "Source"}, rows),
		c.ask(incident.Comms,
			"Who was affected, and what could they not do?",
			"Give a number and its source for each line above, or leave “not measured”."),
	)}
}

// source says where a milestone comes from: people, when they resolved or corrected it.
func source(f Facts, m incident.Milestone) string {
	s, noted := f.settings()[m]
	switch {
	case noted && s.takenBack:
		return "taken back when it was reopened"
	case f.Incident.Milestones.At(m).IsZero():
		return "–"
	case !noted:
		return "given at resolving"
	}
	if _, corrected := f.Lines[s.line].Event.(incident.MilestoneCorrected); corrected {
		return "corrected afterwards"
	}
	return "given at resolving"
}
