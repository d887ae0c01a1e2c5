package incident

import "time"

// The kinds of events, one for each struct of event.go.
const (
	KindDeclared           Kind = "incident.declared"
	KindTitleChanged       Kind = "incident.title_changed"
	KindSummaryChanged     Kind = "incident.summary_changed"
	KindSeverityChanged    Kind = "incident.severity_changed"
	KindStatusChanged      Kind = "incident.status_changed"
	KindResolved           Kind = "incident.resolved"
	KindReopened           Kind = "incident.reopened"
	KindCancelled          Kind = "incident.cancelled"
	KindClosed             Kind = "incident.closed"
	KindMilestoneCorrected Kind = "incident.milestone_corrected"
	KindRoleAssigned       Kind = "incident.role_assigned"
	KindRoleVacated        Kind = "incident.role_vacated"
	KindPersonJoined       Kind = "incident.person_joined"
	KindPersonLeft         Kind = "incident.person_left"
	KindTaskAdded          Kind = "task.task_added"
	KindTaskAmended        Kind = "task.task_amended"
	KindTaskFinished       Kind = "task.task_finished"
	KindTaskReopened       Kind = "task.task_reopened"
	KindTaskWithdrawn      Kind = "task.task_withdrawn"
	KindUpdatePosted       Kind = "incident.update_posted"
	KindUpdateSnoozed      Kind = "incident.update_snoozed"
	KindUpdateSettled      Kind = "incident.update_settled"
	KindUpdateFellDue      Kind = "incident.update_fell_due"
	KindNoteAdded          Kind = "timeline.note_added"
	KindDecisionMade       Kind = "timeline.decision_made"
	KindHypothesisRaised   Kind = "timeline.hypothesis_raised"
	KindHypothesisSettled  Kind = "timeline.hypothesis_settled"
	KindMessageCaptured    Kind = "timeline.message_captured"
	KindMessageEdited      Kind = "timeline.message_edited"
	KindMessageDeleted     Kind = "timeline.message_deleted"
	KindEntryWithdrawn     Kind = "timeline.entry_withdrawn"
	KindEntryRestored      Kind = "timeline.entry_restored"
	KindEntryStarred       Kind = "timeline.entry_starred"
	KindEntryUnstarred     Kind = "timeline.entry_unstarred"
	KindFileSaved          Kind = "timeline.file_saved"
	KindRoomOpened         Kind = "room.room_opened"
	KindRoomRenamed        Kind = "room.room_renamed"
	KindRoomStateChanged   Kind = "room.room_state_changed"
	KindStepDone           Kind = "room.step_done"
	KindStepFailed         Kind = "room.step_failed"
	KindTicketFiled        Kind = "ticket.ticket_filed"
	KindTicketParked       Kind = "ticket.ticket_parked"
	KindTicketMoved        Kind = "ticket.ticket_moved"
	KindPostmortemDrafted  Kind = "postmortem.postmortem_drafted"
	KindPostmortemWritten  Kind = "postmortem.postmortem_written"
	KindPostmortemAdvanced Kind = "postmortem.postmortem_advanced"
)

// Kinds lists every kind there is; tests demand a reaction row, a codec and a sentence for each.
func Kinds() []Kind {
	return append([]Kind{
		KindDeclared,
		KindTitleChanged,
		KindSummaryChanged,
		KindSeverityChanged,
		KindStatusChanged,
		KindResolved,
		KindReopened,
		KindCancelled,
		KindClosed,
		KindMilestoneCorrected,
		KindRoleAssigned,
		KindRoleVacated,
		KindPersonJoined,
		KindPersonLeft,
		KindTaskAdded,
		KindTaskAmended,
		KindTaskFinished,
		KindTaskReopened,
		KindTaskWithdrawn,
		KindUpdatePosted,
		KindUpdateSnoozed,
		KindUpdateSettled,
		KindUpdateFellDue,
		KindNoteAdded,
		KindDecisionMade,
		KindHypothesisRaised,
		KindHypothesisSettled,
		KindMessageCaptured,
		KindMessageEdited,
		KindMessageDeleted,
		KindEntryWithdrawn,
		KindEntryRestored,
		KindEntryStarred,
		KindEntryUnstarred,
		KindFileSaved,
		KindRoomOpened,
		KindRoomRenamed,
		KindRoomStateChanged,
		KindStepDone,
		KindStepFailed,
		KindTicketFiled,
		KindTicketParked,
		KindTicketMoved,
		KindPostmortemDrafted,
		KindPostmortemWritten,
		KindPostmortemAdvanced,
	}, pagingKinds()...)
}

// Kind names the event.
func (Declared) Kind() Kind { return KindDeclared }

// Kind names the event.
func (TitleChanged) Kind() Kind { return KindTitleChanged }

// Kind names the event.
func (SummaryChanged) Kind() Kind { return KindSummaryChanged }

// Kind names the event.
func (SeverityChanged) Kind() Kind { return KindSeverityChanged }

// Kind names the event.
func (StatusChanged) Kind() Kind { return KindStatusChanged }

// Kind names the event.
func (Resolved) Kind() Kind { return KindResolved }

