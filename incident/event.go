package incident

import "time"

// Kind names a kind of event. It is stored and never changes its meaning.
type Kind string

// Event is a fact about an incident. The structs below are all there are; read
// them to know the product.
type Event interface{ Kind() Kind }

// Dated is an event that happened at another time than it was recorded, such as
// a message that is pinned later or a note that is backdated.
type Dated interface{ OccurredAt() time.Time }

// About is an event that amends an earlier timeline entry.
type About interface{ Subject() int64 }

// The life of an incident.
type (
	// Declared begins it.
	Declared struct {
		Title    string   `json:"title"`
		Severity Severity `json:"severity"`
		Status   Status   `json:"status"`
		Summary  string   `json:"summary,omitempty"`
		Private  bool     `json:"private,omitempty"`
		Service  string   `json:"service,omitempty"` // that is broken, by its id
		Origin   *Message `json:"origin,omitempty"`
	}
	// TitleChanged renames it.
	TitleChanged struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	// SummaryChanged says anew what is known.
	SummaryChanged struct {
		Summary string `json:"summary"`
	}
	// SeverityChanged re-grades it.
	SeverityChanged struct {
		From Severity `json:"from"`
		To   Severity `json:"to"`
	}
	// StatusChanged moves it between triage, active and mitigated.
	StatusChanged struct {
		From Status `json:"from"`
		To   Status `json:"to"`
	}
	// Resolved ends the impact.
	Resolved struct {
		ImpactStart time.Time `json:"impact_start,omitzero"`
		ImpactEnd   time.Time `json:"impact_end"`
		Cause       string    `json:"cause,omitempty"`
	}
	// Reopened makes it active again. What had been noted of the milestones that are
	// not reached any more is taken back; zero are those that were not noted.
	Reopened struct {
		From      Status    `json:"from"`
		Reason    string    `json:"reason,omitempty"`
		Mitigated time.Time `json:"mitigated,omitzero"`
		ImpactEnd time.Time `json:"impact_end,omitzero"`
	}
	// Cancelled says that it was none.
	Cancelled struct {
		Reason string `json:"reason,omitempty"`
	}
	// Closed ends the paperwork.
	Closed struct{}
	// MilestoneCorrected sets an instant that was noted wrongly.
	MilestoneCorrected struct {
		Milestone Milestone `json:"milestone"`
		From      time.Time `json:"from,omitzero"`
		To        time.Time `json:"to,omitzero"`
		Reason    string    `json:"reason,omitempty"`
	}
)

// Who does what.
type (
	// RoleAssigned gives a role; From is who held it before.
	RoleAssigned struct {
		Role Role     `json:"role"`
		To   PersonID `json:"to"`
		From PersonID `json:"from,omitempty"`
	}
	// RoleVacated leaves a role empty.
	RoleVacated struct {
		Role Role     `json:"role"`
		From PersonID `json:"from"`
	}
	// PersonJoined notes who came into the war room.
	PersonJoined struct {
		Person PersonID `json:"person"`
	}
	// PersonLeft notes who left the war room.
	PersonLeft struct {
		Person PersonID `json:"person"`
	}
	// TaskAdded writes down work to be done.
	TaskAdded struct {
		Number   int       `json:"number"`
		TaskKind TaskKind  `json:"task_kind"`
		Text     string    `json:"text"`
		Owner    PersonID  `json:"owner,omitempty"`
		DueOn    time.Time `json:"due_on,omitzero"`
	}
	// TaskAmended changes text, owner or due date. WasOwner had it before.
	TaskAmended struct {
		Number   int       `json:"number"`
		TaskKind TaskKind  `json:"task_kind"`
		Text     string    `json:"text"`
		Owner    PersonID  `json:"owner,omitempty"`
		DueOn    time.Time `json:"due_on,omitzero"`
		WasOwner PersonID  `json:"was_owner,omitempty"`
	}
	// TaskFinished ticks work off.
	TaskFinished struct {
		Number   int      `json:"number"`
		TaskKind TaskKind `json:"task_kind"`
		Text     string   `json:"text"`
	}
	// TaskReopened takes the tick back.
	TaskReopened struct {
		Number   int      `json:"number"`
		TaskKind TaskKind `json:"task_kind"`
		Text     string   `json:"text"`
	}
	// TaskWithdrawn takes work off the list.
	TaskWithdrawn struct {
		Number   int      `json:"number"`
		TaskKind TaskKind `json:"task_kind"`
		Text     string   `json:"text"`
		Reason   string   `json:"reason,omitempty"`
	}
)

