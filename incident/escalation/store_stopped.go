package escalation

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// Stopped is paging that a person ended while its incident goes on.
type Stopped struct {
	Subject string
	By      incident.PersonID
	At      time.Time // UTC
}

// Stopped lists what people stopped of an incident's paging and nobody has asked for
// again since, oldest first.
func (s *Service) Stopped(ctx context.Context, id incident.ID) ([]Stopped, error) {
	rows, err := s.Pool.Query(ctx, `
		SELECT e.subject, t.actor_id, t.occurred_at
		FROM timeline_entry t
		JOIN escalation e ON e.id = (t.data->>'escalation')::bigint
		WHERE t.incident_id = $1 AND t.kind = $2 AND t.data->>'cause' = 'person' AND t.actor_kind = 'person'
			AND NOT EXISTS (SELECT FROM escalation later WHERE later.dedup_key = e.dedup_key AND later.id > e.id)
		ORDER BY t.id`, id, incident.KindEscalationResolved)
	if err != nil {
		return nil, fmt.Errorf("list what was stopped: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (stopped Stopped, err error) {
		err = row.Scan(&stopped.Subject, &stopped.By, &stopped.At)
		stopped.At = stopped.At.UTC()
		return stopped, err
	})
}

// StoppedBy returns who stopped an escalation, "" when nobody did.
func StoppedBy(ctx context.Context, q querier, escalation int64) (incident.PersonID, error) {
	people, err := actors(ctx, q, escalation, incident.KindEscalationResolved, `AND t.data->>'cause' = 'person'`)
	if err != nil || len(people) == 0 {
		return "", err
	}
	return people[len(people)-1], nil
}

// AskedBy lists the people who asked for an escalation: who began it, then who raised
// its urgency. What Tocsin began by itself nobody asked for.
func AskedBy(ctx context.Context, q querier, escalation int64) ([]incident.PersonID, error) {
	return actors(ctx, q, escalation, incident.KindEscalationBegan, "")
}

// actors lists the people behind the entries of a kind about an escalation, oldest first.
func actors(ctx context.Context, q querier, escalation int64, kind incident.Kind, and string) ([]incident.PersonID, error) {
	rows, err := q.Query(ctx, `
		SELECT t.actor_id
		FROM escalation e
		JOIN timeline_entry t ON t.incident_id = e.incident_id
		WHERE e.id = $1 AND t.kind = $2 AND t.data->>'escalation' = e.id::text AND t.actor_kind = 'person' `+and+`
		ORDER BY t.id`, escalation, kind)
	if err != nil {
		return nil, fmt.Errorf("read who acted: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[incident.PersonID])
}
