package main

import (
	"time"

	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/timeline"
)

// ticketReactions is the part of the table that a tracker adds.
func ticketReactions(rules jira.TicketRules) timeline.Reactions {
	return timeline.Reactions{
		incident.KindDeclared: {func(e timeline.Entry) []timeline.Job {
			return fileIncident(e, rules, e.Event.(incident.Declared).Severity)
		}},
		incident.KindSeverityChanged: {func(e timeline.Entry) []timeline.Job {
			return fileIncident(e, rules, e.Event.(incident.SeverityChanged).To)
		}, pushIncident},
		incident.KindTitleChanged:  {pushIncident},
		incident.KindResolved:      {pushIncident},
		incident.KindReopened:      {pushIncident},
		incident.KindCancelled:     {pushIncident},
		incident.KindTaskAdded:     {fileTask, pushTask},
		incident.KindTaskAmended:   {pushTask, assignTask},
		incident.KindTaskFinished:  {pushTask},
		incident.KindTaskReopened:  {pushTask},
		incident.KindTaskWithdrawn: {pushTask},
		incident.KindTicketFiled:   {pushFiled},
	}
}

func fileIncident(e timeline.Entry, rules jira.TicketRules, s incident.Severity) []timeline.Job {
	if !rules.Wants(s) {
		return nil
	}
	return trackerJob(jira.FileTicket{Incident: e.Incident})
}

func pushIncident(e timeline.Entry) []timeline.Job {
	return trackerJob(jira.PushTicket{Incident: e.Incident})
}

func fileTask(e timeline.Entry) []timeline.Job {
	added := e.Event.(incident.TaskAdded)
	if added.TaskKind != incident.ActionItem {
		return nil
	}
	return trackerJob(jira.FileTicket{Incident: e.Incident, Task: added.Number})
}

// pushTask makes the issue of an action item follow. Tasks during the incident
// have none.
func pushTask(e timeline.Entry) []timeline.Job {
	number, kind := taskOf(e)
	if kind != incident.ActionItem {
		return nil
	}
	return trackerJob(jira.PushTicket{Incident: e.Incident, Task: number})
}

// assignTask hands the issue of an action item to whom the item was given.
func assignTask(e timeline.Entry) []timeline.Job {
	amended := e.Event.(incident.TaskAmended)
	if amended.TaskKind != incident.ActionItem || amended.Owner == amended.WasOwner {
		return nil
	}
	return trackerJob(jira.AssignTicket{Incident: e.Incident, Task: amended.Number})
}

// taskOf is the piece of work that an entry is about.
func taskOf(e timeline.Entry) (number int, kind incident.TaskKind) {
	switch event := e.Event.(type) {
	case incident.TaskAdded:
		return event.Number, event.TaskKind
	case incident.TaskAmended:
		return event.Number, event.TaskKind
	case incident.TaskFinished:
		return event.Number, event.TaskKind
	case incident.TaskReopened:
		return event.Number, event.TaskKind
	case incident.TaskWithdrawn:
		return event.Number, event.TaskKind
	}
	return 0, ""
}

// pushFiled sends what has changed since the issue was described.
func pushFiled(e timeline.Entry) []timeline.Job {
	return trackerJob(jira.PushTicket{Incident: e.Incident, Task: e.Event.(incident.TicketFiled).Task})
}

func slowJob(args river.JobArgs) []timeline.Job {
	return []timeline.Job{{Args: args, Opts: &river.InsertOpts{Queue: queueSlow}}}
}

func trackerJob(args river.JobArgs) []timeline.Job {
	return []timeline.Job{{Args: args, Opts: &river.InsertOpts{Queue: queueTracker}}}
}

// How often every open ticket is looked at, in case a webhook was lost.
const reconcileEvery = 5 * time.Minute

func reconcileTickets() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(reconcileEvery), func() (river.JobArgs, *river.InsertOpts) {
		return jira.Reconcile{}, &river.InsertOpts{Queue: queueTracker}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}
