package bot

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// How far a look back goes.
const (
	backlog       = 24 * time.Hour // messages of that age
	backlogRooms  = 200            // incidents
	backlogThread = 20             // threads of a room that were answered in lately
	backlogAlone  = 50             // marked messages that are older, or in other threads
)

// CatchUpAll enqueues a look back into every open incident's war room. It is called
// when a connection to Slack has come up: what happened while none was there may
// have been lost. A look that is still to begin is not enqueued twice.
func (b *Bot) CatchUpAll(ctx context.Context) error {
	open, err := b.Incidents.Open(ctx, backlogRooms)
	if err != nil {
		return err
	}
	for _, i := range open {
		waiting, err := isWaiting(ctx, b.Pool, CatchUp{Incident: i.ID})
		if err != nil {
			return err
		}
		if waiting || i.Room.Channel == "" {
			continue
		}
		if _, err := b.Jobs.Insert(ctx, CatchUp{Incident: i.ID}, nil); err != nil {
			return err
		}
	}
	return nil
}

// catchUp compares the room with what is known of it, and follows what has changed
// as if its events had come: the channel itself, marks, edits, deletions.
func (b *Bot) catchUp(ctx context.Context, id incident.ID) error {
	i, err := b.Incidents.Get(ctx, id)
	if err != nil || i.Room.Channel == "" {
		return err
	}
	if i, err = b.refreshRoom(ctx, i, "", i.Room.State == incident.RoomArchived); err != nil || !i.Room.Open() {
		return err
	}
	known, err := b.Timeline.Marked(ctx, id, i.Room.Channel) // before Slack is read: what comes later wins
	if err != nil {
		return err
	}
	r := roomReading{b: b, i: i, messages: map[string]slack.Message{}, pins: map[string]bool{}, gone: map[string]bool{}}
	if err := r.read(ctx, known); err != nil {
		return b.roomTrouble(ctx, i, err)
	}
	for ts, m := range r.messages {
		if err := r.follow(ctx, m, known[ts]); err != nil {
			return err
		}
	}
	for ts := range r.gone {
		if err := b.Timeline.MessageDeleted(ctx, id, i.Room.Channel, ts, incident.Now(), incident.System); err != nil {
			return err
		}
	}
	return nil
}

// refreshRoom asks Slack how the channel is and follows that. Events about it may
// come in any order; what Slack says now is true. who is the one whose act made us
// look, if anybody's. Archiving drops us from a channel; dropped says that it was
// archived, so that we may go back into a public one that no longer is.
func (b *Bot) refreshRoom(ctx context.Context, i *incident.Incident, who incident.PersonID, dropped bool) (*incident.Incident, error) {
	c, err := b.API.ChannelInfo(ctx, i.Room.Channel)
	if isGone(err, "channel_not_found") {
		return b.roomIs(ctx, i, incident.RoomLost, "the channel was deleted, or Tocsin was removed from it; invite it again to go on", who)
	}
	if err != nil {
		return i, err
	}
	if i, err = b.Incidents.RoomRenames(ctx, i.ID, c.Name, incident.System); err != nil {
		return i, err
	}
	switch {
	case c.IsArchived:
		return b.roomIs(ctx, i, incident.RoomArchived, "the channel was archived", who)
	case c.IsMember:
		return b.roomIs(ctx, i, incident.RoomOpen, "the channel can be written to again", who)
	case dropped && !c.IsPrivate:
		if err := b.API.JoinChannel(ctx, i.Room.Channel); err != nil {
			return i, err
		}
		return b.roomIs(ctx, i, incident.RoomOpen, "the channel was un-archived", who)
	}
	return b.roomIs(ctx, i, incident.RoomLost, "Tocsin was removed from the channel; invite it again to go on", who)
}

// roomReading is what a room shows now.
type roomReading struct {
	b        *Bot
	i        *incident.Incident
	messages map[string]slack.Message // by ts
	pins     map[string]bool
	gone     map[string]bool // messages on record that are no longer there
}

// read fetches the recent messages, the threads that were answered in lately, what
// is pinned, and whatever else is marked.
func (r *roomReading) read(ctx context.Context, known map[string][]timeline.Mark) error {
	oldest := r.i.DeclaredAt
	if start := time.Now().Add(-backlog); start.After(oldest) {
		oldest = start
	}
	recent, err := r.b.API.History(ctx, r.i.Room.Channel, tsOf(oldest))
	if err != nil {
		return err
	}
	r.add(recent)
	if err := r.readThreads(ctx, recent, tsOf(oldest)); err != nil {
		return err
	}
	pinned, err := r.b.API.Pinned(ctx, r.i.Room.Channel)
	if err != nil {
		return err
	}
	for _, m := range pinned {
		r.pins[m.Timestamp] = true
	}
	r.add(pinned)
	return r.readRest(ctx, known)
}

