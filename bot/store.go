package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
)

// querier is a pool or a transaction.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// claim takes an envelope for this process. It reports false when it was handled
// before, or is being handled elsewhere right now.
//
// Its commit does not wait for the disk, which would be half of the time until the
// ack. Nothing is lost by it: what the handler changes commits later, and the log
// is written in order, so a change that survived a crash has its claim beside it.
func claim(ctx context.Context, q querier, key, kind string, now time.Time) (bool, error) {
	tag, err := q.Exec(ctx, `
		INSERT INTO slack_inbound AS known (key, kind, claimed_at)
		SELECT $1, $2, $3::timestamptz
		FROM set_config('synchronous_commit', 'off', true)
		ON CONFLICT ON CONSTRAINT slack_inbound_pkey DO UPDATE
		SET claimed_at = excluded.claimed_at
		WHERE known.done_at IS NULL AND known.claimed_at < $4`, key, kind, now, now.Add(-claimLease))
	if err != nil {
		return false, fmt.Errorf("claim %s: %w", kind, err)
	}
	return tag.RowsAffected() == 1, nil
}

// finish notes that an envelope needs no more handling. A note lost in a crash
// costs a repeat, which changes nothing, so it does not wait for the disk either.
func finish(ctx context.Context, q querier, key string, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE slack_inbound
		SET done_at = $2, payload = NULL
		FROM set_config('synchronous_commit', 'off', true)
		WHERE key = $1`, key, now)
	if err != nil {
		return fmt.Errorf("finish envelope: %w", err)
	}
	return nil
}

// finishFirst is finish for an envelope that may be finished already; then it
// reports false.
func finishFirst(ctx context.Context, tx pgx.Tx, key string, now time.Time) (bool, error) {
	tag, err := tx.Exec(ctx, `
		UPDATE slack_inbound
		SET done_at = $2, payload = NULL
		WHERE key = $1 AND done_at IS NULL`, key, now)
	if err != nil {
		return false, fmt.Errorf("finish envelope: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// keepEvent stores an event before it is acked; false means it is known already.
func keepEvent(ctx context.Context, tx pgx.Tx, key string, payload json.RawMessage, now time.Time) (bool, error) {
	tag, err := tx.Exec(ctx, `
		INSERT INTO slack_inbound (key, kind, payload, claimed_at)
		VALUES ($1, 'event', $2, $3)
		ON CONFLICT ON CONSTRAINT slack_inbound_pkey DO NOTHING`, key, payload, now)
	if err != nil {
		return false, fmt.Errorf("keep event: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// keptEvent returns a stored event, or nothing when it was worked already.
func keptEvent(ctx context.Context, q querier, key string) (json.RawMessage, error) {
	var payload []byte
	err := q.QueryRow(ctx, `
		SELECT payload
		FROM slack_inbound
		WHERE key = $1 AND done_at IS NULL`, key).Scan(&payload)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	return payload, nil
}

// isWaiting reports whether a job with these arguments is still to begin.
func isWaiting(ctx context.Context, q querier, args river.JobArgs) (waiting bool, err error) {
	raw, err := json.Marshal(args)
	if err != nil {
		return false, fmt.Errorf("encode %s: %w", args.Kind(), err)
	}
	err = q.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT FROM river_job
			WHERE kind = $1 AND args = $2 AND state IN ('available', 'scheduled', 'retryable')
		)`, args.Kind(), raw).Scan(&waiting)
	if err != nil {
		return false, fmt.Errorf("look for %s: %w", args.Kind(), err)
	}
	return waiting, nil
}

// forgetInbound deletes envelopes that are older than any repeat can be.
func forgetInbound(ctx context.Context, q querier, before time.Time) error {
	_, err := q.Exec(ctx, `
		DELETE FROM slack_inbound
		WHERE claimed_at < $1`, before)
	if err != nil {
		return fmt.Errorf("forget envelopes: %w", err)
	}
	return nil
}

// earlierToTell reports whether a job of that kind is still to tell an entry of the
// same incident from before.
func earlierToTell(ctx context.Context, q querier, kind string, id incident.ID, entry int64) (waiting bool, err error) {
	err = q.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT FROM river_job
			WHERE kind = $1 AND state IN ('available', 'running', 'retryable', 'scheduled')
				AND (args ->> 'incident')::bigint = $2 AND (args ->> 'entry')::bigint < $3
		)`, kind, id, entry).Scan(&waiting)
	if err != nil {
		return false, fmt.Errorf("look for earlier entries to tell: %w", err)
	}
	return waiting, nil
}
