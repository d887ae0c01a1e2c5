package postmortem

import (
	"fmt"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Validity says whether a number can be trusted.
type Validity string

// A metric is measured, not applicable because a milestone is missing, or
// invalid because its milestones are out of order.
const (
	Measured      Validity = "measured"
	NotApplicable Validity = "n/a"
	OutOfOrder    Validity = "invalid"
)

// Instant is a milestone with its time, zero when it was not noted.
type Instant struct {
	Name string
	At   time.Time
}

// Metric is how long it took from one milestone to another. Took counts only
// when Validity is Measured; otherwise Why says what is wrong.
type Metric struct {
	Name     string
	From, To Instant
	Took     time.Duration
	Validity Validity
	Why      string
}

// Metrics computes the durations of an incident from its corrected milestones.
// Acknowledging, mitigating and resolving count from detection, because nobody
// can respond to what nobody knows; the impact's duration counts from its start.
func Metrics(f Facts) []Metric {
	f = f.complete()
	m := f.Incident.Milestones
	start := Instant{"impact started", m.ImpactStarted}
	detected := Instant{"detected", m.Detected}
	resolved := Instant{"impact ended", m.Resolved}
	list := []Metric{
		measure("Time to detect", start, detected),
		measure("Time to acknowledge", detected, Instant{"acknowledged", m.Acknowledged}),
		measure("Time to mitigate", detected, Instant{"mitigated", m.Mitigated}),
		measure("Time to resolve", detected, resolved),
		measure("Duration of the impact", start, resolved),
	}
	for n := range list {
		if missing := list[n].missing(); missing != "" {
			list[n].Why = f.absent(missing)
		}
	}
	return list
}

// missing is the milestone for want of which a metric is not applicable, or "".
func (m Metric) missing() incident.Milestone {
	switch {
	case m.Validity != NotApplicable:
		return ""
	case m.From.At.IsZero():
		return incident.Milestone(m.From.Name)
	}
	return incident.Milestone(m.To.Name)
}

func measure(name string, from, to Instant) Metric {
	m := Metric{Name: name, From: from, To: to}
	switch {
	case from.At.IsZero():
		m.Validity, m.Why = NotApplicable, fmt.Sprintf("“%s” was not noted", from.Name)
	case to.At.IsZero():
		m.Validity, m.Why = NotApplicable, fmt.Sprintf("“%s” was not noted", to.Name)
	case to.At.Before(from.At):
		m.Validity, m.Why = OutOfOrder, fmt.Sprintf("“%s” is %s before “%s”", to.Name, timeline.Span(from.At.Sub(to.At)), from.Name)
	default:
		m.Validity, m.Took = Measured, to.At.Sub(from.At)
	}
	return m
}

// Value is what the metric shows: a duration, "n/a" or "invalid", the last two with the reason.
func (m Metric) Value() string {
	if m.Validity == Measured {
		return timeline.Span(m.Took)
	}
	return string(m.Validity) + ": " + m.Why
}

// stretch is a time in which the incident was ongoing with one severity.
type stretch struct {
	severity incident.Severity
	from, to time.Time // a zero to means that it is not over
}

// TimeInSeverity tells how long the incident was ongoing with each severity,
// worst first, severities it never had left out. The last stretch ends where
// the impact ended; a time between resolving and reopening does not count.
func TimeInSeverity(f Facts) []Metric {
	f = f.complete()
	var list []Metric
	for _, s := range incident.Severities() {
		if m, had := inSeverity(f.stretches(), s); had {
			list = append(list, m)
		}
	}
	return list
}

func inSeverity(stretches []stretch, s incident.Severity) (m Metric, had bool) {
	m = Metric{Name: "Time in " + s.String(), Validity: Measured}
	for _, st := range stretches {
		if st.severity != s {
			continue
		}
		if !had {
			m.From = Instant{s.String() + " began", st.from}
		}
		had = true
		m.To = Instant{s.String() + " ended", st.to}
		switch {
		case st.to.IsZero():
			m.Validity, m.Why = NotApplicable, "the incident is not over"
		case st.to.Before(st.from):
			m.Validity, m.Why = OutOfOrder, fmt.Sprintf("it ended %s before it began", timeline.Span(st.from.Sub(st.to)))
		case m.Validity == Measured:
			m.Took += st.to.Sub(st.from)
		}
	}
	return m, had
}

// stretches walks the record. What happened after the impact ended adds nothing.
func (f Facts) stretches() []stretch {
	var list []stretch
	stop := func(at time.Time) {
		if n := len(list) - 1; n >= 0 && list[n].to.IsZero() {
			list[n].to = at
		}
	}
	now := f.Incident.Severity
	for _, l := range f.Lines {
		switch e := l.Event.(type) {
		case incident.Declared:
			now = e.Severity
			list = append(list, stretch{severity: now, from: l.OccurredAt})
		case incident.SeverityChanged:
			now = e.To
			if n := len(list) - 1; n >= 0 && list[n].to.IsZero() {
				stop(l.OccurredAt)
				list = append(list, stretch{severity: now, from: l.OccurredAt})
			}
		case incident.Resolved:
			stop(e.ImpactEnd)
		case incident.Cancelled:
			stop(l.OccurredAt)
		case incident.Reopened:
			list = append(list, stretch{severity: now, from: l.OccurredAt})
		}
	}
	return f.endedBy(list)
}

// endedBy lets the corrected end of the impact, which may lie before or after
// the recorded one, cut the last stretches.
func (f Facts) endedBy(list []stretch) []stretch {
	end := f.Incident.Milestones.Resolved
	if end.IsZero() || len(list) == 0 {
		return list
	}
	last := len(list) - 1
	for last > 0 && list[last].from.After(end) {
		last--
	}
	list = list[:last+1]
	list[last].to = end
	return list
}
