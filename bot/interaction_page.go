package bot

import (
	"context"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

func (b *Bot) pageAckClick(ctx context.Context, c Click, _ *incident.Incident, key string) (Reply, error) {
	return b.answerPage(ctx, c, "ack", key)
}

func (b *Bot) pageEscalateClick(ctx context.Context, c Click, _ *incident.Incident, key string) (Reply, error) {
	return b.answerPage(ctx, c, "escalate", key)
}

func (b *Bot) pageResolveClick(ctx context.Context, c Click, _ *incident.Incident, key string) (Reply, error) {
	return b.answerPage(ctx, c, "resolve", key)
}

func (b *Bot) pageAwakeClick(ctx context.Context, c Click, _ *incident.Incident, key string) (Reply, error) {
	return b.answerPage(ctx, c, "awake", key)
}

// answerPage hands a press of a page's button to paging, like an answer by any
// other method, and shows what paging says to it. It is known by the key, since
// Slack's id of the message is lost when the answer of the call that sent it was.
func (b *Bot) answerPage(ctx context.Context, c Click, action, key string) (Reply, error) {
	if key == "" {
		key = slackID(c.Channel, c.MessageTS)
	}
	answer, err := b.Paging.Reply(ctx, paging.Reply{Method: paging.MethodSlack, From: string(c.User), ID: key, Action: action})
	if err != nil {
		return Reply{}, err
	}
	if answer == "" {
		return Reply{}, incident.Errorf(incident.NotFound, "This message asks for nothing any more. `%s` shows what is open.", b.Settings.Command)
	}
	return Say(view.Escape(b.named(ctx, answer))), nil
}
