package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident/roster"
)

// ReadPolicy returns a policy; ok is false when there is none of that id.
func ReadPolicy(ctx context.Context, q roster.Querier, id string) (p Policy, ok bool, err error) {
	var raw []byte
	err = q.QueryRow(ctx, `SELECT definition FROM policy WHERE id = $1`, id).Scan(&raw)
	if errors.Is(err, pgx.ErrNoRows) {
		return Policy{}, false, nil
	}
	if err != nil {
		return Policy{}, false, fmt.Errorf("read policy: %w", err)
	}
	p, err = decodePolicy(id, raw)
	return p, err == nil, err
}

func decodePolicy(id string, raw []byte) (p Policy, err error) {
	if err := json.Unmarshal(raw, &p); err != nil {
		return Policy{}, fmt.Errorf("decode policy %s: %w", id, err)
	}
	p.ID = id
	return p, nil
}

// Policies lists all policies in the order of their ids.
func Policies(ctx context.Context, q roster.Querier) ([]Policy, error) {
	rows, err := q.Query(ctx, `
		SELECT id, definition
		FROM policy
		ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Policy, error) {
		var id string
		var raw []byte
		if err := row.Scan(&id, &raw); err != nil {
			return Policy{}, err
		}
		return decodePolicy(id, raw)
	})
	if err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	return all, nil
}

// SavePolicy makes a policy, or replaces the one of that id. Escalations that are
// open go on with the copy that they have.
func SavePolicy(ctx context.Context, tx pgx.Tx, p Policy) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode policy: %w", err)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO policy (id, definition)
		VALUES ($1, $2)
		ON CONFLICT ON CONSTRAINT policy_pkey DO UPDATE SET definition = excluded.definition`, p.ID, raw)
	if err != nil {
		return fmt.Errorf("save policy: %w", err)
	}
	return nil
}

// DeletePolicy takes a policy away. One that is not there is no error, and open
// escalations keep their copy.
func DeletePolicy(ctx context.Context, tx pgx.Tx, id string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM policy WHERE id = $1`, id); err != nil {
		return fmt.Errorf("delete policy: %w", err)
	}
	return nil
}
