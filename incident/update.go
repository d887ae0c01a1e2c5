package incident

import "time"

// UpdateCadence is how soon the next stakeholder update is due when nobody says
// otherwise: the worse the impact, the sooner.
func UpdateCadence(s Severity) time.Duration {
	switch s {
	case SEV1:
		return 30 * time.Minute
	case SEV2:
		return time.Hour
	case SEV3:
		return 4 * time.Hour
	}
	return 24 * time.Hour
}

// MaxPromise is how far ahead an update can be promised. Whoever types more has made a
// slip, and nobody would be reminded.
const MaxPromise = 7 * 24 * time.Hour

// CheckPromise refuses a promise further ahead than MaxPromise.
func CheckPromise(d time.Duration) error {
	if d > MaxPromise {
		return Errorf(Invalid, "The next update can be promised for 7 days from now at most; give less time, or promise none.")
	}
	return nil
}

// PostUpdate tells stakeholders how things stand and promises the next update
// at due; a zero due promises none. An incident that is over takes a last one.
func (i *Incident) PostUpdate(text string, due, now time.Time) ([]Event, error) {
	text = CleanText(text)
	switch {
	case text == "":
		return nil, Errorf(Invalid, "An update needs a text: what is known, what is being done.")
	case len([]rune(text)) > MaxSummary:
		return nil, Errorf(Invalid, "That update has %s characters; keep it to %s.", thousands(len([]rune(text))), thousands(MaxSummary))
	case i.Status == StatusClosed || i.Status == StatusCancelled:
		return nil, Errorf(Conflict, "%s is %s; reopen it to post updates.", i.ID, i.Status)
	case !due.IsZero() && !due.After(now):
		return nil, Errorf(Invalid, "The next update must lie in the future.")
	case !i.Status.Ongoing():
		due = time.Time{}
	}
	if err := CheckPromise(due.Sub(now)); err != nil {
		return nil, err
	}
	kept := i.UpdateDueAt.IsZero() || !now.After(i.UpdateDueAt)
	promised := i.UpdateDueAt
	i.promise(due)
	return []Event{UpdatePosted{Text: text, Severity: i.Severity, Status: i.Status, NextDue: due, Promised: promised, Kept: kept, Generation: i.UpdateGeneration}}, nil
}

// SnoozeUpdate moves the promise of the next update to a later time.
func (i *Incident) SnoozeUpdate(until, now time.Time) ([]Event, error) {
	switch {
	case !i.Status.Ongoing():
		return nil, Errorf(Conflict, "%s is %s; it needs no more updates.", i.ID, i.Status)
	case !until.After(now):
		return nil, Errorf(Invalid, "The next update must lie in the future.")
	case until.Equal(i.UpdateDueAt):
		return nil, nil
	}
	if err := CheckPromise(until.Sub(now)); err != nil {
		return nil, err
	}
	i.promise(until)
	return []Event{UpdateSnoozed{Until: until, Generation: i.UpdateGeneration}}, nil
}

// SettleUpdate drops the promise without a new one: "done, no more needed".
func (i *Incident) SettleUpdate() ([]Event, error) {
	if i.UpdateDueAt.IsZero() {
		return nil, nil
	}
	i.dropPromise()
	return []Event{UpdateSettled{}}, nil
}

// UpdateFallsDue is what the reminder does when its time comes. A reminder of an
// earlier generation has been overtaken and does nothing; falling due outdates
// its own generation, so that a reminder that runs twice reminds once.
func (i *Incident) UpdateFallsDue(generation int, now time.Time) ([]Event, error) {
	if generation != i.UpdateGeneration || i.UpdateDueAt.IsZero() || !i.Status.Ongoing() || now.Before(i.UpdateDueAt) {
		return nil, nil
	}
	i.UpdateGeneration++
	return []Event{UpdateFellDue{Due: i.UpdateDueAt, Generation: i.UpdateGeneration}}, nil
}

func (i *Incident) promise(due time.Time) {
	i.UpdateDueAt = due
	i.UpdateGeneration++
}

func (i *Incident) dropPromise() { i.promise(time.Time{}) }
