package paging

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// attempt is a delivery that this process may send now, and nobody else.
type attempt struct {
	Delivery
	wasUnsure bool // before this attempt
	message   func() Message
}

// claim takes a delivery whose time has come: in one short transaction it makes
// sure that the message is still wanted, and writes the attempt. It returns nil when
// there is nothing to send. An answer that was committed before it is always seen,
// and none is committed while it runs.
func (s *Service) claim(ctx context.Context, id int64) (a *attempt, err error) {
	var d Delivery
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) (err error) {
		var ok bool
		if d, ok, err = readDelivery(ctx, tx, id); err != nil || !ok || d.State.Over() {
			d = Delivery{}
			return err
		}
		a, err = s.take(ctx, tx, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim delivery %d: %w", id, err)
	}
	if a == nil && d.Page != 0 {
		return nil, s.noticeEnd(ctx, d)
	}
	return a, nil
}

// noticeEnd finds out whether a message that was not sent was the last way of its page,
// or of those that it would have told besides. That it is not sent is an event when
// nothing else says so: what was answered, is over or was replaced has events of its own.
func (s *Service) noticeEnd(ctx context.Context, d Delivery) error {
	now, ok, err := readDelivery(ctx, s.Pool, d.ID)
	if err != nil || !ok || now.State != StateCancelled && now.State != StateFailed {
		return err
	}
	return s.changePages(ctx, d.Incident, func(tx pgx.Tx, at time.Time) ([]incident.Event, error) {
		var events []incident.Event
		if now.State == StateCancelled && !slices.Contains([]string{over, answered, replaced}, now.Reason) {
			events = moved(now, StateCancelled, now.Reason)
		}
		more, err := s.reconsiderAll(ctx, tx, d, false, at)
		return append(events, more...), err
	})
}

// take locks all that the decision depends on, in the order of locks, and decides.
func (s *Service) take(ctx context.Context, tx pgx.Tx, d Delivery) (*attempt, error) {
	var demand Demand
	if d.Page != 0 {
		var ok bool
		var err error
		if demand, ok, err = lockDemand(ctx, tx, d.Page); err != nil || !ok {
			return nil, err
		}
	}
	contact, err := lockContact(ctx, tx, d.Contact)
	if err != nil {
		return nil, err
	}
	d, ok, err := lockDelivery(ctx, tx, d.ID)
	if err != nil || !ok || d.State.Over() {
		return nil, err
	}
	now := incident.Now()
	if early := d.Due.Sub(now); early > 0 {
		return nil, notYet(early)
	}
	if err := s.held(ctx, tx, d, now); err != nil {
		return nil, err
	}
	asked, err := stillAsked(ctx, tx, d, demand)
	if err != nil {
		return nil, err
	}
	if why := unwanted(d, asked[0], contact); why != "" {
		return nil, s.drop(ctx, tx, d, why, now)
	}
	if d.Kind == MessagePage && d.State == StatePlanned && demand.Overtaken {
		return nil, later{"a later page is about to take its place", time.Second}
	}
	if d.Attempt == 0 {
		put, err := s.putOff(ctx, tx, d, demand, now)
		if err != nil || put {
			return nil, err
		}
	}
	return s.begun(ctx, tx, d, demand, asked, now)
}

// notYet is for a timer that is ahead of this machine's clock; a job that is much too
// early belongs to a time that was changed, for which there is another job.
func notYet(early time.Duration) error {
	if early > 5*time.Second {
		return nil
	}
	return later{"the message is not due yet", early}
}

// held says no while another process that is alive sends the message.
func (s *Service) held(ctx context.Context, tx pgx.Tx, d Delivery, now time.Time) error {
	if d.State != StateSending || d.Worker == "" || now.Sub(d.SentAt) >= leaseFor {
		return nil
	}
	alive, err := workerAlive(ctx, tx, d.Worker)
	if err != nil || !alive {
		return err
	}
	return later{"somebody else is sending this message", time.Second}
}

// stillAsked is what a message asks: its own page, and of a digest that is tried again
// all that stands of what it told, since nothing else tells it. It is never empty: when
// nothing stands it is the message's own page.
func stillAsked(ctx context.Context, tx pgx.Tx, d Delivery, own Demand) ([]Demand, error) {
	if d.Kind != MessageDigest {
		return []Demand{own}, nil
	}
	besides, err := demands(ctx, tx, `WHERE p.id IN (SELECT page_id FROM delivery WHERE bundle_id = $1) ORDER BY p.id`, d.ID)
	if asked := standing(append([]Demand{own}, besides...)); len(asked) > 0 {
		return asked, err
	}
	return []Demand{own}, err
}

func standing(all []Demand) []Demand {
	return slices.DeleteFunc(all, func(d Demand) bool { return !d.Stands })
}

// Why a message is not sent that nobody has to answer any more, or that another one of
// the same escalation is about to ask instead.
const (
	over     = "The incident is over."
	answered = "It was answered, or started anew."
	replaced = "A later page took its place."
)

