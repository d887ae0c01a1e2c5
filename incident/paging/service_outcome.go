package paging

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// The outcomes of a page that people can be told.
const (
	OutcomeAcknowledged = "acknowledged"
	OutcomeEscalated    = "escalated"
	OutcomeResolved     = "resolved"
)

// Outcomes lists them all.
func Outcomes() []string { return []string{OutcomeAcknowledged, OutcomeEscalated, OutcomeResolved} }

// Subscribe sets which outcomes a person is told; none is a choice, too.
func (s *Service) Subscribe(ctx context.Context, p incident.PersonID, outcomes []string) error {
	for _, o := range outcomes {
		if !slices.Contains(Outcomes(), o) {
			return incident.Errorf(incident.Invalid, "%q is no outcome; use acknowledged, escalated or resolved.", o)
		}
	}
	if outcomes == nil {
		outcomes = []string{}
	}
	return saveSubscription(ctx, s.Pool, p, outcomes)
}

// outcome is what became of an escalation, as it stands now.
type outcome struct {
	kind  string
	key   string // tells it from every other outcome of the escalation
	actor incident.PersonID
	asked bool // who asked for the page is told, too
	text  string
}

// TellOutcome tells those who were paged what became of it: never the one who did
// it, only who wants to know, and each outcome once. It tells how things stand when
// it runs, not what set it off, so that nobody reads old news. What is planned and
// no longer wanted is cancelled along with it.
func (s *Service) TellOutcome(ctx context.Context, job TellOutcome) error {
	e, err := s.Escalations.Get(ctx, job.Escalation)
	if err != nil {
		return err
	}
	i, err := s.Incidents.Get(ctx, e.Incident)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		now := incident.Now()
		if err := dropOvertaken(ctx, tx, e.ID, now); err != nil {
			return err
		}
		o, ok, err := outcomeOf(ctx, tx, e, i)
		if err != nil || !ok {
			return err
		}
		people, err := concerned(ctx, tx, e.ID, o)
		if err != nil {
			return err
		}
		for _, p := range people {
			if err := s.tell(ctx, tx, p, e, i, o, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// concerned are those who are told an outcome: who was paged, and of what somebody
// stopped, who asked for it: they take silence for an answer.
func concerned(ctx context.Context, tx pgx.Tx, escalated int64, o outcome) ([]incident.PersonID, error) {
	people, err := pagedPeople(ctx, tx, escalated)
	if err != nil || !o.asked {
		return people, err
	}
	asked, err := escalation.AskedBy(ctx, tx, escalated)
	if err != nil {
		return nil, err
	}
	gone, err := roster.Removed(ctx, tx, asked)
	for _, p := range asked {
		if !gone[p] && !slices.Contains(people, p) {
			people = append(people, p)
		}
	}
	return people, err
}

// stoppedBy is who stopped it while its incident goes on; "" when nobody did.
func stoppedBy(ctx context.Context, q querier, e *escalation.Escalation, i *incident.Incident) (incident.PersonID, error) {
	if e.State != escalation.Resolved || !i.Status.Ongoing() {
		return "", nil
	}
	return escalation.StoppedBy(ctx, q, e.ID)
}

// outcomeOf words what became of it; ok is false while nothing has.
func outcomeOf(ctx context.Context, q querier, e *escalation.Escalation, i *incident.Incident) (o outcome, ok bool, err error) {
	if by, err := stoppedBy(ctx, q, e, i); err != nil || by != "" {
		name, failed := nameOf(ctx, q, by)
		return outcome{kind: OutcomeResolved, key: "resolved", actor: by, asked: true, text: name + " stopped the paging; it is over, and nobody is asked any more."}, true, errors.Join(err, failed)
	}
	switch {
	case e.State == escalation.Resolved || !i.Status.Ongoing():
		return outcome{kind: OutcomeResolved, key: "resolved", text: "It is over; nobody is paged any more."}, true, nil
	case e.State == escalation.Acknowledged && len(e.AckedBy) > 0:
		by := e.AckedBy[len(e.AckedBy)-1]
		name, err := nameOf(ctx, q, by)
		return outcome{kind: OutcomeAcknowledged, key: fmt.Sprintf("acknowledged %s %d", by, e.Run), actor: by, text: name + " has it."}, true, err
	case e.State == escalation.Triggered && e.Fired > 1:
		return outcome{kind: OutcomeEscalated, key: fmt.Sprintf("escalated %d %d", e.Run, e.Fired), text: "Nobody has acknowledged; the next step was asked."}, true, nil
	}
	return outcome{}, false, nil
}

// tell plans the word for one person, by the quietest way by which they were paged.
func (s *Service) tell(ctx context.Context, tx pgx.Tx, p incident.PersonID, e *escalation.Escalation, i *incident.Incident, o outcome, now time.Time) error {
	wanted, err := subscription(ctx, tx, p)
	if err != nil || p == o.actor || !slices.Contains(wanted, o.kind) {
		return err
	}
	if o.kind == OutcomeEscalated {
		again, err := pagedLast(ctx, tx, e.ID, p)
		if err != nil || again {
			return err // who is paged by the newest step need not be told that it was paged
		}
	}
	c, ok, err := s.quietest(ctx, tx, p, 0)
	if err != nil || !ok {
		return err
	}
	d := Delivery{
		Kind: MessageStatus, Escalation: e.ID, Incident: i.ID, Outcome: o.key, Person: p, Contact: c.ID, Method: c.Method, Address: c.Address,
		Subject: fmt.Sprintf("%s: %s", i.ID, titleOf(i)), Body: fmt.Sprintf("%s: %s", e.Subject, o.text), Due: now,
	}
	if err := insertDelivery(ctx, tx, &d, now); err != nil || d.ID == 0 {
		return err
	}
	return s.scheduleAs(ctx, tx, rankOutcome, d)
}

// quiet orders methods by how little they disturb. A word about how it went on, or
// about another method, is never a phone call.
var quiet = []Method{MethodSlack, MethodPush, MethodEmail, MethodWebhook, MethodSMS}

// quietest finds a person's usable contact that disturbs least, other than one.
func (s *Service) quietest(ctx context.Context, q querier, p incident.PersonID, not ContactID) (best Contact, ok bool, err error) {
	all, err := contactsOf(ctx, q, p)
	if err != nil {
		return Contact{}, false, err
	}
	for _, m := range quiet {
		for _, c := range all {
			if c.Method == m && c.ID != not && c.Usable() && s.can(m) {
				return c, true, nil
			}
		}
	}
	return Contact{}, false, nil
}

// pagedLast reports whether the newest step paged a person.
func pagedLast(ctx context.Context, q querier, escalation int64, p incident.PersonID) (last bool, err error) {
	err = q.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT FROM page
			WHERE escalation_id = $1 AND address = $2 AND kind = 'person'
				AND created_at = (SELECT max(created_at) FROM page WHERE escalation_id = $1)
		)`, escalation, p).Scan(&last)
	if err != nil {
		return false, fmt.Errorf("look for newest page: %w", err)
	}
	return last, nil
}

// nameOf is how people call somebody.
func nameOf(ctx context.Context, q querier, p incident.PersonID) (string, error) {
	person, ok, err := roster.ReadPerson(ctx, q, p)
	if err != nil {
		return "", err
	}
	if !ok || person.Name == "" {
		return string(p), nil
	}
	return person.Name, nil
}

// Line is one message in the ledger of an incident: who was to be reached how, and
// what came of it. A page that had no way at all to its person has a line without
// method, failed with the reason.
type Line struct {
	Person     incident.PersonID // "" for a place
	Method     Method
	State      State
	At         time.Time // of the last attempt, or when it is due
	Reason     string
	Repeat     bool
	Run, Pass  int // Pass counts from 0
	Step       int // 0 is the fallback
	Escalation int64
	Delivery   int64
}

// Ledger lists every message of an incident's pages, oldest first: the answer to
// "was she paged?".
func (s *Service) Ledger(ctx context.Context, id incident.ID) ([]Line, error) {
	return ledger(ctx, s.Pool, id)
}
