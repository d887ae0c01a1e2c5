package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
)

// allGroups stands for the reading of all user groups.
const allGroups = ""

// groupTry is the last time that Slack refused to change a user group.
type groupTry struct {
	Group  string
	People []incident.PersonID // who were to be in it, sorted
	Reason string
	At     time.Time
}

// readGroupTries returns them by group.
func readGroupTries(ctx context.Context, pool *pgxpool.Pool) (map[string]groupTry, error) {
	rows, err := pool.Query(ctx, `SELECT user_group, people, reason, tried_at FROM user_group_try`)
	if err != nil {
		return nil, fmt.Errorf("read tries of user groups: %w", err)
	}
	tries := map[string]groupTry{}
	var t groupTry
	_, err = pgx.ForEachRow(rows, []any{&t.Group, &t.People, &t.Reason, &t.At}, func() error {
		tries[t.Group] = t
		t.People = nil
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read tries of user groups: %w", err)
	}
	return tries, nil
}

func saveGroupTry(ctx context.Context, pool *pgxpool.Pool, t groupTry) error {
	if t.People == nil {
		t.People = []incident.PersonID{}
	}
	_, err := pool.Exec(ctx, `
		INSERT INTO user_group_try (user_group, people, reason, tried_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT ON CONSTRAINT user_group_try_pkey DO UPDATE
		SET people = excluded.people, reason = excluded.reason, tried_at = excluded.tried_at`, t.Group, t.People, t.Reason, t.At)
	if err != nil {
		return fmt.Errorf("save try of a user group: %w", err)
	}
	return nil
}

// forgetGroupTry is called when the group holds whom it should.
func forgetGroupTry(ctx context.Context, pool *pgxpool.Pool, group string) error {
	if _, err := pool.Exec(ctx, `DELETE FROM user_group_try WHERE user_group = $1`, group); err != nil {
		return fmt.Errorf("forget try of a user group: %w", err)
	}
	return nil
}
