package paging

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// The limits of proving a contact method.
const (
	maxContacts  = 10
	codeFor10    = 10 * time.Minute // how long a code works
	codeTries    = 5                // wrong ones, then a new code is needed
	codeGap      = time.Minute      // between two codes
	codesPerDay  = 6
	verifyLength = 1_000_000
)

// Contacts lists a person's contact methods, oldest first.
func (s *Service) Contacts(ctx context.Context, p incident.PersonID) ([]Contact, error) {
	return contactsOf(ctx, s.Pool, p)
}

// AddContact adds a way to reach a person and, unless that is the person's own Slack
// account, sends a code to it. Adding it again sends nothing and returns it. An
// address that somebody else uses is a Conflict error.
func (s *Service) AddContact(ctx context.Context, p incident.PersonID, m Method, address string) (Contact, error) {
	address, err := ParseAddress(m, address)
	if err != nil {
		return Contact{}, err
	}
	c := Contact{Person: p, Method: m, Address: address}
	if m == MethodSlack && address == string(p) {
		c.VerifiedAt = incident.Now()
	}
	has, err := contactsOf(ctx, s.Pool, p)
	if err != nil {
		return Contact{}, err
	}
	for _, one := range has {
		if one.Method == m && one.Address == address {
			return one, nil
		}
	}
	if len(has) >= maxContacts {
		return Contact{}, incident.Errorf(incident.Conflict, "At most %d contact methods are kept for one person; remove one first.", maxContacts)
	}
	made, err := insertContact(ctx, s.Pool, &c, incident.Now())
	if err != nil {
		return Contact{}, err
	}
	if !made {
		return Contact{}, incident.Errorf(incident.Conflict, "This address is used by somebody else; use another one, or ask an administrator.")
	}
	if !c.VerifiedAt.IsZero() {
		return c, nil
	}
	return c, s.SendCode(ctx, p, c.ID)
}

// SendCode sends a new code to a contact method that is not verified; it outdates
// earlier ones. It is refused when one was sent within the last minute, or too many
// on one day.
func (s *Service) SendCode(ctx context.Context, p incident.PersonID, id ContactID) error {
	return s.withContact(ctx, p, id, func(tx pgx.Tx, c Contact, now time.Time) error {
		if !c.VerifiedAt.IsZero() {
			return incident.Errorf(incident.Conflict, "This contact method is verified; there is nothing to do.")
		}
		if !s.can(c.Method) {
			return incident.Errorf(incident.Conflict, "Nothing is set up that sends by %s; ask an administrator.", c.Method)
		}
		v, had, err := readVerification(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if had && now.Sub(v.SentAt) < codeGap {
			return incident.Errorf(incident.Conflict, "A code was sent a moment ago; wait a minute before asking for another.")
		}
		if now.Sub(v.DayFrom) >= 24*time.Hour {
			v.DayFrom, v.Sends = now, 0
		}
		if v.Sends >= codesPerDay {
			return incident.Errorf(incident.Conflict, "At most %d codes are sent to one address in a day; try again tomorrow.", codesPerDay)
		}
		v.Issue, v.Tries, v.Sends, v.SentAt, v.Expires = v.Issue+1, 0, v.Sends+1, now, now.Add(codeFor10)
		if err := saveVerification(ctx, tx, c.ID, v); err != nil {
			return err
		}
		key, err := signingKey(ctx, tx)
		if err != nil {
			return err
		}
		return s.post(ctx, tx, c, MessageVerify, "Your Tocsin code",
			fmt.Sprintf("Your Tocsin code is %s. It works for %d minutes. If you did not ask for it, ignore it.", verifyCode(key, c.ID, v.Issue), int(codeFor10.Minutes())), now)
	})
}

// verifyCode follows from key, contact and issue, so that it is kept nowhere but in
// the message.
func verifyCode(key []byte, id ContactID, issue int) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("tocsin code 1\x00"))
	mac.Write(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(id)), uint64(issue)))
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(mac.Sum(nil))%verifyLength)
}

