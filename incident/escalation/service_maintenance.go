package escalation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// Mode says what maintenance does to pages.
type Mode string

// The modes. Both keep due steps back until the end; Drop also refuses to begin
// anything.
const (
	Hold Mode = "hold"
	Drop Mode = "drop"
)

// Maintenance is a time in which nobody is paged for a service. Whoever is asked for
// by name, and not through a service, is paged all the same.
type Maintenance struct {
	ID      int64
	Service string // "": all, and what is paged without a service
	From    time.Time
	Until   time.Time // excluded; zero: until somebody ends it
	Mode    Mode
	Reason  string
	By      incident.PersonID
}

// over reports whether it has passed at an instant, or was ended before it began.
func (m Maintenance) over(at time.Time) bool {
	return !m.Until.IsZero() && (!m.Until.After(at) || !m.Until.After(m.From))
}

// BeginMaintenance stores a maintenance and returns it with its number, and has it
// told with OnMaintenance, all or nothing. From is now when it is zero, and Mode is
// Hold when it is empty. Doing it twice makes two.
func (s *Service) BeginMaintenance(ctx context.Context, m Maintenance) (Maintenance, error) {
	now := incident.Now()
	if m.From.IsZero() {
		m.From = now
	}
	m.Mode, m.Reason = cmp.Or(m.Mode, Hold), incident.CleanText(m.Reason)
	switch {
	case m.Mode != Hold && m.Mode != Drop:
		return m, incident.Errorf(incident.Invalid, "%q is not a mode of maintenance; use hold or drop.", m.Mode)
	case !m.Until.IsZero() && (!m.Until.After(m.From) || !m.Until.After(now)):
		return m, incident.Errorf(incident.Invalid, "Maintenance has to end after it begins, and in the future; give a later end.")
	}
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) (err error) {
		if m.ID, err = insertMaintenance(ctx, tx, m); err != nil {
			return err
		}
		return s.tellMaintenance(ctx, tx, m.ID, false)
	})
	if err != nil {
		return Maintenance{}, fmt.Errorf("begin maintenance: %w", err)
	}
	return m, nil
}

// EndMaintenance ends it now and has that told with OnMaintenance, all or nothing.
// Then what it kept back is paged if it is still triggered and nothing else keeps it
// back. Ending what is over changes nothing and tells nobody, but still looks after
// what was kept back, in case that was interrupted.
func (s *Service) EndMaintenance(ctx context.Context, id int64) error {
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		m, err := lockMaintenance(ctx, tx, id)
		now := incident.Now() // after the lock: whoever held it has ended it by then
		if err != nil || m.over(now) {
			return err
		}
		if err := saveMaintenanceEnd(ctx, tx, m, now); err != nil {
			return err
		}
		return s.tellMaintenance(ctx, tx, id, true)
	})
	if err != nil {
		return fmt.Errorf("end maintenance %d: %w", id, err)
	}
	return s.wakeHeld(ctx)
}

func (s *Service) tellMaintenance(ctx context.Context, tx pgx.Tx, id int64, over bool) error {
	if s.OnMaintenance == nil {
		return nil
	}
	return s.OnMaintenance(ctx, tx, id, over)
}

// Maintenances lists what is going on or planned, in the order of the begin.
func (s *Service) Maintenances(ctx context.Context) ([]Maintenance, error) {
	return currentMaintenance(ctx, s.Pool, incident.Now())
}

// Maintenance returns one, also when it is over, or a NotFound error.
func (s *Service) Maintenance(ctx context.Context, id int64) (Maintenance, error) {
	return readMaintenance(ctx, s.Pool, id)
}

// wakeHeld lets everything that is kept back look again. What is kept back by
// another maintenance stays. One that fails does not keep the others waiting; the
// auditor comes by again.
func (s *Service) wakeHeld(ctx context.Context) error {
	held, err := heldIDs(ctx, s.Pool)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range held {
		if _, err := s.wake(ctx, id); err != nil {
			s.log().ErrorContext(ctx, "a held escalation cannot be woken; trying again soon", slog.Int64("escalation", id), slog.Any("error", err))
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
