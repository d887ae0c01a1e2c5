package paging

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// EnsureContacts makes the contact methods of a person that the organisation file
// manages exactly these. They are used without a code: whoever may apply the file
// vouches for it. One that the person had added before is taken over with the rules
// that use it; those that are no longer wanted go, with their rules. An address of
// somebody else is a Conflict error.
func (s *Service) EnsureContacts(ctx context.Context, tx pgx.Tx, person incident.PersonID, want []Contact) error {
	now := incident.Now()
	has, err := contactsOf(ctx, tx, person)
	if err != nil {
		return err
	}
	kept := map[ContactID]bool{}
	for _, c := range want {
		address, err := ParseAddress(c.Method, c.Address)
		if err != nil {
			return err
		}
		c.Person, c.Address, c.Managed, c.VerifiedAt = person, address, true, now
		made, err := insertContact(ctx, tx, &c, now)
		if err != nil {
			return err
		}
		if !made {
			if c.ID, err = adopt(ctx, tx, c); err != nil {
				return err
			}
		}
		kept[c.ID] = true
	}
	for _, c := range has {
		if c.Managed && !kept[c.ID] {
			if err := deleteContact(ctx, tx, c.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// ManagedContacts lists the contact methods of a person that the organisation file
// manages, in the order in which they were added.
func (s *Service) ManagedContacts(ctx context.Context, q roster.Querier, person incident.PersonID) ([]Contact, error) {
	return contacts(ctx, q, `WHERE person = $1 AND managed ORDER BY id`, person)
}

// adopt takes over the contact method that a person has at an address.
func adopt(ctx context.Context, tx pgx.Tx, c Contact) (ContactID, error) {
	there, ok, err := contactAt(ctx, tx, c.Method, c.Address)
	if err != nil {
		return 0, err
	}
	if !ok || there.Person != c.Person {
		return 0, incident.Errorf(incident.Conflict, "The address %s (%s) is used by somebody else; take it from them first.", MaskAddress(c.Address), c.Method)
	}
	if there.VerifiedAt.IsZero() {
		there.VerifiedAt = c.VerifiedAt
	}
	if err := saveContact(ctx, tx, there); err != nil {
		return 0, err
	}
	return there.ID, setManaged(ctx, tx, there.ID)
}
