package oncall

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// CoverState is what became of a request for cover.
type CoverState string

// The states of requests. A request that nobody took is past once it is over.
const (
	CoverOpen      CoverState = "open"
	CoverTaken     CoverState = "taken"
	CoverWithdrawn CoverState = "withdrawn"
	CoverPast      CoverState = "past"
)

// Cover is somebody asking others to stand in.
type Cover struct {
	ID        int64
	Schedule  string
	Person    incident.PersonID // who asks
	From      time.Time
	Until     time.Time
	Reason    string
	State     CoverState
	CreatedAt time.Time
	TakenBy   incident.PersonID // "" until it is taken
	TakenAt   time.Time
	Override  int64  // that taking it made; 0 until then
	Channel   string // of the message that asks, with its time stamp; empty until it is posted
	MessageTS string
}

// Holds is from when cover holds, or would hold: what was taken after it began holds from
// then on, since the past cannot be changed.
func (c Cover) Holds() time.Time { return later(c.From, c.TakenAt) }

const coverColumns = `id, schedule, person, from_at, until_at, reason, state, created_at, taken_by, taken_at, override_id, message_channel, message_ts`

func scanCover(row pgx.CollectableRow) (c Cover, err error) {
	var takenAt *time.Time
	var override *int64
	err = row.Scan(&c.ID, &c.Schedule, &c.Person, &c.From, &c.Until, &c.Reason, &c.State, &c.CreatedAt,
		&c.TakenBy, &takenAt, &override, &c.Channel, &c.MessageTS)
	if takenAt != nil {
		c.TakenAt = takenAt.UTC()
	}
	if override != nil {
		c.Override = *override
	}
	c.From, c.Until, c.CreatedAt = c.From.UTC(), c.Until.UTC(), c.CreatedAt.UTC()
	return c, err
}

func insertCover(ctx context.Context, tx pgx.Tx, c *Cover) error {
	err := tx.QueryRow(ctx, `
		INSERT INTO cover_request (schedule, person, from_at, until_at, reason, state, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		RETURNING id`, c.Schedule, c.Person, c.From, c.Until, c.Reason, c.State, c.CreatedAt).Scan(&c.ID)
	if err != nil {
		return fmt.Errorf("insert request for cover: %w", err)
	}
	return nil
}

func saveCover(ctx context.Context, tx pgx.Tx, c Cover) error {
	var takenAt *time.Time
	if !c.TakenAt.IsZero() {
		takenAt = &c.TakenAt
	}
	_, err := tx.Exec(ctx, `
		UPDATE cover_request
		SET state = $2, taken_by = $3, taken_at = $4, override_id = nullif($5::bigint, 0)
		WHERE id = $1`, c.ID, c.State, c.TakenBy, takenAt, c.Override)
	if err != nil {
		return fmt.Errorf("save request for cover: %w", err)
	}
	return nil
}

// coverWhere reads requests. Those that nobody took and that are over at now come
// as past.
func coverWhere(ctx context.Context, q roster.Querier, now time.Time, where string, args ...any) ([]Cover, error) {
	rows, err := q.Query(ctx, `SELECT `+coverColumns+` FROM cover_request WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read requests for cover: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanCover)
	if err != nil {
		return nil, fmt.Errorf("read requests for cover: %w", err)
	}
	for i, c := range all {
		if c.State == CoverOpen && !c.Until.After(now) {
			all[i].State = CoverPast
		}
	}
	return all, nil
}

// lockCover reads a request that nobody else alters until the transaction ends.
// The schedule is locked before it, as it is everywhere.
func lockCover(ctx context.Context, tx pgx.Tx, id int64, now time.Time) (Cover, error) {
	unknown := incident.Errorf(incident.NotFound, "That request for cover does not exist any more; look at the list of requests.")
	var schedule string
	err := tx.QueryRow(ctx, `SELECT schedule FROM cover_request WHERE id = $1`, id).Scan(&schedule)
	if errors.Is(err, pgx.ErrNoRows) {
		return Cover{}, unknown
	}
	if err != nil {
		return Cover{}, fmt.Errorf("read request for cover: %w", err)
	}
	if _, err := lockSchedule(ctx, tx, schedule); err != nil {
		return Cover{}, err
	}
	all, err := coverWhere(ctx, tx, now, `id = $1 FOR UPDATE`, id)
	if err == nil && len(all) == 0 {
		err = unknown
	}
	if err != nil {
		return Cover{}, err
	}
	return all[0], nil
}

func saveCoverMessage(ctx context.Context, tx pgx.Tx, id int64, channel, ts string) error {
	_, err := tx.Exec(ctx, `
		UPDATE cover_request
		SET message_channel = $2, message_ts = $3
		WHERE id = $1`, id, channel, ts)
	if err != nil {
		return fmt.Errorf("save message of request for cover: %w", err)
	}
	return nil
}
