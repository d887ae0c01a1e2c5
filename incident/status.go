package incident

import (
	"slices"
	"strings"
	"time"
)

// Status is the stage an incident is in.
type Status string

// The stages. Triage waits for somebody to accept it; resolved means that the
// impact is over, closed that the paperwork is.
const (
	StatusTriage    Status = "triage"
	StatusActive    Status = "active"
	StatusMitigated Status = "mitigated"
	StatusResolved  Status = "resolved"
	StatusClosed    Status = "closed"
	StatusCancelled Status = "cancelled"
)

// transitions is the one table of which stage may follow which.
var transitions = map[Status][]Status{
	StatusTriage:    {StatusActive, StatusResolved, StatusCancelled},
	StatusActive:    {StatusMitigated, StatusResolved, StatusCancelled},
	StatusMitigated: {StatusActive, StatusResolved, StatusCancelled},
	StatusResolved:  {StatusActive, StatusClosed},
	StatusClosed:    {StatusActive},
	StatusCancelled: {StatusActive},
}

// Statuses lists all stages in their natural order.
func Statuses() []Status {
	return []Status{StatusTriage, StatusActive, StatusMitigated, StatusResolved, StatusClosed, StatusCancelled}
}

// Ongoing reports whether people are still responding.
func (s Status) Ongoing() bool {
	return s == StatusTriage || s == StatusActive || s == StatusMitigated
}

// CanBecome reports whether to may follow s.
func (s Status) CanBecome(to Status) bool { return slices.Contains(transitions[s], to) }

// Next lists the stages that may follow s.
func (s Status) Next() []Status { return slices.Clone(transitions[s]) }

// ParseStatus reads a stage; "investigating" and "open" count as active.
func ParseStatus(s string) (Status, error) {
	word := Status(strings.ToLower(strings.TrimSpace(s)))
	switch word {
	case "investigating", "open":
		return StatusActive, nil
	case "canceled":
		return StatusCancelled, nil
	}
	if !slices.Contains(Statuses(), word) {
		return "", Errorf(Invalid, "%q is not a status; use active, mitigated, resolved, closed or cancelled.", s)
	}
	return word, nil
}

// mayBecome refuses an illegal step with a sentence that names the way out.
func (i *Incident) mayBecome(to Status) error {
	if i.Status.CanBecome(to) {
		return nil
	}
	switch {
	case !i.Status.Ongoing() && to != StatusActive && to != StatusClosed:
		return Errorf(Conflict, "%s is %s already; reopen it first if it is not over.", i.ID, i.Status)
	case to == StatusClosed && i.Status == StatusTriage:
		return Errorf(Conflict, "%s is in triage; resolve it before you close it.", i.ID)
	case to == StatusClosed:
		return Errorf(Conflict, "%s is %s; resolve it before you close it.", i.ID, i.Status)
	case i.Status == StatusTriage && to == StatusMitigated:
		return Errorf(Conflict, "%s is in triage; make it active before you mitigate it.", i.ID)
	}
	return Errorf(Conflict, "%s cannot go from %s to %s.", i.ID, i.Status, to)
}

// Activate accepts an incident in triage, or takes a mitigated one back to active.
func (i *Incident) Activate() ([]Event, error) {
	if i.Status == StatusActive {
		return nil, nil
	}
	if !i.Status.Ongoing() {
		return nil, Errorf(Conflict, "%s is %s; reopen it to make it active again.", i.ID, i.Status)
	}
	return i.moveTo(StatusActive), nil
}

// Mitigate notes that the impact is contained though not over.
func (i *Incident) Mitigate(now time.Time) ([]Event, error) {
	if i.Status == StatusMitigated {
		return nil, nil
	}
	if err := i.mayBecome(StatusMitigated); err != nil {
		return nil, err
	}
	i.Milestones.Mitigated = now
	return i.moveTo(StatusMitigated), nil
}

