package bot

import (
	"context"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// postEventType marks our posts in their message metadata, beside the key.
const postEventType = "tocsin_post"

// tombstone is what Slack leaves of a deleted message that has replies.
const tombstone = "tombstone"

// historyPage is what Slack calls a good page size; it allows 999.
const historyPage = 200

// Post is a message to be sent.
type Post struct {
	Channel string
	Thread  string // ts of the message to answer; "" for the channel itself
	Text    string // mrkdwn; also the notification and fallback of Blocks
	Blocks  []slack.Block
	Key     string // put into the metadata, so that FindPosted finds it; may be empty
}

func (p Post) options() []slack.MsgOption {
	options := []slack.MsgOption{slack.MsgOptionText(p.Text, false)}
	if len(p.Blocks) > 0 {
		options = append(options, slack.MsgOptionBlocks(p.Blocks...))
	}
	if p.Thread != "" {
		options = append(options, slack.MsgOptionTS(p.Thread))
	}
	if p.Key != "" {
		options = append(options, slack.MsgOptionMetadata(slack.SlackMetadata{EventType: postEventType, EventPayload: map[string]any{"key": p.Key}}))
	}
	return options
}

// PostMessage posts and returns the message's ts. Twice posts twice: after an
// error whose outcome is unknown, look with FindPosted first. Links get no
// preview: a dashboard behind one would bury the message.
func (a *API) PostMessage(ctx context.Context, p Post) (ts string, err error) {
	_, ts, err = a.postTo(ctx, p)
	return ts, err
}

// postTo is PostMessage where the channel may be a person, whose direct messages
// are then where it was posted.
func (a *API) postTo(ctx context.Context, p Post) (channel, ts string, err error) {
	options := append(p.options(), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl())
	err = a.do(ctx, "chat.postMessage", p.Channel, func(ctx context.Context) (err error) {
		channel, ts, err = a.client.PostMessageContext(ctx, p.Channel, options...)
		return err
	})
	return channel, ts, err
}

// UpdateMessage gives one of our messages new content; Thread is ignored. An
// empty Blocks takes earlier blocks away; an empty Key leaves the metadata.
func (a *API) UpdateMessage(ctx context.Context, p Post, ts string) error {
	p.Thread = ""
	options := p.options()
	if len(p.Blocks) == 0 {
		options = append(options, slack.MsgOptionBlocks())
	}
	return a.do(ctx, "chat.update", p.Channel, func(ctx context.Context) error {
		_, _, _, err := a.client.UpdateMessageContext(ctx, p.Channel, ts, options...)
		return err
	})
}

// PostEphemeral shows a message to one member of the channel, who may not see it
// when they are away. It cannot be updated or found again.
func (a *API) PostEphemeral(ctx context.Context, person incident.PersonID, p Post) error {
	return a.do(ctx, "chat.postEphemeral", p.Channel, func(ctx context.Context) error {
		_, err := a.client.PostEphemeralContext(ctx, p.Channel, string(person), p.options()...)
		return err
	})
}

// DeleteMessage deletes one of our messages. One that is gone already is fine.
func (a *API) DeleteMessage(ctx context.Context, channel, ts string) error {
	return a.do(ctx, "chat.delete", channel, func(ctx context.Context) error {
		_, _, err := a.client.DeleteMessageContext(ctx, channel, ts)
		return err
	})
}

// Permalink returns the lasting URL of a message.
func (a *API) Permalink(ctx context.Context, channel, ts string) (url string, err error) {
	err = a.do(ctx, "chat.getPermalink", "", func(ctx context.Context) (err error) {
		url, err = a.client.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: channel, Ts: ts})
		return err
	})
	return url, err
}

// History returns what was posted in a channel since the ts oldest, exclusive,
// first things first, with metadata and without the replies in threads.
func (a *API) History(ctx context.Context, channel, oldest string) ([]slack.Message, error) {
	var all []slack.Message
	err := a.pages(ctx, "conversations.history", func(ctx context.Context, cursor string) (string, error) {
		page, err := a.client.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: channel, Oldest: oldest, Cursor: cursor, Limit: historyPage, IncludeAllMetadata: true})
		if err != nil {
			return "", err
		}
		all = append(all, page.Messages...)
		return page.ResponseMetaData.NextCursor, nil
	})
	slices.Reverse(all) // Slack gives the newest first
	return all, err
}