// What is told to stakeholders.
type (
	// UpdatePosted tells them how things stand and promises the next update. Severity
	// and Status are what held then; those of old entries have none.
	UpdatePosted struct {
		Text       string    `json:"text"`
		Severity   Severity  `json:"severity,omitzero"`
		Status     Status    `json:"status,omitzero"`
		NextDue    time.Time `json:"next_due,omitzero"`
		Promised   time.Time `json:"promised,omitzero"` // when this one had been promised
		Kept       bool      `json:"kept"`              // it was in time, or none was promised
		Generation int       `json:"generation"`
	}
	// UpdateSnoozed moves the promise.
	UpdateSnoozed struct {
		Until      time.Time `json:"until"`
		Generation int       `json:"generation"`
	}
	// UpdateSettled drops the promise.
	UpdateSettled struct{}
	// UpdateFellDue is a promise whose time has come.
	UpdateFellDue struct {
		Due        time.Time `json:"due"`
		Generation int       `json:"generation"`
	}
)

// What people put on record.
type (
	// NoteAdded is a remark, possibly about an earlier time.
	NoteAdded struct {
		Text string    `json:"text"`
		At   time.Time `json:"at"`
		Key  bool      `json:"key,omitempty"`
	}
	// DecisionMade notes what was decided.
	DecisionMade struct {
		Text string    `json:"text"`
		At   time.Time `json:"at"`
	}
	// HypothesisRaised is an idea of what is wrong.
	HypothesisRaised struct {
		Number int    `json:"number"`
		Text   string `json:"text"`
	}
	// HypothesisSettled says what came of it: confirmed or ruled out.
	HypothesisSettled struct {
		Number  int    `json:"number"`
		Text    string `json:"text"`
		Outcome string `json:"outcome"`
	}
	// MessageCaptured puts a Slack message on record as it was written.
	MessageCaptured struct {
		Message Message `json:"message"`
		Via     string  `json:"via"` // pin, emoji, star, action or shortcut
		Key     bool    `json:"key,omitempty"`
	}
	// MessageEdited follows an edit in Slack; the old text stays.
	MessageEdited struct {
		Entry int64     `json:"entry"`
		From  string    `json:"from"`
		To    string    `json:"to"`
		At    time.Time `json:"at"`
	}
	// MessageDeleted follows a deletion in Slack; the old text stays.
	MessageDeleted struct {
		Entry int64     `json:"entry"`
		At    time.Time `json:"at"`
	}
	// EntryWithdrawn takes an entry off the timeline.
	EntryWithdrawn struct {
		Entry int64 `json:"entry"`
	}
	// EntryRestored puts it back.
	EntryRestored struct {
		Entry int64 `json:"entry"`
	}
	// EntryStarred makes an entry a key event.
	EntryStarred struct {
		Entry int64 `json:"entry"`
	}
	// EntryUnstarred takes that back.
	EntryUnstarred struct {
		Entry int64 `json:"entry"`
	}
	// FileSaved notes that an attachment was copied into our own storage.
	FileSaved struct {
		Entry int64  `json:"entry"`
		File  File   `json:"file"`
		Copy  int64  `json:"copy"`            // id of our copy
		Error string `json:"error,omitempty"` // why there is none
	}
)

// What became of the incident's places elsewhere.
type (
	// RoomOpened binds the war room.
	RoomOpened struct {
		Channel string `json:"channel"`
		Name    string `json:"name"`
	}
	// RoomRenamed follows a rename by hand.
	RoomRenamed struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	// RoomStateChanged follows archiving, un-archiving and loss.
	RoomStateChanged struct {
		State  RoomState `json:"state"`
		Reason string    `json:"reason,omitempty"`
	}
	// StepDone notes that one of the things a declare sets off is in place.
	StepDone struct {
		Step string `json:"step"`
	}
	// StepFailed notes why one is not, and whether it will be tried again.
	StepFailed struct {
		Step   string `json:"step"`
		Reason string `json:"reason"`
		Final  bool   `json:"final,omitempty"`
	}
	// TicketFiled notes the tracker's key; task 0 is the incident itself.
	TicketFiled struct {
		Task int    `json:"task"`
		Key  string `json:"key"`
		URL  string `json:"url"`
	}
	// TicketParked says in words why there is no ticket yet, or, with a key, why the
	// ticket cannot follow.
	TicketParked struct {
		Task   int    `json:"task"`
		Key    string `json:"key,omitempty"`
		Reason string `json:"reason"`
	}
	// TicketMoved follows the ticket's status in the tracker.
	TicketMoved struct {
		Task   int    `json:"task"`
		Key    string `json:"key"`
		Status string `json:"status"`
		Done   bool   `json:"done"`
	}
	// PostmortemDrafted notes a new draft.
	PostmortemDrafted struct {
		Version int `json:"version"`
	}
	// PostmortemWritten notes that a person wrote a section.
	PostmortemWritten struct {
		Section string `json:"section"`
	}
	// PostmortemAdvanced moves it to review or publication.
	PostmortemAdvanced struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
)
