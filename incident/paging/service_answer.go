package paging

import (
	"context"
	"fmt"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

func (s *Service) actOnce(ctx context.Context, p escalation.Page, action string, by incident.PersonID, via string) (string, error) {
	switch action {
	case ActionAck:
		a, err := s.Escalations.Acknowledge(ctx, p.Escalation, escalation.Ack{Person: by, Via: via}, incident.By(by))
		if err != nil {
			return "", err
		}
		return s.acknowledged(ctx, p.Incident, a, by)
	case ActionEscalate:
		return s.escalated(ctx, p, by)
	case ActionResolve:
		if _, err := s.Escalations.Resolve(ctx, p.Escalation, incident.By(by)); err != nil {
			return "", err
		}
		return fmt.Sprintf("Paging for %s is over.", p.Incident), nil
	case ActionAwake:
		return s.Awake(ctx, by, p.Incident)
	}
	return "", incident.Errorf(incident.Invalid, "%q cannot be done here; answer ack, escalate, resolve or awake.", action)
}

// Awake notes that somebody is awake for an incident and says it back: what they were
// told of it is not told again for AwakeFor. Saying it again begins the hour anew.
func (s *Service) Awake(ctx context.Context, p incident.PersonID, id incident.ID) (string, error) {
	err := saveAwake(ctx, s.Pool, p, id, incident.Now().Add(AwakeFor))
	return fmt.Sprintf("Good to know. For an hour %s is not repeated to you unless it gets worse.", id), err
}

func (s *Service) acknowledged(ctx context.Context, id incident.ID, a escalation.Answer, by incident.PersonID) (string, error) {
	switch {
	case a.Counted && a.More > 0:
		return fmt.Sprintf("Acknowledged %s; %d more must acknowledge.", id, a.More), nil
	case a.Counted:
		return fmt.Sprintf("Acknowledged %s.", id), nil
	case a.Escalation.State == escalation.Resolved:
		return fmt.Sprintf("%s is over; nobody is paged any more.", id), nil
	}
	if len(a.Before) == 0 {
		return fmt.Sprintf("%s is already acknowledged.", id), nil
	}
	first := a.Before[0]
	if first == by {
		return fmt.Sprintf("You have already acknowledged %s.", id), nil
	}
	name, err := nameOf(ctx, s.Pool, first)
	return fmt.Sprintf("%s is already acknowledged by %s.", id, name), err
}

// escalated fires the next step, unless one has fired since the page that is answered.
func (s *Service) escalated(ctx context.Context, p escalation.Page, by incident.PersonID) (string, error) {
	e, err := s.Escalations.Get(ctx, p.Escalation)
	if err != nil {
		return "", err
	}
	newest, err := isNewest(ctx, s.Pool, p)
	if err != nil {
		return "", err
	}
	if e.State == escalation.Resolved {
		return fmt.Sprintf("%s is over; nobody is paged any more.", p.Incident), nil
	}
	if newest {
		_, moved, err := s.Escalations.EscalateNow(ctx, p.Escalation, e.Fired, incident.By(by))
		if incident.CodeOf(err) == incident.Conflict {
			return fmt.Sprintf("%s was asked for by name, so that nobody comes next for %s; page somebody else.", e.Subject, p.Incident), nil
		}
		if err != nil {
			return "", err
		}
		if moved {
			return fmt.Sprintf("Escalated %s to the next step.", p.Incident), nil
		}
	}
	return fmt.Sprintf("%s was already escalated to the next step.", p.Incident), nil
}

// isNewest reports whether no step has fired since the one that made a page.
func isNewest(ctx context.Context, q querier, p escalation.Page) (newest bool, err error) {
	err = q.QueryRow(ctx, `
		SELECT NOT EXISTS (SELECT FROM page WHERE escalation_id = $1 AND created_at > $2)`, p.Escalation, p.At).Scan(&newest)
	if err != nil {
		return false, fmt.Errorf("look for newer pages: %w", err)
	}
	return newest, nil
}
