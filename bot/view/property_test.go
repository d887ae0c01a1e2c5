package view

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// dice makes random incidents, most of them nastier than any real one.
type dice struct{ *rand.Rand }

var nasty = []string{
	"", " ", "<!channel>", "<!here|x> @everyone", "@channel", "&", "<", "*bold* _it_ ~no~ `code`", "\n\n> quote\n", "```",
	"<@U0FORGED>", "<https://evil.example|<!here>>", "<!date^1^{date}|@here>", "<!subteam^S1|@here>", "مشكلة في الدفع", "👩\u200d👩\u200d👧‍👦", "🇩🇪",
	"\xff\xfe", "\ue0000\ue001", "e\u0301\u0301\u0301", "&lt;!channel&gt;", "<#C1|general>", "|", "^", "\t", "plain words",
}

func (d dice) text(max int) string {
	var b strings.Builder
	piece := nasty[d.IntN(len(nasty))]
	for n := d.IntN(max + 1); b.Len() < n && piece != ""; {
		b.WriteString(piece)
		if d.IntN(3) == 0 {
			piece = nasty[d.IntN(len(nasty))]
		}
	}
	return string([]rune(b.String())[:min(max, len([]rune(b.String())))])
}

func (d dice) person() incident.PersonID {
	return []incident.PersonID{"", alice, bob, carol, "W0ENTERPRISE", "USLACKBOT", "<!channel>", "not an id"}[d.IntN(8)]
}

func (d dice) actor() incident.Actor {
	return []incident.Actor{incident.By(d.person()), incident.System, incident.ByIntegration("jira"), {}, incident.ByIntegration(d.text(20))}[d.IntN(5)]
}

func (d dice) time() time.Time {
	return []time.Time{{}, noon, noon.Add(time.Duration(d.IntN(1e6)) * time.Second), time.Unix(0, 0), time.Unix(1<<40, 0)}[d.IntN(5)]
}

func (d dice) url() string {
	return []string{"", "https://acme.example/x?a=1&b=2", "javascript:alert(1)", "https://a.example/" + strings.Repeat("x", 2100), "https://e.example/|<!here>", d.text(50)}[d.IntN(6)]
}

func (d dice) incident() *incident.Incident {
	i := &incident.Incident{
		ID: incident.ID(1 + d.Int64N(1<<d.IntN(62))), Title: d.text(incident.MaxTitle), Summary: d.text(incident.MaxSummary), Cause: d.text(incident.MaxSummary),
		Severity: incident.Severity(1 + d.IntN(5)), Status: incident.Statuses()[d.IntN(6)], Private: d.IntN(3) == 0,
		DeclaredBy: d.actor(), DeclaredAt: d.time(), UpdateDueAt: d.time(),
		Milestones: incident.Milestones{ImpactStarted: d.time(), Detected: d.time(), Acknowledged: d.time(), Mitigated: d.time(), Resolved: d.time(), Closed: d.time()},
		Room:       incident.Room{Channel: []string{"", "C0ROOM", "<!here>"}[d.IntN(3)], State: []incident.RoomState{incident.RoomNone, incident.RoomOpen, incident.RoomArchived, incident.RoomLost}[d.IntN(4)]},
		Roles:      incident.Roles{},
	}
	if d.IntN(2) == 0 {
		m := d.message()
		i.Origin = &m
	}
	for _, info := range incident.RoleCatalogue() {
		for range d.IntN(2) + d.IntN(2)*d.IntN(30) {
			i.Roles[info.Role] = append(i.Roles[info.Role], d.person())
		}
	}
	return i
}

func (d dice) message() incident.Message {
	m := incident.Message{Channel: "C0OPS", TS: "1795262400.000200", Author: d.person(), Text: d.text(5_000), Permalink: d.url(), PostedAt: noon}
	for range d.IntN(30) {
		m.Files = append(m.Files, incident.File{ID: "F1", Name: d.text(300), Size: 1})
	}
	return m
}

