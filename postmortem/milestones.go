package postmortem

import (
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// setting is what the record last says of a milestone.
type setting struct {
	line      int // the line that set it, as an index of Facts.Lines
	at        time.Time
	takenBack bool // by reopening, since
}

// settings tells of every milestone that the record sets how it came to be what it
// is. All sections that speak of where a milestone comes from ask here.
func (f Facts) settings() map[incident.Milestone]setting {
	last := map[incident.Milestone]setting{}
	set := func(m incident.Milestone, line int, at time.Time) {
		if known, ok := last[m]; !at.IsZero() && (!ok || known.takenBack || !known.at.Equal(at)) {
			last[m] = setting{line: line, at: at}
		}
	}
	for n, l := range f.Lines {
		switch e := l.Event.(type) {
		case incident.StatusChanged:
			if e.To == incident.StatusMitigated {
				set(incident.Mitigated, n, l.OccurredAt)
			}
		case incident.Resolved:
			set(incident.ImpactStarted, n, e.ImpactStart)
			set(incident.ImpactEnded, n, e.ImpactEnd)
		case incident.MilestoneCorrected:
			set(e.Milestone, n, e.To)
		case incident.Reopened:
			takeBack(last, incident.Mitigated, incident.ImpactEnded)
		}
	}
	return last
}

func takeBack(last map[incident.Milestone]setting, all ...incident.Milestone) {
	for _, m := range all {
		if s, ok := last[m]; ok {
			s.takenBack = true
			last[m] = s
		}
	}
}

// absent says why a milestone has no instant.
func (f Facts) absent(m incident.Milestone) string {
	if f.settings()[m].takenBack {
		return "“" + string(m) + "” was taken back when it was reopened"
	}
	return "“" + string(m) + "” was not noted"
}

// fate says what became of a correction: "" while it stands.
func (s setting) fate(line int) string {
	switch {
	case s.line > line:
		return "set anew since"
	case s.takenBack:
		return "taken back when it was reopened"
	}
	return ""
}
