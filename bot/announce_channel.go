package bot

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

var channelID = regexp.MustCompile(`^[CGD][A-Z0-9]{2,}$`)

// announceChannel is the id of the channel in which incidents are announced, ""
// when there is none. A #name is looked up once, and the channel joined, since
// only members can read back what was posted.
func (b *Bot) announceChannel(ctx context.Context) (string, error) {
	name := strings.TrimPrefix(b.Settings.AnnounceChannel, "#")
	if name == "" || channelID.MatchString(name) {
		return name, nil
	}
	b.announced.mu.Lock()
	defer b.announced.mu.Unlock()
	if b.announced.id != "" {
		return b.announced.id, nil
	}
	id, member, err := b.API.FindChannel(ctx, name)
	switch {
	case err != nil:
		return "", err
	case id == "":
		return "", &Gone{Method: "conversations.list", Code: "no_announce_channel",
			Sentence: "There is no public channel #" + name + "; make it, or set TOCSIN_ANNOUNCE_CHANNEL to another one."}
	case !member:
		if err := b.API.JoinChannel(ctx, id); err != nil {
			return "", err
		}
	}
	b.announced.id = id
	return id, nil
}

// announceTrouble makes sense of an announcement that was refused because of its
// channel. Where we are no member any more we join it again; a channel that is gone
// is looked for anew until there is one, since somebody has to be told.
func (b *Bot) announceTrouble(ctx context.Context, channel string, cause error) error {
	if !isGone(cause, "not_in_channel", "channel_not_found", "is_archived") {
		return cause
	}
	b.announced.mu.Lock()
	b.announced.id = ""
	b.announced.mu.Unlock()
	if isGone(cause, "not_in_channel") && b.API.JoinChannel(ctx, channel) == nil {
		return later{"joined the announcement channel again", 100 * time.Millisecond}
	}
	gone, _ := errors.AsType[*Gone](cause)
	return &Gone{Method: gone.Method, Code: "no_announce_channel", Detail: gone.Code,
		Sentence: "The announcement channel cannot be written to: " + gone.Sentence}
}

// FindAnnounceChannel looks the announcement channel up ahead of the first
// incident, which then need not wait for it.
func (b *Bot) FindAnnounceChannel(ctx context.Context) error {
	_, err := b.announceChannel(ctx)
	return err
}

// FindChannel looks for an open public channel by its name: first among those
// that we are in, which are few, then among all. id is "" when there is none.
func (a *API) FindChannel(ctx context.Context, name string) (id string, member bool, err error) {
	err = a.pages(ctx, "users.conversations", func(ctx context.Context, cursor string) (string, error) {
		list, next, err := a.client.GetConversationsForUserContext(ctx, &slack.GetConversationsForUserParameters{
			Cursor: cursor, Types: []string{"public_channel"}, Limit: historyPage, ExcludeArchived: true})
		id = named(list, name)
		return stopPages(id != "", next), err
	})
	if err != nil || id != "" {
		return id, true, err
	}
	err = a.pages(ctx, "conversations.list", func(ctx context.Context, cursor string) (string, error) {
		list, next, err := a.client.GetConversationsContext(ctx, &slack.GetConversationsParameters{
			Cursor: cursor, Types: []string{"public_channel"}, Limit: historyPage, ExcludeArchived: true})
		id = named(list, name)
		return stopPages(id != "", next), err
	})
	return id, false, err
}

func named(list []slack.Channel, name string) string {
	for _, c := range list {
		if c.Name == name {
			return c.ID
		}
	}
	return ""
}

// JoinChannel makes us a member of a public channel. Being one already is fine.
func (a *API) JoinChannel(ctx context.Context, channel string) error {
	return a.do(ctx, "conversations.join", "", func(ctx context.Context) error {
		_, _, _, err := a.client.JoinConversationContext(ctx, channel)
		return err
	})
}

// isAnnounced reports whether an incident is announced at all.
func (b *Bot) isAnnounced(i *incident.Incident) bool {
	return !i.Private && b.Settings.AnnounceChannel != ""
}