// Kind names the event.
func (Reopened) Kind() Kind { return KindReopened }

// Kind names the event.
func (Cancelled) Kind() Kind { return KindCancelled }

// Kind names the event.
func (Closed) Kind() Kind { return KindClosed }

// Kind names the event.
func (MilestoneCorrected) Kind() Kind { return KindMilestoneCorrected }

// Kind names the event.
func (RoleAssigned) Kind() Kind { return KindRoleAssigned }

// Kind names the event.
func (RoleVacated) Kind() Kind { return KindRoleVacated }

// Kind names the event.
func (PersonJoined) Kind() Kind { return KindPersonJoined }

// Kind names the event.
func (PersonLeft) Kind() Kind { return KindPersonLeft }

// Kind names the event.
func (TaskAdded) Kind() Kind { return KindTaskAdded }

// Kind names the event.
func (TaskAmended) Kind() Kind { return KindTaskAmended }

// Kind names the event.
func (TaskFinished) Kind() Kind { return KindTaskFinished }

// Kind names the event.
func (TaskReopened) Kind() Kind { return KindTaskReopened }

// Kind names the event.
func (TaskWithdrawn) Kind() Kind { return KindTaskWithdrawn }

// Kind names the event.
func (UpdatePosted) Kind() Kind { return KindUpdatePosted }

// Kind names the event.
func (UpdateSnoozed) Kind() Kind { return KindUpdateSnoozed }

// Kind names the event.
func (UpdateSettled) Kind() Kind { return KindUpdateSettled }

// Kind names the event.
func (UpdateFellDue) Kind() Kind { return KindUpdateFellDue }

// Kind names the event.
func (NoteAdded) Kind() Kind { return KindNoteAdded }

// Kind names the event.
func (DecisionMade) Kind() Kind { return KindDecisionMade }

// Kind names the event.
func (HypothesisRaised) Kind() Kind { return KindHypothesisRaised }

// Kind names the event.
func (HypothesisSettled) Kind() Kind { return KindHypothesisSettled }

// Kind names the event.
func (MessageCaptured) Kind() Kind { return KindMessageCaptured }

// Kind names the event.
func (MessageEdited) Kind() Kind { return KindMessageEdited }

// Kind names the event.
func (MessageDeleted) Kind() Kind { return KindMessageDeleted }

// Kind names the event.
func (EntryWithdrawn) Kind() Kind { return KindEntryWithdrawn }

// Kind names the event.
func (EntryRestored) Kind() Kind { return KindEntryRestored }

// Kind names the event.
func (EntryStarred) Kind() Kind { return KindEntryStarred }

// Kind names the event.
func (EntryUnstarred) Kind() Kind { return KindEntryUnstarred }

// Kind names the event.
func (FileSaved) Kind() Kind { return KindFileSaved }

// Kind names the event.
func (RoomOpened) Kind() Kind { return KindRoomOpened }

// Kind names the event.
func (RoomRenamed) Kind() Kind { return KindRoomRenamed }

// Kind names the event.
func (RoomStateChanged) Kind() Kind { return KindRoomStateChanged }

// Kind names the event.
func (StepDone) Kind() Kind { return KindStepDone }

// Kind names the event.
func (StepFailed) Kind() Kind { return KindStepFailed }

// Kind names the event.
func (TicketFiled) Kind() Kind { return KindTicketFiled }

// Kind names the event.
func (TicketParked) Kind() Kind { return KindTicketParked }

// Kind names the event.
func (TicketMoved) Kind() Kind { return KindTicketMoved }

// Kind names the event.
func (PostmortemDrafted) Kind() Kind { return KindPostmortemDrafted }

// Kind names the event.
func (PostmortemWritten) Kind() Kind { return KindPostmortemWritten }

// Kind names the event.
func (PostmortemAdvanced) Kind() Kind { return KindPostmortemAdvanced }

// OccurredAt is the time it is about.
func (e NoteAdded) OccurredAt() time.Time { return e.At }

// OccurredAt is the time it is about.
func (e DecisionMade) OccurredAt() time.Time { return e.At }

// OccurredAt is when the message was posted.
func (e MessageCaptured) OccurredAt() time.Time { return e.Message.PostedAt }

// OccurredAt is when Slack says it was done.
func (e MessageEdited) OccurredAt() time.Time { return e.At }

// OccurredAt is when Slack says it was done.
func (e MessageDeleted) OccurredAt() time.Time { return e.At }

// Subject is the entry it amends.
func (e MessageEdited) Subject() int64 { return e.Entry }

// Subject is the entry it amends.
func (e MessageDeleted) Subject() int64 { return e.Entry }

// Subject is the entry it amends.
func (e EntryWithdrawn) Subject() int64 { return e.Entry }

// Subject is the entry it amends.
func (e EntryRestored) Subject() int64 { return e.Entry }

// Subject is the entry it amends.
func (e EntryStarred) Subject() int64 { return e.Entry }

// Subject is the entry it amends.
func (e EntryUnstarred) Subject() int64 { return e.Entry }

// Subject is the entry it amends.
func (e FileSaved) Subject() int64 { return e.Entry }
