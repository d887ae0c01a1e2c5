package escalation

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// world is what the rules see inside one transaction.
func (s *Service) world(ctx context.Context, tx pgx.Tx) World {
	return World{
		Resolve: func(t Target, at time.Time) (Reached, error) { return s.resolve(ctx, tx, t, at) },
		Maintenance: func(service string, at time.Time) (bool, time.Time, error) {
			all, err := activeMaintenance(ctx, tx, service, at)
			return len(all) > 0, lastEnd(all), err
		},
		Policy: func(id string) (Policy, bool, error) { return ReadPolicy(ctx, tx, id) },
	}
}

// lastEnd is when all of them are over; zero when one has no end.
func lastEnd(all []Maintenance) (end time.Time) {
	for _, m := range all {
		if m.Until.IsZero() {
			return time.Time{}
		}
		if m.Until.After(end) {
			end = m.Until
		}
	}
	return end
}

// resolve says whom a target means. A target that cannot be resolved, such as a
// schedule that was deleted, is nobody, and loudly so: it must not keep the next
// step from firing. Only a database that fails ends the transaction, and all is
// tried again.
func (s *Service) resolve(ctx context.Context, tx pgx.Tx, t Target, at time.Time) (Reached, error) {
	switch t.Kind {
	case TargetChannel, TargetWebhook:
		return Reached{Places: []incident.Place{{Kind: string(t.Kind), Name: t.ID}}}, nil
	}
	people, err := s.people(ctx, tx, t, at)
	if err != nil && usable(ctx, tx) {
		s.log().ErrorContext(ctx, "a target of an escalation cannot be resolved and is skipped",
			slog.String("kind", string(t.Kind)), slog.String("target", t.ID), slog.Any("error", err))
		return Reached{}, nil
	}
	if err != nil || len(people) == 0 {
		return Reached{}, err
	}
	gone, err := roster.Removed(ctx, tx, people)
	if err != nil {
		return Reached{}, err
	}
	return Reached{People: slices.DeleteFunc(slices.Clone(people), func(p incident.PersonID) bool { return gone[p] })}, nil
}

// usable reports whether an error left the transaction as it was.
func usable(ctx context.Context, tx pgx.Tx) bool {
	const inTransaction = 'T' // as opposed to E, failed, in the protocol's ReadyForQuery
	return ctx.Err() == nil && !tx.Conn().IsClosed() && tx.Conn().PgConn().TxStatus() == inTransaction
}

func (s *Service) people(ctx context.Context, tx pgx.Tx, t Target, at time.Time) ([]incident.PersonID, error) {
	switch t.Kind {
	case TargetPerson:
		return []incident.PersonID{incident.PersonID(t.ID)}, nil
	case TargetSchedule, TargetNext:
		if s.OnCall == nil {
			return nil, incident.Errorf(incident.NotFound, "There are no schedules here; add them to the organisation file.")
		}
		return s.OnCall(ctx, tx, t.ID, at, t.Kind == TargetNext)
	case TargetTeam:
		team, ok, err := roster.ReadTeam(ctx, tx, t.ID)
		if err == nil && !ok {
			err = incident.Errorf(incident.NotFound, "There is no team %s; add it to the organisation file.", t.ID)
		}
		return team.Members, err
	case TargetGroup:
		return roster.GroupMembers(ctx, tx, t.ID)
	}
	return nil, incident.Errorf(incident.Invalid, "%q is not a kind of target.", t.Kind)
}
