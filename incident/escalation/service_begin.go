package escalation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
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
// one becomes high when this asks for high; it is returned. Of an incident that is
// over, and during maintenance that drops pages, unless people are asked for by name,
// it is a Conflict error.
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
		if r.Urgency != High || e.Urgency == High {
			return nil, nil
		}
		e.Reason = cmp.Or(r.Reason, e.Reason)
		return e.Raise(now, w)
	})
	if incident.CodeOf(err) == incident.NotFound {
		return nil, false, nil
	}
	return e, ok, err
}

// Declare declares an incident and pages in its name, in one commit. When nobody can
// be paged the incident is declared all the same, and returned with the error for
// people that says why. With a DedupKey that was used before it is Begin for the
// incident of the first call.
func (s *Service) Declare(ctx context.Context, d incident.Declaration, r Request, by incident.Actor) (i *incident.Incident, e *Escalation, err error) {
	var refused *incident.Error
	i, err = s.Incidents.DeclareAnd(ctx, d, by, func(ctx context.Context, tx pgx.Tx, i *incident.Incident, now time.Time) (events []incident.Event, err error) {
		err = pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
			e, events, err = s.makeFor(ctx, tx, i, r, now)
			return err
		})
		if errors.As(err, &refused) {
			return nil, nil
		}
		return events, err
	})
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("declare and page: %w", err)
	case refused != nil:
		return i, nil, refused
	case e == nil:
		e, err = s.Begin(ctx, i.ID, r, by)
	}
	return i, e, err
}

func (s *Service) makeFor(ctx context.Context, tx pgx.Tx, i *incident.Incident, r Request, now time.Time) (*Escalation, []incident.Event, error) {
	r, err := r.completed(i.ID)
	if err != nil {
		return nil, nil, err
	}
	return s.make(ctx, tx, i, r, now)
}

// begin makes a new escalation; ok is false when the key was taken meanwhile.
func (s *Service) begin(ctx context.Context, id incident.ID, r Request, by incident.Actor) (e *Escalation, ok bool, err error) {
	_, err = s.Incidents.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, i *incident.Incident, now time.Time) (events []incident.Event, err error) {
		e, events, err = s.make(ctx, tx, i, r, now)
		return events, err
	})
	if err != nil {
		return nil, false, fmt.Errorf("begin escalation: %w", err)
	}
	return e, e != nil, nil
}

// make stores a new escalation and lets it begin; it is nil when the key was taken
// meanwhile.
func (s *Service) make(ctx context.Context, tx pgx.Tx, i *incident.Incident, r Request, now time.Time) (*Escalation, []incident.Event, error) {
	if !i.Status.Ongoing() {
		return nil, nil, incident.Errorf(incident.Conflict, "%s is %s; reopen it to page anybody for it.", i.ID, i.Status)
	}
	if err := checkDrop(ctx, tx, r, now); err != nil {
		return nil, nil, err
	}
	policy, err := r.policy(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	e := &Escalation{Incident: i.ID, Key: r.Key, Subject: r.Subject, Service: r.Service, Urgency: r.Urgency, Reason: r.Reason, Policy: policy}
	if made, err := insertEscalation(ctx, tx, e, now); err != nil || !made {
		return nil, nil, err
	}
	events, err := s.apply(ctx, tx, i, e, now, func(_ *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
		return e.Begin(now, w)
	})
	return e, events, err
}

// policy is what the run goes by: a copy of the policy asked for, or one step.
func (r Request) policy(ctx context.Context, tx pgx.Tx) (Policy, error) {
	if r.Policy == "" {
		return Policy{Steps: []Step{{Targets: r.Targets, Delay: directDelay}}, Repeat: directRepeat}, nil
	}
	p, ok, err := ReadPolicy(ctx, tx, r.Policy)
	if err == nil && !ok {
		err = r.refused("missing", incident.Errorf(incident.NotFound, "There is no escalation policy %s; page people, or add the policy.", r.Policy))
	}
	return p, err
}

// checkDrop refuses what maintenance drops, in a sentence, so that whoever asked
// knows that nobody is paged. People who are asked for by name are paged all the same.
func checkDrop(ctx context.Context, tx pgx.Tx, r Request, now time.Time) error {
	if byName(r.Service, r.Policy, r.Targets) {
		return nil
	}
	all, err := activeMaintenance(ctx, tx, r.Service, now)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(m Maintenance) bool { return m.Mode != Drop })
	if len(all) == 0 {
		return nil
	}
	refused := r.refused("maintenance", incident.Errorf(incident.Conflict, "Nobody is paged for %s: maintenance drops its pages. Page people by name, or end the maintenance first.", r.Subject))
	refused.event.Until = lastEnd(all)
	return refused
}

// byName reports whether people are asked for by their names, and nothing else.
// Maintenance keeps such a page neither back nor from beginning: whoever writes down
// a name wants that person now.
func byName(service, policy string, targets []Target) bool {
	return service == "" && policy == "" && len(targets) > 0 &&
		!slices.ContainsFunc(targets, func(t Target) bool { return t.Kind != TargetPerson })
}

// refusal is an error for people, with what goes on record where nobody is there to
// read it.
type refusal struct {
	said  *incident.Error
	event incident.EscalationRefused
}

// Error returns the sentence.
func (r refusal) Error() string { return r.said.Error() }

// Unwrap returns the error for people.
func (r refusal) Unwrap() error { return r.said }

func (r Request) refused(cause string, said *incident.Error) refusal {
	return refusal{said, incident.EscalationRefused{Subject: r.Subject, Service: r.Service, Cause: cause}}
}
