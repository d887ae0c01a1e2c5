package paging

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
)

// Deliver sends one message when its time has come and it is still wanted. The
// attempt is written before the call. A second worker waits for the first, or takes
// over when that is dead or has had its time; what it then sends is marked as a
// repeat. What came of it is recorded together with its event, or not at all.
func (s *Service) Deliver(ctx context.Context, id int64) error {
	a, err := s.claim(ctx, id)
	if err != nil || a == nil {
		return err
	}
	receipt, failure := s.send(ctx, a)
	noting, cancel := detached(ctx)
	defer cancel()
	if failure != nil {
		return s.failed(noting, a, failure)
	}
	return s.sent(noting, a, receipt)
}

// errLate is for a worker that slept through its time: another may have taken over.
var errLate = errors.New("it took too long to get to the call")

// send calls the vendor, with a deadline that counts from the instant of the claim.
func (s *Service) send(ctx context.Context, a *attempt) (Receipt, error) {
	n := s.Notifiers[a.Method]
	if n == nil {
		return Receipt{}, gone("Nothing is set up that sends by " + a.Method.String() + ".")
	}
	left := sendDeadline - time.Since(a.SentAt)
	if left <= 0 {
		return Receipt{}, errLate
	}
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	m, err := written(a.message)
	if err == nil {
		var r Receipt
		if r, err = sendSafely(ctx, n, m); err == nil {
			return r, nil
		}
	}
	broken, ok := errors.AsType[*panicked](err)
	if !ok {
		return Receipt{}, err
	}
	s.log().ErrorContext(ctx, "a message could not be rendered; it is sent as plain text", slog.Int64("delivery", a.ID), slog.Any("error", broken))
	if m.Key == "" {
		m = Message{Key: a.Key(), Kind: a.Kind, To: a.Address, Person: a.Person, Incident: a.Incident, Validity: validFor}
	}
	m.Repeat = a.Repeat
	return sendSafely(ctx, n, plainer(m))
}

// panicked is what a renderer or a notifier threw.
type panicked struct{ what any }

// Error says what was thrown.
func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.what) }

func written(write func() Message) (m Message, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = &panicked{thrown}
		}
	}()
	return write(), nil
}

func sendSafely(ctx context.Context, n Notifier, m Message) (r Receipt, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = &panicked{thrown}
		}
	}()
	return n.Send(ctx, m)
}

// gone is an error that trying again does not mend.
type gone string

// Error is the sentence.
func (g gone) Error() string { return string(g) }

// Permanent is true.
func (gone) Permanent() bool { return true }

// sent records that the vendor took a message. A report of the vendor may have been
// quicker; then only the vendor's id is new.
func (s *Service) sent(ctx context.Context, a *attempt, r Receipt) error {
	if r.State != StateDelivered && r.State != StateSeen {
		r.State = StateSent
	}
	return s.change(ctx, a.Incident, incident.System, func(tx pgx.Tx, now time.Time) ([]incident.Event, error) {
		d, ok, err := lockDelivery(ctx, tx, a.ID)
		if err != nil || !ok || d.Anew != a.Anew {
			return nil, err // a report that the line is busy was quicker
		}
		if err := saveReceipt(ctx, tx, d.ID, r.ID, false); err != nil {
			return nil, err
		}
		if !Follows(d.State, r.State) {
			return nil, nil
		}
		d.Repeat = a.Repeat
		if err := s.doubtLater(ctx, tx, d, r.State, now); err != nil {
			return nil, err
		}
		return moved(d, r.State, ""), move(ctx, tx, d.ID, r.State, "", now)
	})
}

// moved is the event of a delivery that belongs to an incident.
func moved(d Delivery, to State, reason string) []incident.Event {
	if d.Page == 0 {
		return nil
	}
	return []incident.Event{incident.DeliveryMoved{
		Page: d.Page, Delivery: d.ID, Person: d.Person, Method: string(d.Method), State: string(to), Reason: reason, Repeat: d.Repeat,
	}}
}

