package paging

import (
	"cmp"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Budget separates what may never wait for each other: what tells how it went on
// uses nothing up of what a page needs.
type Budget string

// The budgets.
const (
	BudgetPage   Budget = "page"
	BudgetStatus Budget = "status"
	BudgetNotice Budget = "notice"
	BudgetNone   Budget = "" // codes and canaries: never put off
)

// BudgetOf returns the budget of a kind of message.
func BudgetOf(k MessageKind) Budget {
	switch k {
	case MessagePage, MessageDigest:
		return BudgetPage
	case MessageStatus:
		return BudgetStatus
	case MessageNotice:
		return BudgetNotice
	}
	return BudgetNone
}

// Sent is a message that left for one contact, as far as it matters for the next
// one. A digest stands for several incidents, with one Sent for each and the same
// instant.
type Sent struct {
	Budget     Budget
	At         time.Time
	Incident   incident.ID
	Escalation int64
	Service    string
	Severity   incident.Severity // as it was told
}

// The limits. The first page of a new incident leaves at once, until more than
// stormAt incidents of one service have paged a person by one method within the
// window of that method; then a digest follows each interval. A page that is worse than
// all that was told of its service meanwhile leaves at once all the same. Calls come less
// often than everything else, since nobody can sleep through, or work during, a
// telephone that never stops.
const (
	stormAt      = 3
	bundleWindow = 30 * time.Second // further escalations of one incident for the same service wait so long for each other
	statusGap    = 3 * time.Minute  // between two messages about how it went on
	noticesAt    = 3                // notices within a minute
)

type pace struct{ window, interval time.Duration }

func paceOf(m Method) pace {
	if m == MethodVoice {
		return pace{15 * time.Minute, 15 * time.Minute}
	}
	return pace{time.Minute, time.Minute}
}

// LongestPace is how far back the messages that Hold is given have to reach.
const LongestPace = 15 * time.Minute

// Hold says until when a message has to wait, and whether it is then told together
// with others; a zero time means that it leaves now. The earlier messages are
// those of the same contact.
func Hold(m Method, next Sent, earlier []Sent) (until time.Time) {
	earlier = slices.DeleteFunc(slices.Clone(earlier), func(s Sent) bool { return s.Budget != next.Budget || s.At.After(next.At) })
	switch next.Budget {
	case BudgetPage:
		return holdPage(paceOf(m), next, earlier)
	case BudgetStatus:
		return after(next.At, latest(earlier).Add(statusGap))
	case BudgetNotice:
		return holdNotice(next, earlier)
	}
	return time.Time{}
}

// holdPage looks at what was told of the same service: what else was told holds nothing
// up. Neither does anything hold up what is worse than all of that.
func holdPage(p pace, next Sent, earlier []Sent) time.Time {
	told := slices.DeleteFunc(slices.Clone(earlier), func(s Sent) bool { return s.Service != next.Service })
	same := slices.DeleteFunc(slices.Clone(told), func(s Sent) bool {
		return s.Incident != next.Incident || s.Escalation == next.Escalation || next.At.Sub(s.At) >= bundleWindow
	})
	if len(same) > 0 && !worsens(next, same) {
		return latest(same).Add(bundleWindow)
	}
	storm := slices.DeleteFunc(told, func(s Sent) bool { return next.At.Sub(s.At) >= p.window })
	incidents := map[incident.ID]bool{next.Incident: true}
	for _, s := range storm {
		incidents[s.Incident] = true
	}
	if len(incidents) <= stormAt || len(storm) == 0 || worsens(next, storm) {
		return time.Time{}
	}
	return after(next.At, latest(storm).Add(p.interval))
}

// worsens reports whether a page is of a higher severity than all that was told.
func worsens(next Sent, told []Sent) bool {
	return !slices.ContainsFunc(told, func(s Sent) bool { return !next.Severity.WorseThan(s.Severity) })
}

func holdNotice(next Sent, earlier []Sent) time.Time {
	slices.SortFunc(earlier, func(a, b Sent) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Incident, b.Incident)) })
	if len(earlier) < noticesAt {
		return time.Time{}
	}
	return after(next.At, earlier[noticesAt-1].At.Add(time.Minute))
}

func latest(sent []Sent) (at time.Time) {
	for _, s := range sent {
		if s.At.After(at) {
			at = s.At
		}
	}
	return at
}

// after returns t if it is later than now, else the zero time.
func after(now, t time.Time) time.Time {
	if t.After(now) {
		return t
	}
	return time.Time{}
}

// Told is what a page told somebody: of which run of which escalation, and how bad it
// was.
type Told struct {
	Escalation int64
	Run        int
	Severity   incident.Severity
}

// Silenced reports whether a page would only repeat what somebody who is awake has
// been told. What is asked anew, by another escalation or after an acknowledgement, and
// a worse severity come through.
func Silenced(next Told, told []Told) bool {
	return slices.ContainsFunc(told, func(t Told) bool {
		return t.Escalation == next.Escalation && t.Run == next.Run && !next.Severity.WorseThan(t.Severity)
	})
}

// AwakeFor is how long a person counts as awake who says so. It ends earlier with the
// run that was going on: whoever acknowledges may go back to sleep.
const AwakeFor = time.Hour

// retries are the waits after failed attempts of a page, the last one for all
// that follow.
var retries = []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second}

// RetryAfter is how long to wait after so many failed attempts.
func RetryAfter(attempts int) time.Duration {
	return retries[min(max(attempts, 1), len(retries))-1]
}

// The ends of patience. A message that was tried for attemptsFor is given up, and
// a vendor that asks to wait longer than patience lets the next rule come forward.
const (
	attemptsFor = 10 * time.Minute
	patience    = 30 * time.Second
)

// FreeCode is the lowest reply code that is not in use, counting from 1.
func FreeCode(used []int) int {
	taken := map[int]bool{}
	for _, n := range used {
		taken[n] = true
	}
	code := 1
	for taken[code] {
		code++
	}
	return code
}

// CodesKept is how long after its last message a code means what it meant. Within
// that time an answer to an old message never acts on another page.
const CodesKept = 7 * 24 * time.Hour
