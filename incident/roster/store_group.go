package roster

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// Group is a Slack user group as Slack last told it.
type Group struct {
	ID          string
	Handle      string // without @
	Members     []incident.PersonID
	RefreshedAt time.Time
}

// Groups lists the Slack user groups that are known, by handle.
func Groups(ctx context.Context, q Querier) ([]Group, error) {
	rows, err := q.Query(ctx, `
		SELECT id, handle, members, refreshed_at
		FROM user_group
		ORDER BY handle`)
	if err != nil {
		return nil, fmt.Errorf("list user groups: %w", err)
	}
	groups, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (g Group, err error) {
		return g, row.Scan(&g.ID, &g.Handle, &g.Members, &g.RefreshedAt)
	})
	if err != nil {
		return nil, fmt.Errorf("list user groups: %w", err)
	}
	return groups, nil
}