// Verify proves a contact method with the code that was sent to it. Verifying what is
// verified changes nothing. After a few wrong codes a new one has to be sent.
func (s *Service) Verify(ctx context.Context, p incident.PersonID, id ContactID, code string) error {
	var refused error
	err := s.withContact(ctx, p, id, func(tx pgx.Tx, c Contact, now time.Time) error {
		if !c.VerifiedAt.IsZero() {
			return nil
		}
		v, ok, err := readVerification(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if !ok || v.Tries >= codeTries || !now.Before(v.Expires) {
			refused = incident.Errorf(incident.Forbidden, "This code does not work any more; ask for a new one.")
			return nil
		}
		key, err := signingKey(ctx, tx)
		if err != nil {
			return err
		}
		if !hmac.Equal([]byte(verifyCode(key, c.ID, v.Issue)), []byte(digitsOf(code))) {
			v.Tries++
			refused = incident.Errorf(incident.Invalid, "That is not the code; look at the newest message and try again.")
			return saveVerification(ctx, tx, c.ID, v)
		}
		c.VerifiedAt = now
		return saveContact(ctx, tx, c)
	})
	if err != nil {
		return err
	}
	return refused
}

// digitsOf leaves the digits of what somebody typed.
func digitsOf(s string) string {
	var digits []rune
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits = append(digits, r)
		}
	}
	return string(digits)
}

// TestContact sends a test message to one of a person's own contact methods.
func (s *Service) TestContact(ctx context.Context, p incident.PersonID, id ContactID) error {
	return s.withContact(ctx, p, id, func(tx pgx.Tx, c Contact, now time.Time) error {
		if !c.Usable() {
			return incident.Errorf(incident.Conflict, "This contact method is not verified, or disabled; verify it first.")
		}
		return s.post(ctx, tx, c, MessageNotice, "Test message", "This is a test of your contact method; there is nothing to do.", now)
	})
}

// DisableContact stops messages to a contact method, EnableContact lets them through
// again. Doing either twice is doing it once.
func (s *Service) DisableContact(ctx context.Context, p incident.PersonID, id ContactID, reason string) error {
	if reason == "" {
		reason = "You disabled it."
	}
	return s.withContact(ctx, p, id, func(tx pgx.Tx, c Contact, now time.Time) error {
		if !c.DisabledAt.IsZero() {
			return nil
		}
		c.DisabledAt, c.Reason = now, reason
		return saveContact(ctx, tx, c)
	})
}

// EnableContact is the reverse of DisableContact.
func (s *Service) EnableContact(ctx context.Context, p incident.PersonID, id ContactID) error {
	return s.withContact(ctx, p, id, func(tx pgx.Tx, c Contact, _ time.Time) error {
		c.DisabledAt, c.Reason = time.Time{}, ""
		return saveContact(ctx, tx, c)
	})
}

// RemoveContact forgets a contact method and the rules that use it. What the
// organisation file manages is removed there. Removing what is gone is a NotFound error.
func (s *Service) RemoveContact(ctx context.Context, p incident.PersonID, id ContactID) error {
	return s.withContact(ctx, p, id, func(tx pgx.Tx, c Contact, _ time.Time) error {
		if c.Managed {
			return incident.Errorf(incident.Forbidden, "This contact method comes from the organisation file; change it there.")
		}
		return deleteContact(ctx, tx, c.ID)
	})
}

// withContact locks one of a person's own contact methods.
func (s *Service) withContact(ctx context.Context, p incident.PersonID, id ContactID, do func(tx pgx.Tx, c Contact, now time.Time) error) error {
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		c, err := lockContact(ctx, tx, id)
		if err != nil {
			return err
		}
		if c.ID == 0 || c.Person != p {
			return incident.Errorf(incident.NotFound, "You have no such contact method; list yours to see them.")
		}
		return do(tx, c, incident.Now())
	})
}

// post plans a message that is not a page, for now.
func (s *Service) post(ctx context.Context, tx pgx.Tx, c Contact, kind MessageKind, subject, body string, now time.Time) error {
	d := Delivery{Kind: kind, Person: c.Person, Contact: c.ID, Method: c.Method, Address: c.Address, Subject: subject, Body: body, Due: now}
	if err := insertDelivery(ctx, tx, &d, now); err != nil {
		return err
	}
	return s.schedule(ctx, tx, d)
}
