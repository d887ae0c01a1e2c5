package paging

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

const contactColumns = `id, person, method, address, verified_at, disabled_at, disabled_reason, managed`

func scanContact(row pgx.CollectableRow) (Contact, error) {
	var (
		c                  Contact
		verified, disabled *time.Time
	)
	if err := row.Scan(&c.ID, &c.Person, &c.Method, &c.Address, &verified, &disabled, &c.Reason, &c.Managed); err != nil {
		return Contact{}, fmt.Errorf("scan contact method: %w", err)
	}
	if verified != nil {
		c.VerifiedAt = verified.UTC()
	}
	if disabled != nil {
		c.DisabledAt = disabled.UTC()
	}
	return c, nil
}

func contacts(ctx context.Context, q roster.Querier, rest string, args ...any) ([]Contact, error) {
	rows, err := q.Query(ctx, `SELECT `+contactColumns+` FROM contact_method `+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("read contact methods: %w", err)
	}
	all, err := pgx.CollectRows(rows, scanContact)
	if err != nil {
		return nil, fmt.Errorf("read contact methods: %w", err)
	}
	return all, nil
}

// contactsOf lists a person's contact methods in the order in which they were added.
func contactsOf(ctx context.Context, q querier, p incident.PersonID) ([]Contact, error) {
	return contacts(ctx, q, `WHERE person = $1 ORDER BY id`, p)
}

func contactAt(ctx context.Context, q querier, m Method, address string) (Contact, bool, error) {
	all, err := contacts(ctx, q, `WHERE method = $1 AND address = $2`, m, address)
	if err != nil || len(all) == 0 {
		return Contact{}, false, err
	}
	return all[0], true, nil
}

// lockContact makes whoever sends to a contact wait its turn; none has no lock.
func lockContact(ctx context.Context, tx pgx.Tx, id ContactID) (Contact, error) {
	if id == 0 {
		return Contact{}, nil
	}
	all, err := contacts(ctx, tx, `WHERE id = $1 FOR UPDATE`, id)
	if err != nil || len(all) == 0 {
		return Contact{}, err
	}
	return all[0], nil
}

// insertContact stores a contact method; made is false when the address is taken.
func insertContact(ctx context.Context, q querier, c *Contact, now time.Time) (made bool, err error) {
	err = q.QueryRow(ctx, `
		INSERT INTO contact_method (person, method, address, verified_at, managed, added_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (method, address) DO NOTHING
		RETURNING id`,
		c.Person, c.Method, c.Address, toNull(c.VerifiedAt), c.Managed, now).Scan(&c.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("insert contact method: %w", err)
	}
	return true, nil
}

func saveContact(ctx context.Context, q querier, c Contact) error {
	_, err := q.Exec(ctx, `
		UPDATE contact_method
		SET verified_at = $2, disabled_at = $3, disabled_reason = $4
		WHERE id = $1`, c.ID, toNull(c.VerifiedAt), toNull(c.DisabledAt), c.Reason)
	if err != nil {
		return fmt.Errorf("save contact method: %w", err)
	}
	return nil
}

func setManaged(ctx context.Context, q querier, id ContactID) error {
	if _, err := q.Exec(ctx, `UPDATE contact_method SET managed = true WHERE id = $1`, id); err != nil {
		return fmt.Errorf("mark contact method as managed: %w", err)
	}
	return nil
}

func deleteContact(ctx context.Context, q querier, id ContactID) error {
	if _, err := q.Exec(ctx, `DELETE FROM contact_method WHERE id = $1`, id); err != nil {
		return fmt.Errorf("delete contact method: %w", err)
	}
	return nil
}

func toNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// rulesOf lists somebody's own rules for an urgency.
func rulesOf(ctx context.Context, q querier, p incident.PersonID, urgency string) ([]Rule, error) {
	all, err := contactsOf(ctx, q, p)
	if err != nil {
		return nil, err
	}
	byID := map[ContactID]Contact{}
	for _, c := range all {
		byID[c.ID] = c
	}
	rows, err := q.Query(ctx, `
		SELECT position, after_seconds, contact_id
		FROM notification_rule
		WHERE person = $1 AND urgency = $2
		ORDER BY position`, p, urgency)
	if err != nil {
		return nil, fmt.Errorf("read notification rules: %w", err)
	}
	rules, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Rule, err error) {
		var seconds int
		var id ContactID
		err = row.Scan(&r.Position, &seconds, &id)
		r.After, r.Contact = time.Duration(seconds)*time.Second, byID[id]
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("read notification rules: %w", err)
	}
	return rules, nil
}

