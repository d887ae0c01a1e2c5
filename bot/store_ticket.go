package bot

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

func ticketsOf(ctx context.Context, q querier, id incident.ID) ([]view.Ticket, error) {
	rows, err := q.Query(ctx, `
		SELECT task, key, url, status, state = 'done', reason
		FROM ticket
		WHERE incident_id = $1
		ORDER BY task`, id)
	if err != nil {
		return nil, fmt.Errorf("list tickets: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (view.Ticket, error) {
		var t view.Ticket
		err := row.Scan(&t.Task, &t.Key, &t.URL, &t.Status, &t.Done, &t.Reason)
		return t, err
	})
}
