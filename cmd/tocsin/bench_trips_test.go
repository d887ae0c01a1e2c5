package main

import (
	"context"
	"sync/atomic"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/bot"
)

// roundTrips counts what the handlers of slash commands send to Postgres:
// statements and batches. What events, jobs and River send is not counted; the
// mark that handled puts on the context tells them apart.
type roundTrips struct{ sent atomic.Int64 }

type handlerMark struct{}

// handled marks everything that the handler of a slash command does.
func (*roundTrips) handled(handle func(context.Context, *bot.Envelope)) func(context.Context, *bot.Envelope) {
	return func(ctx context.Context, e *bot.Envelope) {
		if e.Type == "slash_commands" {
			ctx = context.WithValue(ctx, handlerMark{}, true)
		}
		handle(ctx, e)
	}
}

func (r *roundTrips) count(ctx context.Context) context.Context {
	if ctx.Value(handlerMark{}) != nil {
		r.sent.Add(1)
	}
	return ctx
}

// TraceQueryStart is called by pgx before each statement.
func (r *roundTrips) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return r.count(ctx)
}

// TraceQueryEnd is called by pgx after each statement.
func (*roundTrips) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart is called by pgx before each batch.
func (r *roundTrips) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return r.count(ctx)
}

// TraceBatchQuery is called by pgx for each statement of a batch.
func (*roundTrips) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd is called by pgx after each batch.
func (*roundTrips) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