// failed records that an attempt has failed: for good, or until the next one. An
// address that can never be reached is disabled before: killed in between, the
// message finds it so.
func (s *Service) failed(ctx context.Context, a *attempt, failure error) error {
	reason := sentence(failure)
	wait := waitOf(failure)
	if why, ok := disables(failure); ok {
		if err := s.disableAddress(ctx, a.Method, a.Address, cmp.Or(why, reason)); err != nil {
			return err
		}
	}
	return s.changePages(ctx, a.Incident, func(tx pgx.Tx, now time.Time) ([]incident.Event, error) {
		d, ok, err := lockDelivery(ctx, tx, a.ID)
		if err != nil || !ok || d.State != StateSending || d.Attempt != a.Attempt {
			return nil, err // overtaken: by a report, or by a worker that took over
		}
		if isPermanent(failure) || wait == 0 && now.Sub(d.FirstAt) >= attemptsFor {
			return s.fail(ctx, tx, d, reason, now)
		}
		if err := saveReceipt(ctx, tx, d.ID, "", a.wasUnsure || wait == 0); err != nil {
			return nil, err
		}
		return s.retry(ctx, tx, d, reason, wait, now)
	})
}

// retry lets a message try again later. Once that takes longer than people who are
// paged should wait, the next rule comes forward.
func (s *Service) retry(ctx context.Context, tx pgx.Tx, d Delivery, reason string, wait time.Duration, now time.Time) ([]incident.Event, error) {
	before := d.SentAt.Sub(d.FirstAt)
	if wait == 0 {
		wait = RetryAfter(d.Attempt)
	}
	d.Due = now.Add(wait)
	if err := setDue(ctx, tx, d.ID, d.Due, false); err != nil {
		return nil, err
	}
	if err := saveReason(ctx, tx, d.ID, reason); err != nil {
		return nil, err
	}
	if err := s.schedule(ctx, tx, d); err != nil {
		return nil, err
	}
	if before < patience && d.Due.Sub(d.FirstAt) >= patience {
		return s.reconsiderAll(ctx, tx, d, true, now)
	}
	return nil, nil
}

// fail ends a message for good and pulls the next rule forward.
func (s *Service) fail(ctx context.Context, tx pgx.Tx, d Delivery, reason string, now time.Time) ([]incident.Event, error) {
	if err := move(ctx, tx, d.ID, StateFailed, reason, now); err != nil {
		return nil, err
	}
	more, err := s.reconsiderAll(ctx, tx, d, true, now)
	return append(moved(d, StateFailed, reason), more...), err
}

// reconsiderAll looks at the page of a message that came to nothing, and lets those that
// it told besides be looked at, each under the lock of its own incident.
func (s *Service) reconsiderAll(ctx context.Context, tx pgx.Tx, d Delivery, forward bool, now time.Time) ([]incident.Event, error) {
	if d.Page == 0 {
		return nil, nil
	}
	told, err := bundledInto(ctx, tx, d.ID)
	if err != nil {
		return nil, err
	}
	var jobs []river.InsertManyParams
	for _, other := range told {
		jobs = append(jobs, river.InsertManyParams{Args: Reconsider{Page: other.Page, Forward: forward}, InsertOpts: &river.InsertOpts{Queue: Queue}})
	}
	if len(jobs) > 0 {
		if _, err := s.Jobs.InsertManyTx(ctx, tx, jobs); err != nil {
			return nil, fmt.Errorf("let the pages of digest %d be looked at: %w", d.ID, err)
		}
	}
	return s.reconsider(ctx, tx, d.Page, forward, now)
}

func isPermanent(err error) bool {
	if _, ok := errors.AsType[*incident.Error](err); ok {
		return true
	}
	p, ok := errors.AsType[interface {
		error
		Permanent() bool
	}](err)
	return ok && p.Permanent()
}

// disables reports whether an address should not be tried again: the number is
// none, or its owner opted out at the vendor. The reason is only given for the
// latter, which opting in undoes.
func disables(err error) (reason string, ok bool) {
	d, is := errors.AsType[interface {
		error
		Disable() bool
	}](err)
	if !is || !d.Disable() {
		return "", false
	}
	if o, is := errors.AsType[interface {
		error
		OptedOut() bool
	}](err); is && o.OptedOut() {
		return optedOut, true
	}
	return "", true
}

func waitOf(err error) time.Duration {
	w, ok := errors.AsType[interface {
		error
		Wait() time.Duration
	}](err)
	if !ok {
		return 0
	}
	return max(0, w.Wait())
}

// sentence words a failure for people. Notifiers speak in sentences; what else goes
// wrong is ours.
func sentence(err error) string {
	if _, ok := errors.AsType[*panicked](err); ok {
		return "The message could not be written."
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errLate) {
		return "There was no answer in time."
	}
	return incident.CleanText(err.Error())
}
