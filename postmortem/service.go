package postmortem

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Service drafts postmortems and keeps what people write. All its changes go
// through the incident's one door: the incident is locked first, then the
// postmortem. Its methods are safe to repeat and to call concurrently.
type Service struct {
	Incidents *incident.Service
	Timeline  *timeline.Service
	// Names says how people are called; nil, or a missing person, shows the id.
	Names func(context.Context, []incident.PersonID) (map[incident.PersonID]string, error)
	// Links lists further places of an incident; nil means none.
	Links func(*incident.Incident) []Link
	// Zone is shown beside UTC; nil shows UTC alone.
	Zone *time.Location
}

// draftAttempts is how often Draft starts anew when the incident changes under
// its hands; each attempt takes well under a second.
const draftAttempts = 8

// errBusy asks for a retry: it is no sentence for people.
var errBusy = errors.New("draft postmortem: the incident kept changing meanwhile")

// Draft writes all sections anew from the record and returns the document.
// What people wrote stays. When nothing has changed since the last draft there
// is no new version and nothing is recorded.
func (s *Service) Draft(ctx context.Context, id incident.ID, by incident.Actor) (Document, error) {
	for range draftAttempts {
		facts, err := s.Facts(ctx, id)
		if err != nil {
			return Document{}, err
		}
		current, err := s.draft(ctx, facts, by)
		if err != nil {
			return Document{}, err
		}
		if current {
			return s.Read(ctx, id)
		}
	}
	return Document{}, errBusy
}

// draft stores what follows from facts, unless the incident has moved on since
// they were read: then it changes nothing and reports false. The facts are read
// before the lock, so that nobody waits for a long record to be read.
func (s *Service) draft(ctx context.Context, facts Facts, by incident.Actor) (current bool, err error) {
	sections := Sections(facts)
	_, err = s.change(ctx, facts.Incident.ID, by, func(d *Document, now time.Time) ([]incident.Event, error) {
		current = d.Incident.Revision == facts.Incident.Revision
		if !current {
			return nil, nil
		}
		if d.Version == 0 {
			d.Owner = firstOwner(d.Incident, by)
		}
		return d.Regenerate(sections, now), nil
	})
	return current, err
}

// firstOwner is who led the incident, else whoever asked for the draft.
func firstOwner(i *incident.Incident, by incident.Actor) incident.PersonID {
	if p := i.Holder(incident.Commander); p != "" {
		return p
	}
	return by.Person()
}

// Write puts a person's text in place of the machine's in one section; an empty
// text gives the section back. The same text again changes nothing. Of two
// people who write the same section the later one is kept.
func (s *Service) Write(ctx context.Context, id incident.ID, section, text string, by incident.Actor) error {
	_, err := s.change(ctx, id, by, func(d *Document, now time.Time) ([]incident.Event, error) {
		if d.Version == 0 {
			return nil, noPostmortem(id)
		}
		return d.Write(section, text, by.Person(), now)
	})
	return err
}

// Advance moves the review on or back. The present state changes nothing.
func (s *Service) Advance(ctx context.Context, id incident.ID, to State, by incident.Actor) error {
	_, err := s.change(ctx, id, by, func(d *Document, _ time.Time) ([]incident.Event, error) {
		if d.Version == 0 {
			return nil, noPostmortem(id)
		}
		return d.Advance(to)
	})
	return err
}

// change lets decide alter the document and saves what became different.
func (s *Service) change(ctx context.Context, id incident.ID, by incident.Actor, decide func(*Document, time.Time) ([]incident.Event, error)) (*incident.Incident, error) {
	return s.Incidents.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, i *incident.Incident, now time.Time) ([]incident.Event, error) {
		before, err := readDocument(ctx, tx, i)
		if err != nil {
			return nil, err
		}
		after := before.copy()
		events, err := decide(&after, now)
		if err != nil || len(events) == 0 {
			return nil, err
		}
		return events, saveDocument(ctx, tx, before, after, newReadKey())
	})
}

// Read returns the document as it stands, or a NotFound error before the first draft.
func (s *Service) Read(ctx context.Context, id incident.ID) (Document, error) {
	i, err := s.Incidents.Get(ctx, id)
	if err != nil {
		return Document{}, err
	}
	d, err := readDocument(ctx, s.Incidents.Pool, i)
	if err != nil {
		return Document{}, err
	}
	if d.Version == 0 {
		return Document{}, noPostmortem(id)
	}
	d.Zone = s.Zone
	d.Names, err = s.names(ctx, d.people())
	return d, err
}

// Lint lists what the record and the text of a postmortem lack, as they are now.
func (s *Service) Lint(ctx context.Context, id incident.ID) ([]Finding, error) {
	d, err := s.Read(ctx, id)
	if err != nil {
		return nil, err
	}
	f, err := s.Facts(ctx, id)
	if err != nil {
		return nil, err
	}
	return append(LintRecord(f), LintText(d)...), nil
}

// ReadKey returns the secret under which the document can be read without
// logging in. It is made once, with the first draft, and never changes.
func (s *Service) ReadKey(ctx context.Context, id incident.ID) (string, error) {
	key, found, err := readKeyOf(ctx, s.Incidents.Pool, id)
	if err == nil && !found {
		return "", noPostmortem(id)
	}
	return key, err
}

// ByKey returns the document whose secret is key, or a NotFound error.
func (s *Service) ByKey(ctx context.Context, key string) (Document, error) {
	absent := incident.Errorf(incident.NotFound, "There is no postmortem at this address; ask in the war room for the link.")
	if bits, err := base64.RawURLEncoding.DecodeString(key); err != nil || len(bits) != keyBytes {
		return Document{}, absent
	}
	id, found, err := incidentByKey(ctx, s.Incidents.Pool, key)
	switch {
	case err != nil:
		return Document{}, err
	case !found:
		return Document{}, absent
	}
	return s.Read(ctx, id)
}

func (s *Service) names(ctx context.Context, people []incident.PersonID) (map[incident.PersonID]string, error) {
	if s.Names == nil || len(people) == 0 {
		return nil, nil
	}
	return s.Names(ctx, people)
}

func noPostmortem(id incident.ID) error {
	return incident.Errorf(incident.NotFound, "%s has no postmortem yet; draft it first.", id)
}

// keyBytes is the length of a read key before encoding: 128 bits.
const keyBytes = 16

// newReadKey makes 128 random bits that fit an address.
func newReadKey() string {
	var bits [keyBytes]byte
	_, _ = rand.Read(bits[:]) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(bits[:])
}
