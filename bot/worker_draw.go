package bot

import (
	"context"
	"errors"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// drawCard posts and pins the card, once, and afterwards keeps it true. A card that
// cannot be pinned is still kept true.
func (b *Bot) drawCard(ctx context.Context, id incident.ID) error {
	i, err := b.Incidents.Get(ctx, id)
	if err == nil && i.Status == incident.StatusTriage && i.Room.Channel == "" {
		return b.announce(ctx, id) // which is its card
	}
	if err != nil || !i.Room.Open() {
		return err
	}
	s, found, err := readStep(ctx, b.Pool, id, StepCard)
	if err != nil {
		return err
	}
	if !found || s.State != stepDone {
		if err := b.postCard(ctx, i); err != nil {
			return b.roomTrouble(ctx, i, err)
		}
	}
	pinned := b.pinCard(ctx, i)
	if err := b.redraw(ctx, id, StepCard, view.Card); err != nil {
		return err
	}
	return b.roomTrouble(ctx, i, pinned)
}

func (b *Bot) postCard(ctx context.Context, i *incident.Incident) error {
	now, err := b.situation(ctx, i)
	if err != nil {
		return err
	}
	return b.takeStep(ctx, i.ID, StepCard, func(s *step) error {
		s.Drawn = i.Revision
		return b.post(ctx, s, i.Room.Channel, "", view.Card(now))
	})
}

func (b *Bot) pinCard(ctx context.Context, i *incident.Incident) error {
	card, found, err := readStep(ctx, b.Pool, i.ID, StepCard)
	if err != nil || !found || card.Remote == "" {
		return err
	}
	return b.takeStep(ctx, i.ID, stepPin, func(*step) error { return b.API.Pin(ctx, card.Channel, card.Remote) })
}

// announce posts the incident where everybody looks, once, and afterwards keeps
// the post true. A private incident is announced to nobody.
func (b *Bot) announce(ctx context.Context, id incident.ID) error {
	i, err := b.Incidents.Get(ctx, id)
	if err != nil || !b.isAnnounced(i) {
		return err
	}
	now, err := b.situation(ctx, i)
	if err != nil {
		return err
	}
	err = b.takeStep(ctx, id, stepAnnounce, func(s *step) error {
		channel, err := b.announceChannel(ctx)
		if err != nil {
			return err
		}
		s.Drawn = i.Revision
		return b.announceTrouble(ctx, channel, b.post(ctx, s, channel, "", view.Announcement(now)))
	})
	if err != nil {
		return err
	}
	return b.redraw(ctx, id, stepAnnounce, view.Announcement)
}

// redraw makes a posted message show the incident as it is now.
func (b *Bot) redraw(ctx context.Context, id incident.ID, name string, draw func(view.Situation) view.Message) error {
	return b.redrawWith(ctx, id, name, func(ctx context.Context, i *incident.Incident, s *step) error {
		if s.Remote == "" {
			return nil
		}
		now, err := b.situation(ctx, i)
		if err != nil {
			return err
		}
		m := draw(now)
		return b.API.UpdateMessage(ctx, Post{Channel: s.Channel, Text: m.Text, Blocks: m.Blocks}, s.Remote)
	})
}

// redrawWith brings a surface up to the incident's present revision. One job draws
// at a time and looks again after it has let go; others that come meanwhile leave
// it to that one. So of many redraws few reach Slack, and the last shows the truth.
func (b *Bot) redrawWith(ctx context.Context, id incident.ID, name string, draw func(context.Context, *incident.Incident, *step) error) error {
	for {
		i, err := b.Incidents.Get(ctx, id)
		if err != nil {
			return err
		}
		s, found, err := readStep(ctx, b.Pool, id, name)
		if err != nil || !found || s.Drawn >= i.Revision {
			return err
		}
		s, held, err := holdDrawn(ctx, b.Pool, id, name, b.Worker, time.Now())
		if err != nil || !held {
			return err
		}
		if s.Drawn < i.Revision {
			err = draw(ctx, i, s)
		}
		if err != nil {
			return b.notDrawn(ctx, i, name, err)
		}
		if err := drawnAt(ctx, b.Pool, id, name, i.Revision); err != nil {
			return err
		}
	}
}

// notDrawn lets go of a surface that may show anything now. A card that somebody
// deleted is posted anew; a deleted announcement stays away.
func (b *Bot) notDrawn(ctx context.Context, i *incident.Incident, name string, cause error) error {
	detached, cancel := detached(ctx)
	defer cancel()
	if name == StepCard && isGone(cause, "message_not_found") {
		return errors.Join(later{"the card was deleted; it is posted anew", time.Second}, forgetMade(detached, b.Pool, i.ID, StepCard, stepPin))
	}
	if err := undraw(detached, b.Pool, i.ID, name); err != nil {
		return errors.Join(cause, err)
	}
	if name == stepAnnounce {
		return cause // that channel is not the room
	}
	return b.roomTrouble(ctx, i, cause)
}

// addBookmarks makes the room's bookmarks say where the rest is: the ticket and
// the postmortem. One that is there is edited, never added twice.
func (b *Bot) addBookmarks(ctx context.Context, id incident.ID) error {
	i, err := b.Incidents.Get(ctx, id)
	if err != nil || !i.Room.Open() {
		return err
	}
	err = b.takeStep(ctx, id, stepBookmarks, func(s *step) error {
		s.Drawn = i.Revision
		return b.sendBookmarks(ctx, i, s)
	})
	if err != nil {
		return b.roomTrouble(ctx, i, err)
	}
	return b.redrawWith(ctx, id, stepBookmarks, b.sendBookmarks)
}

// sendBookmarks asks Slack for the bookmarks there are only when other ones are
// wanted than were sent last.
func (b *Bot) sendBookmarks(ctx context.Context, i *incident.Incident, s *step) error {
	now, err := b.situation(ctx, i)
	if err != nil {
		return err
	}
	wanted, sent := view.Bookmarks(now), ""
	for _, w := range wanted {
		sent += w.Title + " " + w.Link + "\n"
	}
	if s.Remote == sent {
		return nil
	}
	if err := b.syncBookmarks(ctx, i.Room.Channel, wanted); err != nil {
		return err
	}
	s.Remote = sent
	return noteRemote(ctx, b.Pool, s)
}

func (b *Bot) syncBookmarks(ctx context.Context, channel string, wanted []view.Bookmark) error {
	there, err := b.API.ListBookmarks(ctx, channel)
	if err != nil {
		return err
	}
	for _, w := range wanted {
		old, found := findBookmark(there, w.Title)
		switch {
		case !found:
			err = b.API.AddBookmark(ctx, channel, w.Title, w.Link)
		case old.Link != w.Link:
			err = b.API.EditBookmark(ctx, channel, old.ID, w.Title, w.Link)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func findBookmark(list []Bookmark, title string) (Bookmark, bool) {
	for _, b := range list {
		if b.Title == title {
			return b, true
		}
	}
	return Bookmark{}, false
}
