package bot

import (
	"context"
	"log/slog"
	"time"
)

// A claim that was not finished within claimLease belongs to a process that died.
const claimLease = 10 * time.Second

// once runs a handler for an envelope that nobody has handled yet, in whichever
// process and over whichever connection it arrives. A repeat is only acked. All of
// it, a slow database included, has the time in which Slack wants an answer; when
// the envelope cannot be claimed in that time, refused tells the person so.
func (b *Bot) once(ctx context.Context, e *Envelope, key string, handle func(context.Context) error, refused func(context.Context, Reply) error) error {
	due, cancel := context.WithDeadline(ctx, e.ReceivedAt.Add(answerWithin))
	defer cancel()
	claimed, err := claim(due, b.Pool, key, e.Type, time.Now())
	if err != nil {
		return refused(ctx, b.troubled(ctx, "claim envelope", err))
	}
	if !claimed {
		b.Log.InfoContext(ctx, "envelope seen before", slog.String("type", e.Type), slog.Int("attempt", e.RetryAttempt))
		return e.Ack(ctx, nil)
	}
	if err := handle(due); err != nil {
		return err
	}
	return finish(ctx, b.Pool, key, time.Now())
}
