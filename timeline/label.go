package timeline

import "github.com/tocsinhq/tocsin/incident"

// labels has a short noun for each kind, for the column of a table.
var labels = map[incident.Kind]string{
	incident.KindDeclared:           "Declared",
	incident.KindTitleChanged:       "Title",
	incident.KindSummaryChanged:     "Summary",
	incident.KindSeverityChanged:    "Severity",
	incident.KindStatusChanged:      "Status",
	incident.KindResolved:           "Resolved",
	incident.KindReopened:           "Reopened",
	incident.KindCancelled:          "Cancelled",
	incident.KindClosed:             "Closed",
	incident.KindMilestoneCorrected: "Milestone",
	incident.KindRoleAssigned:       "Role",
	incident.KindRoleVacated:        "Role left",
	incident.KindPersonJoined:       "Joined",
	incident.KindPersonLeft:         "Left",
	incident.KindTaskAdded:          "Task",
	incident.KindTaskAmended:        "Task change",
	incident.KindTaskFinished:       "Task done",
	incident.KindTaskReopened:       "Task reopened",
	incident.KindTaskWithdrawn:      "Task withdrawn",
	incident.KindUpdatePosted:       "Update",
	incident.KindUpdateSnoozed:      "Update moved",
	incident.KindUpdateSettled:      "Promise dropped",
	incident.KindUpdateFellDue:      "Update due",
	incident.KindNoteAdded:          "Note",
	incident.KindDecisionMade:       "Decision",
	incident.KindHypothesisRaised:   "Hypothesis",
	incident.KindHypothesisSettled:  "Finding",
	incident.KindMessageCaptured:    "Message",
	incident.KindMessageEdited:      "Edit",
	incident.KindMessageDeleted:     "Deletion",
	incident.KindEntryWithdrawn:     "Withdrawal",
	incident.KindEntryRestored:      "Restoration",
	incident.KindEntryStarred:       "Star",
	incident.KindEntryUnstarred:     "Star removed",
	incident.KindFileSaved:          "File",
	incident.KindRoomOpened:         "War room",
	incident.KindRoomRenamed:        "Room name",
	incident.KindRoomStateChanged:   "Room state",
	incident.KindStepDone:           "Step",
	incident.KindStepFailed:         "Failed step",
	incident.KindTicketFiled:        "Ticket",
	incident.KindTicketParked:       "Ticket waiting",
	incident.KindTicketMoved:        "Ticket status",
	incident.KindPostmortemDrafted:  "Draft",
	incident.KindPostmortemWritten:  "Section",
	incident.KindPostmortemAdvanced: "Postmortem",

	incident.KindEscalationBegan:        "Paging",
	incident.KindStepFired:              "Page",
	incident.KindEscalationAcknowledged: "Acknowledged",
	incident.KindEscalationSnoozed:      "Snoozed",
	incident.KindEscalationReturned:     "Paging again",
	incident.KindEscalationHeld:         "Held",
	incident.KindEscalationRefused:      "Nobody paged",
	incident.KindEscalationExhausted:    "Nobody answered",
	incident.KindEscalationResolved:     "Paging over",
	incident.KindDeliveryMoved:          "Delivery",
	incident.KindPersonUnreachable:      "Unreachable",
}

// KindLabel returns a short noun for a kind, for tables. An unknown kind is
// returned as it is stored.
func KindLabel(kind incident.Kind) string {
	if label, ok := labels[kind]; ok {
		return label
	}
	return string(kind)
}
