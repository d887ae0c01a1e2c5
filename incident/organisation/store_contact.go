package organisation

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// Contacts keeps the ways to reach people; paging.Service does. Those that people
// added themselves are none of the file's business.
type Contacts interface {
	// EnsureContacts makes the managed contacts of a person exactly these. They
	// need no proof: whoever may apply the file vouches for them.
	EnsureContacts(ctx context.Context, tx pgx.Tx, person incident.PersonID, want []paging.Contact) error
	// ManagedContacts lists the managed contacts of a person.
	ManagedContacts(ctx context.Context, q roster.Querier, person incident.PersonID) ([]paging.Contact, error)
}

func (a *Applier) readContacts(ctx context.Context, q roster.Querier, person incident.PersonID) (contacts []Contact, err error) {
	all, err := a.Contacts.ManagedContacts(ctx, q, person)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if one := contactOf(string(c.Method), c.Address); one != (Contact{}) { // Slack itself is not in the file
			contacts = append(contacts, one)
		}
	}
	return contacts, nil
}

// writeContacts gives everybody their addresses. An address can move from one
// person to another, so all that go are taken away before any is given.
func (a *Applier) writeContacts(ctx context.Context, w *writer) error {
	have, want := contactsByPerson(w.have), contactsByPerson(w.want)
	for _, id := range sortedNames(have) {
		kept := slices.DeleteFunc(slices.Clone(have[id]), func(c paging.Contact) bool { return !slices.Contains(want[id], c) })
		if len(kept) == len(have[id]) {
			continue
		}
		if err := a.Contacts.EnsureContacts(ctx, w.tx, incident.PersonID(id), kept); err != nil {
			return err
		}
	}
	for _, id := range sortedNames(want) {
		if slices.Equal(have[id], want[id]) {
			continue
		}
		if err := w.freeAddresses(ctx, want[id]); err != nil {
			return err
		}
		if err := a.Contacts.EnsureContacts(ctx, w.tx, incident.PersonID(id), want[id]); err != nil {
			return err
		}
	}
	return nil
}

// freeAddresses takes addresses from others who were removed: nobody is left who
// could give up what they had added themselves.
func (w *writer) freeAddresses(ctx context.Context, contacts []paging.Contact) error {
	for _, c := range contacts {
		_, err := w.tx.Exec(ctx, `
			DELETE FROM contact_method
			USING person
			WHERE method = $1 AND address = $2 AND contact_method.person <> $3
				AND person.id = contact_method.person AND person.removed_at IS NOT NULL`, c.Method, c.Address, c.Person)
		if err != nil {
			return fmt.Errorf("free contact method: %w", err)
		}
	}
	return nil
}

// contactsByPerson lists the contacts of a canonical document by Slack id. Slack
// itself is the first of everybody's.
func contactsByPerson(d *Document) map[string][]paging.Contact {
	all := map[string][]paging.Contact{}
	for _, p := range d.People {
		person := incident.PersonID(p.Slack)
		contacts := []paging.Contact{{Person: person, Method: paging.MethodSlack, Address: p.Slack, Managed: true}}
		for _, c := range p.Contact {
			method, address := c.parts()
			contacts = append(contacts, paging.Contact{Person: person, Method: paging.Method(method), Address: address, Managed: true})
		}
		all[p.Slack] = contacts
	}
	return all
}