func (i *Incident) moveTo(to Status) []Event {
	e := StatusChanged{From: i.Status, To: to}
	i.Status = to
	return []Event{e}
}

// Resolution is what must be known to resolve. ImpactStart and ImpactEnd may be
// left zero: the start then stays as it is known, the end is now.
type Resolution struct {
	ImpactStart time.Time
	ImpactEnd   time.Time
	Cause       string // in one sentence, as far as it is known
}

// Resolve notes that the impact is over. Doing it again changes nothing. A start
// of the impact that is known already is kept unless r gives another.
func (i *Incident) Resolve(r Resolution, now time.Time) ([]Event, error) {
	if i.Status == StatusResolved {
		return nil, nil
	}
	if err := i.mayBecome(StatusResolved); err != nil {
		return nil, err
	}
	if r.ImpactEnd.IsZero() {
		r.ImpactEnd = now
	}
	if r.ImpactStart.IsZero() {
		r.ImpactStart = i.Milestones.ImpactStarted
	}
	r.Cause = CleanText(r.Cause)
	if err := r.check(now); err != nil {
		return nil, err
	}
	if !r.ImpactStart.Equal(i.Milestones.ImpactStarted) {
		if err := i.checkReach(r.ImpactStart); err != nil {
			return nil, err
		}
	}
	i.Status, i.Cause = StatusResolved, r.Cause
	i.Milestones.ImpactStarted, i.Milestones.Resolved = r.ImpactStart, r.ImpactEnd
	if i.Milestones.Mitigated.After(r.ImpactEnd) {
		i.Milestones.Mitigated = r.ImpactEnd
	}
	i.dropPromise()
	return []Event{Resolved{ImpactStart: r.ImpactStart, ImpactEnd: r.ImpactEnd, Cause: i.Cause}}, nil
}

func (r Resolution) check(now time.Time) error {
	switch {
	case r.ImpactEnd.After(now.Add(time.Minute)):
		return Errorf(Invalid, "The impact cannot end in the future; give a time up to now.")
	case r.ImpactStart.After(now.Add(time.Minute)):
		return Errorf(Invalid, "The impact cannot begin in the future; give a time up to now.")
	case !r.ImpactStart.IsZero() && r.ImpactStart.After(r.ImpactEnd):
		return startsAfterEnd()
	}
	return checkSummary(r.Cause)
}

func startsAfterEnd() error {
	return Errorf(Invalid, "The impact cannot start after it ended; check the two times.")
}

// Reopen makes an incident that was over active again. An ongoing one is left as it
// is. It is neither mitigated nor over any more: the event keeps what was noted of that.
func (i *Incident) Reopen(reason string) ([]Event, error) {
	if i.Status.Ongoing() {
		return nil, nil
	}
	e := Reopened{From: i.Status, Reason: CleanText(reason), Mitigated: i.Milestones.Mitigated, ImpactEnd: i.Milestones.Resolved}
	i.Status = StatusActive
	i.Milestones.Resolved, i.Milestones.Closed, i.Milestones.Mitigated = time.Time{}, time.Time{}, time.Time{}
	return []Event{e}, nil
}

// Cancel ends an incident that was none: a false alarm or a duplicate.
func (i *Incident) Cancel(reason string) ([]Event, error) {
	if i.Status == StatusCancelled {
		return nil, nil
	}
	if err := i.mayBecome(StatusCancelled); err != nil {
		return nil, err
	}
	i.Status = StatusCancelled
	i.dropPromise()
	return []Event{Cancelled{Reason: CleanText(reason)}}, nil
}

// Close notes that the paperwork is done.
func (i *Incident) Close(now time.Time) ([]Event, error) {
	if i.Status == StatusClosed {
		return nil, nil
	}
	if err := i.mayBecome(StatusClosed); err != nil {
		return nil, err
	}
	i.Status = StatusClosed
	i.Milestones.Closed = now
	return []Event{Closed{}}, nil
}
