package view

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldens are the views as they are reviewed, by file name.
func goldens() map[string]any {
	now := situation(ongoing())
	early := Situation{Incident: fresh(), Command: "/incident", Steps: []Step{
		{Name: "room", State: StepWaiting, Reason: "Slack asks us to slow down; it goes on by itself."},
		{Name: "announcement", State: StepFailed, Reason: "Tocsin is not in #incidents; invite it."},
		{Name: "topic", State: StepWaiting}, {Name: "bookmarks", State: StepWaiting}},
		Tickets: []Ticket{{Reason: "Jira does not answer; it is tried again."}}}
	views := map[string]any{
		"card_ongoing": Card(now), "card_fresh": Card(early), "card_hostile": Card(situation(hostile())),
		"announcement_ongoing": Announcement(now), "announcement_fresh": Announcement(early), "announcement_resolved": Announcement(situation(over(incident.StatusResolved))),
		"status": Status(now), "brief": Brief(now), "brief_fresh": Brief(early), "tasks": Tasks(now, ""), "tasks_news": Tasks(now, "*INC-42* has task 3 ticked off."), "tasks_none": Tasks(early, ""),
		"timeline": Timeline(now.Incident, now.Lines, 12), "timeline_hostile": Timeline(hostile(), situation(hostile()).Lines, 0),
		"list":      List([]*incident.Incident{fresh(), ongoing(), over(incident.StatusResolved)}, true, "/incident"),
		"list_none": List(nil, false, "/incident"),
		"help":      Help(helpRows(), "/incident"), "help_one": HelpOne(helpRows()[1], "/incident"),
		"update_due": UpdateDue(ongoing()), "update_due_nobody": UpdateDue(fresh()),
		"update_offer":         UpdateOffer(ongoing(), incident.Message{TS: "1795262400.000200", Text: "We found it:\nthe disk is full"}),
		"postmortem_published": PostmortemPublished(over(incident.StatusClosed), "https://tocsin.example/postmortems/k3y", 3, "/incident"),
		"postmortem_ready":     PostmortemReady(ongoing(), "https://tocsin.example/postmortems/k3y", 3),
		"not_invited":          NotInvited(bob, "the account is deactivated"),
		"declared":             Declared(fresh(), []*incident.Incident{ongoing()}, Paged{}, "/incident"),
		"declared_paging":      Declared(fresh(), nil, Paged{Possible: true, Service: "Checkout & co"}, "/incident"),
		"declared_unpaged":     Declared(fresh(), nil, Paged{Possible: true}, "/incident"),
		"declared_private":     Declared(hidden(), nil, Paged{Possible: true, Service: "Checkout"}, "/incident"),
		"home": Home(HomeData{Open: []*incident.Incident{ongoing(), fresh()}, Mine: []*incident.Incident{ongoing()},
			MyRoles: map[incident.ID][]incident.Role{42: {incident.Commander}}, Tasks: now.Tasks[:1], Person: alice, Command: "/incident"}),
		"home_nothing": Home(HomeData{Person: carol, Command: "/incident"}),
		"notice":       Notice("*INC-42* is resolved already; nothing was changed."),
	}
	for _, status := range []incident.Status{incident.StatusMitigated, incident.StatusResolved, incident.StatusClosed, incident.StatusCancelled} {
		views["card_"+string(status)] = Card(situation(over(status)))
	}
	views["card_resolved_undrafted"] = Card(Situation{Incident: over(incident.StatusResolved), Command: "/incident"})
	for _, info := range incident.RoleCatalogue() {
		views["duties_"+string(info.Role)] = Duties(ongoing(), info.Role, "/incident")
	}
	views["task_given"] = TaskGiven(ongoing(), &incident.Task{Incident: 42, Number: 3, Kind: incident.ActionItem, Text: "Add an <alert>", Owner: carol,
		DueOn: time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)}, incident.By(alice), "/incident")
	for state, t := range map[string]incident.Task{"open": {}, "done": {DoneAt: noon}, "withdrawn": {Withdrawn: noon}} {
		t.Number, t.Kind, t.Text, t.Owner = 3, incident.Todo, "Free more space", carol
		views["task_now_"+state] = TaskNow(ongoing(), entry(1, incident.By(bob), incident.TaskAdded{Number: 3, Text: "Free space"}), &t)
	}
	addModals(views, now)
	addHappened(views)
	addPaging(views)
	addCalendars(views)
	addMaintenance(views)
	return views
}

// hidden is a private incident that somebody else was put in command of.
func hidden() *incident.Incident {
	i := fresh()
	i.Private, i.Roles = true, incident.Roles{incident.Commander: {carol}}
	return i
}

