package oncall

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
)

func insertFeed(ctx context.Context, pool *pgxpool.Pool, hash []byte, of FeedSubject, by incident.PersonID, now time.Time) error {
	_, err := pool.Exec(ctx, `
		INSERT INTO calendar_feed (token_hash, schedule, person, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5)`, hash, of.Schedule, of.Person, by, now)
	if err != nil {
		return fmt.Errorf("insert calendar: %w", err)
	}
	return nil
}

// feedByHash finds a calendar that was not revoked. Those of people who were
// removed from the organisation are not found any more. What the look-up by hash takes
// says nothing about a secret, since nobody can choose a hash.
func feedByHash(ctx context.Context, pool *pgxpool.Pool, hash []byte) (of FeedSubject, ok bool, err error) {
	var kept []byte
	err = pool.QueryRow(ctx, `
		SELECT token_hash, schedule, person
		FROM calendar_feed f
		WHERE token_hash = $1 AND revoked_at IS NULL
			AND NOT EXISTS (SELECT FROM person p WHERE p.id IN (f.person, f.created_by) AND p.removed_at IS NOT NULL)`, hash).Scan(&kept, &of.Schedule, &of.Person)
	if errors.Is(err, pgx.ErrNoRows) {
		return FeedSubject{}, false, nil
	}
	if err != nil {
		return FeedSubject{}, false, fmt.Errorf("read calendar: %w", err)
	}
	return of, subtle.ConstantTimeCompare(kept, hash) == 1, nil
}

func feedsOf(ctx context.Context, pool *pgxpool.Pool, by incident.PersonID) ([]FeedInfo, error) {
	rows, err := pool.Query(ctx, `
		SELECT id, schedule, person, created_by, created_at
		FROM calendar_feed
		WHERE created_by = $1 AND revoked_at IS NULL
		ORDER BY id`, by)
	if err != nil {
		return nil, fmt.Errorf("list calendars: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f FeedInfo, err error) {
		err = row.Scan(&f.ID, &f.Schedule, &f.Person, &f.CreatedBy, &f.CreatedAt)
		f.CreatedAt = f.CreatedAt.UTC()
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("list calendars: %w", err)
	}
	return all, nil
}

// revokeFeed keeps the first time of two; known is false when the person made no
// such calendar.
func revokeFeed(ctx context.Context, pool *pgxpool.Pool, id int64, by incident.PersonID, now time.Time) (known bool, err error) {
	done, err := pool.Exec(ctx, `
		UPDATE calendar_feed
		SET revoked_at = coalesce(revoked_at, $3)
		WHERE id = $1 AND created_by = $2`, id, by, now)
	if err != nil {
		return false, fmt.Errorf("revoke calendar: %w", err)
	}
	return done.RowsAffected() == 1, nil
}
