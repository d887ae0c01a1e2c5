package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

const stepColumns = ` incident_id, step, state, attempts, remote_channel, remote_id, drawn, reason, started_at`

func scanStep(row pgx.CollectableRow) (*step, error) {
	var s step
	err := row.Scan(&s.Incident, &s.Name, &s.State, &s.Attempts, &s.Channel, &s.Remote, &s.Drawn, &s.Reason, &s.Started)
	if err != nil {
		return nil, fmt.Errorf("scan step: %w", err)
	}
	return &s, nil
}

// stepHold is how long a step stays with whoever makes it: longer than any job
// may take. A process that died loses it at once.
const stepHold = 45 * time.Second

// beginStep takes a step and counts an attempt before it is made. A settled step
// is only read. One that somebody else is making right now is errHeld.
func beginStep(ctx context.Context, q querier, id incident.ID, name, worker string, now time.Time) (*step, error) {
	rows, err := q.Query(ctx, `
		INSERT INTO slack_step AS known (incident_id, step, state, attempts, worker, held_until, started_at, updated_at)
		VALUES ($1, $2, 'started', 1, $3, $4, $5, $5)
		ON CONFLICT ON CONSTRAINT slack_step_pkey DO UPDATE
		SET attempts = known.attempts + 1, worker = excluded.worker, held_until = excluded.held_until, updated_at = excluded.updated_at
		WHERE known.state NOT IN ('done', 'skipped')
			AND (known.held_until IS NULL OR known.held_until < $5 OR NOT worker_alive(known.worker))
		RETURNING`+stepColumns, id, name, worker, now.Add(stepHold), now)
	if err != nil {
		return nil, fmt.Errorf("begin step %s: %w", name, err)
	}
	s, err := pgx.CollectExactlyOneRow(rows, scanStep)
	if !errors.Is(err, pgx.ErrNoRows) {
		return s, err
	}
	s, found, err := readStep(ctx, q, id, name)
	if err == nil && (!found || (s.State != stepDone && s.State != stepSkipped)) {
		err = errHeld
	}
	return s, err
}

// saveStep stores what came of an attempt and lets go of the step.
func saveStep(ctx context.Context, q querier, s *step, now time.Time) error {
	reason := s.Reason
	if s.State == stepDone {
		reason = ""
	}
	_, err := q.Exec(ctx, `
		UPDATE slack_step
		SET state = $3, remote_channel = $4, remote_id = $5, reason = $6, updated_at = $7, drawn = greatest(drawn, $8), held_until = NULL
		WHERE incident_id = $1 AND step = $2`, s.Incident, s.Name, s.State, s.Channel, s.Remote, reason, now, s.Drawn)
	if err != nil {
		return fmt.Errorf("save step %s: %w", s.Name, err)
	}
	return nil
}

func readStep(ctx context.Context, q querier, id incident.ID, name string) (*step, bool, error) {
	rows, err := q.Query(ctx, `SELECT`+stepColumns+` FROM slack_step WHERE incident_id = $1 AND step = $2`, id, name)
	if err != nil {
		return nil, false, fmt.Errorf("read step %s: %w", name, err)
	}
	s, err := pgx.CollectExactlyOneRow(rows, scanStep)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	return s, err == nil, err
}

// stepsOf lists the visible steps of an incident, not its many posts.
func stepsOf(ctx context.Context, q querier, id incident.ID) (map[string]*step, error) {
	rows, err := q.Query(ctx, `SELECT`+stepColumns+` FROM slack_step WHERE incident_id = $1 AND step = ANY ($2)`,
		id, []string{stepRoom, stepAnnounce, StepCard, stepPin, stepInvite, stepTopic, stepBookmarks})
	if err != nil {
		return nil, fmt.Errorf("list steps: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanStep)
	steps := map[string]*step{}
	for _, s := range list {
		steps[s.Name] = s
	}
	return steps, err
}

// noteRemote stores what has been made of a step that is still held.
func noteRemote(ctx context.Context, q querier, s *step) error {
	_, err := q.Exec(ctx, `
		UPDATE slack_step
		SET remote_channel = $3, remote_id = $4, drawn = greatest(drawn, $5)
		WHERE incident_id = $1 AND step = $2`, s.Incident, s.Name, s.Channel, s.Remote, s.Drawn)
	if err != nil {
		return fmt.Errorf("note what was made of step %s: %w", s.Name, err)
	}
	return nil
}

// releaseStep lets go of a step that was not made. An attempt of which it is
// certain that it made nothing does not count: the next need not look first.
func releaseStep(ctx context.Context, q querier, s *step, certain bool) error {
	_, err := q.Exec(ctx, `
		UPDATE slack_step
		SET held_until = NULL, attempts = attempts - CASE WHEN $3 AND attempts > 0 THEN 1 ELSE 0 END
		WHERE incident_id = $1 AND step = $2`, s.Incident, s.Name, certain)
	if err != nil {
		return fmt.Errorf("release step %s: %w", s.Name, err)
	}
	return nil
}

// holdDrawn takes what is made already in order to draw it anew. ok is false when
// somebody else is drawing it, or when it is not made.
func holdDrawn(ctx context.Context, q querier, id incident.ID, name, worker string, now time.Time) (s *step, ok bool, err error) {
	rows, err := q.Query(ctx, `
		UPDATE slack_step
		SET worker = $3, held_until = $4
		WHERE incident_id = $1 AND step = $2 AND state = 'done'
			AND (held_until IS NULL OR held_until < $5 OR NOT worker_alive(worker))
		RETURNING`+stepColumns, id, name, worker, now.Add(stepHold), now)
	if err != nil {
		return nil, false, fmt.Errorf("hold %s: %w", name, err)
	}
	s, err = pgx.CollectExactlyOneRow(rows, scanStep)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	return s, err == nil, err
}

// undraw forgets what a surface shows, and lets go of it: it has to be drawn anew.
func undraw(ctx context.Context, q querier, id incident.ID, name string) error {
	_, err := q.Exec(ctx, `
		UPDATE slack_step
		SET drawn = 0, held_until = NULL
		WHERE incident_id = $1 AND step = $2`, id, name)
	if err != nil {
		return fmt.Errorf("note that %s is not drawn: %w", name, err)
	}
	return nil
}

// forgetMade makes steps start again: what they made is no longer there.
func forgetMade(ctx context.Context, q querier, id incident.ID, names ...string) error {
	_, err := q.Exec(ctx, `
		UPDATE slack_step
		SET state = 'started', attempts = 0, remote_channel = '', remote_id = '', drawn = 0, held_until = NULL
		WHERE incident_id = $1 AND step = ANY ($2)`, id, names)
	if err != nil {
		return fmt.Errorf("forget what was made of steps %q: %w", names, err)
	}
	return nil
}

// drawnAt notes which revision a surface shows now, and lets go of it.
func drawnAt(ctx context.Context, q querier, id incident.ID, name string, revision int64) error {
	_, err := q.Exec(ctx, `
		UPDATE slack_step
		SET drawn = greatest(drawn, $3), held_until = NULL
		WHERE incident_id = $1 AND step = $2`, id, name, revision)
	if err != nil {
		return fmt.Errorf("note drawing: %w", err)
	}
	return nil
}
