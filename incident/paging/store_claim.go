package paging

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

const demandColumns = `
	p.id, p.escalation_id, p.incident_id, i.title, i.severity, i.status, i.room_channel, e.subject, e.service, e.reason,
	p.run, p.pass, p.step = 0, CASE WHEN p.run > 1 THEN ` + lastHad + ` ELSE '' END,
	EXISTS (SELECT FROM page later WHERE later.escalation_id = p.escalation_id AND later.address = p.address AND later.id > p.id),
	p.urgency, CASE p.kind WHEN 'person' THEN p.address ELSE '' END,
	e.state = 'triggered' AND e.run = p.run AND p.address <> ALL (e.acked_by)
		AND NOT EXISTS (SELECT FROM person WHERE person.id = p.address AND removed_at IS NOT NULL),
	i.private, ` + firstAsked

// lastHad is the name of whoever had an escalation before it started again.
const lastHad = `coalesce((
		SELECT coalesce(nullif(had.name, ''), t.data->>'person')
		FROM timeline_entry t
		LEFT JOIN person had ON had.id = t.data->>'person'
		WHERE t.incident_id = e.incident_id AND t.kind = '` + string(incident.KindEscalationReturned) + `' AND t.data->>'escalation' = e.id::text
		ORDER BY t.id DESC
		LIMIT 1), '')`

// firstAsked is the name of whoever had somebody paged.
const firstAsked = `coalesce((
		SELECT asker.name
		FROM timeline_entry t
		JOIN person asker ON asker.id = t.actor_id
		WHERE t.incident_id = e.incident_id AND t.kind = '` + string(incident.KindEscalationBegan) + `' AND t.actor_kind = '` + string(incident.ActorPerson) + `'
			AND t.data->>'escalation' = e.id::text
		ORDER BY t.id
		LIMIT 1), '')`

func scanDemand(row pgx.CollectableRow) (Demand, error) {
	var (
		d       Demand
		status  incident.Status
		private bool
	)
	err := row.Scan(&d.Page, &d.Escalation, &d.Incident, &d.Title, &d.Severity, &status, &d.Room, &d.Subject, &d.Service, &d.Reason,
		&d.Run, &d.Pass, &d.Fallback, &d.HadBy, &d.Overtaken, &d.Urgency, &d.Person, &d.Stands, &private, &d.AskedBy)
	if private {
		d.Title, d.Reason = privateTitle, ""
	}
	d.Ongoing = status.Ongoing()
	d.Stands = d.Stands && d.Ongoing
	return d, err
}

