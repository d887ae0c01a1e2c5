package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// CreateChannel makes a channel of which we are the creator and first member. A
// name that exists, also as that of an archived channel, is *Gone with the code
// name_taken.
func (a *API) CreateChannel(ctx context.Context, name string, private bool) (id string, err error) {
	err = a.do(ctx, "conversations.create", "", func(ctx context.Context) error {
		c, err := a.client.CreateConversationContext(ctx, slack.CreateConversationParams{ChannelName: name, IsPrivate: private})
		if err == nil {
			id = c.ID
		}
		return err
	})
	return id, err
}

// OwnChannel looks for an open channel that we created since an instant and that
// is called prefix, or prefix, a hyphen and more: one that an earlier attempt made
// without learning its id. id is "" when there is none.
func (a *API) OwnChannel(ctx context.Context, prefix string, since time.Time) (id, name string, err error) {
	self, err := a.Identify(ctx)
	if err != nil {
		return "", "", err
	}
	err = a.pages(ctx, "users.conversations", func(ctx context.Context, cursor string) (string, error) {
		list, next, err := a.client.GetConversationsForUserContext(ctx, &slack.GetConversationsForUserParameters{
			Cursor: cursor, Types: []string{"public_channel", "private_channel"}, Limit: historyPage, ExcludeArchived: true})
		for _, c := range list {
			ours := c.Creator == self.UserID && !c.Created.Time().Before(since.Truncate(time.Second))
			if ours && (c.Name == prefix || strings.HasPrefix(c.Name, prefix+"-")) {
				id, name = c.ID, c.Name
			}
		}
		return stopPages(id != "", next), err
	})
	return id, name, err
}

// ChannelInfo returns what Slack knows about a channel.
func (a *API) ChannelInfo(ctx context.Context, channel string) (c *slack.Channel, err error) {
	err = a.do(ctx, "conversations.info", "", func(ctx context.Context) (err error) {
		c, err = a.client.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
		return err
	})
	return c, err
}

// IsMember reports whether a person is in a channel that we can see.
func (a *API) IsMember(ctx context.Context, channel, person string) (in bool, err error) {
	err = a.pages(ctx, "conversations.members", func(ctx context.Context, cursor string) (string, error) {
		list, next, err := a.client.GetUsersInConversationContext(ctx, &slack.GetUsersInConversationParameters{ChannelID: channel, Cursor: cursor, Limit: 999})
		in = in || slices.Contains(list, person)
		return stopPages(in, next), err
	})
	return in, err
}

// PrivateChannelsOf returns the private channels of a person that we are in, too:
// Slack tells of no others.
func (a *API) PrivateChannelsOf(ctx context.Context, person string) (map[string]bool, error) {
	channels := map[string]bool{}
	err := a.pages(ctx, "users.conversations", func(ctx context.Context, cursor string) (string, error) {
		list, next, err := a.client.GetConversationsForUserContext(ctx, &slack.GetConversationsForUserParameters{
			UserID: person, Cursor: cursor, Types: []string{"private_channel"}, Limit: 999})
		for _, c := range list {
			channels[c.ID] = true
		}
		return next, err
	})
	return channels, err
}

// SetTopic sets a channel's topic, at most 250 characters.
func (a *API) SetTopic(ctx context.Context, channel, topic string) error {
	return a.do(ctx, "conversations.setTopic", "", func(ctx context.Context) error {
		_, err := a.client.SetTopicOfConversationContext(ctx, channel, topic)
		return err
	})
}

// ArchiveChannel archives a channel. An archived one stays so. We are no member
// afterwards and cannot undo it: Slack lets only people un-archive.
func (a *API) ArchiveChannel(ctx context.Context, channel string) error {
	return a.do(ctx, "conversations.archive", "", func(ctx context.Context) error {
		return a.client.ArchiveConversationContext(ctx, channel)
	})
}

// RenameChannel renames a channel that we created.
func (a *API) RenameChannel(ctx context.Context, channel, name string) error {
	return a.do(ctx, "conversations.rename", "", func(ctx context.Context) error {
		_, err := a.client.RenameConversationContext(ctx, channel, name)
		return err
	})
}

