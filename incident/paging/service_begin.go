package paging

import (
	"cmp"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// BeginPage plans the messages of a page: one for each rule of its person, or one
// for the place that it tells. What an earlier page of the same escalation has not
// sent to the person yet is dropped. When nobody is reached that is recorded, and
// once everybody of the step is out of reach the next step fires at once. A page
// that was planned already, or asks for nothing any more, is left as it is.
func (s *Service) BeginPage(ctx context.Context, id int64) error {
	p, ok, err := escalation.ReadPage(ctx, s.Pool, id)
	if err != nil || !ok {
		return err
	}
	err = s.change(ctx, p.Incident, incident.System, func(tx pgx.Tx, now time.Time) ([]incident.Event, error) {
		return s.begin(ctx, tx, p, now)
	})
	if err != nil {
		return err
	}
	return s.passOver(ctx, p)
}

func (s *Service) begin(ctx context.Context, tx pgx.Tx, p escalation.Page, now time.Time) ([]incident.Event, error) {
	made, err := insertPlan(ctx, tx, p.ID, now)
	if err != nil || !made || !p.Stands {
		return nil, err
	}
	plan, reason, err := s.plan(ctx, tx, p, now)
	if err != nil {
		return nil, err
	}
	if err := dropEarlier(ctx, tx, p, now); err != nil {
		return nil, err
	}
	deliveries, err := insertPlanned(ctx, tx, p, plan, now)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		return s.unreachable(ctx, tx, p, reason)
	}
	return nil, s.scheduleAs(ctx, tx, rankOf(p.Crowded), deliveries...)
}

// plan counts from the instant of planning, not from that of the page: a page that
// waited out an outage must not send all its messages in one burst.
func (s *Service) plan(ctx context.Context, tx pgx.Tx, p escalation.Page, now time.Time) ([]Planned, string, error) {
	if person := p.Person(); person != "" {
		gone, err := roster.Removed(ctx, tx, []incident.PersonID{person})
		if err != nil {
			return nil, "", err
		}
		if gone[person] {
			return nil, "The person was removed from the organisation.", nil
		}
		if err := knowBySlack(ctx, tx, person, now); err != nil {
			return nil, "", err
		}
		rules, err := rulesOrDefault(ctx, tx, person, string(p.Urgency))
		if err != nil {
			return nil, "", err
		}
		plan, reason := Plan(rules, s.can, now)
		return plan, reason, nil
	}
	to := Contact{Method: MethodSlack, Address: p.Address}
	if p.Kind == escalation.TargetWebhook {
		to.Method = MethodWebhook
	}
	if !s.can(to.Method) {
		return nil, "Nothing is set up that sends by " + to.Method.String() + ".", nil
	}
	return []Planned{{Rule: 1, Due: now, To: to}}, "", nil
}

// unreachable records that a page has no way left to its person.
func (s *Service) unreachable(ctx context.Context, tx pgx.Tx, p escalation.Page, reason string) ([]incident.Event, error) {
	first, err := markUnreachable(ctx, tx, p.ID, reason)
	if err != nil || !first || p.Person() == "" {
		return nil, err
	}
	return []incident.Event{incident.PersonUnreachable{Page: p.ID, Person: p.Person(), Reason: reason}}, nil
}

// passOver fires the next step when nobody of the last one can be reached, or the
// fallback when nobody of the whole pass can be, unless a later pass has begun.
// Called again it changes nothing.
func (s *Service) passOver(ctx context.Context, p escalation.Page) error {
	e, err := s.Escalations.Get(ctx, p.Escalation)
	if err != nil || e.State != escalation.Triggered || e.Run != p.Run {
		return err
	}
	step, pass, err := passUnreachable(ctx, s.Pool, p)
	if err != nil || !step {
		return err
	}
	return s.Escalations.PassOver(ctx, p.Escalation, escalation.Unreached{AsOf: e.Fired, Pass: pass})
}

// reconsider is called when a message of a page has come to nothing: the next one
// comes forward, or it turns out that there is no way left.
func (s *Service) reconsider(ctx context.Context, tx pgx.Tx, page int64, forward bool, now time.Time) ([]incident.Event, error) {
	p, ok, err := escalation.ReadPage(ctx, tx, page)
	if err != nil || !ok || !p.Stands {
		return nil, err
	}
	all, err := ofPage(ctx, tx, page)
	if err != nil {
		return nil, err
	}
	if forward {
		if all, err = withoutDisabled(ctx, tx, page, all); err != nil {
			return nil, err
		}
	}
	if n, ok := NextRule(all); ok {
		if !forward || !all[n].Due.After(now) {
			return nil, nil
		}
		all[n].Due = now
		if err := setDue(ctx, tx, all[n].ID, now, false); err != nil {
			return nil, err
		}
		return nil, s.schedule(ctx, tx, all[n])
	}
	reason, err := noneArrives(ctx, tx, all)
	if err != nil || reason == "" {
		return nil, err
	}
	return s.unreachable(ctx, tx, p, reason)
}

// Reconsider does that for a page whose message was part of another one. Called again it
// may bring one more message forward.
func (s *Service) Reconsider(ctx context.Context, a Reconsider) error {
	p, ok, err := escalation.ReadPage(ctx, s.Pool, a.Page)
	if err != nil || !ok {
		return err
	}
	return s.changePages(ctx, p.Incident, func(tx pgx.Tx, now time.Time) ([]incident.Event, error) {
		return s.reconsider(ctx, tx, a.Page, a.Forward, now)
	})
}

// noneArrives says why none of a page's messages reaches anybody; "" when one has, still
// may, or is not sent because its person is awake and knows. What a digest told arrives
// as the digest does.
func noneArrives(ctx context.Context, tx pgx.Tx, all []Delivery) (reason string, err error) {
	reason = "None of the messages arrived."
	for _, d := range all {
		if d.State == StateBundled {
			digest, ok, err := readDelivery(ctx, tx, d.Bundle)
			if err != nil || !ok {
				return "", err
			}
			d = digest
		}
		if !d.State.Over() || d.State.Reached() || d.Reason == knows {
			return "", nil
		}
		reason = cmp.Or(d.Reason, reason)
	}
	return reason, nil
}

// knowBySlack makes somebody reachable of whom nothing is known but who it is: people
// are known by their Slack account, so that proves itself.
func knowBySlack(ctx context.Context, tx pgx.Tx, p incident.PersonID, now time.Time) error {
	has, err := contactsOf(ctx, tx, p)
	if err != nil || len(has) > 0 {
		return err
	}
	_, err = insertContact(ctx, tx, &Contact{Person: p, Method: MethodSlack, Address: string(p), VerifiedAt: now}, now)
	return err
}
