package incident

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// querier is a pool or a transaction.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

const incidentColumns = `
	id, title, summary, severity, status, private, cause, service, declared_by_kind, declared_by_id, declared_at,
	impact_started_at, detected_at, acknowledged_at, mitigated_at, resolved_at, closed_at,
	update_due_at, update_generation, origin, room_channel, room_name, room_state,
	task_count, hypothesis_count, revision,
	coalesce((SELECT jsonb_agg(jsonb_build_array(role, person) ORDER BY since, person)
		FROM incident_role WHERE incident_id = incident.id), '[]')`

func scanIncident(row pgx.CollectableRow) (*Incident, error) {
	var (
		i             Incident
		origin, roles []byte
		times         [7]*time.Time
	)
	err := row.Scan(&i.ID, &i.Title, &i.Summary, &i.Severity, &i.Status, &i.Private, &i.Cause, &i.Service, &i.DeclaredBy.Kind, &i.DeclaredBy.ID, &i.DeclaredAt,
		&times[0], &times[1], &times[2], &times[3], &times[4], &times[5],
		&times[6], &i.UpdateGeneration, &origin, &i.Room.Channel, &i.Room.Name, &i.Room.State,
		&i.TaskCount, &i.HypothesisCount, &i.Revision, &roles)
	if err != nil {
		return nil, fmt.Errorf("scan incident: %w", err)
	}
	i.DeclaredAt = i.DeclaredAt.UTC()
	for at, p := range []*time.Time{&i.Milestones.ImpactStarted, &i.Milestones.Detected, &i.Milestones.Acknowledged,
		&i.Milestones.Mitigated, &i.Milestones.Resolved, &i.Milestones.Closed, &i.UpdateDueAt} {
		*p = fromNull(times[at])
	}
	return &i, errors.Join(decodeOrigin(&i, origin), decodeRoles(&i, roles))
}

func decodeOrigin(i *Incident, raw []byte) error {
	if len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, &i.Origin)
}

func decodeRoles(i *Incident, raw []byte) error {
	var pairs [][2]string
	i.Roles = Roles{}
	if err := json.Unmarshal(raw, &pairs); err != nil {
		return fmt.Errorf("decode roles: %w", err)
	}
	for _, p := range pairs {
		i.Roles[Role(p[0])] = append(i.Roles[Role(p[0])], PersonID(p[1]))
	}
	return nil
}