func (d dice) situation() Situation {
	i := d.incident()
	s := Situation{Incident: i, Command: "/incident", PostmortemURL: d.url()}
	for _, name := range []string{"room", "announcement", "card", "invitations", "topic", "bookmarks", d.text(100)} {
		s.Steps = append(s.Steps, Step{Name: name, State: []StepState{StepDone, StepWaiting, StepFailed, StepSkipped}[d.IntN(4)], Reason: d.text(3_000)})
	}
	for n := range d.IntN(60) {
		s.Tasks = append(s.Tasks, d.task(i.ID, n+1))
		s.Hypotheses = append(s.Hypotheses, timeline.Hypothesis{Number: n + 1, Text: d.text(3_000),
			Outcome: []timeline.Outcome{timeline.Untested, timeline.Confirmed, timeline.RuledOut}[d.IntN(3)]})
		s.Tickets = append(s.Tickets, Ticket{Task: n, Key: d.text(30), URL: d.url(), Status: d.text(300), Reason: d.text(3_000)})
	}
	if d.IntN(3) == 0 {
		s.Refused = &incident.EscalationRefused{Subject: d.text(300), Service: d.text(300), Cause: d.cause(), Until: d.time()}
	}
	var list []timeline.Entry
	for n := range d.IntN(80) {
		list = append(list, d.entry(int64(n+1), d.event()))
	}
	s.Lines = timeline.FoldAll(list)
	return s
}

func (d dice) task(id incident.ID, number int) *incident.Task {
	return &incident.Task{Incident: id, Number: number, Kind: []incident.TaskKind{incident.Todo, incident.ActionItem}[d.IntN(2)],
		Text: d.text(incident.MaxTask), Owner: d.person(), DueOn: d.time(), DoneAt: []time.Time{{}, {}, noon}[d.IntN(3)], Withdrawn: []time.Time{{}, {}, {}, noon}[d.IntN(4)]}
}

func (d dice) entry(id int64, e incident.Event) timeline.Entry {
	return timeline.Entry{ID: id, By: d.actor(), OccurredAt: d.time(), RecordedAt: d.time(), Event: e}
}

func (d dice) event() incident.Event {
	all := d.events()
	return all[d.IntN(len(all))]
}

// events has one of each kind.
func (d dice) events() []incident.Event {
	text, role, kind := d.text(3_000), incident.RoleCatalogue()[d.IntN(5)].Role, incident.ActionItem
	sev, status := incident.Severity(1+d.IntN(5)), incident.Statuses()[d.IntN(6)]
	return append(d.pagingEvents(),
		incident.Declared{Title: d.text(200), Severity: sev, Status: status, Summary: text}, incident.TitleChanged{From: text, To: d.text(200)},
		incident.SummaryChanged{Summary: text}, incident.SeverityChanged{From: sev, To: incident.SEV2}, incident.StatusChanged{From: status, To: incident.Statuses()[d.IntN(6)]},
		incident.Resolved{ImpactStart: d.time(), ImpactEnd: d.time(), Cause: text}, incident.Reopened{From: status, Reason: text}, incident.Cancelled{Reason: text}, incident.Closed{},
		incident.MilestoneCorrected{Milestone: incident.Detected, From: d.time(), To: d.time(), Reason: text},
		incident.RoleAssigned{Role: role, To: d.person(), From: d.person()}, incident.RoleVacated{Role: role, From: d.person()}, incident.PersonJoined{Person: d.person()}, incident.PersonLeft{Person: d.person()},
		incident.TaskAdded{Number: 1, TaskKind: kind, Text: text, Owner: d.person(), DueOn: d.time()}, incident.TaskAmended{Number: 1, TaskKind: kind, Text: text, Owner: d.person(), DueOn: d.time()},
		incident.TaskFinished{Number: 1, TaskKind: kind, Text: text}, incident.TaskReopened{Number: 1, TaskKind: kind, Text: text}, incident.TaskWithdrawn{Number: 1, TaskKind: kind, Text: text},
		incident.UpdatePosted{Text: text, NextDue: d.time()}, incident.UpdateSnoozed{Until: d.time()}, incident.UpdateSettled{}, incident.UpdateFellDue{Due: d.time()},
		incident.NoteAdded{Text: text, At: d.time(), Key: true}, incident.DecisionMade{Text: text, At: d.time()}, incident.HypothesisRaised{Number: 1, Text: text},
		incident.HypothesisSettled{Number: 1, Text: text, Outcome: d.text(60)}, incident.MessageCaptured{Message: d.message(), Via: "pin"},
		incident.MessageEdited{Entry: 1, From: text, To: d.text(4_000), At: d.time()}, incident.MessageDeleted{Entry: 2, At: d.time()}, incident.EntryWithdrawn{Entry: 3}, incident.EntryRestored{Entry: 3},
		incident.EntryStarred{Entry: int64(1 + d.IntN(40))}, incident.EntryUnstarred{Entry: 4}, incident.FileSaved{Entry: 1, File: incident.File{Name: text}, Error: d.text(300)},
		incident.RoomOpened{Channel: "C1", Name: text}, incident.RoomRenamed{From: text, To: text}, incident.RoomStateChanged{State: incident.RoomLost, Reason: text},
		incident.StepDone{Step: text}, incident.StepFailed{Step: text, Reason: text, Final: d.IntN(2) == 0}, incident.TicketFiled{Task: d.IntN(2), Key: text, URL: d.url()},
		incident.TicketParked{Task: d.IntN(2), Reason: text}, incident.TicketMoved{Key: text, Status: text}, incident.PostmortemDrafted{Version: 1},
		incident.PostmortemWritten{Section: text}, incident.PostmortemAdvanced{From: text, To: text},
	)
}