// knows is why a message is not sent to somebody who is awake; it is also the mark that
// its person has been reached.
const knows = "The person is awake and knows."

// unwanted says why a message must not be sent any more, "" when it must.
func unwanted(d Delivery, demand Demand, c Contact) string {
	switch {
	case d.Page != 0 && !demand.Ongoing:
		return over
	case d.Page != 0 && !demand.Stands:
		return answered
	case d.Kind == MessageVerify:
		return "" // before the first use nothing is verified
	case d.Contact != 0 && c.ID == 0:
		return "The contact method was removed."
	case d.Contact == 0 && d.Person != "":
		return "The contact method was removed."
	case d.Contact != 0 && !c.DisabledAt.IsZero():
		return "The contact method is disabled: " + c.Reason
	case d.Contact != 0 && c.VerifiedAt.IsZero():
		return "The contact method is not verified."
	}
	return ""
}

// drop ends a delivery that is not wanted. Of one that a dead process was sending it
// is not known whether it arrived, and now it does not matter.
func (s *Service) drop(ctx context.Context, tx pgx.Tx, d Delivery, why string, now time.Time) error {
	to := StateCancelled
	if !Follows(d.State, to) {
		to = StateFailed
	}
	if err := leaveOut(ctx, tx, d, nil, why, now); err != nil {
		return err
	}
	return move(ctx, tx, d.ID, to, why, now)
}

// putOff cancels or delays a message by the rules about disturbing people.
func (s *Service) putOff(ctx context.Context, tx pgx.Tx, d Delivery, demand Demand, now time.Time) (put bool, err error) {
	if d.Page != 0 {
		told, awake, err := toldWhileAwake(ctx, tx, d, demand.Run, now)
		if err != nil {
			return false, err
		}
		if next := (Told{Escalation: d.Escalation, Run: demand.Run, Severity: demand.Severity}); awake && Silenced(next, told) {
			return true, s.drop(ctx, tx, d, knows, now)
		}
	}
	if d.Contact == 0 {
		return false, nil
	}
	if d.Kind == MessageStatus {
		if newer, err := newerStatus(ctx, tx, d); err != nil || newer {
			return newer, err
		}
	}
	earlier, err := sentLately(ctx, tx, d, now)
	if err != nil {
		return false, err
	}
	next := Sent{Budget: BudgetOf(d.Kind), At: now, Incident: d.Incident, Escalation: d.Escalation, Service: demand.Service, Severity: demand.Severity}
	until := Hold(d.Method, next, earlier)
	if until.IsZero() {
		return false, nil
	}
	d.Due = until
	if err := setDue(ctx, tx, d.ID, until, d.Page != 0); err != nil {
		return false, err
	}
	return true, s.scheduleAs(ctx, tx, rankStorm, d)
}

// begun writes the attempt and gathers what the message tells.
func (s *Service) begun(ctx context.Context, tx pgx.Tx, d Delivery, own Demand, asked []Demand, now time.Time) (*attempt, error) {
	a := &attempt{wasUnsure: d.Unsure}
	d.State, d.Attempt, d.Repeat, d.Worker, d.SentAt = StateSending, d.Attempt+1, d.Unsure, s.Worker, now
	if d.FirstAt.IsZero() {
		d.FirstAt = now
	}
	var tell []Demand
	if d.Page != 0 {
		var err error
		if tell, err = s.gather(ctx, tx, &d, asked, now); err != nil {
			return nil, err
		}
	}
	if err := saveAttempt(ctx, tx, &d, own.Severity, own.Service); err != nil {
		return nil, err
	}
	key, err := signingKey(ctx, tx)
	if err != nil {
		return nil, err
	}
	a.Delivery = d
	a.message = func() Message { return Compose(d, tell, s.linker(key, d.ID, now)) }
	return a, nil
}

// gather lists what a message of a page tells: what it asks, and at its first attempt
// what waits for the same contact. A later attempt leaves out what was answered meanwhile.
func (s *Service) gather(ctx context.Context, tx pgx.Tx, d *Delivery, asked []Demand, now time.Time) ([]Demand, error) {
	switch {
	case d.Contact == 0:
		return asked, nil
	case d.Attempt > 1:
		return asked, leaveOut(ctx, tx, *d, asked, answered, now)
	}
	if err := dropSame(ctx, tx, *d, now); err != nil {
		return nil, err
	}
	more, err := s.bundled(ctx, tx, d, now)
	if err != nil {
		return nil, err
	}
	if d.Method.byNumber() && s.PublicURL != "" { // or a reply would not reach us
		d.Code, err = codeFor(ctx, tx, *d, now)
	}
	return append(asked, more...), err
}

// bundled joins what waits together with a message that waited itself; of one that
// leaves at once nothing changes.
func (s *Service) bundled(ctx context.Context, tx pgx.Tx, d *Delivery, now time.Time) ([]Demand, error) {
	if !d.Held {
		return nil, nil
	}
	ids, more, err := lockWaiting(ctx, tx, *d, now)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	d.Kind = MessageDigest
	return more, bundle(ctx, tx, *d, ids)
}
