package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// say posts something in the war room, once for each key. Without a room that
// can be written to there is nobody to tell.
func (b *Bot) say(ctx context.Context, i *incident.Incident, key string, m view.Message) error {
	if !i.Room.Open() {
		return nil
	}
	if _, err := b.postOnce(ctx, i.ID, key, i.Room.Channel, "", m); err != nil {
		return b.roomTrouble(ctx, i, err)
	}
	return nil
}

// tellRoom says in the war room what has happened, in the order in which it did:
// it waits for what is still to be told from before, and for a room that is still to
// be made, while it is news.
func (b *Bot) tellRoom(ctx context.Context, a TellRoom) error {
	i, entry, err := b.entry(ctx, a.Incident, a.Entry)
	if err != nil {
		return err
	}
	if i.Status == incident.StatusTriage && i.Room.Channel == "" {
		return nil // its card tells it
	}
	if age := time.Since(entry.RecordedAt); i.Room.Channel == "" && age < newsAge {
		return later{"there is no war room yet", min(announcedPause, max(age/2, tellPause))}
	}
	if !i.Room.Open() {
		return nil
	}
	if err := b.turn(ctx, a.Kind(), a.Incident, a.Entry); err != nil {
		return err
	}
	if err := b.say(ctx, i, tellKey(a.Entry), view.Happened(i, entry)); err != nil {
		return err
	}
	return b.outdated(ctx, entry)
}

// tellKey is under which an entry is told in the war room.
func tellKey(entry int64) string { return fmt.Sprintf("entry-%d", entry) }

// turn puts a job off while another one of its kind has something to tell of the same
// incident that happened before.
func (b *Bot) turn(ctx context.Context, kind string, id incident.ID, entry int64) error {
	waiting, err := earlierToTell(ctx, b.Pool, kind, id, entry)
	if err == nil && waiting {
		return later{"something that happened before is told first", tellPause}
	}
	return err
}

// tellStakeholders posts an update under the announcement, where those look who
// are not in the room, in the order in which they were posted. Without an announcement there is nobody to tell:
// it is waited for while it may still come, and while the update is news.
func (b *Bot) tellStakeholders(ctx context.Context, a TellStakeholders) error {
	i, entry, err := b.entry(ctx, a.Incident, a.Entry)
	if err != nil || !b.isAnnounced(i) {
		return err
	}
	s, found, err := readStep(ctx, b.Pool, i.ID, stepAnnounce)
	if err != nil {
		return err
	}
	switch {
	case found && s.State == stepFailed, time.Since(entry.OccurredAt) > newsAge:
		return nil
	case !found || s.Remote == "":
		return later{"not announced yet", announcedPause}
	}
	if err := b.turn(ctx, a.Kind(), a.Incident, a.Entry); err != nil {
		return err
	}
	_, err = b.postOnce(ctx, i.ID, fmt.Sprintf("stakeholders-%d", a.Entry), s.Channel, s.Remote, view.Happened(i, entry))
	return err
}

const (
	tellPause      = 200 * time.Millisecond // how often it is looked whether it is an entry's turn
	newsAge        = 24 * time.Hour         // an update that could not be told for so long is no news
	announcedPause = 5 * time.Second        // how often it is looked whether there is an announcement
)

// tellHolder tells a new holder what the role asks for, to them alone. Somebody
// who has handed it on meanwhile is left in peace.
func (b *Bot) tellHolder(ctx context.Context, a TellHolder) error {
	i, err := b.Incidents.Get(ctx, a.Incident)
	if err != nil || !holds(i, a.Role, a.Person) {
		return err
	}
	return b.whisper(ctx, i, a.Person, fmt.Sprintf("duties-%d", a.Entry), view.Duties(i, a.Role, b.Settings.Command))
}

func holds(i *incident.Incident, r incident.Role, p incident.PersonID) bool {
	for _, holder := range i.Roles[r] {
		if holder == p {
			return true
		}
	}
	return false
}

// whisper shows something to one person: in their direct messages, where it
// waits for them even when they are not in the room yet.
func (b *Bot) whisper(ctx context.Context, i *incident.Incident, to incident.PersonID, key string, m view.Message) error {
	channel, err := b.API.OpenDM(ctx, string(to))
	if err != nil {
		return err
	}
	_, err = b.postOnce(ctx, i.ID, key, channel, "", m)
	return err
}

// nudgeCommander reminds the commander of the promised update, or the whole room
// when nobody commands.
func (b *Bot) nudgeCommander(ctx context.Context, a NudgeCommander) error {
	i, err := b.Incidents.Get(ctx, a.Incident)
	if err != nil || i.UpdateGeneration != a.Generation || i.UpdateDueAt.IsZero() {
		return err
	}
	return b.say(ctx, i, fmt.Sprintf("update-due-%d", a.Generation), view.UpdateDue(i))
}

// briefJoiner shows how things stand to whoever just came in, to them alone.
func (b *Bot) briefJoiner(ctx context.Context, a BriefJoiner) error {
	i, err := b.Incidents.Get(ctx, a.Incident)
	if err != nil || !i.Room.Open() || a.Person == i.DeclaredBy.Person() {
		return err
	}
	now, err := b.situationWithLines(ctx, i)
	if err != nil {
		return err
	}
	m := view.Brief(now)
	return b.API.PostEphemeral(ctx, a.Person, Post{Channel: i.Room.Channel, Text: m.Text, Blocks: m.Blocks})
}

// showPostmortem posts where the draft is, once.
func (b *Bot) showPostmortem(ctx context.Context, id incident.ID) error {
	i, err := b.Incidents.Get(ctx, id)
	if err != nil {
		return err
	}
	url, err := b.postmortemURL(ctx, i)
	if err != nil || url == "" {
		return err
	}
	doc, err := b.Postmortems.Read(ctx, id)
	if err != nil {
		return err
	}
	return b.say(ctx, i, "postmortem", view.PostmortemReady(i, url, unfinished(doc)))
}

func (b *Bot) entry(ctx context.Context, id incident.ID, entry int64) (*incident.Incident, timeline.Entry, error) {
	i, err := b.Incidents.Get(ctx, id)
	if err != nil {
		return nil, timeline.Entry{}, err
	}
	e, err := b.Timeline.Entry(ctx, id, entry)
	return i, e, err
}