// Replies returns a thread, its first message included, first things first.
func (a *API) Replies(ctx context.Context, channel, thread string) ([]slack.Message, error) {
	var all []slack.Message
	err := a.eachReply(ctx, channel, thread, "", func(m slack.Message) bool { all = append(all, m); return false })
	return all, err
}

func (a *API) eachReply(ctx context.Context, channel, thread, oldest string, stop func(slack.Message) bool) error {
	return a.pages(ctx, "conversations.replies", func(ctx context.Context, cursor string) (string, error) {
		page, _, next, err := a.client.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: channel, Timestamp: thread, Oldest: oldest, Cursor: cursor, Limit: historyPage, IncludeAllMetadata: true})
		if err != nil {
			return "", err
		}
		return stopPages(slices.ContainsFunc(page, stop), next), nil
	})
}

// Message returns one message, in the channel or in a thread; found is false
// when it was deleted.
func (a *API) Message(ctx context.Context, channel, ts string) (m slack.Message, found bool, err error) {
	is := func(candidate slack.Message) bool {
		if candidate.Timestamp == ts && candidate.SubType != tombstone {
			m, found = candidate, true
		}
		return found
	}
	err = a.do(ctx, "conversations.history", "", func(ctx context.Context) error {
		page, err := a.client.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: channel, Oldest: ts, Latest: ts, Inclusive: true, Limit: 1, IncludeAllMetadata: true})
		if err == nil && len(page.Messages) > 0 {
			is(page.Messages[0])
		}
		return err
	})
	if err != nil || found {
		return m, found, err
	}
	err = a.eachReply(ctx, channel, ts, "", is)
	if isGone(err, "thread_not_found", "message_not_found") {
		err = nil
	}
	return m, found, err
}

// FindPosted looks for a message of ours with that key which was posted in the
// channel after since, threads excluded. It is how a post whose outcome is
// unknown is not made twice.
func (a *API) FindPosted(ctx context.Context, channel string, since time.Time, key string) (ts string, found bool, err error) {
	self, err := a.Identify(ctx)
	if err != nil {
		return "", false, err
	}
	messages, err := a.History(ctx, channel, tsOf(since))
	if err != nil {
		return "", false, err
	}
	for _, m := range messages {
		if postedAs(m, self, key) {
			return m.Timestamp, true, nil
		}
	}
	return "", false, nil
}

// FindReply is FindPosted among the replies to the message thread.
func (a *API) FindReply(ctx context.Context, channel, thread string, since time.Time, key string) (ts string, found bool, err error) {
	self, err := a.Identify(ctx)
	if err != nil {
		return "", false, err
	}
	err = a.eachReply(ctx, channel, thread, tsOf(since), func(m slack.Message) bool {
		if postedAs(m, self, key) {
			ts, found = m.Timestamp, true
		}
		return found
	})
	return ts, found, err
}

// postedAs ignores what another app has marked like us.
func postedAs(m slack.Message, self *slack.AuthTestResponse, key string) bool {
	ours := m.User == self.UserID || (m.BotID != "" && m.BotID == self.BotID)
	return ours && m.Metadata.EventType == postEventType && m.Metadata.EventPayload["key"] == key
}

// Respond answers a command or a click through its response URL, which works
// five times within 30 minutes, also where the bot is not a member.
func (a *API) Respond(ctx context.Context, url string, m slack.WebhookMessage) error {
	options := []slack.MsgOption{slack.MsgOptionText(m.Text, false)}
	if m.Blocks != nil {
		options = append(options, slack.MsgOptionBlocks(m.Blocks.BlockSet...))
	}
	if m.ThreadTimestamp != "" {
		options = append(options, slack.MsgOptionTS(m.ThreadTimestamp))
	}
	if m.ReplaceOriginal {
		options = append(options, slack.MsgOptionReplaceOriginal(url))
	}
	if m.DeleteOriginal {
		options = append(options, slack.MsgOptionDeleteOriginal(url))
	}
	options = append(options, slack.MsgOptionResponseURL(url, m.ResponseType))
	return a.do(ctx, methodRespond, "", func(ctx context.Context) error {
		_, _, _, err := a.client.SendMessageContext(ctx, "", options...)
		return err
	})
}
