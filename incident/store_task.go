package incident

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

const taskColumns = `
	incident_id, number, kind, text, owner, due_on, created_by, created_at, done_at, withdrawn_at, source_channel, source_ts`

func scanTask(row pgx.CollectableRow) (*Task, error) {
	var (
		t                    Task
		due, done, withdrawn *time.Time
	)
	err := row.Scan(&t.Incident, &t.Number, &t.Kind, &t.Text, &t.Owner, &due, &t.CreatedBy, &t.CreatedAt, &done, &withdrawn,
		&t.Source.Channel, &t.Source.TS)
	if err != nil {
		return nil, fmt.Errorf("scan task: %w", err)
	}
	t.CreatedAt = t.CreatedAt.UTC()
	t.DueOn, t.DoneAt, t.Withdrawn = fromNull(due), fromNull(done), fromNull(withdrawn)
	return &t, nil
}

func saveTask(ctx context.Context, tx pgx.Tx, t *Task) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO task (incident_id, number, kind, text, owner, due_on, created_by, created_at, done_at, withdrawn_at, source_channel, source_ts)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT ON CONSTRAINT task_pkey DO UPDATE
		SET text = excluded.text, owner = excluded.owner, due_on = excluded.due_on, done_at = excluded.done_at, withdrawn_at = excluded.withdrawn_at`,
		t.Incident, t.Number, t.Kind, t.Text, t.Owner, toNull(t.DueOn), t.CreatedBy, t.CreatedAt, toNull(t.DoneAt), toNull(t.Withdrawn),
		t.Source.Channel, t.Source.TS)
	if err != nil {
		return fmt.Errorf("save task: %w", err)
	}
	return nil
}

func readTask(ctx context.Context, q querier, id ID, number int) (*Task, error) {
	rows, err := q.Query(ctx, `SELECT`+taskColumns+` FROM task WHERE incident_id = $1 AND number = $2`, id, number)
	if err != nil {
		return nil, fmt.Errorf("read task: %w", err)
	}
	t, err := pgx.CollectExactlyOneRow(rows, scanTask)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, Errorf(NotFound, "%s has no task number %d; the tasks command lists them.", id, number)
	}
	return t, err
}

func taskBySource(ctx context.Context, tx pgx.Tx, id ID, kind TaskKind, m Message) (*Task, bool, error) {
	if m.TS == "" {
		return nil, false, nil
	}
	list, err := tasksWhere(ctx, tx, `
		WHERE incident_id = $1 AND kind = $2 AND source_channel = $3 AND source_ts = $4`, id, kind, m.Channel, m.TS)
	if err != nil || len(list) == 0 {
		return nil, false, err
	}
	return list[0], true, nil
}

func tasksOf(ctx context.Context, q querier, id ID) ([]*Task, error) {
	return tasksWhere(ctx, q, `
		WHERE incident_id = $1 AND withdrawn_at IS NULL
		ORDER BY number`, id)
}

func tasksOfPerson(ctx context.Context, q querier, p PersonID, limit int) ([]*Task, error) {
	return tasksWhere(ctx, q, `
		WHERE owner = $1 AND done_at IS NULL AND withdrawn_at IS NULL
		ORDER BY due_on NULLS LAST, incident_id DESC, number
		LIMIT $2`, p, limit)
}

func tasksWhere(ctx context.Context, q querier, clauses string, args ...any) ([]*Task, error) {
	rows, err := q.Query(ctx, `SELECT`+taskColumns+` FROM task `+clauses, args...)
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	return pgx.CollectRows(rows, scanTask)
}
