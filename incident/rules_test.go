package incident

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// at makes an incident in a certain stage.
func at(s Status) *Incident {
	return &Incident{ID: 1, Title: "Checkout is down", Severity: SEV3, Status: s, DeclaredAt: noon, Roles: Roles{}, Room: Room{State: RoomNone}, Revision: 1}
}

// verbs are all ways to move an incident between stages.
var verbs = map[string]func(*Incident) ([]Event, error){
	"activate": (*Incident).Activate,
	"mitigate": func(i *Incident) ([]Event, error) { return i.Mitigate(noon) },
	"resolve":  func(i *Incident) ([]Event, error) { return i.Resolve(Resolution{}, noon) },
	"cancel":   func(i *Incident) ([]Event, error) { return i.Cancel("no") },
	"close":    func(i *Incident) ([]Event, error) { return i.Close(noon) },
	"reopen":   func(i *Incident) ([]Event, error) { return i.Reopen("back") },
}

func TestEveryVerbInEveryStatus(t *testing.T) {
	t.Parallel()
	const nothing = "nothing"
	over := func(s string) string { return "INC-1 is " + s + " already; reopen it first if it is not over." }
	for _, c := range []struct {
		verb string
		want map[Status]string // the new status, "nothing", or the sentence
	}{
		{"activate", map[Status]string{StatusTriage: "active", StatusActive: nothing, StatusMitigated: "active",
			StatusResolved:  "INC-1 is resolved; reopen it to make it active again.",
			StatusClosed:    "INC-1 is closed; reopen it to make it active again.",
			StatusCancelled: "INC-1 is cancelled; reopen it to make it active again."}},
		{"mitigate", map[Status]string{StatusTriage: "INC-1 is in triage; make it active before you mitigate it.", StatusActive: "mitigated", StatusMitigated: nothing,
			StatusResolved: over("resolved"), StatusClosed: over("closed"), StatusCancelled: over("cancelled")}},
		{"resolve", map[Status]string{StatusTriage: "resolved", StatusActive: "resolved", StatusMitigated: "resolved", StatusResolved: nothing,
			StatusClosed: over("closed"), StatusCancelled: over("cancelled")}},
		{"cancel", map[Status]string{StatusTriage: "cancelled", StatusActive: "cancelled", StatusMitigated: "cancelled", StatusCancelled: nothing,
			StatusResolved: over("resolved"), StatusClosed: over("closed")}},
		{"close", map[Status]string{
			StatusTriage: "INC-1 is in triage; resolve it before you close it.", StatusActive: "INC-1 is active; resolve it before you close it.",
			StatusMitigated: "INC-1 is mitigated; resolve it before you close it.", StatusResolved: "closed", StatusClosed: nothing,
			StatusCancelled: "INC-1 is cancelled; resolve it before you close it."}},
		{"reopen", map[Status]string{StatusTriage: nothing, StatusActive: nothing, StatusMitigated: nothing,
			StatusResolved: "active", StatusClosed: "active", StatusCancelled: "active"}},
	} {
		if len(c.want) != len(Statuses()) {
			t.Errorf("%s: the table has %d of %d stages", c.verb, len(c.want), len(Statuses()))
		}
		for from, want := range c.want {
			i := at(from)
			events, err := verbs[c.verb](i)
			got := string(i.Status)
			switch {
			case err != nil && CodeOf(err) == Conflict:
				got = err.Error()
			case len(events) == 0:
				got = nothing
			}
			if got != want || (err != nil || want == nothing) && i.Status != from {
				t.Errorf("%s when %s: %q, want %q", c.verb, from, got, want)
			}
		}
	}
}

func TestVerbsFollowTheTransitionTable(t *testing.T) {
	t.Parallel()
	reached := map[[2]Status]bool{}
	for _, from := range Statuses() {
		for _, do := range verbs {
			i := at(from)
			if events, err := do(i); err == nil && len(events) > 0 {
				reached[[2]Status{from, i.Status}] = true
			}
		}
		for _, to := range Statuses() {
			if from.CanBecome(to) != reached[[2]Status{from, to}] {
				t.Errorf("from %s to %s: the table says %v, the verbs %v", from, to, from.CanBecome(to), reached[[2]Status{from, to}])
			}
		}
	}
}

