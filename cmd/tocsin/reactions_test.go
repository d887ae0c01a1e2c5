package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/postmortem"
	"github.com/tocsinhq/tocsin/timeline"
)

func TestEveryKindOfEventHasARow(t *testing.T) {
	t.Parallel()
	table := reactions(ticketReactions(jira.TicketRules{}))
	for _, kind := range incident.Kinds() {
		if _, ok := table[kind]; !ok {
			t.Errorf("%s has no row in reactions; give it one, if only an empty one", kind)
		}
	}
	if len(table) != len(incident.Kinds()) {
		t.Errorf("reactions has %d rows for %d kinds of events", len(table), len(incident.Kinds()))
	}
}

// telling are events with what makes their reactions set off a job; of the other
// kinds an empty event does.
var telling = map[incident.Kind]string{
	incident.KindDeclared:        `{"severity": 1, "service": "checkout"}`,
	incident.KindStatusChanged:   `{"from": "triage", "to": "active"}`,
	incident.KindSeverityChanged: `{"from": 4, "to": 1}`,
	incident.KindTaskAdded:       `{"task_kind": "action", "owner": "U1"}`,
	incident.KindTaskAmended:     `{"task_kind": "action", "owner": "U1"}`,
	incident.KindTaskFinished:    `{"task_kind": "action"}`,
	incident.KindTaskReopened:    `{"task_kind": "action"}`,
	incident.KindTaskWithdrawn:   `{"task_kind": "action"}`,
	incident.KindUpdatePosted:    `{"next_due": "2030-01-01T00:00:00Z"}`,
	incident.KindMessageCaptured: `{"message": {"files": [{"id": "F1"}]}}`,

	incident.KindEscalationBegan:        `{"due": "2030-01-01T00:00:00Z", "generation": 2}`,
	incident.KindStepFired:              `{"due": "2030-01-01T00:00:00Z", "pages": [{"id": 3}]}`,
	incident.KindEscalationAcknowledged: `{"due": "2030-01-01T00:00:00Z"}`,
	incident.KindEscalationSnoozed:      `{"due": "2030-01-01T00:00:00Z"}`,
	incident.KindEscalationReturned:     `{"due": "2030-01-01T00:00:00Z"}`,
	incident.KindEscalationHeld:         `{"due": "2030-01-01T00:00:00Z"}`,
	incident.KindEscalationExhausted:    `{"due": "2030-01-01T00:00:00Z"}`,
	incident.KindEscalationResolved:     `{"cause": "person"}`,
	incident.KindDeliveryMoved:          `{"method": "slack", "state": "failed"}`,
}

// following lists the jobs that reactions set off, by the kind of event.
func following(t *testing.T) map[incident.Kind][]timeline.Job {
	t.Helper()
	jobs := map[incident.Kind][]timeline.Job{}
	for kind, row := range reactions(ticketReactions(jira.TicketRules{MinSeverity: incident.SEV5})) {
		raw := telling[kind]
		if raw == "" {
			raw = `{}`
		}
		event, err := timeline.Decode(kind, json.RawMessage(raw))
		if err != nil {
			t.Fatal(err)
		}
		for n, react := range row {
			job := react(timeline.Entry{Incident: 1, ID: 2, OccurredAt: time.Unix(0, 0), Event: event})
			if len(job) == 0 {
				t.Errorf("reaction %d to %s sets off nothing; make the event in this test tell more", n+1, kind)
				continue
			}
			jobs[kind] = append(jobs[kind], job...)
		}
	}
	return jobs
}

// kinds are the kinds of all jobs there are. Jobs of the last release wait in the
// database under these names: add to the list, and never change or take away.
var kinds = []string{
	"bot.add_bookmarks", "bot.announce", "bot.brief_joiner", "bot.catch_up", "bot.draw_card", "bot.export_timeline",
	"bot.follow_event", "bot.invite_people", "bot.join_paged", "bot.nudge_commander", "bot.open_room", "bot.read_captured", "bot.redraw_page", "bot.redraw_task", "bot.remind_update", "bot.save_files",
	"bot.set_topic", "bot.show_cover", "bot.show_postmortem", "bot.sync_groups", "bot.tell_handoffs", "bot.tell_holder", "bot.tell_maintenance", "bot.tell_owner", "bot.tell_room", "bot.tell_stakeholders", "bot.tidy_up",
	"escalation.advance", "escalation.begin_service", "escalation.end_all", "escalation.raise_urgency",
	"jira.assign_ticket", "jira.file_ticket", "jira.pull_ticket", "jira.push_ticket", "jira.reconcile",
	"paging.audit", "paging.begin_page", "paging.canary", "paging.canary_step", "paging.deliver", "paging.doubt", "paging.hurry_held", "paging.ping_dead_man", "paging.reconsider", "paging.tell_outcome",
	"postmortem.refresh_draft", "postmortem.write_draft",
}

// registered lists the kinds that have a worker. River panics when two have the same.
func registered(t *testing.T) []string {
	t.Helper()
	workers := river.NewWorkers()
	(&bot.Bot{}).AddWorkers(workers)
	(&postmortem.Service{}).AddWorkers(workers)
	(&jira.Tickets{}).AddWorkers(workers)
	(&escalation.Service{}).AddWorkers(workers)
	(&paging.Service{}).AddWorkers(workers)
	byKind := reflect.ValueOf(workers).Elem().FieldByName("workersMap")
	if !byKind.IsValid() {
		t.Fatal("this River keeps its workers elsewhere; teach the test where")
	}
	var all []string
	for _, key := range byKind.MapKeys() {
		all = append(all, key.String())
	}
	slices.Sort(all)
	return all
}

func TestKindsOfJobsNeverChange(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(kinds, registered(t)); diff != "" {
		t.Errorf("kinds of jobs (-as they were +as they are):\n%s", diff)
	}
}

func TestEveryReactionHasAWorker(t *testing.T) {
	t.Parallel()
	known := registered(t)
	for event, jobs := range following(t) {
		for _, job := range jobs {
			if kind := job.Args.Kind(); !slices.Contains(known, kind) {
				t.Errorf("%s sets off %s, which has no worker", event, kind)
			}
		}
	}
}

// identifying are the types of fields that say which one, and not how it is.
var identifying = []reflect.Type{
	reflect.TypeFor[incident.ID](), reflect.TypeFor[incident.PersonID](), reflect.TypeFor[incident.Role](),
	reflect.TypeFor[int64](), reflect.TypeFor[int](), // numbers of entries, tasks and generations
}

func TestArgumentsOfJobsHoldIDsOnly(t *testing.T) {
	t.Parallel()
	for event, jobs := range following(t) {
		for _, job := range jobs {
			args := reflect.TypeOf(job.Args)
			for i := range args.NumField() {
				if field := args.Field(i); !slices.Contains(identifying, field.Type) {
					t.Errorf("%s sets off %s, whose %s is a %s; jobs carry ids and load the rest when they run", event, args, field.Name, field.Type)
				}
			}
		}
	}
}
