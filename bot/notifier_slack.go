package bot

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// SlackNotifier sends pages as direct messages, or into a channel when that is the
// address. It has Slack's rates for itself, so that a page never waits behind cards
// and announcements. Make it with NewSlackNotifier.
type SlackNotifier struct{ api *API }

var _ paging.Notifier = SlackNotifier{}

// NewSlackNotifier returns a notifier that calls as api does.
func NewSlackNotifier(api *API) SlackNotifier { return SlackNotifier{api: api.forPages()} }

// Method is slack.
func (SlackNotifier) Method() paging.Method { return paging.MethodSlack }

// lookBack is how old an earlier attempt can be that a repeat looks for. Pages are
// not sent for longer.
const lookBack = 24 * time.Hour

// Send posts the message. The receipt's id is channel:ts. What may have been sent
// before is looked for by its key in the message's metadata and is not posted
// again; when that cannot be looked up it is posted, since twice is better than never.
func (n SlackNotifier) Send(ctx context.Context, m paging.Message) (paging.Receipt, error) {
	if m.Repeat {
		id, err := n.sentBefore(ctx, m)
		if err != nil {
			n.api.log.WarnContext(ctx, "earlier attempt of a page not looked up", slog.Any("error", err))
		}
		if id != "" {
			return paging.Receipt{ID: id, State: paging.StateDelivered}, nil
		}
	}
	shown := view.Page(m)
	channel, ts, err := n.api.postTo(ctx, Post{Channel: m.To, Text: shown.Text, Blocks: shown.Blocks, Key: m.Key})
	if err != nil {
		return paging.Receipt{}, notifierError(err)
	}
	return paging.Receipt{ID: slackID(channel, ts), State: paging.StateDelivered}, nil
}

// sentBefore finds the message of this key, "" for none.
func (n SlackNotifier) sentBefore(ctx context.Context, m paging.Message) (id string, err error) {
	channel := m.To
	if isPersonID(m.To) {
		if channel, err = n.api.OpenDM(ctx, m.To); err != nil {
			return "", err
		}
	}
	ts, found, err := n.api.FindPosted(ctx, channel, time.Now().Add(-lookBack), m.Key)
	if err != nil || !found {
		return "", err
	}
	return slackID(channel, ts), nil
}

func isPersonID(to string) bool { return strings.HasPrefix(to, "U") || strings.HasPrefix(to, "W") }

// slackID names a message of ours to paging.
func slackID(channel, ts string) string { return channel + ":" + ts }

// splitSlackID is the inverse of slackID.
func splitSlackID(id string) (channel, ts string, ok bool) {
	channel, ts, ok = strings.Cut(id, ":")
	return channel, ts, ok && channel != "" && ts != ""
}

// slackFailure is why a page was not sent, as a sentence for people.
type slackFailure struct {
	text      string
	wait      time.Duration
	permanent bool
	cause     error
}

// Error is the sentence.
func (f *slackFailure) Error() string { return f.text }

// Wait is when Slack wants to be asked again; 0 where it did not say.
func (f *slackFailure) Wait() time.Duration { return f.wait }

// Permanent reports whether trying again is pointless.
func (f *slackFailure) Permanent() bool { return f.permanent }

// Unwrap returns what Slack said.
func (f *slackFailure) Unwrap() error { return f.cause }

// notifierError sorts an error of the outbound side. What only an administrator
// can mend is permanent for a page: the person's other methods must not wait for it.
func notifierError(err error) error {
	if limited, ok := errors.AsType[*RateLimited](err); ok {
		return &slackFailure{text: "Slack asks us to slow down; it is tried again.", wait: limited.Wait(), cause: err}
	}
	if gone, ok := errors.AsType[*Gone](err); ok {
		return &slackFailure{text: gone.Sentence, permanent: true, cause: err}
	}
	return &slackFailure{text: "Slack does not answer as it should; it is tried again.", cause: err}
}