func demands(ctx context.Context, q querier, rest string, args ...any) ([]Demand, error) {
	rows, err := q.Query(ctx, `
		SELECT`+demandColumns+`
		FROM page p
		JOIN escalation e ON e.id = p.escalation_id
		JOIN incident i ON i.id = p.incident_id `+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("read what pages ask: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanDemand)
	if err != nil {
		return nil, fmt.Errorf("read what pages ask: %w", err)
	}
	return all, nil
}

// lockDemand reads what a page asks and keeps its escalation from being answered
// until the transaction ends. An answer that is being committed is waited for.
func lockDemand(ctx context.Context, tx pgx.Tx, page int64) (Demand, bool, error) {
	all, err := demands(ctx, tx, `WHERE p.id = $1 FOR SHARE OF e`, page)
	if err != nil || len(all) == 0 {
		return Demand{}, false, err
	}
	return all[0], true, nil
}

// lockWaiting takes the pages that wait to be told together to one contact, with
// what they ask. Those whose escalation is being answered right now are left alone.
func lockWaiting(ctx context.Context, tx pgx.Tx, d Delivery, now time.Time) (ids []int64, all []Demand, err error) {
	waiting, err := deliveries(ctx, tx, `delivery d
		WHERE d.contact_id = $1 AND d.id <> $2 AND d.state = 'planned' AND d.kind = 'page' AND d.held AND d.due_at <= $3
		ORDER BY d.id
		FOR UPDATE SKIP LOCKED`, d.Contact, d.ID, now.Add(time.Second))
	if err != nil || len(waiting) == 0 {
		return nil, nil, err
	}
	pages, byPage := make([]int64, 0, len(waiting)), map[int64]int64{}
	for _, w := range waiting {
		pages = append(pages, w.Page)
		byPage[w.Page] = w.ID
	}
	found, err := demands(ctx, tx, `WHERE p.id = ANY($1) ORDER BY p.id FOR SHARE OF e SKIP LOCKED`, pages)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range found {
		if w.Stands {
			ids, all = append(ids, byPage[w.Page]), append(all, w)
		}
	}
	return ids, all, nil
}

// bundle marks deliveries as told by a digest, at the instant of its attempt, of which
// service and how bad.
func bundle(ctx context.Context, tx pgx.Tx, digest Delivery, ids []int64) error {
	_, err := tx.Exec(ctx, `
		UPDATE delivery d
		SET state = 'bundled', bundle_id = $2, moved_at = $3, sent_at = $3, first_at = $3, attempt = 1, held = false,
			severity = i.severity, service = e.service, reason = 'It is told in a digest.'
		FROM escalation e, incident i
		WHERE d.id = ANY($1) AND e.id = d.escalation_id AND i.id = d.incident_id`, ids, digest.ID, digest.SentAt)
	if err != nil {
		return fmt.Errorf("bundle deliveries: %w", err)
	}
	return nil
}

// leaveOut ends what a digest was to tell and does not tell any more: all but what it
// still asks. It stays the digest's, whose earlier attempt may have arrived: an answer to
// it counts for all that it told. Of what is not a digest nothing changes.
func leaveOut(ctx context.Context, tx pgx.Tx, digest Delivery, asked []Demand, why string, now time.Time) error {
	pages := make([]int64, 0, len(asked))
	for _, a := range asked {
		pages = append(pages, a.Page)
	}
	_, err := tx.Exec(ctx, `
		UPDATE delivery
		SET state = 'cancelled', moved_at = $4, reason = $3
		WHERE bundle_id = $1 AND state = 'bundled' AND page_id <> ALL ($2)`, digest.ID, pages, why, now)
	if err != nil {
		return fmt.Errorf("leave out of digest: %w", err)
	}
	return nil
}

// dropSame cancels what else is due of the same page to the same contact: after an
// outage one message is enough.
func dropSame(ctx context.Context, tx pgx.Tx, d Delivery, now time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE delivery
		SET state = 'cancelled', moved_at = $4, reason = 'Another message of the same page left at that moment.'
		WHERE page_id = $1 AND contact_id = $2 AND id <> $3 AND state = 'planned' AND due_at <= $4`,
		d.Page, d.Contact, d.ID, now)
	if err != nil {
		return fmt.Errorf("drop messages of the same page: %w", err)
	}
	return nil
}

// sentLately lists what left for a contact within the longest pace.
func sentLately(ctx context.Context, tx pgx.Tx, d Delivery, now time.Time) ([]Sent, error) {
	rows, err := tx.Query(ctx, `
		SELECT kind, sent_at, coalesce(incident_id, 0), coalesce(escalation_id, 0), service, coalesce(severity, 0)
		FROM delivery
		WHERE contact_id = $1 AND id <> $2 AND sent_at > $3`, d.Contact, d.ID, now.Add(-LongestPace))
	if err != nil {
		return nil, fmt.Errorf("read what was sent lately: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Sent, err error) {
		var kind MessageKind
		err = row.Scan(&kind, &s.At, &s.Incident, &s.Escalation, &s.Service, &s.Severity)
		s.Budget = BudgetOf(kind)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what was sent lately: %w", err)
	}
	return all, nil
}

// toldWhileAwake lists what somebody who is awake was told of an escalation; awake is
// false when nobody said so since its present run began. What a digest told was told
// when the digest was.
func toldWhileAwake(ctx context.Context, tx pgx.Tx, d Delivery, run int, now time.Time) (told []Told, awake bool, err error) {
	err = tx.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT FROM awake
			WHERE person = $1 AND incident_id = $2 AND until_at > $3
				AND until_at >= (SELECT min(created_at) FROM page WHERE escalation_id = $4 AND run = $5) + $6::interval
		)`, d.Person, d.Incident, now, d.Escalation, run, AwakeFor).Scan(&awake)
	if err != nil {
		return nil, false, fmt.Errorf("look for who is awake: %w", err)
	}
	if !awake {
		return nil, false, nil
	}
	rows, err := tx.Query(ctx, `
		SELECT d.escalation_id, p.run, d.severity
		FROM delivery d
		JOIN page p ON p.id = d.page_id
		LEFT JOIN delivery digest ON digest.id = d.bundle_id
		WHERE d.person = $1 AND d.escalation_id = $2 AND d.id <> $3 AND d.severity IS NOT NULL
			AND coalesce(digest.state, d.state) IN ('sent', 'delivered', 'seen')`,
		d.Person, d.Escalation, d.ID)
	if err != nil {
		return nil, false, fmt.Errorf("read what was told: %w", err)
	}
	told, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Told, err error) {
		return t, row.Scan(&t.Escalation, &t.Run, &t.Severity)
	})
	return told, true, err
}

// codeFor gives the reply code of a message: that of earlier messages about the same
// escalation to the same address, else the lowest that was not used for days. A
// digest has one of its own. The contact is locked by the caller.
func codeFor(ctx context.Context, tx pgx.Tx, d Delivery, now time.Time) (int, error) {
	rows, err := tx.Query(ctx, `
		SELECT code, kind = 'page' AND escalation_id = $3
		FROM delivery
		WHERE method = $1 AND address = $2 AND code > 0 AND sent_at > $4`,
		d.Method, d.Address, d.Escalation, now.Add(-CodesKept))
	if err != nil {
		return 0, fmt.Errorf("read reply codes: %w", err)
	}
	var (
		used []int
		own  int
		code int
		same bool
	)
	if _, err := pgx.ForEachRow(rows, []any{&code, &same}, func() error {
		used = append(used, code)
		if same {
			own = code
		}
		return nil
	}); err != nil {
		return 0, fmt.Errorf("read reply codes: %w", err)
	}
	if own > 0 && d.Kind == MessagePage {
		return own, nil
	}
	return FreeCode(used), nil
}
