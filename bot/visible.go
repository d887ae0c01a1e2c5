package bot

import (
	"context"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// askMembers is how long Slack is asked who is in which room before somebody counts
// as an outsider. It is well within answerWithin: to be told that time ran out would
// tell that there is something to ask about.
const askMembers = time.Second

// known is the incident of that number as far as this person may know of it. One that
// is private and none of theirs is answered in the words of one that is not there.
func (b *Bot) known(ctx context.Context, id incident.ID, p incident.PersonID) (*incident.Incident, error) {
	i, err := b.Incidents.Get(ctx, id)
	if incident.CodeOf(err) == incident.NotFound {
		return nil, b.noIncident(id)
	}
	if err != nil {
		return nil, err
	}
	may, err := b.maySee(ctx, i, p)
	if err != nil {
		return nil, err
	}
	if !may {
		return nil, b.noIncident(id)
	}
	return i, nil
}

func (b *Bot) noIncident(id incident.ID) error {
	return incident.Errorf(incident.NotFound, "There is no %s; see the open incidents with `%s list`.", id, b.Settings.Command)
}

// maySee reports whether an incident is public, or this person has a part in it, was
// given something to do in it or is in its room. Where Slack cannot be asked about
// the room they are taken for an outsider.
func (b *Bot) maySee(ctx context.Context, i *incident.Incident, p incident.PersonID) (bool, error) {
	if !i.Private || hasPart(i, p) {
		return true, nil
	}
	tasks, err := b.Incidents.Tasks(ctx, i.ID)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(tasks, func(t *incident.Task) bool { return t.Owner == p }) {
		return true, nil
	}
	return b.isInRoom(ctx, i, p), nil
}

func (b *Bot) isInRoom(ctx context.Context, i *incident.Incident, p incident.PersonID) bool {
	if i.Room.Channel == "" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, askMembers)
	defer cancel()
	in, err := b.API.IsMember(ctx, i.Room.Channel, string(p))
	if err != nil {
		b.Log.WarnContext(ctx, "members of a private room not read", "incident", i.ID.String(), "error", err)
	}
	return in
}

// visibleTo keeps what a person may see: of what is private, the same that maySee lets
// them read by its number. Slack is asked once, and only when something private is
// left; what cannot be found out about is left out.
func (b *Bot) visibleTo(ctx context.Context, list []*incident.Incident, p incident.PersonID) []*incident.Incident {
	hidden := func(i *incident.Incident) bool { return i.Private && !hasPart(i, p) }
	if !slices.ContainsFunc(list, hidden) {
		return list
	}
	rooms := b.sharedRooms(ctx, p)
	return slices.DeleteFunc(slices.Clone(list), func(i *incident.Incident) bool {
		return hidden(i) && !rooms[i.Room.Channel] && !b.hasTask(ctx, i, p)
	})
}

// sharedRooms are the private channels in which both we and a person are.
func (b *Bot) sharedRooms(ctx context.Context, p incident.PersonID) map[string]bool {
	ctx, cancel := context.WithTimeout(ctx, askMembers)
	defer cancel()
	rooms, err := b.API.PrivateChannelsOf(ctx, string(p))
	if err != nil {
		b.Log.WarnContext(ctx, "private rooms of a person not read", "error", err)
	}
	return rooms
}

func (b *Bot) hasTask(ctx context.Context, i *incident.Incident, p incident.PersonID) bool {
	tasks, err := b.Incidents.Tasks(ctx, i.ID)
	if err != nil {
		b.Log.WarnContext(ctx, "tasks of a private incident not read", "incident", i.ID.String(), "error", err)
	}
	return slices.ContainsFunc(tasks, func(t *incident.Task) bool { return t.Owner == p })
}

func hasPart(i *incident.Incident, p incident.PersonID) bool {
	return slices.Contains(partakers(i), string(p))
}
