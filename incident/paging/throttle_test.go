package paging

import (
	"slices"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

func page(second int, service string, id incident.ID) Sent {
	return Sent{Budget: BudgetPage, At: noon.Add(time.Duration(second) * time.Second), Incident: id, Escalation: int64(id), Service: service}
}

// storm plays a page of a new incident each second and returns the seconds in which
// something left; what waits leaves together.
func storm(m Method, service string, seconds, watch int) (left []int, sent []Sent) {
	var waiting []Sent
	var until time.Time
	for s := range watch {
		if s < seconds {
			waiting = append(waiting, page(s, service, incident.ID(s+1)))
		}
		now := noon.Add(time.Duration(s) * time.Second)
		if len(waiting) == 0 || until.After(now) {
			continue
		}
		next := waiting[0]
		next.At = now
		if until = Hold(m, next, sent); until.After(now) {
			continue
		}
		for _, w := range waiting {
			w.At = now
			sent = append(sent, w)
		}
		waiting, left = nil, append(left, s)
	}
	return left, sent
}

func TestN4StormOfOneServiceIsDigested(t *testing.T) {
	t.Parallel()
	left, sent := storm(MethodSMS, "checkout", 100, 300)
	if len(sent) != 100 {
		t.Errorf("%d of 100 pages were told", len(sent))
	}
	if len(left) > 6 || left[0] != 0 || left[1] != 1 || left[2] != 2 || left[3] != 62 {
		t.Errorf("messages left in the seconds %v; want the first three at once and a digest each minute", left)
	}
}

func TestN4CallsAreAtMostThreeInFifteenMinutes(t *testing.T) {
	t.Parallel()
	left, sent := storm(MethodVoice, "checkout", 100, 2000)
	if len(sent) != 100 {
		t.Errorf("%d of 100 pages were told", len(sent))
	}
	for n := 3; n < len(left); n++ {
		if left[n]-left[n-3] < 900 {
			t.Errorf("calls in the seconds %v: four within 15 minutes", left)
		}
	}
}

func TestN5AnotherServiceIsNotDelayed(t *testing.T) {
	t.Parallel()
	_, sent := storm(MethodSMS, "checkout", 50, 50)
	if until := Hold(MethodSMS, page(50, "payments", 900), sent); !until.IsZero() {
		t.Errorf("the first page of another service waits until %v", until)
	}
}

func TestStatusUsesUpNothingOfAPage(t *testing.T) {
	t.Parallel()
	var sent []Sent
	for n := range 20 {
		s := page(n, "checkout", incident.ID(n))
		s.Budget = BudgetStatus
		sent = append(sent, s)
	}
	if until := Hold(MethodSMS, page(20, "checkout", 99), sent); !until.IsZero() {
		t.Errorf("a page waits for status messages until %v", until)
	}
	status := page(20, "checkout", 99)
	status.Budget = BudgetStatus
	if until := Hold(MethodSMS, status, sent); !until.Equal(noon.Add(19*time.Second + statusGap)) {
		t.Errorf("a status waits until %v; want %v after the last", until, statusGap)
	}
}

func TestN8NoticesAreInTimeWhilePagesStorm(t *testing.T) {
	t.Parallel()
	_, sent := storm(MethodSMS, "checkout", 50, 50)
	notice := page(50, "", 0)
	notice.Budget = BudgetNotice
	if until := Hold(MethodSMS, notice, sent); !until.IsZero() {
		t.Errorf("a notice waits until %v; want none", until)
	}
}

func TestPagesOfOneIncidentWaitForEachOther(t *testing.T) {
	t.Parallel()
	first := page(0, "checkout", 1)
	first.Severity = incident.SEV3
	for _, c := range []struct {
		name       string
		at         int
		service    string
		escalation int64
		severity   incident.Severity
		held       bool
	}{
		{"another escalation of the service", 5, "checkout", 2, incident.SEV3, true},
		{"it, after the window", 30, "checkout", 2, incident.SEV3, false},
		{"it, after it got worse", 5, "checkout", 2, incident.SEV2, false},
		{"another service", 5, "payments", 2, incident.SEV3, false},
		{"somebody by name", 5, "", 2, incident.SEV3, false},
		{"the next pass", 5, "checkout", 1, incident.SEV3, false},
	} {
		next := page(c.at, c.service, 1)
		next.Escalation, next.Severity = c.escalation, c.severity
		want := time.Time{}
		if c.held {
			want = noon.Add(bundleWindow)
		}
		if until := Hold(MethodSMS, next, []Sent{first}); !until.Equal(want) {
			t.Errorf("%s waits until %v; want %v", c.name, until, want)
		}
	}
}

func TestAWorsePageIsNotHeldByAStorm(t *testing.T) {
	t.Parallel()
	_, flood := storm(MethodSMS, "checkout", 20, 20)
	for n := range flood {
		flood[n].Severity = incident.SEV3
	}
	told := func(s incident.Severity, service string) []Sent {
		more := page(21, service, 90)
		more.Severity = s
		return append(slices.Clone(flood), more)
	}
	for _, c := range []struct {
		name     string
		told     []Sent
		severity incident.Severity
		held     bool
	}{
		{"milder", flood, incident.SEV4, true},
		{"as bad", flood, incident.SEV3, true},
		{"worse", flood, incident.SEV2, false},
		{"as bad as one that was told", told(incident.SEV2, "checkout"), incident.SEV2, true},
		{"worse than one that was told", told(incident.SEV2, "checkout"), incident.SEV1, false},
		{"worse than what was told of its service", told(incident.SEV1, "payments"), incident.SEV1, false},
		{"the worst again", told(incident.SEV1, "checkout"), incident.SEV1, true},
	} {
		for _, m := range []Method{MethodSMS, MethodVoice} {
			next := page(25, "checkout", 99)
			next.Severity = c.severity
			if until := Hold(m, next, c.told); until.IsZero() == c.held {
				t.Errorf("%s, by %s, waits until %v; want it held %v", c.name, m, until, c.held)
			}
		}
	}
}

func TestAwakeSilencesRepeatsOnly(t *testing.T) {
	t.Parallel()
	told := []Told{{Escalation: 1, Run: 2, Severity: incident.SEV2}}
	for _, c := range []struct {
		name string
		next Told
		want bool
	}{
		{"the same again", Told{1, 2, incident.SEV2}, true},
		{"milder", Told{1, 2, incident.SEV3}, true},
		{"worse", Told{1, 2, incident.SEV1}, false},
		{"another escalation", Told{2, 2, incident.SEV2}, false},
		{"a later run", Told{1, 3, incident.SEV2}, false},
	} {
		if got := Silenced(c.next, told); got != c.want {
			t.Errorf("%s: silenced = %v; want %v", c.name, got, c.want)
		}
	}
}

func TestCodesTakeTheLowestFreeNumber(t *testing.T) {
	t.Parallel()
	for want, used := range map[int][]int{1: nil, 2: {1, 3}, 4: {3, 2, 1}} {
		if got := FreeCode(used); got != want {
			t.Errorf("FreeCode(%v) = %d; want %d", used, got, want)
		}
	}
}

func TestStatesNeverGoBack(t *testing.T) {
	t.Parallel()
	all := []State{StatePlanned, StateSending, StateSent, StateFailed, StateDelivered, StateSeen, StateCancelled, StateBundled}
	for _, from := range all {
		if Follows(from, from) {
			t.Errorf("%s follows itself", from)
		}
		for _, to := range all {
			if Follows(from, to) && Follows(to, from) {
				t.Errorf("%s and %s follow each other", from, to)
			}
		}
	}
	for _, c := range []struct {
		from, to State
		want     bool
	}{
		{StateDelivered, StateSent, false}, {StateDelivered, StateFailed, false}, {StateSent, StateFailed, true},
		{StateFailed, StateDelivered, true}, {StateSending, StateCancelled, false}, {StatePlanned, StateBundled, true},
		{StateBundled, StateCancelled, true}, {StateBundled, StateFailed, false}, {StateCancelled, StateBundled, false},
	} {
		if got := Follows(c.from, c.to); got != c.want {
			t.Errorf("from %s to %s = %v; want %v", c.from, c.to, got, c.want)
		}
	}
}
