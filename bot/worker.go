package bot

import (
	"context"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/tocsinhq/tocsin/incident"
)

// The jobs of this package. Their arguments hold ids, never copies of state, and
// their kinds never change.
type (
	// FollowEvent works out what a stored Slack event means.
	FollowEvent struct {
		Key string `json:"key"`
	}
	// OpenRoom makes the war room, once.
	OpenRoom struct {
		Incident incident.ID `json:"incident"`
	}
	// Announce posts the incident in the announcement channel, once, and keeps the post true.
	Announce struct {
		Incident incident.ID `json:"incident"`
	}
	// DrawCard posts and pins the card, once, and keeps it true.
	DrawCard struct {
		Incident incident.ID `json:"incident"`
	}
	// SetTopic keeps the war room's topic true.
	SetTopic struct {
		Incident incident.ID `json:"incident"`
	}
	// AddBookmarks keeps the war room's bookmarks true.
	AddBookmarks struct {
		Incident incident.ID `json:"incident"`
	}
	// InvitePeople invites whoever has a part in the incident.
	InvitePeople struct {
		Incident incident.ID `json:"incident"`
	}
	// TellRoom says in the war room what has happened, once for each entry.
	TellRoom struct {
		Incident incident.ID `json:"incident"`
		Entry    int64       `json:"entry"`
	}
	// TellHolder tells the new holder of a role what it asks for.
	TellHolder struct {
		Incident incident.ID       `json:"incident"`
		Entry    int64             `json:"entry"`
		Role     incident.Role     `json:"role"`
		Person   incident.PersonID `json:"person"`
	}
	// TellStakeholders posts an update under the announcement.
	TellStakeholders struct {
		Incident incident.ID `json:"incident"`
		Entry    int64       `json:"entry"`
	}
	// RemindUpdate is the timer of a promised update.
	RemindUpdate struct {
		Incident   incident.ID `json:"incident"`
		Generation int         `json:"generation"`
	}
	// NudgeCommander tells the commander that a promised update is due.
	NudgeCommander struct {
		Incident   incident.ID `json:"incident"`
		Generation int         `json:"generation"`
	}
	// BriefJoiner shows whoever joins how things stand, to them alone.
	BriefJoiner struct {
		Incident incident.ID       `json:"incident"`
		Entry    int64             `json:"entry"`
		Person   incident.PersonID `json:"person"`
	}
	// SaveFiles copies the files of a captured message off Slack.
	SaveFiles struct {
		Incident incident.ID `json:"incident"`
		Entry    int64       `json:"entry"`
	}
	// ReadCaptured looks once more at a message that was put on record.
	ReadCaptured struct {
		Incident incident.ID `json:"incident"`
		Entry    int64       `json:"entry"`
	}
	// CatchUp reads what was said in a war room while we were not listening.
	CatchUp struct {
		Incident incident.ID `json:"incident"`
	}
	// ShowPostmortem posts the draft in the war room.
	ShowPostmortem struct {
		Incident incident.ID `json:"incident"`
	}
	// ExportTimeline sends the whole timeline as a file to whoever asked.
	ExportTimeline struct {
		Incident incident.ID       `json:"incident"`
		Format   string            `json:"format"`
		Person   incident.PersonID `json:"person"`
	}
	// JoinPaged makes responders of those whom a step asks.
	JoinPaged struct {
		Incident incident.ID `json:"incident"`
		Entry    int64       `json:"entry"`
	}
	// RedrawPage makes the messages of an escalation, or that of a delivery, show
	// what became of the page.
	RedrawPage struct {
		Escalation int64 `json:"escalation,omitempty"`
		Delivery   int64 `json:"delivery,omitempty"`
	}
	// TellMaintenance tells those who own a service that its pages are held back, or
	// that this is over.
	TellMaintenance struct {
		Maintenance int64 `json:"maintenance"`
		Over        bool  `json:"over"`
	}
	// ShowCover posts a request for cover, once, and keeps the post true.
	ShowCover struct {
		Cover int64 `json:"cover"`
	}
	// TellHandoffs tells people that their shift begins or ends.
	TellHandoffs struct{}
	// SyncGroups makes Slack user groups hold whoever is on call.
	SyncGroups struct{}
	// TidyUp forgets envelopes that can no longer be repeated.
	TidyUp struct{}
)

// Kind names the job.
func (FollowEvent) Kind() string { return "bot.follow_event" }

// Kind names the job.
func (OpenRoom) Kind() string { return "bot.open_room" }

// Kind names the job.
func (Announce) Kind() string { return "bot.announce" }

// Kind names the job.
func (DrawCard) Kind() string { return "bot.draw_card" }

// Kind names the job.
func (SetTopic) Kind() string { return "bot.set_topic" }

