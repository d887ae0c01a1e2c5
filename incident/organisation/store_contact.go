package organisation

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// address is a way to reach a person that the file manages. Those that people
// added themselves are none of its business.
type address struct {
	method paging.Method
	value  string
}

// managedContacts lists the contacts that the file manages, by person.
func managedContacts(ctx context.Context, q roster.Querier) (map[incident.PersonID][]Contact, error) {
	rows, err := q.Query(ctx, `SELECT person, method, address FROM contact_method WHERE managed ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("read contact methods of the file: %w", err)
	}
	all := map[incident.PersonID][]Contact{}
	var person incident.PersonID
	var method, value string
	_, err = pgx.ForEachRow(rows, []any{&person, &method, &value}, func() error {
		if c := contactOf(method, value); c != (Contact{}) { // Slack itself is not in the file
			all[person] = append(all[person], c)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read contact methods of the file: %w", err)
	}
	return all, nil
}

// contacts gives everybody their addresses. An address can move from one person
// to another, so all that go are taken away before any is given.
func (w *writer) contacts(ctx context.Context) error {
	have, want := addressesByPerson(w.have), addressesByPerson(w.want)
	for _, id := range sortedNames(have) {
		gone := slices.DeleteFunc(slices.Clone(have[id]), func(a address) bool { return slices.Contains(want[id], a) })
		for _, a := range gone {
			if err := w.dropContact(ctx, incident.PersonID(id), a); err != nil {
				return err
			}
		}
	}
	for _, id := range sortedNames(want) {
		for _, a := range want[id] {
			if slices.Contains(have[id], a) {
				continue
			}
			if err := w.giveContact(ctx, incident.PersonID(id), a); err != nil {
				return err
			}
		}
	}
	return nil
}

// addressesByPerson lists the addresses of a canonical document by Slack id. Slack
// itself is the first of everybody's.
func addressesByPerson(d *Document) map[string][]address {
	all := map[string][]address{}
	for _, p := range d.People {
		all[p.Slack] = []address{{paging.MethodSlack, p.Slack}}
		for _, c := range p.Contact {
			method, value := c.parts()
			all[p.Slack] = append(all[p.Slack], address{paging.Method(method), value})
		}
	}
	return all
}

func (w *writer) dropContact(ctx context.Context, person incident.PersonID, a address) error {
	_, err := w.tx.Exec(ctx, `
		DELETE FROM contact_method
		WHERE person = $1 AND method = $2 AND address = $3 AND managed`, person, a.method, a.value)
	if err != nil {
		return fmt.Errorf("drop contact method: %w", err)
	}
	return nil
}

// giveContact makes an address usable: what stands in the file needs no proof. One
// that the person added before is managed by the file from now on, and stays
// disabled if it was. Whoever was removed has no claim to an address.
func (w *writer) giveContact(ctx context.Context, person incident.PersonID, a address) error {
	_, err := w.tx.Exec(ctx, `
		DELETE FROM contact_method
		USING person
		WHERE method = $1 AND address = $2 AND contact_method.person <> $3 AND person.id = contact_method.person AND removed_at IS NOT NULL`,
		a.method, a.value, person)
	if err != nil {
		return fmt.Errorf("free contact method: %w", err)
	}
	var given bool
	err = w.tx.QueryRow(ctx, `
		INSERT INTO contact_method (person, method, address, verified_at, managed, added_at)
		VALUES ($1, $2, $3, $4, true, $4)
		ON CONFLICT ON CONSTRAINT contact_method_address_key DO UPDATE
		SET managed = true, verified_at = coalesce(contact_method.verified_at, excluded.verified_at)
		WHERE contact_method.person = excluded.person
		RETURNING true`, person, a.method, a.value, w.now).Scan(&given)
	if errors.Is(err, pgx.ErrNoRows) {
		return incident.Errorf(incident.Conflict, "The %s address of %s is used by somebody who added it in Slack; ask them to remove it, or correct the file.",
			a.method, namesOfPeople(w.want.People).handles[person])
	}
	if err != nil {
		return fmt.Errorf("give contact method: %w", err)
	}
	return nil
}