// cause is why nobody is paged for a service, or what a newer release may write there.
func (d dice) cause() string {
	return []string{"maintenance", "nobody", "missing", d.text(100)}[d.IntN(4)]
}

func (d dice) pagingEvents() []incident.Event {
	text, timer := d.text(3_000), incident.EscalationTimer{Escalation: 1, Generation: 2, Due: d.time()}
	var pages []incident.Page
	for range d.IntN(30) {
		pages = append(pages, incident.Page{ID: 1, Person: d.person()})
	}
	return []incident.Event{
		incident.EscalationBegan{EscalationTimer: timer, Subject: text, Policy: text, Service: text, Urgency: "high", Reason: text},
		incident.StepFired{EscalationTimer: timer, Step: d.IntN(3), Pages: pages, Places: []incident.Place{{ID: 1, Kind: "channel", Name: text}}, Skipped: []int{1}},
		incident.EscalationAcknowledged{EscalationTimer: timer, Person: d.person(), Via: text, Until: d.time(), More: d.IntN(3)},
		incident.EscalationSnoozed{EscalationTimer: timer, Person: d.person(), Until: d.time()}, incident.EscalationReturned{EscalationTimer: timer, Cause: "snooze", Person: d.person()},
		incident.EscalationHeld{EscalationTimer: timer, Until: d.time()}, incident.EscalationExhausted{EscalationTimer: timer},
		incident.EscalationRefused{Subject: text, Service: text, Cause: d.cause(), Until: d.time()}, incident.EscalationResolved{EscalationTimer: timer, Cause: "person"},
		incident.DeliveryMoved{Page: 1, Person: d.person(), Method: text, State: "failed", Reason: text, Repeat: d.IntN(2) == 0}, incident.PersonUnreachable{Page: 1, Person: d.person(), Reason: text},
	}
}

// every draws all views of a random situation, by name.
func (d dice) every() map[string]any {
	s := d.situation()
	i, list := s.Incident, []*incident.Incident{}
	for range d.IntN(40) {
		list = append(list, d.incident())
	}
	views := map[string]any{
		"card": Card(s), "announcement": Announcement(s), "status": Status(s), "brief": Brief(s), "tasks": Tasks(s, ""),
		"timeline": Timeline(i, s.Lines, d.IntN(2)*len(s.Lines)), "list": List(list, d.IntN(2) == 0, s.Command), "update due": UpdateDue(i),
		"update offer": UpdateOffer(i, d.message()), "postmortem": PostmortemReady(i, d.url(), d.IntN(3)), "not invited": NotInvited(d.person(), d.text(3_000)),
		"declared": Declared(i, list, Paged{Possible: d.IntN(2) == 0, Service: d.text(200)}, s.Command), "duties": Duties(i, incident.RoleCatalogue()[d.IntN(5)].Role, s.Command),
		"home":             Home(HomeData{Open: list, Mine: list, Tasks: s.Tasks, Person: d.person(), Command: s.Command, MyRoles: map[incident.ID][]incident.Role{i.ID: {incident.Comms}}}),
		"not declared yet": NotDeclaredYet(DeclareForm{Title: d.text(3_000), Severity: incident.Severity(d.IntN(7)), Private: d.IntN(2) == 0, Open: list, Command: s.Command}),
		"declare modal":    DeclareModal(DeclareForm{Title: d.text(3_000), Summary: d.text(4_000), Channel: "C0OPS", Severity: incident.Severity(d.IntN(7)), Private: d.IntN(2) == 0, Secluded: d.IntN(2) == 0, Doubt: d.text(4_000), Open: list, Origin: i.Origin, Command: s.Command}),
		"roles modal":      RolesModal(i, ""), "update modal": UpdateModal(i, "C0ROOM", d.text(9_000)), "summary modal": SummaryModal(i, "C0ROOM"),
		"resolve modal": ResolveModal(i, "C0ROOM", d.time()), "reopen modal": ReopenModal(i, "C0ROOM"), "cancel modal": CancelModal(i, "C0ROOM"),
		"close modal": CloseModal(s, "C0ROOM"), "milestones modal": MilestonesModal(i, "C0ROOM"), "task modal": TaskModal(i, "C0ROOM", incident.ActionItem, d.text(9_000)),
		"postmortem modal": PostmortemModal(i, "C0ROOM", []SectionChoice{{"impact", "Impact"}}, d.text(20), d.text(9_000)),
	}
	for _, e := range d.events() {
		views["happened "+string(e.Kind())] = Happened(i, d.entry(1, e))
	}
	return views
}