func addModals(views map[string]any, now Situation) {
	i := ongoing()
	form := DeclareForm{Title: "payments are red", Summary: "payments are red", Channel: "C0OPS", Severity: incident.SEV2, Open: []*incident.Incident{i}, Origin: i.Origin, Command: "/incident"}
	views["modal_declare"] = DeclareModal(DeclareForm{Channel: "C0OPS"})
	views["modal_declare_service"] = DeclareModal(DeclareForm{Channel: "C0OPS", Services: true, Service: Choice{Text: "Checkout", Value: "checkout"}})
	views["modal_declare_from_message"] = DeclareModal(form)
	views["modal_declare_secluded"] = DeclareModal(DeclareForm{Title: "payments are red", Channel: "C0OPS", Secluded: true, Origin: i.Origin})
	views["modal_declare_doubt"] = DeclareModal(DeclareForm{Title: "on nosuch Insider", Channel: "C0OPS", Services: true,
		Doubt: "There is no service “nosuch”; did you mean checkout? Without a service nobody is paged."})
	views["declare_doubt_unopened"] = NotDeclaredYet(DeclareForm{Title: "Checkout", Doubt: "There is no severity “sev9”: choose one from SEV1 (worst) to SEV5."})
	views["declare_unopened"] = NotDeclaredYet(DeclareForm{Title: "R&D `fails` <!here>", Severity: incident.SEV1, Private: true, Open: []*incident.Incident{i}, Command: "/incident"})
	views["modal_roles"] = RolesModal(i, "C0ROOM")
	views["modal_update"] = UpdateModal(i, "C0ROOM", "We found it")
	views["modal_update_last"] = UpdateModal(over(incident.StatusResolved), "C0ROOM", "")
	views["modal_summary"] = SummaryModal(i, "C0ROOM")
	views["modal_resolve"] = ResolveModal(i, "C0ROOM", noon.Add(time.Hour))
	views["modal_resolve_unknown_start"] = ResolveModal(fresh(), "C0ROOM", noon.Add(time.Hour))
	views["modal_reopen"] = ReopenModal(over(incident.StatusResolved), "C0ROOM")
	views["modal_cancel"] = CancelModal(i, "C0ROOM")
	views["modal_close"] = CloseModal(situation(over(incident.StatusResolved)), "C0ROOM")
	views["modal_close_nothing_left"] = CloseModal(Situation{Incident: over(incident.StatusResolved), PostmortemURL: now.PostmortemURL}, "C0ROOM")
	views["modal_milestones"] = MilestonesModal(i, "C0ROOM")
	views["modal_task"] = TaskModal(i, "C0ROOM", incident.Todo, "")
	views["modal_action_item"] = TaskModal(i, "C0ROOM", incident.ActionItem, "Add an alert on disk space")
	views["modal_postmortem"] = PostmortemModal(i, "C0ROOM", []SectionChoice{{"summary", "Summary"}, {"impact", "Impact"}}, "impact", "")
}

