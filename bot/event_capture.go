package bot

import (
	"context"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

func (b *Bot) pinAdded(ctx context.Context, e event) error {
	if e.Item.Message == nil || b.isSelf(e.user()) {
		return nil // a pinned file, or our own card
	}
	return b.mark(ctx, e.channel(), e.Item.Message.TS, timeline.ViaPin, true, e)
}

func (b *Bot) pinRemoved(ctx context.Context, e event) error {
	if e.Item.Message == nil {
		return nil
	}
	return b.mark(ctx, e.channel(), e.Item.Message.TS, timeline.ViaPin, false, e)
}

func (b *Bot) reactionAdded(ctx context.Context, e event) error   { return b.reaction(ctx, e, true) }
func (b *Bot) reactionRemoved(ctx context.Context, e event) error { return b.reaction(ctx, e, false) }

// reaction follows an emoji that means something to us, in a war room only.
func (b *Bot) reaction(ctx context.Context, e event, present bool) error {
	if e.Item.Type != "message" || b.isSelf(e.user()) {
		return nil
	}
	switch b.Settings.Emoji.Meaning(e.Reaction) {
	case MeansTimeline:
		return b.mark(ctx, e.Item.Channel, e.Item.TS, timeline.ViaEmoji, present, e)
	case MeansKeyEvent:
		return b.mark(ctx, e.Item.Channel, e.Item.TS, timeline.ViaStar, present, e)
	case MeansActionItem:
		return b.mark(ctx, e.Item.Channel, e.Item.TS, timeline.ViaAction, present, e)
	case MeansUpdate:
		return b.markUpdate(ctx, e, present)
	}
	return nil
}

// mark applies a person's word about a message.
func (b *Bot) mark(ctx context.Context, channel, ts string, via timeline.Via, present bool, e event) error {
	return b.inRoom(ctx, channel, func(i *incident.Incident) error {
		m := incident.Message{Channel: channel, TS: ts, PostedAt: timeOf(ts)}
		return b.applyMark(ctx, i, timeline.Mark{Message: m, By: e.user(), Via: via, Present: present, EventTS: e.EventTS})
	})
}

// applyMark follows a mark, wherever it was seen: it puts the message on record, or
// takes it off, or makes it an action item. What we said ourselves tells what is on
// record already, and is not put there again.
func (b *Bot) applyMark(ctx context.Context, i *incident.Incident, m timeline.Mark) error {
	if m.Present {
		read, err := b.readMessage(ctx, m.Message.Channel, m.Message.TS)
		if err != nil {
			return err
		}
		if b.isSelf(read.Author) {
			return b.hint(ctx, m, "That message is mine: what it says is on the timeline already, so nothing was added. Mark what people wrote, or type `"+b.Settings.Command+" note` or `action`.")
		}
		m.Message = read
	}
	if m.Via == timeline.ViaAction {
		return b.applyAction(ctx, i, m)
	}
	return b.Timeline.SetMark(ctx, i.ID, m)
}

// hint tells somebody alone what came of their mark. Who is not in the channel cannot
// be told there.
func (b *Bot) hint(ctx context.Context, m timeline.Mark, text string) error {
	if m.By == "" {
		return nil
	}
	err := b.API.PostEphemeral(ctx, m.By, Post{Channel: m.Message.Channel, Text: text})
	if isGone(err, "user_not_in_channel") {
		return nil
	}
	return err
}

// applyAction makes an action item of a message, and takes it back when nobody's
// mark is left. The word is noted first and looked at again afterwards: of two
// words at once the later one decides, in whichever order they are worked.
func (b *Bot) applyAction(ctx context.Context, i *incident.Incident, m timeline.Mark) error {
	wanted, err := b.Timeline.NoteMark(ctx, i.ID, m)
	if err != nil {
		return err
	}
	if wanted {
		_, err := b.Incidents.AddTask(ctx, i.ID, incident.Task{Kind: incident.ActionItem, Text: workOf(m.Message), Source: m.Message}, incident.By(m.By))
		if incident.CodeOf(err) != "" {
			return b.hint(ctx, m, "No action item was made of that message. "+personal(err))
		}
		if err != nil {
			return err
		}
		if wanted, err = b.Timeline.NoteMark(ctx, i.ID, m); err != nil || wanted {
			return err
		}
	}
	return b.Incidents.WithdrawTaskOf(ctx, i.ID, incident.ActionItem, m.Message, incident.By(m.By))
}

// workOf is what a message asks to be done: its words, or else to see to its files.
func workOf(m incident.Message) string {
	text := strings.TrimSpace(m.Text)
	if text == "" && len(m.Files) > 0 {
		names := make([]string, len(m.Files))
		for n, f := range m.Files {
			names[n] = f.Name
		}
		text = "See to " + strings.Join(names, ", ")
	}
	return cut(text, incident.MaxTask)
}

// messageChanged follows edits and deletions of messages that are on record.
// Slack also reports an unfurled link as a change; then the text is the same.
func (b *Bot) messageChanged(ctx context.Context, e event) error {
	return b.inRoom(ctx, e.channel(), func(i *incident.Incident) error {
		switch {
		case e.Subtype == "message_deleted":
			return b.Timeline.MessageDeleted(ctx, i.ID, e.channel(), e.DeletedTS, timeOf(e.EventTS), incident.System)
		case e.Subtype == "message_changed" && e.Message != nil && e.Message.Edited != nil:
			return b.messageEdited(ctx, i, *e.Message, timeOf(e.EventTS))
		}
		return nil
	})
}

func (b *Bot) messageEdited(ctx context.Context, i *incident.Incident, m eventMessage, fallback time.Time) error {
	at := timeOf(m.Edited.TS)
	if at.IsZero() {
		at = fallback
	}
	return b.Timeline.MessageEdited(ctx, i.ID, i.Room.Channel, m.TS, b.plain(ctx, m.Text), at, incident.By(incident.PersonID(m.Edited.User)))
}

// readCaptured looks once more at a message that is on record now. What was changed
// after it was read and before it was on record found nothing to change.
func (b *Bot) readCaptured(ctx context.Context, a ReadCaptured) error {
	i, entry, err := b.entry(ctx, a.Incident, a.Entry)
	captured, ok := entry.Event.(incident.MessageCaptured)
	if err != nil || !ok || !i.Room.Open() {
		return err
	}
	known := captured.Message
	m, found, err := b.API.Message(ctx, known.Channel, known.TS)
	switch {
	case err != nil:
		return b.roomTrouble(ctx, i, err)
	case !found:
		return b.Timeline.MessageDeleted(ctx, i.ID, known.Channel, known.TS, incident.Now(), incident.System)
	case m.Edited == nil:
		return nil
	}
	return b.Timeline.MessageEdited(ctx, i.ID, known.Channel, known.TS, b.plain(ctx, m.Text), timeOf(m.Edited.Timestamp), incident.By(incident.PersonID(m.Edited.User)))
}

// readMessage fetches what a message says. One that is gone already is put on record
// as such: that somebody marked it is a fact.
func (b *Bot) readMessage(ctx context.Context, channel, ts string) (incident.Message, error) {
	permalink, err := b.API.Permalink(ctx, channel, ts)
	if err != nil && !isGone(err, "message_not_found") {
		return incident.Message{}, err
	}
	m, found, err := b.API.Message(ctx, channel, ts)
	if err != nil {
		return incident.Message{}, err
	}
	if !found {
		return incident.Message{Channel: channel, TS: ts, PostedAt: timeOf(ts), Text: "(deleted before it could be read)"}, nil
	}
	out := messageOf(channel, m)
	out.Text = b.plain(ctx, out.Text)
	out.Permalink = permalink
	return out, nil
}

// cut shortens s to n code points, on whole words where that loses little.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
