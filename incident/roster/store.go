package roster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// Querier is a transaction, a connection or a pool.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// ReadPerson returns somebody, also who was removed; ok is false when nobody has
// that id.
func ReadPerson(ctx context.Context, q Querier, id incident.PersonID) (p Person, ok bool, err error) {
	p.ID = id
	err = q.QueryRow(ctx, `
		SELECT handle, name, zone, removed_at IS NOT NULL
		FROM person
		WHERE id = $1`, id).Scan(&p.Handle, &p.Name, &p.Zone, &p.Removed)
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, false, nil
	}
	if err != nil {
		return Person{}, false, fmt.Errorf("read person: %w", err)
	}
	return p, true, nil
}

// Removed tells which of these people were removed.
func Removed(ctx context.Context, q Querier, people []incident.PersonID) (map[incident.PersonID]bool, error) {
	rows, err := q.Query(ctx, `
		SELECT id
		FROM person
		WHERE id = ANY($1) AND removed_at IS NOT NULL`, people)
	if err != nil {
		return nil, fmt.Errorf("read removed people: %w", err)
	}
	gone, err := pgx.CollectRows(rows, pgx.RowTo[incident.PersonID])
	if err != nil {
		return nil, fmt.Errorf("read removed people: %w", err)
	}
	removed := map[incident.PersonID]bool{}
	for _, id := range gone {
		removed[id] = true
	}
	return removed, nil
}

// ReadTeam returns a team; ok is false when there is none of that id.
func ReadTeam(ctx context.Context, q Querier, id string) (t Team, ok bool, err error) {
	t.ID = id
	ok, err = readDefinition(ctx, q, `SELECT definition FROM team WHERE id = $1`, id, &t)
	return t, ok, err
}

// ReadService returns a service; ok is false when there is none of that id.
func ReadService(ctx context.Context, q Querier, id string) (s Service, ok bool, err error) {
	s.ID = id
	ok, err = readDefinition(ctx, q, `SELECT definition FROM service WHERE id = $1`, id, &s)
	return s, ok, err
}

// GroupMembers returns who is in a Slack user group, as Slack last told it.
func GroupMembers(ctx context.Context, q Querier, group string) (members []incident.PersonID, err error) {
	err = q.QueryRow(ctx, `SELECT members FROM user_group WHERE id = $1`, group).Scan(&members)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read user group: %w", err)
	}
	return members, nil
}

func readDefinition(ctx context.Context, q Querier, query, id string, into any) (bool, error) {
	var raw []byte
	err := q.QueryRow(ctx, query, id).Scan(&raw)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read definition of %s: %w", id, err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return false, fmt.Errorf("decode definition of %s: %w", id, err)
	}
	return true, nil
}