func addHappened(views map[string]any) {
	i := ongoing()
	due := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	early := entry(9, incident.By(carol), incident.DecisionMade{Text: "Fail over to db-4"})
	early.RecordedAt = early.OccurredAt.Add(time.Hour)
	for name, e := range map[string]timeline.Entry{
		"severity":         entry(1, incident.By(alice), incident.SeverityChanged{From: incident.SEV3, To: incident.SEV1}),
		"severity_lower":   entry(1, incident.By(alice), incident.SeverityChanged{From: incident.SEV1, To: incident.SEV2}),
		"title":            entry(1, incident.By(alice), incident.TitleChanged{From: "x", To: "Checkout fails"}),
		"summary":          entry(1, incident.By(alice), incident.SummaryChanged{Summary: "The disk is full"}),
		"mitigated":        entry(1, incident.By(alice), incident.StatusChanged{From: incident.StatusActive, To: incident.StatusMitigated}),
		"active_again":     entry(1, incident.By(alice), incident.StatusChanged{From: incident.StatusMitigated, To: incident.StatusActive}),
		"role_taken":       entry(1, incident.By(alice), incident.RoleAssigned{Role: incident.Commander, To: alice, From: bob}),
		"role_given":       entry(1, incident.By(alice), incident.RoleAssigned{Role: incident.Operations, To: bob}),
		"role_left":        entry(1, incident.By(bob), incident.RoleVacated{Role: incident.Comms, From: bob}),
		"role_released":    entry(1, incident.By(alice), incident.RoleVacated{Role: incident.Responder, From: carol}),
		"update":           entry(1, incident.By(alice), incident.UpdatePosted{Text: "We know why.\nMaking room.", NextDue: noon.Add(time.Hour), Kept: true}),
		"update_last":      entry(1, incident.By(alice), incident.UpdatePosted{Text: "All is well again."}),
		"update_late":      entry(1, incident.By(alice), incident.UpdatePosted{Text: "We look.", Severity: incident.SEV4, Status: incident.StatusMitigated}),
		"decision":         entry(1, incident.By(alice), incident.DecisionMade{Text: "Stop the nightly job"}),
		"decision_earlier": early,
		"hypothesis":       entry(1, incident.By(bob), incident.HypothesisRaised{Number: 2, Text: "The disk is full"}),
		"hypothesis_out":   entry(1, incident.By(bob), incident.HypothesisSettled{Number: 2, Text: "The disk is full", Outcome: string(timeline.RuledOut)}),
		"task_added":       entry(1, incident.By(bob), incident.TaskAdded{Number: 3, TaskKind: incident.ActionItem, Text: "Add an alert", Owner: carol, DueOn: due}),
		"task_finished":    entry(1, incident.By(bob), incident.TaskFinished{Number: 3, TaskKind: incident.Todo, Text: "Free space"}),
		"task_amended":     entry(1, incident.By(bob), incident.TaskAmended{Number: 3, TaskKind: incident.Todo, Text: "Free more space", Owner: carol, DueOn: due}),
		"task_withdrawn":   entry(1, incident.By(bob), incident.TaskWithdrawn{Number: 3, TaskKind: incident.Todo, Text: "Free space", Reason: "Not needed"}),
		"ticket_parked":    entry(1, incident.ByIntegration("jira"), incident.TicketParked{Task: 3, Reason: "Jira asks for “Team”, which nobody mapped"}),
		"resolved": entry(1, incident.By(alice), incident.Resolved{ImpactStart: noon.Add(-20 * time.Minute), ImpactEnd: noon.Add(95 * time.Minute),
			Cause: "The disk ran full"}),
		"resolved_start_unknown": entry(1, incident.By(alice), incident.Resolved{ImpactEnd: noon.Add(95 * time.Minute)}),
		"reopened":               entry(1, incident.By(alice), incident.Reopened{From: incident.StatusResolved, Reason: "Errors are back"}),
		"reopened_ended":         entry(1, incident.By(alice), incident.Reopened{From: incident.StatusClosed, Mitigated: noon, ImpactEnd: noon.Add(time.Hour), Reason: "Errors are back"}),
		"cancelled":              entry(1, incident.By(alice), incident.Cancelled{Reason: "The probe was broken"}),
		"closed":                 entry(1, incident.By(alice), incident.Closed{}),
		"milestone":              entry(1, incident.By(alice), incident.MilestoneCorrected{Milestone: incident.ImpactStarted, To: noon, Reason: "graphs"}),
		"postmortem_advanced":    entry(1, incident.By(alice), incident.PostmortemAdvanced{From: "draft", To: "in review"}),
		"message_captured":       entry(1, incident.By(bob), incident.MessageCaptured{Message: incident.Message{Author: carol, Text: "<!here> 34 %"}}),
	} {
		views["happened_"+name] = Happened(i, e)
	}
}

func helpRows() []HelpRow {
	return []HelpRow{
		{Name: "declare", Args: "[sev1-5] [private] [title]", Help: "declare an incident; without a title a form opens", Aliases: []string{"new", "open"}},
		{Name: "severity", Args: "<sev1-5>", Help: "re-grade the impact", Aliases: []string{"sev"}, Room: true},
		{Name: "status", Help: "how things stand in this incident", Room: true},
	}
}

func TestViewsLookAsReviewed(t *testing.T) {
	t.Parallel()
	for name, v := range goldens() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustBeAccepted(t, v)
			got := encode(t, v)
			path := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v (run with -update and look at what it writes)", err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s changed (-reviewed +now):\n%s", name, diff)
			}
		})
	}
}

func TestNoGoldenIsLeftBehind(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if views := goldens(); len(files) != len(views) {
		t.Errorf("%d golden files for %d views; delete those of views that are gone", len(files), len(views))
	}
}

// encode is how a view goes to Slack, but indented.
func encode(t testing.TB, v any) []byte {
	t.Helper()
	if m, ok := v.(Message); ok {
		v = map[string]any{"text": m.Text, "blocks": m.Blocks}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(fmt.Errorf("encode view: %w", err))
	}
	return b.Bytes()
}
