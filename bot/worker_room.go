package bot

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// openRoom makes the war room, once. The incident exists already; if Slack fails
// here, everything else goes on and this is tried again.
func (b *Bot) openRoom(ctx context.Context, id incident.ID) error {
	i, err := b.Incidents.Get(ctx, id)
	if err != nil || i.Status == incident.StatusTriage {
		return err // whoever accepts it sets this off again
	}
	s, err := b.begin(ctx, id, stepRoom)
	if err != nil || s.State == stepDone {
		return err
	}
	channel, name, err := b.makeChannel(ctx, i, s)
	if err != nil {
		return errors.Join(err, b.noteFailure(ctx, s, err))
	}
	s.Channel, s.Remote, s.State = channel, name, stepDone
	_, err = b.Incidents.Change(ctx, id, incident.System, func(ctx context.Context, tx pgx.Tx, i *incident.Incident, now time.Time) ([]incident.Event, error) {
		events, err := i.OpenRoom(channel, name)
		if err != nil {
			return nil, err
		}
		return events, saveStep(ctx, tx, s, now)
	})
	return err
}

// How many names are tried when channels of other people have ours.
const roomNames = 5

// makeChannel creates the channel under the first name that is free. After an
// attempt that may have reached Slack, a channel of this incident's number which
// we made since is ours, whatever the incident was called then; a channel that
// anybody else made, or that is older, is never touched.
func (b *Bot) makeChannel(ctx context.Context, i *incident.Incident, s *step) (channel, name string, err error) {
	if s.again() {
		channel, name, err = b.API.OwnChannel(ctx, view.RoomName(int64(i.ID), "", 0), s.Started.Add(-time.Minute))
		if err != nil || channel != "" {
			return channel, name, err
		}
	}
	for n := range roomNames {
		name = view.RoomName(int64(i.ID), i.Title, n)
		channel, err = b.API.CreateChannel(ctx, name, i.Private)
		if gone, ok := errors.AsType[*Gone](err); ok && gone.Code == "name_taken" {
			continue
		}
		return channel, name, err
	}
	return "", "", &Gone{Method: "conversations.create", Code: "no_room_name",
		Sentence: "Slack has channels of the names " + view.RoomName(int64(i.ID), i.Title, 0) + " to " + name + " already; rename one of them."}
}

// invitePeople invites whoever declared it, holds a role or has work to do in it.
// Somebody who cannot be invited does not keep the others out.
func (b *Bot) invitePeople(ctx context.Context, id incident.ID) error {
	i, err := b.Incidents.Get(ctx, id)
	if err != nil || !i.Room.Open() {
		return err
	}
	owners, err := b.owners(ctx, id)
	if err != nil {
		return err
	}
	return b.keep(ctx, i, stepInvite, func(*step) error {
		failed, err := b.API.Invite(ctx, i.Room.Channel, distinct(append(partakers(i), owners...)))
		if err != nil {
			return err
		}
		for _, f := range failed {
			if err := b.say(ctx, i, "invite-"+f.Person, view.NotInvited(incident.PersonID(f.Person), f.Reason)); err != nil {
				return err
			}
		}
		return nil
	})
}

// partakers are the people of an incident, each once.
func partakers(i *incident.Incident) []string {
	people := []string{string(i.DeclaredBy.Person())}
	for _, info := range incident.RoleCatalogue() {
		for _, p := range i.Roles[info.Role] {
			people = append(people, string(p))
		}
	}
	return distinct(people)
}

// distinct keeps of each person the first, and nobody out.
func distinct(people []string) []string {
	var once []string
	for _, p := range people {
		if p != "" && !slices.Contains(once, p) {
			once = append(once, p)
		}
	}
	return once
}

// setTopic keeps the topic true: severity, status, commander, next update. It is
// only sent when it differs from the one sent last.
func (b *Bot) setTopic(ctx context.Context, id incident.ID) error {
	i, err := b.Incidents.Get(ctx, id)
	if err != nil || !i.Room.Open() {
		return err
	}
	s, found, err := readStep(ctx, b.Pool, id, stepTopic)
	if err != nil {
		return err
	}
	if !found || s.State != stepDone {
		err := b.takeStep(ctx, id, stepTopic, func(s *step) error {
			s.Drawn = i.Revision
			return b.sendTopic(ctx, i, s)
		})
		if err != nil {
			return b.roomTrouble(ctx, i, err)
		}
	}
	return b.redrawWith(ctx, id, stepTopic, b.sendTopic)
}

func (b *Bot) sendTopic(ctx context.Context, i *incident.Incident, s *step) error {
	if !i.Room.Open() {
		return nil
	}
	commander, err := b.nameOf(ctx, i.Holder(incident.Commander))
	if err != nil {
		return err
	}
	topic := view.RoomTopic(i, commander)
	if s.Remote == topic {
		return nil
	}
	if err := b.API.SetTopic(ctx, i.Room.Channel, topic); err != nil {
		return err
	}
	s.Remote = topic
	return noteRemote(ctx, b.Pool, s)
}

// roomTrouble notes on the incident when a call failed because the room itself is
// gone: archived, deleted, or without us. It gives the cause back.
func (b *Bot) roomTrouble(ctx context.Context, i *incident.Incident, cause error) error {
	gone, ok := errors.AsType[*Gone](cause)
	if !ok {
		return cause
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	switch gone.Code {
	case "is_archived":
		return errors.Join(cause, b.roomBecomes(ctx, i, incident.RoomArchived, gone.Sentence, ""))
	case "channel_not_found", "not_in_channel":
		return errors.Join(cause, b.roomBecomes(ctx, i, incident.RoomLost, gone.Sentence, ""))
	}
	return cause
}
