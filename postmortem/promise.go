package postmortem

import (
	"fmt"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// promiseState is what became of a promised update.
type promiseState string

const (
	promiseKept    promiseState = "kept"
	promiseBroken  promiseState = "broken"
	promiseDropped promiseState = "dropped" // the incident ended, or nobody needed it, before it fell due
	promiseOpen    promiseState = "open"
)

// promise is one announced time of a next update. Moving it in time is allowed;
// moving it after it fell due breaks it.
type promise struct {
	Due   time.Time
	Ended time.Time // when the update came, or the promise was moved or dropped
	State promiseState
}

// promises walks the record and tells what became of each promise.
func (f Facts) promises() []promise {
	var list []promise
	open := func() *promise {
		if n := len(list) - 1; n >= 0 && list[n].State == promiseOpen {
			return &list[n]
		}
		return nil
	}
	end := func(at time.Time, inTime promiseState) {
		if p := open(); p != nil {
			p.Ended, p.State = at, inTime
			if at.After(p.Due) {
				p.State = promiseBroken
			}
		}
	}
	for _, l := range f.Lines {
		switch e := l.Event.(type) {
		case incident.UpdatePosted:
			end(l.OccurredAt, promiseKept)
			if !e.NextDue.IsZero() {
				list = append(list, promise{Due: e.NextDue, State: promiseOpen})
			}
		case incident.UpdateSnoozed:
			if p := open(); p != nil && !l.OccurredAt.After(p.Due) {
				p.Due = e.Until
				continue
			}
			end(l.OccurredAt, promiseBroken)
			list = append(list, promise{Due: e.Until, State: promiseOpen})
		case incident.UpdateSettled, incident.Resolved, incident.Cancelled:
			end(l.OccurredAt, promiseDropped)
		}
	}
	if p := open(); p != nil && f.Now.After(p.Due) {
		p.State = promiseBroken
	}
	return list
}

// promiseCount says how many promised updates came in time, "" when none was promised.
func promiseCount(list []promise) string {
	kept, judged := 0, 0
	for _, p := range list {
		switch p.State {
		case promiseKept:
			kept++
			judged++
		case promiseBroken:
			judged++
		}
	}
	if judged == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %s kept", kept, count(judged, "promise"))
}