// rulesOrDefault is what a page goes by.
func rulesOrDefault(ctx context.Context, q querier, p incident.PersonID, urgency string) ([]Rule, error) {
	rules, err := rulesOf(ctx, q, p, urgency)
	if err != nil || len(rules) > 0 {
		return rules, err
	}
	all, err := contactsOf(ctx, q, p)
	return DefaultRules(urgency, all), err
}

func replaceRules(ctx context.Context, tx pgx.Tx, p incident.PersonID, urgency string, rules []Rule) error {
	if _, err := tx.Exec(ctx, `DELETE FROM notification_rule WHERE person = $1 AND urgency = $2`, p, urgency); err != nil {
		return fmt.Errorf("replace notification rules: %w", err)
	}
	for n, r := range rules {
		_, err := tx.Exec(ctx, `
			INSERT INTO notification_rule (person, urgency, position, after_seconds, contact_id)
			VALUES ($1, $2, $3, $4, $5)`, p, urgency, n+1, int(r.After.Seconds()), r.Contact.ID)
		if err != nil {
			return fmt.Errorf("replace notification rules: %w", err)
		}
	}
	return nil
}

// signingKey returns the key of links and codes; the first to ask makes it.
func signingKey(ctx context.Context, q querier) (key []byte, err error) {
	const read = `SELECT key FROM signing_key`
	if err = q.QueryRow(ctx, read).Scan(&key); err == nil {
		return key, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, fmt.Errorf("make signing key: %w", err)
	}
	if _, err := q.Exec(ctx, `INSERT INTO signing_key (key) VALUES ($1) ON CONFLICT DO NOTHING`, fresh); err != nil {
		return nil, fmt.Errorf("store signing key: %w", err)
	}
	if err := q.QueryRow(ctx, read).Scan(&key); err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	return key, nil
}

// verification is how the proof of a contact method stands.
type verification struct {
	Issue   int
	Tries   int
	SentAt  time.Time
	Expires time.Time
	DayFrom time.Time
	Sends   int
}

func readVerification(ctx context.Context, q querier, id ContactID) (v verification, ok bool, err error) {
	err = q.QueryRow(ctx, `
		SELECT issue, tries, sent_at, expires_at, day_from, day_sends
		FROM contact_verification
		WHERE contact_id = $1`, id).Scan(&v.Issue, &v.Tries, &v.SentAt, &v.Expires, &v.DayFrom, &v.Sends)
	if errors.Is(err, pgx.ErrNoRows) {
		return verification{}, false, nil
	}
	if err != nil {
		return verification{}, false, fmt.Errorf("read verification: %w", err)
	}
	return v, true, nil
}

func saveVerification(ctx context.Context, q querier, id ContactID, v verification) error {
	_, err := q.Exec(ctx, `
		INSERT INTO contact_verification (contact_id, issue, tries, sent_at, expires_at, day_from, day_sends)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (contact_id) DO UPDATE
		SET issue = $2, tries = $3, sent_at = $4, expires_at = $5, day_from = $6, day_sends = $7`,
		id, v.Issue, v.Tries, v.SentAt, v.Expires, v.DayFrom, v.Sends)
	if err != nil {
		return fmt.Errorf("save verification: %w", err)
	}
	return nil
}

// managersOf lists who manages the teams that a person is in.
func managersOf(ctx context.Context, q querier, p incident.PersonID) ([]incident.PersonID, error) {
	rows, err := q.Query(ctx, `
		SELECT DISTINCT definition->>'manager'
		FROM team
		WHERE definition->'members' ? $1 AND coalesce(definition->>'manager', '') NOT IN ('', $1)`, string(p))
	if err != nil {
		return nil, fmt.Errorf("read managers: %w", err)
	}
	managers, err := pgx.CollectRows(rows, pgx.RowTo[incident.PersonID])
	if err != nil {
		return nil, fmt.Errorf("read managers: %w", err)
	}
	return managers, nil
}