func TestDoingItTwiceIsDoingItOnce(t *testing.T) {
	t.Parallel()
	title, later := "Cards fail", noon.Add(time.Hour)
	owner, due := PersonID("U2"), noon.Truncate(24*time.Hour)
	for name, c := range map[string]struct {
		from Status
		do   func(*Incident) ([]Event, error)
	}{
		"activate":          {StatusMitigated, verbs["activate"]},
		"mitigate":          {StatusActive, verbs["mitigate"]},
		"resolve":           {StatusActive, verbs["resolve"]},
		"cancel":            {StatusActive, verbs["cancel"]},
		"close":             {StatusResolved, verbs["close"]},
		"reopen":            {StatusClosed, verbs["reopen"]},
		"set title":         {StatusActive, func(i *Incident) ([]Event, error) { return i.SetTitle(title) }},
		"set summary":       {StatusActive, func(i *Incident) ([]Event, error) { return i.SetSummary(" s \r\n") }},
		"set severity":      {StatusActive, func(i *Incident) ([]Event, error) { return i.SetSeverity(SEV1) }},
		"correct milestone": {StatusActive, func(i *Incident) ([]Event, error) { return i.CorrectMilestone(Detected, noon, "", later) }},
		"assign commander":  {StatusActive, func(i *Incident) ([]Event, error) { return i.Assign(Commander, "U1", noon) }},
		"assign responder":  {StatusActive, func(i *Incident) ([]Event, error) { return i.Assign(Responder, "U1", noon) }},
		"leave":             {StatusActive, func(i *Incident) ([]Event, error) { return i.Leave(Scribe, "U9") }},
		"snooze":            {StatusActive, func(i *Incident) ([]Event, error) { return i.SnoozeUpdate(later, noon) }},
		"settle":            {StatusActive, func(i *Incident) ([]Event, error) { return i.SettleUpdate() }},
		"fall due":          {StatusActive, func(i *Incident) ([]Event, error) { return i.UpdateFallsDue(3, later) }},
		"open room":         {StatusActive, func(i *Incident) ([]Event, error) { return i.OpenRoom("C2", "inc-1") }},
		"rename room":       {StatusActive, func(i *Incident) ([]Event, error) { return i.RoomRenames("inc-1-b") }},
		"archive room":      {StatusActive, func(i *Incident) ([]Event, error) { return i.RoomBecomes(RoomArchived, "") }},
	} {
		i := at(c.from)
		i.Roles[Scribe] = []PersonID{"U9"}
		i.UpdateDueAt, i.UpdateGeneration = noon, 3
		i.Room = Room{Channel: "C1", Name: "inc-1-a", State: RoomLost}
		if events, err := c.do(i); err != nil || len(events) != 1 {
			t.Errorf("%s: first time = %v, %v; want one event", name, events, err)
		}
		before := *i
		if events, err := c.do(i); err != nil || len(events) != 0 || !cmp.Equal(before, *i) {
			t.Errorf("%s: second time = %v, %v; want nothing", name, events, err)
		}
	}
	for name, do := range map[string]func(*Task) ([]Event, error){
		"finish":   func(t *Task) ([]Event, error) { return t.Finish(noon) },
		"reopen":   (*Task).Reopen,
		"withdraw": func(t *Task) ([]Event, error) { return t.Withdraw("", noon) },
		"restore":  (*Task).Restore,
		"amend":    func(t *Task) ([]Event, error) { return t.Amend(Amendment{Owner: &owner, Due: &due}) },
	} {
		task := &Task{Number: 1, Kind: Todo, Text: "look"}
		switch name {
		case "reopen":
			task.DoneAt = noon
		case "restore":
			task.Withdrawn = noon
		}
		if events, err := do(task); err != nil || len(events) != 1 {
			t.Errorf("%s a task: first time = %v, %v; want one event", name, events, err)
		}
		before := *task
		if events, err := do(task); err != nil || len(events) != 0 || !cmp.Equal(before, *task) {
			t.Errorf("%s a task: second time = %v, %v; want nothing", name, events, err)
		}
	}
}

