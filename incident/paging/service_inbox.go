package paging

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// Report takes what a vendor says about a message. States never go back, however late
// and often a report comes; one about a message that is not ours is left alone. When a
// message has failed the next rule of its page comes forward.
func (s *Service) Report(ctx context.Context, r Report) error {
	found, ok, err := byVendor(ctx, s.Pool, r.Method, r.ID)
	if err != nil {
		return err
	}
	if !ok {
		s.log().InfoContext(ctx, "report about no message of ours", slog.String("method", string(r.Method)))
		return nil
	}
	err = s.changePages(ctx, found.Incident, func(tx pgx.Tx, now time.Time) ([]incident.Event, error) {
		d, ok, err := lockDelivery(ctx, tx, found.ID)
		if err != nil || !ok || !news(d, r) {
			return nil, err
		}
		if err := saveSequence(ctx, tx, d.ID, r.Sequence); err != nil {
			return nil, err
		}
		if r.State == StateFailed && r.Busy && d.Anew < busyTries {
			return s.callAgain(ctx, tx, d, now)
		}
		if r.State == StateFailed {
			return s.fail(ctx, tx, d, cmp.Or(r.Reason, "It was not delivered."), now)
		}
		return moved(d, r.State, ""), move(ctx, tx, d.ID, r.State, "", now)
	})
	if err != nil || !r.Disable {
		return err
	}
	return s.disableAddress(ctx, found.Method, found.Address, cmp.Or(r.Reason, "The vendor says that it cannot be reached."))
}

// news reports whether a report says something new. One about a call that found the line
// busy is old: the message has been begun anew.
func news(d Delivery, r Report) bool {
	if strings.HasPrefix(r.ID, keyPrefix) && r.ID != d.Key() {
		return false
	}
	return d.State != StatePlanned && Follows(d.State, r.State) && (r.Sequence == 0 || r.Sequence >= d.Sequence)
}

// optedOut is why an address is disabled whose owner wants no more messages; only that
// is undone by opting in again.
const optedOut = "Its owner opted out."

// OptOut disables an address, and tells its owner by another method and those who
// manage the owner's teams. Twice is once.
func (s *Service) OptOut(ctx context.Context, m Method, address string) error {
	return s.disableAddress(ctx, m, address, optedOut)
}

// OptIn undoes OptOut. An address that is disabled for another reason stays so.
func (s *Service) OptIn(ctx context.Context, m Method, address string) error {
	return s.withAddress(ctx, m, address, func(tx pgx.Tx, c Contact, _ time.Time) error {
		if c.DisabledAt.IsZero() || c.Reason != optedOut {
			return nil
		}
		c.DisabledAt, c.Reason = time.Time{}, ""
		return saveContact(ctx, tx, c)
	})
}

func (s *Service) disableAddress(ctx context.Context, m Method, address, reason string) error {
	return s.withAddress(ctx, m, address, func(tx pgx.Tx, c Contact, now time.Time) error {
		if !c.DisabledAt.IsZero() {
			return nil
		}
		c.DisabledAt, c.Reason = now, reason
		if err := saveContact(ctx, tx, c); err != nil {
			return err
		}
		return s.tellDisabled(ctx, tx, c, now)
	})
}

// tellDisabled tells the owner of a disabled address by another method, and those who
// manage the owner's teams, since a page may not arrive where they think it does.
func (s *Service) tellDisabled(ctx context.Context, tx pgx.Tx, c Contact, now time.Time) error {
	managers, err := managersOf(ctx, tx, c.Person)
	if err != nil {
		return err
	}
	name, err := nameOf(ctx, tx, c.Person)
	if err != nil {
		return err
	}
	for _, p := range append(managers, c.Person) {
		to, ok, err := s.quietest(ctx, tx, p, c.ID)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		subject := name + " is not paged by " + c.Method.String() + " any more"
		body := "The address is disabled: " + strings.TrimRight(c.Reason, ".") + "."
		if p == c.Person {
			subject = "You are not paged by " + c.Method.String() + " any more"
			body = fmt.Sprintf("%s is disabled: %s Enable it again, or change your notification rules.", c.Address, strings.TrimRight(c.Reason, ".")+".")
		}
		if err := s.post(ctx, tx, to, MessageNotice, subject, body, now); err != nil {
			return err
		}
	}
	return nil
}

// withAddress locks the contact method at an address; of one that is nobody's nothing is done.
func (s *Service) withAddress(ctx context.Context, m Method, address string, do func(tx pgx.Tx, c Contact, now time.Time) error) error {
	if normal, err := ParseAddress(m, address); err == nil {
		address = normal
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		found, ok, err := contactAt(ctx, tx, m, address)
		if err != nil || !ok {
			return err
		}
		c, err := lockContact(ctx, tx, found.ID)
		if err != nil || c.ID == 0 {
			return err
		}
		return do(tx, c, incident.Now())
	})
}
