package incident

import (
	"strings"
	"time"
)

// Milestone names one instant in an incident's life that people may correct.
type Milestone string

// The milestones that can be corrected afterwards.
const (
	ImpactStarted Milestone = "impact started"
	Detected      Milestone = "detected"
	Acknowledged  Milestone = "acknowledged"
	Mitigated     Milestone = "mitigated"
	ImpactEnded   Milestone = "impact ended"
)

// MilestoneNames lists the correctable milestones in the order of a usual incident.
func MilestoneNames() []Milestone {
	return []Milestone{ImpactStarted, Detected, Acknowledged, Mitigated, ImpactEnded}
}

// ParseMilestone reads a name, also with hyphens, or "resolved" for the end of impact.
func ParseMilestone(s string) (Milestone, error) {
	word := Milestone(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), "-", " "))
	if word == "resolved" {
		return ImpactEnded, nil
	}
	for _, m := range MilestoneNames() {
		if m == word {
			return m, nil
		}
	}
	return "", Errorf(Invalid, "%q is not a milestone; use impact-started, detected, acknowledged, mitigated or impact-ended.", s)
}

// At returns the instant of m, zero when it is not known.
func (ms *Milestones) At(m Milestone) time.Time {
	if p := ms.slot(m); p != nil {
		return *p
	}
	return time.Time{}
}

func (ms *Milestones) slot(m Milestone) *time.Time {
	switch m {
	case ImpactStarted:
		return &ms.ImpactStarted
	case Detected:
		return &ms.Detected
	case Acknowledged:
		return &ms.Acknowledged
	case Mitigated:
		return &ms.Mitigated
	case ImpactEnded:
		return &ms.Resolved
	}
	return nil
}

// CorrectMilestone sets an instant that was noted wrongly, or not at all. The
// old value and the reason stay in the record. The same instant changes nothing. One
// long before the declaration is taken only with a reason: it is a slip mostly.
func (i *Incident) CorrectMilestone(m Milestone, to time.Time, reason string, now time.Time) ([]Event, error) {
	slot := i.Milestones.slot(m)
	switch {
	case slot == nil:
		return nil, Errorf(Invalid, "%q is not a milestone.", m)
	case to.After(now.Add(time.Minute)):
		return nil, Errorf(Invalid, "A milestone cannot be in the future; give a time up to now.")
	case m == ImpactEnded && i.Status.Ongoing():
		return nil, Errorf(Conflict, "%s is %s; resolve it to set when the impact ended.", i.ID, i.Status)
	case slot.Equal(to):
		return nil, nil
	}
	if err := i.checkImpact(m, to); err != nil {
		return nil, err
	}
	if reason = CleanText(reason); reason == "" {
		if err := i.checkReach(to); err != nil {
			return nil, err
		}
	}
	e := MilestoneCorrected{Milestone: m, From: *slot, To: to, Reason: reason}
	*slot = to
	return []Event{e}, nil
}

// maxReach is how long before its declaration an incident may have begun without
// anybody having to say why. Most slips are a wrong year.
const maxReach = 90 * 24 * time.Hour

// checkReach refuses what is longer ago than that.
func (i *Incident) checkReach(to time.Time) error {
	if to.IsZero() || i.DeclaredAt.IsZero() || !to.Before(i.DeclaredAt.Add(-maxReach)) {
		return nil
	}
	return Errorf(Invalid, "That is %s days before %s was declared; check the year. If it is meant, set it by the milestone command, with a reason.",
		thousands(int(i.DeclaredAt.Sub(to)/(24*time.Hour))), i.ID)
}

// checkImpact refuses an impact that would start after it ended.
func (i *Incident) checkImpact(m Milestone, to time.Time) error {
	after := i.Milestones
	*after.slot(m) = to
	if !after.Resolved.IsZero() && after.ImpactStarted.After(after.Resolved) {
		return startsAfterEnd()
	}
	return nil
}