func TestARefusedChangeLeavesTheIncidentAlone(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxSummary+1)
	for name, c := range map[string]struct {
		from Status
		code Code
		do   func(*Incident) ([]Event, error)
	}{
		"empty title":         {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.SetTitle(" ") }},
		"long summary":        {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.SetSummary(long) }},
		"severity 0":          {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.SetSeverity(0) }},
		"severity of closed":  {StatusClosed, Conflict, func(i *Incident) ([]Event, error) { return i.SetSeverity(SEV1) }},
		"nobody":              {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.Assign(Scribe, "", noon) }},
		"role when cancelled": {StatusCancelled, Conflict, func(i *Incident) ([]Event, error) { return i.Assign(Scribe, "U1", noon) }},
		"empty update":        {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.PostUpdate(" \x00", time.Time{}, noon) }},
		"long update":         {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.PostUpdate(long, time.Time{}, noon) }},
		"update when closed":  {StatusClosed, Conflict, func(i *Incident) ([]Event, error) { return i.PostUpdate("x", time.Time{}, noon) }},
		"update due now":      {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.PostUpdate("x", noon, noon) }},
		"snooze to the past":  {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.SnoozeUpdate(noon, noon) }},
		"snooze when over":    {StatusResolved, Conflict, func(i *Incident) ([]Event, error) { return i.SnoozeUpdate(noon.Add(1), noon) }},
		"ends in the future":  {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.Resolve(Resolution{ImpactEnd: noon.Add(time.Hour)}, noon) }},
		"starts after end":    {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.Resolve(Resolution{ImpactStart: noon.Add(1)}, noon) }},
		"long cause":          {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.Resolve(Resolution{Cause: long}, noon) }},
		"second room":         {StatusActive, Conflict, func(i *Incident) ([]Event, error) { return i.OpenRoom("C2", "x") }},
		"unknown milestone":   {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.CorrectMilestone("lunch", noon, "", noon) }},
		"future milestone":    {StatusActive, Invalid, func(i *Incident) ([]Event, error) { return i.CorrectMilestone(Detected, noon.Add(time.Hour), "", noon) }},
		"end while ongoing":   {StatusActive, Conflict, func(i *Incident) ([]Event, error) { return i.CorrectMilestone(ImpactEnded, noon, "", noon) }},
		"task when cancelled": {StatusCancelled, Conflict, func(i *Incident) ([]Event, error) {
			_, e, err := i.AddTask(Task{Kind: Todo, Text: "x"}, "U1", noon)
			return e, err
		}},
		"empty task": {StatusActive, Invalid, func(i *Incident) ([]Event, error) {
			_, e, err := i.AddTask(Task{Kind: Todo, Text: "\t"}, "U1", noon)
			return e, err
		}},
		"long task": {StatusActive, Invalid, func(i *Incident) ([]Event, error) {
			_, e, err := i.AddTask(Task{Kind: Todo, Text: long}, "U1", noon)
			return e, err
		}},
	} {
		i := at(c.from)
		i.Room = Room{Channel: "C1", State: RoomOpen}
		before := *i
		events, err := c.do(i)
		if CodeOf(err) != c.code || len(events) != 0 || !cmp.Equal(before, *i) {
			t.Errorf("%s = %v, %v; want %s and nothing changed", name, events, err, c.code)
		}
		if err != nil && (!strings.HasSuffix(err.Error(), ".") || strings.ContainsAny(err.Error(), "\n\x00")) {
			t.Errorf("%s: %q is not a sentence", name, err)
		}
	}
}
