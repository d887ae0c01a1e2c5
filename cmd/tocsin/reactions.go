package main

import (
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/postmortem"
	"github.com/tocsinhq/tocsin/timeline"
)

// reactions is THE table: when this happens, these jobs follow. Every kind of
// event has a row, possibly empty. tickets adds what the tracker does, and is
// empty without one.
func reactions(tickets timeline.Reactions) timeline.Reactions {
	table := timeline.Reactions{
		incident.KindDeclared:           {openDeclared, announce, beginService},
		incident.KindTitleChanged:       {drawCard, announce, tellRoom, refreshPostmortem},
		incident.KindSummaryChanged:     {drawCard, announce, refreshPostmortem},
		incident.KindSeverityChanged:    {drawCard, announce, setTopic, tellRoom, raiseUrgency, paging.HurryHeld, refreshPostmortem},
		incident.KindStatusChanged:      {openAccepted, drawCard, announce, setTopic, tellRoom, refreshPostmortem},
		incident.KindResolved:           {drawCard, announce, setTopic, tellRoom, draftPostmortem, endPaging},
		incident.KindReopened:           {openRoom, drawCard, announce, setTopic, tellRoom, refreshPostmortem},
		incident.KindCancelled:          {drawCard, announce, setTopic, tellRoom, endPaging, refreshPostmortem},
		incident.KindClosed:             {drawCard, announce, setTopic, tellRoom, draftPostmortem, endPaging},
		incident.KindMilestoneCorrected: {tellRoom, refreshPostmortem},

		incident.KindRoleAssigned:  {drawCard, announce, setTopic, invitePeople, byPeople(tellRoom), byPeople(tellHolder)},
		incident.KindRoleVacated:   {drawCard, announce, setTopic, tellRoom},
		incident.KindPersonJoined:  {briefJoiner},
		incident.KindPersonLeft:    {},
		incident.KindTaskAdded:     {drawCard, tellRoom, refreshPostmortem, inviteOwner, tellOwner},
		incident.KindTaskAmended:   {drawCard, redrawTask, tellRoom, refreshPostmortem, inviteOwner, tellOwner},
		incident.KindTaskFinished:  {drawCard, redrawTask, tellRoom, refreshPostmortem},
		incident.KindTaskReopened:  {drawCard, redrawTask, tellRoom, refreshPostmortem},
		incident.KindTaskWithdrawn: {drawCard, redrawTask, tellRoom, refreshPostmortem},

		incident.KindUpdatePosted:  {drawCard, announce, setTopic, tellRoom, tellStakeholders, remindPosted},
		incident.KindUpdateSnoozed: {drawCard, setTopic, remindSnoozed},
		incident.KindUpdateSettled: {drawCard, setTopic},
		incident.KindUpdateFellDue: {nudgeCommander},

		incident.KindNoteAdded:         {refreshPostmortem},
		incident.KindDecisionMade:      {tellRoom, refreshPostmortem},
		incident.KindHypothesisRaised:  {tellRoom, refreshPostmortem},
		incident.KindHypothesisSettled: {tellRoom, refreshPostmortem},
		incident.KindMessageCaptured:   {readCaptured, saveFiles, refreshPostmortem},
		incident.KindMessageEdited:     {refreshPostmortem},
		incident.KindMessageDeleted:    {refreshPostmortem},
		incident.KindEntryWithdrawn:    {refreshPostmortem},
		incident.KindEntryRestored:     {refreshPostmortem},
		incident.KindEntryStarred:      {refreshPostmortem},
		incident.KindEntryUnstarred:    {refreshPostmortem},
		incident.KindFileSaved:         {refreshPostmortem},

		incident.KindRoomOpened:         {drawCard, setTopic, addBookmarks, invitePeople, announce},
		incident.KindRoomRenamed:        {announce},
		incident.KindRoomStateChanged:   {announce, drawCard, setTopic, addBookmarks, invitePeople},
		incident.KindStepDone:           {drawCard},
		incident.KindStepFailed:         {showFailure},
		incident.KindTicketFiled:        {drawCard, announce, addBookmarks, refreshPostmortem},
		incident.KindTicketParked:       {drawCard, tellRoom},
		incident.KindTicketMoved:        {drawCard, announce, refreshPostmortem},
		incident.KindPostmortemDrafted:  {showPostmortem, drawCard, addBookmarks},
		incident.KindPostmortemWritten:  {},
		incident.KindPostmortemAdvanced: {tellRoom, refreshPostmortem},

		incident.KindEscalationBegan:        {drawCard, escalation.SetTimer, redrawRaised, tellRoom},
		incident.KindStepFired:              {drawCard, escalation.SetTimer, paging.BeginPages, paging.TellOutcomes, joinPaged, tellRoom},
		incident.KindEscalationAcknowledged: {drawCard, escalation.SetTimer, paging.TellOutcomes, redrawPages, tellRoom},
		incident.KindEscalationSnoozed:      {drawCard, escalation.SetTimer, paging.TellOutcomes, redrawPages, tellRoom},
		incident.KindEscalationReturned:     {drawCard, escalation.SetTimer, redrawPages, tellRoom},
		incident.KindEscalationHeld:         {drawCard, escalation.SetTimer, tellRoom},
		incident.KindEscalationRefused:      {drawCard, tellRoom},
		incident.KindEscalationExhausted:    {drawCard, escalation.SetTimer, tellRoom},
		incident.KindEscalationResolved:     {drawCard, paging.TellOutcomes, redrawPages, tellStopped},
		incident.KindDeliveryMoved:          {drawCard, redrawLate, tellFailure},
		incident.KindPersonUnreachable:      {drawCard, tellRoom},
	}
	for kind, more := range tickets {
		table[kind] = append(table[kind], more...)
	}
	return table
}

