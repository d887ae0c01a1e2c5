package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// envelope is the outer part of what the Events API delivers.
type outerEvent struct {
	Type    string `json:"type"`
	EventID string `json:"event_id"`
	Event   event  `json:"event"`
}

// event holds the fields that we use of all event types. Everything else,
// blocks above all, is left undecoded, so that a new kind of block in a message
// can never cost us the event.
type event struct {
	Key       string          `json:"-"` // under which it is stored
	Type      string          `json:"type"`
	Subtype   string          `json:"subtype"`
	User      json.RawMessage `json:"user"`    // an id, or in user_change a whole user
	Channel   json.RawMessage `json:"channel"` // an id, or in channel_rename an object
	ChannelID string          `json:"channel_id"`
	EventTS   string          `json:"event_ts"`
	BotID     string          `json:"bot_id"`
	Tab       string          `json:"tab"`
	Reaction  string          `json:"reaction"`
	Item      struct {
		Type    string        `json:"type"`
		Channel string        `json:"channel"`
		TS      string        `json:"ts"`
		Message *eventMessage `json:"message"`
	} `json:"item"`
	eventMessage
	DeletedTS string        `json:"deleted_ts"`
	Message   *eventMessage `json:"message"`
	Previous  *eventMessage `json:"previous_message"`
}

type eventMessage struct {
	Author string `json:"-"`
	Text   string `json:"text"`
	TS     string `json:"ts"`
	Thread string `json:"thread_ts"`
	Edited *struct {
		User string `json:"user"`
		TS   string `json:"ts"`
	} `json:"edited"`
}

// eventHandlers is THE table of Slack events: what we subscribe to and who
// follows it. The manifest is generated from it.
func eventHandlers() map[string]func(*Bot, context.Context, event) error {
	return map[string]func(*Bot, context.Context, event) error{
		"app_home_opened":         (*Bot).homeOpened,
		"message":                 (*Bot).messageChanged,
		"reaction_added":          (*Bot).reactionAdded,
		"reaction_removed":        (*Bot).reactionRemoved,
		"pin_added":               (*Bot).pinAdded,
		"pin_removed":             (*Bot).pinRemoved,
		"member_joined_channel":   (*Bot).memberJoined,
		"member_left_channel":     (*Bot).memberLeft,
		"channel_rename":          (*Bot).roomChanged,
		"group_rename":            (*Bot).roomChanged,
		"channel_archive":         (*Bot).roomChanged,
		"group_archive":           (*Bot).roomChanged,
		"channel_unarchive":       (*Bot).roomChanged,
		"group_unarchive":         (*Bot).roomChanged,
		"channel_deleted":         (*Bot).channelDeleted,
		"group_deleted":           (*Bot).channelDeleted,
		"channel_left":            (*Bot).roomChanged,
		"group_left":              (*Bot).roomChanged,
		"user_change":             (*Bot).userChanged,
		"team_join":               (*Bot).userChanged,
		"subteam_created":         (*Bot).groupChanged,
		"subteam_updated":         (*Bot).groupChanged,
		"subteam_members_changed": (*Bot).groupChanged,
	}
}

// BotEvents lists what we subscribe to, as the manifest names it, sorted. Slack
// wants messages by the kind of channel.
func BotEvents() []string {
	var names []string
	for name := range eventHandlers() {
		if name == "message" {
			names = append(names, "message.channels", "message.groups")
			continue
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// handleEvent stores an event and then acks it. What it means is worked out by a
// job, which may be repeated.
func (b *Bot) handleEvent(ctx context.Context, e *Envelope) error {
	var outer outerEvent
	if err := json.Unmarshal(e.Payload, &outer); err != nil {
		b.Log.WarnContext(ctx, "event cannot be read", "error", err)
		return e.Ack(ctx, nil)
	}
	if _, wanted := eventHandlers()[outer.Event.Type]; !wanted || outer.EventID == "" || b.ignores(outer.Event) {
		return e.Ack(ctx, nil)
	}
	if err := b.storeEvent(ctx, outer.EventID, e.Payload); err != nil {
		return err // not acked: Slack delivers it again
	}
	return e.Ack(ctx, nil)
}

// ignores are the many events that can change nothing: plain messages, which are
// only recorded when somebody marks them, and our own posts.
func (b *Bot) ignores(e event) bool {
	return e.Type == "message" && e.Subtype != "message_changed" && e.Subtype != "message_deleted"
}

func (b *Bot) storeEvent(ctx context.Context, id string, payload json.RawMessage) error {
	return pgx.BeginFunc(ctx, b.Pool, func(tx pgx.Tx) error {
		fresh, err := keepEvent(ctx, tx, id, payload, time.Now())
		if err != nil || !fresh {
			return err
		}
		_, err = b.Jobs.InsertTx(ctx, tx, FollowEvent{Key: id}, nil)
		return err
	})
}

// followEvent works one stored event. An event that was worked is forgotten, so
// that a second run does nothing.
func (b *Bot) followEvent(ctx context.Context, key string) error {
	payload, err := keptEvent(ctx, b.Pool, key)
	if err != nil || payload == nil {
		return err
	}
	if _, err := b.API.Identify(ctx); err != nil {
		return err // without it our own acts would look like people's
	}
	var outer outerEvent
	if err := json.Unmarshal(payload, &outer); err != nil {
		return fmt.Errorf("decode event %s: %w", key, err)
	}
	if handle, ok := eventHandlers()[outer.Event.Type]; ok {
		outer.Event.Key = key
		if err := handle(b, ctx, outer.Event); err != nil {
			return err
		}
	}
	return finish(ctx, b.Pool, key, time.Now())
}

// recordOnce records what an event means and that it was worked, all or nothing.
// It is for events that would be recorded twice when they were worked twice.
func (b *Bot) recordOnce(ctx context.Context, e event, id incident.ID, by incident.Actor, meaning incident.Event) error {
	_, err := b.Incidents.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, _ *incident.Incident, now time.Time) ([]incident.Event, error) {
		first, err := finishFirst(ctx, tx, e.Key, now)
		if err != nil || !first {
			return nil, err
		}
		return []incident.Event{meaning}, nil
	})
	return err
}

func (e event) user() incident.PersonID {
	var id string
	if json.Unmarshal(e.User, &id) != nil {
		return ""
	}
	return incident.PersonID(id)
}

func (e event) channel() string {
	var id string
	if json.Unmarshal(e.Channel, &id) == nil && id != "" {
		return id
	}
	if e.ChannelID != "" {
		return e.ChannelID
	}
	return e.channelObject().ID
}

func (e event) channelObject() (c struct{ ID, Name string }) {
	if json.Unmarshal(e.Channel, &c) != nil {
		return struct{ ID, Name string }{}
	}
	return c
}