// OpenDM returns the channel of our direct messages with a person.
func (a *API) OpenDM(ctx context.Context, person string) (channel string, err error) {
	err = a.do(ctx, "conversations.open", "", func(ctx context.Context) error {
		c, _, _, err := a.client.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{person}})
		if err == nil {
			channel = c.ID
		}
		return err
	})
	return channel, err
}

// NotInvited is a person whom Slack does not let into a channel.
type NotInvited struct {
	Person string
	Code   string // Slack's own word
	Reason string // a sentence for people
}

// peoplePerInvite keeps the time lost to one bad name small; Slack allows 100.
const peoplePerInvite = 30

// personTrouble are the codes that concern the invited person and not the channel.
var personTrouble = map[string]bool{
	"cant_invite": true, "user_not_found": true, "user_not_visible": true, "user_disabled": true, "user_is_restricted": true, "ura_max_channels": true,
	"org_user_not_in_team": true, "invitee_cant_see_channel": true, "no_external_invite_permission": true, "no_permission": true, "app_cannot_join_channel": true,
}

// Invite brings people into a channel and returns those whom Slack refuses.
// Members already, and we ourselves, are fine. It does not use Slack's force,
// which invites the others but does not reliably say who was left out.
func (a *API) Invite(ctx context.Context, channel string, people []string) (failed []NotInvited, err error) {
	for batch := range slices.Chunk(people, peoplePerInvite) {
		out, err := a.inviteBatch(ctx, channel, slices.Clone(batch))
		failed = append(failed, out...)
		if err != nil {
			return failed, err
		}
	}
	return failed, nil
}

// inviteBatch tries without those whom Slack names, until it names nobody.
func (a *API) inviteBatch(ctx context.Context, channel string, people []string) (failed []NotInvited, err error) {
	for len(people) > 0 {
		refused, err := a.invite(ctx, channel, people)
		if err != nil || len(refused) == 0 {
			return failed, err
		}
		left := slices.DeleteFunc(people, func(p string) bool { return refused[p] != "" })
		if len(left) == len(people) {
			return failed, errors.New("slack conversations.invite: refused somebody who was not invited")
		}
		for person, code := range refused {
			if personTrouble[code] {
				failed = append(failed, NotInvited{Person: person, Code: code, Reason: goneSentences[code]})
			}
		}
		people = left
	}
	return failed, nil
}

// invite returns the codes of those because of whom nobody was invited.
func (a *API) invite(ctx context.Context, channel string, people []string) (refused map[string]string, err error) {
	var said slack.SlackErrorResponse
	err = a.do(ctx, "conversations.invite", "", func(ctx context.Context) error {
		_, err := a.client.InviteUsersToConversationContext(ctx, channel, people...)
		said, _ = errors.AsType[slack.SlackErrorResponse](err)
		return err
	})
	if refused = refusals(said); len(refused) > 0 {
		return refused, nil
	}
	if personTrouble[said.Err] || said.Err == "already_in_channel" || said.Err == "cant_invite_self" {
		return a.inviteEach(ctx, channel, people, said.Err)
	}
	return nil, err
}

// inviteEach finds out whom an error means that names nobody.
func (a *API) inviteEach(ctx context.Context, channel string, people []string, code string) (map[string]string, error) {
	refused := map[string]string{}
	if len(people) == 1 {
		refused[people[0]] = code
		return refused, nil
	}
	for _, p := range people {
		one, err := a.invite(ctx, channel, []string{p})
		if err != nil {
			return nil, err
		}
		refused[p] = "already_in_channel"
		if one[p] != "" {
			refused[p] = one[p]
		}
	}
	return refused, nil
}

func refusals(said slack.SlackErrorResponse) map[string]string {
	refused := map[string]string{}
	for _, e := range said.Errors {
		r := e.ConversationsInviteResponseError
		if r != nil && !r.Ok && (personTrouble[r.Error] || alreadySo[r.Error] || r.Error == "cant_invite_self") {
			refused[r.User] = r.Error
		}
	}
	return refused
}