func openRoom(e timeline.Entry) []timeline.Job { return job(bot.OpenRoom{Incident: e.Incident}) }
func announce(e timeline.Entry) []timeline.Job { return job(bot.Announce{Incident: e.Incident}) }
func drawCard(e timeline.Entry) []timeline.Job { return job(bot.DrawCard{Incident: e.Incident}) }

// showFailure draws the card anew, unless it is the card that cannot be drawn:
// that would be tried for every time it was tried.
func showFailure(e timeline.Entry) []timeline.Job {
	if e.Event.(incident.StepFailed).Step == bot.StepCard {
		return nil
	}
	return drawCard(e)
}

func setTopic(e timeline.Entry) []timeline.Job { return job(bot.SetTopic{Incident: e.Incident}) }
func addBookmarks(e timeline.Entry) []timeline.Job {
	return job(bot.AddBookmarks{Incident: e.Incident})
}

func invitePeople(e timeline.Entry) []timeline.Job {
	return job(bot.InvitePeople{Incident: e.Incident})
}

func tellRoom(e timeline.Entry) []timeline.Job {
	return job(bot.TellRoom{Incident: e.Incident, Entry: e.ID})
}

// given is the work that an entry gives to somebody; owner is "" when it gives it to
// nobody, or to whom had it before.
func given(e timeline.Entry) (task int, owner incident.PersonID) {
	switch event := e.Event.(type) {
	case incident.TaskAdded:
		return event.Number, event.Owner
	case incident.TaskAmended:
		if event.Owner != event.WasOwner {
			return event.Number, event.Owner
		}
	}
	return 0, ""
}

func redrawTask(e timeline.Entry) []timeline.Job {
	number, _ := taskOf(e)
	return job(bot.RedrawTask{Incident: e.Incident, Task: number})
}

func inviteOwner(e timeline.Entry) []timeline.Job {
	if _, owner := given(e); owner == "" {
		return nil
	}
	return invitePeople(e)
}

// tellOwner leaves out whoever took the work themselves.
func tellOwner(e timeline.Entry) []timeline.Job {
	task, owner := given(e)
	if owner == "" || owner == e.By.Person() {
		return nil
	}
	return job(bot.TellOwner{Incident: e.Incident, Entry: e.ID, Task: task, Person: owner})
}

func tellStakeholders(e timeline.Entry) []timeline.Job {
	return job(bot.TellStakeholders{Incident: e.Incident, Entry: e.ID})
}

func tellHolder(e timeline.Entry) []timeline.Job {
	assigned := e.Event.(incident.RoleAssigned)
	return job(bot.TellHolder{Incident: e.Incident, Entry: e.ID, Role: assigned.Role, Person: assigned.To})
}

func briefJoiner(e timeline.Entry) []timeline.Job {
	joined := e.Event.(incident.PersonJoined)
	return job(bot.BriefJoiner{Incident: e.Incident, Entry: e.ID, Person: joined.Person})
}

func saveFiles(e timeline.Entry) []timeline.Job {
	if len(e.Event.(incident.MessageCaptured).Message.Files) == 0 {
		return nil
	}
	return job(bot.SaveFiles{Incident: e.Incident, Entry: e.ID})
}

func readCaptured(e timeline.Entry) []timeline.Job {
	return job(bot.ReadCaptured{Incident: e.Incident, Entry: e.ID})
}

func remindPosted(e timeline.Entry) []timeline.Job {
	posted := e.Event.(incident.UpdatePosted)
	if posted.NextDue.IsZero() {
		return nil
	}
	return []timeline.Job{{
		Args: bot.RemindUpdate{Incident: e.Incident, Generation: posted.Generation},
		Opts: &river.InsertOpts{ScheduledAt: posted.NextDue},
	}}
}

func remindSnoozed(e timeline.Entry) []timeline.Job {
	snoozed := e.Event.(incident.UpdateSnoozed)
	return []timeline.Job{{
		Args: bot.RemindUpdate{Incident: e.Incident, Generation: snoozed.Generation},
		Opts: &river.InsertOpts{ScheduledAt: snoozed.Until},
	}}
}

func nudgeCommander(e timeline.Entry) []timeline.Job {
	return job(bot.NudgeCommander{Incident: e.Incident, Generation: e.Event.(incident.UpdateFellDue).Generation})
}

func endPaging(e timeline.Entry) []timeline.Job {
	return []timeline.Job{{Args: escalation.EndAll{Incident: e.Incident}, Opts: &river.InsertOpts{Queue: escalation.Queue}}}
}

func showPostmortem(e timeline.Entry) []timeline.Job {
	return job(bot.ShowPostmortem{Incident: e.Incident})
}

func draftPostmortem(e timeline.Entry) []timeline.Job {
	return slowJob(postmortem.DraftJob{Incident: e.Incident})
}

func refreshPostmortem(e timeline.Entry) []timeline.Job {
	return slowJob(postmortem.RefreshJob{Incident: e.Incident})
}

func job(args river.JobArgs) []timeline.Job { return []timeline.Job{{Args: args}} }
