package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// One call to Slack takes at most this long; what came of it is then unknown.
const callWithin = 15 * time.Second

// API is the outbound side: one method per Web API call that the bot needs. Each
// keeps to Slack's rates and returns at once with *RateLimited when it would have
// to wait long, returns *Gone when trying again cannot help, and any other error
// when it may. It never tries again by itself. It may be used concurrently.
type API struct {
	client *slack.Client
	log    *slog.Logger
	pace   *pace
	count  *apiMetrics

	mu   sync.Mutex
	self *slack.AuthTestResponse
}

// NewAPI returns an API that calls through client, which must not retry by
// itself. A nil log means slog.Default().
func NewAPI(client *slack.Client, log *slog.Logger) *API {
	if log == nil {
		log = slog.Default()
	}
	return &API{client: client, log: log, pace: newPace(), count: newAPIMetrics()}
}

// Identify asks Slack who we are, once; later calls return what is known.
func (a *API) Identify(ctx context.Context) (*slack.AuthTestResponse, error) {
	if self := a.known(); self != nil {
		return self, nil
	}
	var self *slack.AuthTestResponse
	err := a.do(ctx, "auth.test", "", func(ctx context.Context) (err error) {
		self, err = a.client.AuthTestContext(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.self = self
	return self, nil
}

// BotUser is the id of our own bot user; "" until Identify has succeeded once.
func (a *API) BotUser() string {
	if self := a.known(); self != nil {
		return self.UserID
	}
	return ""
}

func (a *API) known() *slack.AuthTestResponse {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.self
}

// do makes one call within Slack's rates and sorts its error. channel is only
// needed where Slack limits by channel.
func (a *API) do(ctx context.Context, method, channel string, call func(context.Context) error) error {
	if err := a.pace.wait(ctx, method, channel); err != nil {
		a.count.add(method, outcomeHeld)
		return err
	}
	callCtx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	said := call(callCtx)
	err := sortError(method, said)
	a.count.add(method, outcomeOf(err))
	if limited, ok := errors.AsType[*RateLimited](err); ok {
		a.pace.pause(method, channel, limited.RetryAfter)
		a.log.WarnContext(ctx, "Slack limits us", slog.String("method", method), slog.String("channel", channel),
			slog.Duration("retry_after", limited.RetryAfter))
	}
	if said != nil && err == nil {
		a.log.DebugContext(ctx, "already so", slog.String("method", method), slog.Any("said", said))
	}
	return err
}

// pages calls until there is no next cursor. Each page is one paced call.
func (a *API) pages(ctx context.Context, method string, page func(ctx context.Context, cursor string) (next string, err error)) error {
	cursor := ""
	for {
		err := a.do(ctx, method, "", func(ctx context.Context) (err error) {
			cursor, err = page(ctx, cursor)
			return err
		})
		if err != nil || cursor == "" {
			return err
		}
	}
}

func stopPages(found bool, next string) string {
	if found {
		return ""
	}
	return next
}

func wrapCall(method string, err error) error { return fmt.Errorf("slack %s: %w", method, err) }