// Kind names the job.
func (AddBookmarks) Kind() string { return "bot.add_bookmarks" }

// Kind names the job.
func (InvitePeople) Kind() string { return "bot.invite_people" }

// Kind names the job.
func (TellRoom) Kind() string { return "bot.tell_room" }

// Kind names the job.
func (TellHolder) Kind() string { return "bot.tell_holder" }

// Kind names the job.
func (TellStakeholders) Kind() string { return "bot.tell_stakeholders" }

// Kind names the job.
func (RemindUpdate) Kind() string { return "bot.remind_update" }

// Kind names the job.
func (NudgeCommander) Kind() string { return "bot.nudge_commander" }

// Kind names the job.
func (BriefJoiner) Kind() string { return "bot.brief_joiner" }

// Kind names the job.
func (SaveFiles) Kind() string { return "bot.save_files" }

// Kind names the job.
func (ReadCaptured) Kind() string { return "bot.read_captured" }

// Kind names the job.
func (CatchUp) Kind() string { return "bot.catch_up" }

// Kind names the job.
func (ShowPostmortem) Kind() string { return "bot.show_postmortem" }

// Kind names the job.
func (ExportTimeline) Kind() string { return "bot.export_timeline" }

// Kind names the job.
func (JoinPaged) Kind() string { return "bot.join_paged" }

// Kind names the job.
func (RedrawPage) Kind() string { return "bot.redraw_page" }

// Kind names the job.
func (TellMaintenance) Kind() string { return "bot.tell_maintenance" }

// Kind names the job.
func (ShowCover) Kind() string { return "bot.show_cover" }

// Kind names the job.
func (TellHandoffs) Kind() string { return "bot.tell_handoffs" }

// InsertOpts lets one of them run at a time: two at once would look for the same post,
// both not find it, and both post it. Whoever comes later looks at the clock anew.
func (TellHandoffs) InsertOpts() river.InsertOpts { return alone() }

// InsertOpts lets one of them run at a time: an older one must not have the last word.
func (SyncGroups) InsertOpts() river.InsertOpts { return alone() }

// alone keeps a job from being inserted while one of its kind is not done. That of a
// process that died is put back and done, and counts until then.
func alone() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}}
}

// Kind names the job.
func (SyncGroups) Kind() string { return "bot.sync_groups" }

// Kind names the job.
func (TidyUp) Kind() string { return "bot.tidy_up" }

// AddWorkers registers the workers of this package.
func (b *Bot) AddWorkers(w *river.Workers) {
	work(w, func(ctx context.Context, a FollowEvent) error { return b.followEvent(ctx, a.Key) })
	work(w, func(ctx context.Context, a OpenRoom) error { return b.openRoom(ctx, a.Incident) })
	work(w, func(ctx context.Context, a Announce) error { return b.announce(ctx, a.Incident) })
	work(w, func(ctx context.Context, a DrawCard) error { return b.drawCard(ctx, a.Incident) })
	work(w, func(ctx context.Context, a SetTopic) error { return b.setTopic(ctx, a.Incident) })
	work(w, func(ctx context.Context, a AddBookmarks) error { return b.addBookmarks(ctx, a.Incident) })
	work(w, func(ctx context.Context, a InvitePeople) error { return b.invitePeople(ctx, a.Incident) })
	work(w, b.tellRoom)
	work(w, b.tellHolder)
	work(w, b.tellOwner)
	work(w, b.redrawTask)
	work(w, b.tellStakeholders)
	work(w, func(ctx context.Context, a RemindUpdate) error {
		_, err := b.Incidents.UpdateFallsDue(ctx, a.Incident, a.Generation)
		return err
	})
	work(w, b.nudgeCommander)
	work(w, b.briefJoiner)
	work(w, b.saveFiles)
	work(w, b.readCaptured)
	work(w, func(ctx context.Context, a CatchUp) error { return b.catchUp(ctx, a.Incident) })
	work(w, func(ctx context.Context, a ShowPostmortem) error { return b.showPostmortem(ctx, a.Incident) })
	work(w, b.sendExport)
	work(w, b.joinPaged)
	work(w, b.showCover)
	work(w, b.tellMaintenance)
	work(w, func(ctx context.Context, _ TellHandoffs) error { return b.tellHandoffs(ctx) })
	work(w, func(ctx context.Context, _ SyncGroups) error { return b.syncGroups(ctx) })
	work(w, b.redrawPages)
	work(w, func(ctx context.Context, _ TidyUp) error { return b.tidyUp(ctx) })
}

// work makes a River worker of a plain function.
func work[T river.JobArgs](w *river.Workers, f func(context.Context, T) error) {
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[T]) error { return f(ctx, job.Args) }))
}