func TestAnyIncidentMakesValidAndHarmlessViews(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			for name, v := range (dice{rand.New(rand.NewPCG(seed, 1))}).every() {
				t.Run(name, func(t *testing.T) { mustBeAccepted(t, v) })
			}
		})
	}
}

func TestDiceRollEveryKindOfEvent(t *testing.T) {
	t.Parallel()
	rolled := map[incident.Kind]bool{}
	for _, e := range (dice{rand.New(rand.NewPCG(1, 1))}).events() {
		rolled[e.Kind()] = true
	}
	for _, kind := range incident.Kinds() {
		if !rolled[kind] {
			t.Errorf("no view of %s is tried", kind)
		}
	}
}

// TestWorstTextFitsEverywhere fills every text to its limit with the characters
// that grow most when escaped.
func TestWorstTextFitsEverywhere(t *testing.T) {
	t.Parallel()
	for _, worst := range []string{"&", "<!channel>", "@here ", "\n", "👩\u200d👩\u200d👧", "🔥", "م", "*", "`"} {
		fill := func(n int) string {
			return string([]rune(strings.Repeat(worst, n))[:n])
		}
		i := ongoing()
		i.Title, i.Summary, i.Cause = fill(incident.MaxTitle), fill(incident.MaxSummary), fill(incident.MaxSummary)
		s := situation(i)
		s.Tasks = nil
		for n := range 100 {
			s.Tasks = append(s.Tasks, &incident.Task{Incident: i.ID, Number: n, Text: fill(incident.MaxTask), Kind: incident.ActionItem})
			s.Tickets = append(s.Tickets, Ticket{Task: n, Reason: fill(500)})
			s.Steps = append(s.Steps[:min(len(s.Steps), 6)], Step{Name: "room", State: StepFailed, Reason: fill(1_000)})
			s.Hypotheses = append(s.Hypotheses, timeline.Hypothesis{Number: n, Text: fill(2_500), Outcome: timeline.RuledOut})
			s.Lines = append(s.Lines, timeline.Fold([]timeline.Entry{entry(int64(n), incident.By(alice), incident.NoteAdded{Text: fill(2_500), Key: true})})...)
		}
		many := slicesOf(i, 40)
		for _, v := range []any{Card(s), Announcement(s), Status(s), Brief(s), Tasks(s, ""), Timeline(i, s.Lines, 0), List(many, false, "/incident"),
			CloseModal(s, "C0ROOM"), DeclareModal(DeclareForm{Title: i.Title, Summary: i.Summary, Open: many, Command: "/incident"}), Declared(i, many, Paged{Possible: true, Service: i.Title}, "/incident"),
			Happened(i, entry(1, incident.By(alice), incident.UpdatePosted{Text: i.Summary})), Home(HomeData{Open: many, Mine: many, Tasks: s.Tasks})} {
			mustBeAccepted(t, v)
		}
	}
}

func slicesOf(i *incident.Incident, n int) []*incident.Incident {
	var list []*incident.Incident
	for range n {
		list = append(list, i)
	}
	return list
}
