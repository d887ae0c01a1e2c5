package oncall

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// FeedSubject is whose shifts a calendar shows: those of a schedule, or those of a
// person in all schedules. Exactly one is set.
type FeedSubject struct {
	Schedule string
	Person   incident.PersonID
}

// FeedInfo is a calendar that somebody made. Its secret is known to nobody but
// them.
type FeedInfo struct {
	ID int64
	FeedSubject
	CreatedBy incident.PersonID
	CreatedAt time.Time
}

// What a calendar shows, counted from the moment it is read.
const (
	feedBack  = 31 * 24 * time.Hour
	feedAhead = 183 * 24 * time.Hour
)

// CreateFeed makes a calendar with a secret address and returns the secret. It is
// shown once: only its hash is kept. Each call makes another calendar.
func (s *Service) CreateFeed(ctx context.Context, of FeedSubject, by incident.PersonID) (token string, err error) {
	if (of.Schedule == "") == (of.Person == "") {
		return "", incident.Errorf(incident.Invalid, "A calendar shows a schedule or a person; name one of them.")
	}
	if of.Schedule != "" {
		_, err = s.Schedule(ctx, of.Schedule)
	} else {
		_, err = member(ctx, s.Pool, of.Person)
	}
	if err != nil {
		return "", err
	}
	token = rand.Text()
	hash := sha256.Sum256([]byte(token))
	return token, insertFeed(ctx, s.Pool, hash[:], of, by, incident.Now())
}

// Feeds lists the calendars that a person made and that were not revoked.
func (s *Service) Feeds(ctx context.Context, by incident.PersonID) ([]FeedInfo, error) {
	return feedsOf(ctx, s.Pool, by)
}

// RevokeFeed makes the address of a calendar useless for good. Only who made it
// may. Revoking it twice changes nothing.
func (s *Service) RevokeFeed(ctx context.Context, id int64, by incident.PersonID) error {
	known, err := revokeFeed(ctx, s.Pool, id, by, incident.Now())
	if err == nil && !known {
		err = incident.Errorf(incident.NotFound, "There is no such calendar of yours; look at the list of your calendars.")
	}
	return err
}

// WriteFeed writes the calendar of a secret as iCalendar: the shifts of the past
// month and of the coming half year. It takes the same time for every secret that
// is wrong, and the error for those that are wrong or revoked is the same NotFound.
func (s *Service) WriteFeed(ctx context.Context, w io.Writer, token string) error {
	hash := sha256.Sum256([]byte(token))
	of, ok, err := feedByHash(ctx, s.Pool, hash[:])
	if err != nil {
		return err
	}
	if !ok {
		return incident.Errorf(incident.NotFound, "There is no such calendar; make a new one.")
	}
	feed, err := s.feed(ctx, of, incident.Now())
	if err != nil {
		return err
	}
	return WriteCalendar(w, feed)
}

// feed gathers what a calendar shows at now.
func (s *Service) feed(ctx context.Context, of FeedSubject, now time.Time) (Feed, error) {
	f := Feed{Name: "On call", Person: of.Person, From: now.Add(-feedBack), Until: now.Add(feedAhead), Stamp: now}
	all, err := List(ctx, s.Pool, f.From)
	if err != nil {
		return Feed{}, err
	}
	for _, stored := range all {
		if of.Schedule != "" && stored.ID != of.Schedule {
			continue
		}
		resolver, err := stored.Compile()
		if err != nil {
			return Feed{}, err
		}
		f.Schedules = append(f.Schedules, resolver)
		if of.Schedule != "" {
			f.Name += ": " + resolver.Name()
		}
	}
	if f.NameOf, err = namesOf(ctx, s.Pool); err != nil {
		return Feed{}, err
	}
	if of.Person != "" {
		f.Name += ": " + f.NameOf(of.Person)
	}
	return f, nil
}

// namesOf tells how people are called; whoever is not in the organisation any
// more goes by the id.
func namesOf(ctx context.Context, q roster.Querier) (func(incident.PersonID) string, error) {
	people, err := roster.People(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("name people: %w", err)
	}
	names := make(map[incident.PersonID]string, len(people))
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return func(p incident.PersonID) string {
		if name := names[p]; name != "" {
			return name
		}
		return string(p)
	}, nil
}