func (r *roomReading) add(list []slack.Message) {
	for _, m := range list {
		if _, have := r.messages[m.Timestamp]; !have && m.SubType != tombstone {
			r.messages[m.Timestamp] = m
		}
	}
}

func (r *roomReading) readThreads(ctx context.Context, recent []slack.Message, oldest string) error {
	left := backlogThread
	for at := len(recent) - 1; at >= 0 && left > 0; at-- { // the newest first
		if m := recent[at]; m.ReplyCount == 0 || m.LatestReply < oldest {
			continue
		}
		left--
		replies, err := r.b.API.Replies(ctx, r.i.Room.Channel, recent[at].Timestamp)
		if err != nil {
			return err
		}
		r.add(replies)
	}
	return nil
}

// readRest looks for marked messages one by one that were not among the others.
func (r *roomReading) readRest(ctx context.Context, known map[string][]timeline.Mark) error {
	left := backlogAlone
	for ts := range known {
		if _, have := r.messages[ts]; have || left == 0 {
			continue
		}
		left--
		m, found, err := r.b.API.Message(ctx, r.i.Room.Channel, ts)
		if err != nil {
			return err
		}
		if !found {
			r.gone[ts] = true
			continue
		}
		r.messages[ts] = m
	}
	return nil
}

// follow makes what is known of one message what it shows.
func (r *roomReading) follow(ctx context.Context, m slack.Message, known []timeline.Mark) error {
	for _, mark := range r.changes(m, known) {
		if err := r.b.applyMark(ctx, r.i, mark); err != nil {
			return err
		}
	}
	if m.Edited == nil {
		return nil
	}
	return r.b.Timeline.MessageEdited(ctx, r.i.ID, r.i.Room.Channel, m.Timestamp, r.b.plain(ctx, m.Text), timeOf(m.Edited.Timestamp), incident.By(incident.PersonID(m.Edited.User)))
}

// changes are the marks that the message shows and that are not known, and those
// that are known and no longer shown. Each is told as if it had happened right
// after what is known, so that every real event about it has the last word.
func (r *roomReading) changes(m slack.Message, known []timeline.Mark) []timeline.Mark {
	shown, whole := r.shown(m)
	var list []timeline.Mark
	for _, k := range known {
		there := shown[markOf{k.Via, k.By}]
		delete(shown, markOf{k.Via, k.By})
		if k.Via == timeline.ViaShortcut || k.Present == there || (k.Present && !whole) {
			continue
		}
		k.Present, k.EventTS = there, k.EventTS+"0"
		k.Message = messageOf(r.i.Room.Channel, m)
		list = append(list, k)
	}
	for k := range shown {
		if r.b.isSelf(incident.PersonID(m.User)) {
			continue // whoever marks what we said was told of that, and is not told anew
		}
		list = append(list, timeline.Mark{Message: messageOf(r.i.Room.Channel, m), By: k.by, Via: k.via, Present: true, EventTS: m.Timestamp})
	}
	return list
}

// markOf is whose word of what kind a mark is; a pin is nobody's own.
type markOf struct {
	via timeline.Via
	by  incident.PersonID
}

// shown are the marks on a message. whole is false when Slack does not name
// everybody: then nobody can be said to have taken a mark back.
func (r *roomReading) shown(m slack.Message) (marks map[markOf]bool, whole bool) {
	marks, whole = map[markOf]bool{}, true
	for _, reaction := range m.Reactions {
		via, ok := markVia(r.b.Settings.Emoji.Meaning(reaction.Name))
		if !ok {
			continue
		}
		whole = whole && len(reaction.Users) >= reaction.Count
		for _, person := range reaction.Users {
			if by := incident.PersonID(person); !r.b.isSelf(by) {
				marks[markOf{via, by}] = true
			}
		}
	}
	if r.pins[m.Timestamp] {
		marks[markOf{timeline.ViaPin, ""}] = true
	}
	return marks, whole
}

func markVia(m Meaning) (timeline.Via, bool) {
	switch m {
	case MeansTimeline:
		return timeline.ViaEmoji, true
	case MeansKeyEvent:
		return timeline.ViaStar, true
	case MeansActionItem:
		return timeline.ViaAction, true
	}
	return "", false
}

// tidyUp forgets envelopes that can no longer be repeated: Slack repeats within
// minutes, we remember for a day.
func (b *Bot) tidyUp(ctx context.Context) error {
	return forgetInbound(ctx, b.Pool, time.Now().Add(-24*time.Hour))
}
