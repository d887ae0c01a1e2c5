package escalation

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// Request asks for somebody: by a policy, or by targets alone.
type Request struct {
	Key     string   // no two open escalations share one; "": the incident and the subject
	Subject string   // what is paged, as people say it: Checkout, @bob; "": the policy
	Policy  string   // id; excludes Targets
	Targets []Target // paged as one step, twice
	Service string   // "" for none
	Urgency Urgency  // "": high
	Reason  string
}

// What targets without a policy get: time to answer, and a second page.
const (
	directDelay  = 10 * time.Minute
	directRepeat = 1
)

// Begin pages, in the name of an incident that is going on. When the key is open
// already, also under another incident, that escalation only counts up, and a low
// one becomes high when this asks for high; it is returned. During maintenance
// that drops pages, or of an incident that is over, it is a Conflict error.
func (s *Service) Begin(ctx context.Context, id incident.ID, r Request, by incident.Actor) (*Escalation, error) {
	r, err := r.completed(id)
	if err != nil {
		return nil, err
	}
	for range 10 { // an open one may end, or a new one begin, between the look and the lock
		open, ok, err := openWithKey(ctx, s.Pool, r.Key)
		if err != nil {
			return nil, err
		}
		var e *Escalation
		if ok {
			e, ok, err = s.countUp(ctx, open, r, by)
		} else {
			e, ok, err = s.begin(ctx, id, r, by)
		}
		if err != nil || ok {
			return e, err
		}
	}
	return nil, fmt.Errorf("begin escalation: the key %q changed hands too often", r.Key)
}

func (r Request) completed(id incident.ID) (Request, error) {
	r.Reason, r.Subject = incident.CleanText(r.Reason), incident.CleanText(r.Subject)
	r.Subject = cmp.Or(r.Subject, r.Policy)
	r.Key = cmp.Or(r.Key, fmt.Sprintf("%s %s", id, r.Subject))
	r.Urgency = cmp.Or(r.Urgency, High)
	switch {
	case (r.Policy == "") == (len(r.Targets) == 0):
		return r, incident.Errorf(incident.Invalid, "Paging needs either an escalation policy or people; name one of them.")
	case r.Subject == "":
		return r, incident.Errorf(incident.Invalid, "Paging needs a subject; say whom or what to page.")
	case r.Urgency != High && r.Urgency != Low:
		return r, incident.Errorf(incident.Invalid, "%q is not an urgency; use high or low.", r.Urgency)
	}
	return r, nil
}

// countUp notes a further request; ok is false when it has ended meanwhile.
func (s *Service) countUp(ctx context.Context, id int64, r Request, by incident.Actor) (e *Escalation, ok bool, err error) {
	e, err = s.change(ctx, id, by, func(i *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
		switch {
		case e.State == Resolved:
			return nil, nil
		case !i.Status.Ongoing():
			return e.Resolve("incident"), nil
		}
		ok = true
		e.Count++
		if r.Urgency == High {
			return e.Raise(now, w)
		}
		return nil, nil
	})
	if incident.CodeOf(err) == incident.NotFound {
		return nil, false, nil
	}
	return e, ok, err
}

// begin makes a new escalation; ok is false when the key was taken meanwhile.
func (s *Service) begin(ctx context.Context, id incident.ID, r Request, by incident.Actor) (e *Escalation, ok bool, err error) {
	_, err = s.Incidents.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, i *incident.Incident, now time.Time) ([]incident.Event, error) {
		if !i.Status.Ongoing() {
			return nil, incident.Errorf(incident.Conflict, "%s is %s; reopen it to page anybody for it.", i.ID, i.Status)
		}
		if err := checkDrop(ctx, tx, r, now); err != nil {
			return nil, err
		}
		policy, err := r.policy(ctx, tx)
		if err != nil {
			return nil, err
		}
		e = &Escalation{Incident: id, Key: r.Key, Subject: r.Subject, Service: r.Service, Urgency: r.Urgency, Reason: r.Reason, Policy: policy}
		if ok, err = insertEscalation(ctx, tx, e, now); err != nil || !ok {
			return nil, err
		}
		return s.apply(ctx, tx, i, e, now, func(_ *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
			return e.Begin(now, w)
		})
	})
	if err != nil {
		return nil, false, fmt.Errorf("begin escalation: %w", err)
	}
	return e, ok, nil
}

// policy is what the run goes by: a copy of the policy asked for, or one step.
func (r Request) policy(ctx context.Context, tx pgx.Tx) (Policy, error) {
	if r.Policy == "" {
		return Policy{Steps: []Step{{Targets: r.Targets, Delay: directDelay}}, Repeat: directRepeat}, nil
	}
	p, ok, err := ReadPolicy(ctx, tx, r.Policy)
	if err == nil && !ok {
		err = incident.Errorf(incident.NotFound, "There is no escalation policy %s; page people, or add the policy.", r.Policy)
	}
	return p, err
}

// checkDrop refuses what maintenance drops, in a sentence, so that whoever asked
// knows that nobody is paged.
func checkDrop(ctx context.Context, tx pgx.Tx, r Request, now time.Time) error {
	all, err := activeMaintenance(ctx, tx, r.Service, now)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Mode == Drop {
			return incident.Errorf(incident.Conflict, "Nobody is paged for %s: maintenance drops its pages; end the maintenance to page.", r.Subject)
		}
	}
	return nil
}