// fromNull and toNull translate between a zero time and SQL's NULL.
func fromNull(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func toNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// insertIncident numbers and stores i. When the dedup key is taken it loads the
// incident that has it into i and reports made = false. It looks first, because
// an insert that comes to nothing uses up a number that people would miss.
func insertIncident(ctx context.Context, tx pgx.Tx, i *Incident, dedupKey string) (made bool, err error) {
	if found, err := incidentByKey(ctx, tx, i, dedupKey); err != nil || found {
		return false, err
	}
	origin, err := json.Marshal(i.Origin)
	if err != nil {
		return false, fmt.Errorf("encode origin: %w", err)
	}
	if i.Origin == nil {
		origin = nil
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO incident (dedup_key, title, summary, severity, status, private, declared_by_kind, declared_by_id, declared_at, detected_at, origin, room_state, service)
		VALUES (nullif($1, ''), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT ON CONSTRAINT incident_dedup_key_key DO NOTHING
		RETURNING id`,
		dedupKey, i.Title, i.Summary, i.Severity, i.Status, i.Private, i.DeclaredBy.Kind, i.DeclaredBy.ID, i.DeclaredAt,
		toNull(i.Milestones.Detected), origin, i.Room.State, i.Service).Scan(&i.ID)
	if !errors.Is(err, pgx.ErrNoRows) {
		return err == nil, err
	}
	_, err = incidentByKey(ctx, tx, i, dedupKey)
	return false, err
}

// incidentByKey loads the incident with a dedup key into i, if there is one.
func incidentByKey(ctx context.Context, tx pgx.Tx, i *Incident, dedupKey string) (found bool, err error) {
	if dedupKey == "" {
		return false, nil
	}
	list, err := incidentsWhere(ctx, tx, `WHERE dedup_key = $1`, dedupKey)
	if err != nil || len(list) == 0 {
		return false, err
	}
	*i = *list[0]
	return true, nil
}

// lockIncident locks and then reads, in one trip. A single statement that waits for
// the lock would go on with the newest row of the incident, but with the roles as
// they were when it began to wait, and updateIncident would take away what the
// other change gave.
func lockIncident(ctx context.Context, tx pgx.Tx, id ID) (i *Incident, err error) {
	batch := &pgx.Batch{}
	batch.Queue(`SELECT FROM incident WHERE id = $1 FOR UPDATE`, id)
	batch.Queue(`SELECT`+incidentColumns+` FROM incident WHERE id = $1`, id).Query(func(rows pgx.Rows) error {
		i, err = oneOf(rows, id)
		return err
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	return i, nil
}

func readIncident(ctx context.Context, q querier, id ID) (*Incident, error) {
	return oneIncident(ctx, q, id, `SELECT`+incidentColumns+` FROM incident WHERE id = $1`)
}

func oneIncident(ctx context.Context, q querier, id ID, sql string) (*Incident, error) {
	rows, err := q.Query(ctx, sql, id)
	if err != nil {
		return nil, err
	}
	return oneOf(rows, id)
}

func oneOf(rows pgx.Rows, id ID) (*Incident, error) {
	i, err := pgx.CollectExactlyOneRow(rows, scanIncident)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, Errorf(NotFound, "There is no %s; see the open incidents with the list command.", id)
	}
	return i, err
}

func updateIncident(ctx context.Context, tx pgx.Tx, i *Incident, now time.Time) error {
	ms := i.Milestones
	batch := &pgx.Batch{}
	batch.Queue(`
		UPDATE incident
		SET title = $2, summary = $3, severity = $4, status = $5, private = $6, cause = $7,
			impact_started_at = $8, detected_at = $9, acknowledged_at = $10, mitigated_at = $11, resolved_at = $12, closed_at = $13,
			update_due_at = $14, update_generation = $15, room_channel = $16, room_name = $17, room_state = $18,
			task_count = $19, hypothesis_count = $20, revision = $21
		WHERE id = $1`,
		i.ID, i.Title, i.Summary, i.Severity, i.Status, i.Private, i.Cause,
		toNull(ms.ImpactStarted), toNull(ms.Detected), toNull(ms.Acknowledged), toNull(ms.Mitigated), toNull(ms.Resolved), toNull(ms.Closed),
		toNull(i.UpdateDueAt), i.UpdateGeneration, i.Room.Channel, i.Room.Name, i.Room.State,
		i.TaskCount, i.HypothesisCount, i.Revision)
	queueRoles(batch, i, now)
	err := tx.SendBatch(ctx, batch).Close()
	if broken, ok := errors.AsType[*pgconn.PgError](err); ok && broken.ConstraintName == "incident_room_channel_key" {
		return Errorf(Conflict, "That channel is the war room of another incident; %s needs one of its own.", i.ID)
	}
	if err != nil {
		return fmt.Errorf("update incident: %w", err)
	}
	return nil
}

// queueRoles makes the role rows say what i.Roles says; a holder who stays keeps
// the time since when.
func queueRoles(batch *pgx.Batch, i *Incident, now time.Time) {
	roles, people := []string{}, []string{}
	for role, holders := range i.Roles {
		for _, p := range holders {
			roles, people = append(roles, string(role)), append(people, string(p))
		}
	}
	batch.Queue(`
		WITH wanted AS (SELECT unnest($2::text[]) AS role, unnest($3::text[]) AS person),
		gone AS (
			DELETE FROM incident_role r
			WHERE r.incident_id = $1 AND NOT EXISTS (SELECT FROM wanted w WHERE w.role = r.role AND w.person = r.person)
		)
		INSERT INTO incident_role (incident_id, role, person, since)
		SELECT $1, role, person, $4 FROM wanted
		ON CONFLICT ON CONSTRAINT incident_role_pkey DO NOTHING`, i.ID, roles, people, now)
}

func incidentByRoom(ctx context.Context, q querier, channel string) (*Incident, bool, error) {
	if channel == "" {
		return nil, false, nil
	}
	list, err := incidentsWhere(ctx, q, `WHERE room_channel = $1`, channel)
	if err != nil || len(list) == 0 {
		return nil, false, err
	}
	return list[0], true, nil
}

func openIncidents(ctx context.Context, q querier, limit int) ([]*Incident, error) {
	return incidentsWhere(ctx, q, `
		WHERE status IN ('triage', 'active', 'mitigated')
		ORDER BY severity, id DESC
		LIMIT $1`, limit)
}

func recentIncidents(ctx context.Context, q querier, before ID, limit int) ([]*Incident, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return incidentsWhere(ctx, q, `
		WHERE id < $1
		ORDER BY id DESC
		LIMIT $2`, before, limit)
}

func incidentsOfPerson(ctx context.Context, q querier, p PersonID, limit int) ([]*Incident, error) {
	return incidentsWhere(ctx, q, `
		WHERE status IN ('triage', 'active', 'mitigated')
			AND id IN (SELECT incident_id FROM incident_role WHERE person = $1)
		ORDER BY severity, id DESC
		LIMIT $2`, p, limit)
}

func incidentsWhere(ctx context.Context, q querier, clauses string, args ...any) ([]*Incident, error) {
	rows, err := q.Query(ctx, `SELECT`+incidentColumns+` FROM incident `+clauses, args...)
	if err != nil {
		return nil, fmt.Errorf("list incidents: %w", err)
	}
	return pgx.CollectRows(rows, scanIncident)
}
