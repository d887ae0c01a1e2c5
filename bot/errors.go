package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// Codes of Postgres, https://www.postgresql.org/docs/current/errcodes-appendix.html.
const (
	lockNotAvailable   = "55P03"
	tooManyConnections = "53300"
)

// sentence is what a person is shown of an error, as safe mrkdwn: our own words, in
// which they may find what they typed, when the error is for people; else a reference that is in the log beside the error.
func (b *Bot) sentence(ctx context.Context, doing string, err error) string {
	if e, ok := errors.AsType[*incident.Error](err); ok {
		return view.Escape(b.named(ctx, e.Message))
	}
	ref := rand.Text()[:8]
	b.Log.ErrorContext(ctx, "internal error", slog.String("doing", doing), slog.String("ref", ref), slog.Any("error", err))
	if b.isCrowded(err) {
		return "Tocsin is very busy: too much is waiting for the database. Nothing was changed unless the incident shows it; try again in a few seconds. (Reference " + ref + ")"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "That took too long, so it was given up; nothing was changed unless the incident shows it. Try again in a moment. (Reference " + ref + ")"
	}
	return "Something went wrong on our side; nothing is lost. Try again, and if it stays, give reference " + ref + " to whoever runs Tocsin."
}

// isCrowded reports whether time was lost waiting for others: for one of the pool's
// connections, or for an incident that somebody else is changing.
func (b *Bot) isCrowded(err error) bool {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return refused.Code == lockNotAvailable || refused.Code == tooManyConnections
	}
	if b.Pool == nil || !errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	use := b.Pool.Stat()
	return use.AcquiredConns() >= use.MaxConns()
}

// personal is the sentence of an error for people, wherever it is in the chain.
func personal(err error) string {
	if e, ok := errors.AsType[*incident.Error](err); ok {
		return e.Message
	}
	return err.Error()
}
