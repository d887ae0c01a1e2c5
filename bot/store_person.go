package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

func readPerson(ctx context.Context, q querier, id incident.PersonID) (p Person, refreshed time.Time, found bool, err error) {
	p.ID = id
	err = q.QueryRow(ctx, `
		SELECT name, email, zone, deactivated, bot, refreshed_at
		FROM slack_person
		WHERE id = $1`, id).Scan(&p.Name, &p.Email, &p.Zone, &p.Deactivated, &p.Bot, &refreshed)
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, time.Time{}, false, nil
	}
	if err != nil {
		return Person{}, time.Time{}, false, fmt.Errorf("read person: %w", err)
	}
	return p, refreshed, true, nil
}

func savePerson(ctx context.Context, q querier, p Person, now time.Time) error {
	_, err := q.Exec(ctx, `
		INSERT INTO slack_person (id, name, email, zone, deactivated, bot, refreshed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT ON CONSTRAINT slack_person_pkey DO UPDATE
		SET name = excluded.name, email = excluded.email, zone = excluded.zone,
			deactivated = excluded.deactivated, bot = excluded.bot, refreshed_at = excluded.refreshed_at`,
		p.ID, p.Name, p.Email, p.Zone, p.Deactivated, p.Bot, now)
	if err != nil {
		return fmt.Errorf("save person: %w", err)
	}
	return nil
}
