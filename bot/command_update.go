package bot

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// nextPattern is the promise at the end of a typed update: "… next 30m".
var nextPattern = regexp.MustCompile(`(?i)(?:^|\s+)next(?:\s+(?:update\s+)?in)?\s+(none|never|\d[\d.]*\s*[a-z]*(?:\s*(?:and\s+)?\d+\s*[a-z]+)*)\.?$`)

// updateCommand tells stakeholders how things stand. Without a promise the next
// update is due by the cadence of the severity.
func (b *Bot) updateCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	if c.Args == "" {
		return b.updateForm(i, c.Channel, "")
	}
	text, next := c.Args, incident.UpdateCadence(i.Severity)
	if m := nextPattern.FindStringSubmatchIndex(text); m != nil {
		promised, err := readPromise(text[m[2]:m[3]])
		if err != nil {
			return Reply{}, err
		}
		text, next = text[:m[0]], promised
	}
	return b.postUpdate(ctx, i, b.named(ctx, text), next, c.Actor())
}

func readPromise(word string) (time.Duration, error) {
	switch strings.ToLower(word) {
	case "none", "never", "":
		return 0, nil
	}
	d, err := timeline.ParseDuration(word)
	if err != nil {
		return 0, err
	}
	return d, incident.CheckPromise(d)
}

// updateForm refuses at once what the form could only refuse after it was filled.
func (b *Bot) updateForm(i *incident.Incident, channel, text string) (Reply, error) {
	if i.Status == incident.StatusClosed || i.Status == incident.StatusCancelled {
		return Reply{}, incident.Errorf(incident.Conflict, "%s is %s; reopen it to post updates.", i.ID, i.Status)
	}
	return Open(view.UpdateModal(i, channel, text)), nil
}

func (b *Bot) postUpdate(ctx context.Context, i *incident.Incident, text string, next time.Duration, by incident.Actor) (Reply, error) {
	i, err := b.Incidents.PostUpdate(ctx, i.ID, text, next, by)
	if err != nil {
		return Reply{}, err
	}
	if i.UpdateDueAt.IsZero() {
		return done(i, "has a new update. No further one is promised.")
	}
	return done(i, "has a new update. The next one is promised for %s.", view.Date(i.UpdateDueAt, ""))
}

func (b *Bot) openUpdateClick(_ context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	return b.updateForm(i, c.Channel, "")
}

func (b *Bot) updateSubmission(ctx context.Context, s Submission, i *incident.Incident) (Reply, error) {
	next, err := readPromise(s.Values.Text("next"))
	if err != nil {
		return inField("next", err)
	}
	if _, err := b.postUpdate(ctx, i, b.named(ctx, s.Values.Text("text")), next, s.Actor()); err != nil {
		return inField("text", err)
	}
	return Reply{}, nil
}

func (b *Bot) snoozeCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	return b.snooze(ctx, i, c.Args, c.Actor())
}

func (b *Bot) snoozeUpdateClick(ctx context.Context, c Click, i *incident.Incident, span string) (Reply, error) {
	return b.snooze(ctx, i, span, c.Actor())
}

func (b *Bot) snooze(ctx context.Context, i *incident.Incident, span string, by incident.Actor) (Reply, error) {
	d, err := timeline.ParseDuration(span)
	if err != nil {
		return Reply{}, err
	}
	if i, err = b.Incidents.SnoozeUpdate(ctx, i.ID, d, by); err != nil {
		return Reply{}, err
	}
	return done(i, "has its next update promised for %s.", view.Date(i.UpdateDueAt, ""))
}

func (b *Bot) settleUpdateClick(ctx context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	i, err := b.Incidents.SettleUpdate(ctx, i.ID, c.Actor())
	if err != nil {
		return Reply{}, err
	}
	return done(i, "has no further update promised.")
}

// markUpdate offers a message that somebody marked as an update as the text of
// one: to that person, and never posts it unasked.
func (b *Bot) markUpdate(ctx context.Context, e event, present bool) error {
	if !present {
		return nil
	}
	return b.inRoom(ctx, e.Item.Channel, func(i *incident.Incident) error {
		m, err := b.readMessage(ctx, e.Item.Channel, e.Item.TS)
		if err != nil {
			return err
		}
		offer := view.UpdateOffer(i, m)
		return b.API.PostEphemeral(ctx, e.user(), Post{Channel: i.Room.Channel, Text: offer.Text, Blocks: offer.Blocks})
	})
}

// draftUpdateClick opens the update form with the offered message in it.
func (b *Bot) draftUpdateClick(ctx context.Context, c Click, i *incident.Incident, ts string) (Reply, error) {
	m, found, err := b.API.Message(ctx, i.Room.Channel, ts)
	if err != nil || !found {
		return b.updateForm(i, c.Channel, "")
	}
	return b.updateForm(i, c.Channel, b.plain(ctx, m.Text))
}
