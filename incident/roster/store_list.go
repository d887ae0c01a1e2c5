package roster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// People lists everybody who was not removed, by handle.
func People(ctx context.Context, q Querier) ([]Person, error) {
	rows, err := q.Query(ctx, `
		SELECT id, handle, name, zone
		FROM person
		WHERE removed_at IS NULL
		ORDER BY handle`)
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	people, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Person, err error) {
		return p, row.Scan(&p.ID, &p.Handle, &p.Name, &p.Zone)
	})
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	return people, nil
}

// PersonByHandle returns who has the handle now; ok is false when nobody has it.
func PersonByHandle(ctx context.Context, q Querier, handle string) (p Person, ok bool, err error) {
	var id incident.PersonID
	err = q.QueryRow(ctx, `
		SELECT id
		FROM person
		WHERE handle = $1 AND removed_at IS NULL`, handle).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, false, nil
	}
	if err != nil {
		return Person{}, false, fmt.Errorf("read person by handle: %w", err)
	}
	return ReadPerson(ctx, q, id)
}

// Teams lists all teams, by id.
func Teams(ctx context.Context, q Querier) ([]Team, error) {
	return definitions(ctx, q, `SELECT id, definition FROM team ORDER BY id`,
		func(t *Team, id string) { t.ID = id })
}

// Services lists all services, by id.
func Services(ctx context.Context, q Querier) ([]Service, error) {
	return definitions(ctx, q, `SELECT id, definition FROM service ORDER BY id`,
		func(s *Service, id string) { s.ID = id })
}

func definitions[T any](ctx context.Context, q Querier, query string, named func(*T, string)) ([]T, error) {
	rows, err := q.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("list definitions: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (one T, err error) {
		var id string
		var raw []byte
		if err := row.Scan(&id, &raw); err != nil {
			return one, err
		}
		if err := json.Unmarshal(raw, &one); err != nil {
			return one, fmt.Errorf("decode definition of %s: %w", id, err)
		}
		named(&one, id)
		return one, nil
	})
	if err != nil {
		return nil, fmt.Errorf("list definitions: %w", err)
	}
	return all, nil
}
