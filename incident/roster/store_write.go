package roster

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// SavePeople adds people and alters those who are known by their id; who had been
// removed is back. Handles may move between people in one call. Saving the same
// twice changes nothing.
func SavePeople(ctx context.Context, tx pgx.Tx, people []Person) error {
	if err := freeHandles(ctx, tx, people); err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for _, p := range people {
		batch.Queue(`
			INSERT INTO person (id, handle, name, zone)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE
			SET handle = excluded.handle, name = excluded.name, zone = excluded.zone, removed_at = NULL`,
			p.ID, p.Handle, p.Name, p.Zone)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("save people: %w", err)
	}
	return nil
}

// freeHandles takes from those who are about to be saved the handles they had, so
// that two people can swap theirs. No handle of a file holds a space.
func freeHandles(ctx context.Context, tx pgx.Tx, people []Person) error {
	ids := make([]incident.PersonID, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	if _, err := tx.Exec(ctx, `UPDATE person SET handle = 'saved as ' || id WHERE id = ANY($1)`, ids); err != nil {
		return fmt.Errorf("free handles: %w", err)
	}
	return nil
}

// RemovePeople leaves people out of everything from now on. What they did stays
// theirs, so their rows stay. Removing somebody twice changes nothing.
func RemovePeople(ctx context.Context, tx pgx.Tx, ids []incident.PersonID, now time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE person
		SET removed_at = $2
		WHERE id = ANY($1) AND removed_at IS NULL`, ids, now)
	if err != nil {
		return fmt.Errorf("remove people: %w", err)
	}
	return nil
}

// SaveTeam adds a team, or alters the one of that id.
func SaveTeam(ctx context.Context, tx pgx.Tx, t Team) error {
	return saveDefinition(ctx, tx, `
		INSERT INTO team (id, definition)
		VALUES ($1, $2)
		ON CONFLICT (id) DO UPDATE
		SET definition = excluded.definition`, t.ID, t)
}

// DeleteTeam removes a team; one that does not exist is no mistake.
func DeleteTeam(ctx context.Context, tx pgx.Tx, id string) error {
	return remove(ctx, tx, `DELETE FROM team WHERE id = $1`, id)
}

// SaveService adds a service, or alters the one of that id.
func SaveService(ctx context.Context, tx pgx.Tx, s Service) error {
	return saveDefinition(ctx, tx, `
		INSERT INTO service (id, definition)
		VALUES ($1, $2)
		ON CONFLICT (id) DO UPDATE
		SET definition = excluded.definition`, s.ID, s)
}

// DeleteService removes a service; one that does not exist is no mistake.
func DeleteService(ctx context.Context, tx pgx.Tx, id string) error {
	return remove(ctx, tx, `DELETE FROM service WHERE id = $1`, id)
}

// SaveGroupMembers keeps who is in a Slack user group, as Slack told it at now. An
// older word than the one that is kept changes nothing.
func SaveGroupMembers(ctx context.Context, tx pgx.Tx, group, handle string, members []incident.PersonID, now time.Time) error {
	if members == nil {
		members = []incident.PersonID{} // nobody is in it; NULL would say that we do not know
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO user_group (id, handle, members, refreshed_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE
		SET handle = excluded.handle, members = excluded.members, refreshed_at = excluded.refreshed_at
		WHERE user_group.refreshed_at <= excluded.refreshed_at`, group, handle, members, now)
	if err != nil {
		return fmt.Errorf("save user group: %w", err)
	}
	return nil
}

func saveDefinition(ctx context.Context, tx pgx.Tx, statement, id string, definition any) error {
	raw, err := json.Marshal(definition)
	if err != nil {
		return fmt.Errorf("encode definition of %s: %w", id, err)
	}
	if _, err := tx.Exec(ctx, statement, id, raw); err != nil {
		return fmt.Errorf("save definition of %s: %w", id, err)
	}
	return nil
}

func remove(ctx context.Context, tx pgx.Tx, statement, id string) error {
	if _, err := tx.Exec(ctx, statement, id); err != nil {
		return fmt.Errorf("delete %s: %w", id, err)
	}
	return nil
}
