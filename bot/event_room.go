package bot

import (
	"context"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
)

// inRoom runs f for the incident whose war room an event is about. Events of
// other channels are none of our business.
func (b *Bot) inRoom(ctx context.Context, channel string, f func(*incident.Incident) error) error {
	i, ok, err := b.Incidents.ByRoom(ctx, channel)
	if err != nil || !ok {
		return err
	}
	return f(i)
}

// memberJoined notes who came. When we came ourselves, somebody has let us in again.
func (b *Bot) memberJoined(ctx context.Context, e event) error {
	if b.isSelf(e.user()) {
		return b.roomChanged(ctx, e)
	}
	return b.inRoom(ctx, e.channel(), func(i *incident.Incident) error {
		return b.recordOnce(ctx, e, i.ID, incident.By(e.user()), incident.PersonJoined{Person: e.user()})
	})
}

func (b *Bot) memberLeft(ctx context.Context, e event) error {
	if b.isSelf(e.user()) {
		return b.roomChanged(ctx, e)
	}
	return b.inRoom(ctx, e.channel(), func(i *incident.Incident) error {
		return b.recordOnce(ctx, e, i.ID, incident.By(e.user()), incident.PersonLeft{Person: e.user()})
	})
}

// roomChanged follows the channel's own fate: renamed, archived, un-archived, or
// we were removed or let in. It asks Slack how things are now, since two such
// events may come in the wrong order.
func (b *Bot) roomChanged(ctx context.Context, e event) error {
	who := e.user()
	if b.isSelf(who) {
		who = ""
	}
	return b.inRoom(ctx, e.channel(), func(i *incident.Incident) error {
		_, err := b.refreshRoom(ctx, i, who, strings.HasSuffix(e.Type, "archive"))
		return err
	})
}

// channelDeleted is final.
func (b *Bot) channelDeleted(ctx context.Context, e event) error {
	return b.inRoom(ctx, e.channel(), func(i *incident.Incident) error {
		return b.roomBecomes(ctx, i, incident.RoomLost, "the channel was deleted", e.user())
	})
}

func (b *Bot) roomBecomes(ctx context.Context, i *incident.Incident, state incident.RoomState, reason string, who incident.PersonID) error {
	_, err := b.roomIs(ctx, i, state, reason, who)
	return err
}

func (b *Bot) roomIs(ctx context.Context, i *incident.Incident, state incident.RoomState, reason string, who incident.PersonID) (*incident.Incident, error) {
	by := incident.System
	if who != "" {
		by = incident.By(who)
	}
	return b.Incidents.RoomBecomes(ctx, i.ID, state, reason, by)
}
