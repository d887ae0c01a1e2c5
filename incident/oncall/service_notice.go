package oncall

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// NoticeKind says which end of a shift a notice is about.
type NoticeKind string

// The kinds of notices.
const (
	ShiftStarts NoticeKind = "start"
	ShiftEnds   NoticeKind = "end"
)

// Notice is a hand-off that a person is to be told about.
type Notice struct {
	Schedule string // id
	Name     string // of the schedule, as people say it
	Zone     *time.Location
	Person   incident.PersonID
	At       time.Time
	Kind     NoticeKind
	Until    time.Time           // when a shift that starts ends; cut off two years away
	Others   []incident.PersonID // who goes when this person comes, who comes when this one goes

	UserGroup string // Slack user group that follows the schedule; may be empty
}

// Notices lists the hand-offs from one instant until before another that were not
// announced yet, by time. Whoever was removed is not told.
func (s *Service) Notices(ctx context.Context, from, until time.Time) (notices []Notice, err error) {
	all, err := List(ctx, s.Pool, from.Add(-time.Second))
	if err != nil {
		return nil, err
	}
	for _, stored := range all {
		resolver, err := stored.Compile()
		if err != nil {
			return nil, err
		}
		for _, n := range handoffs(resolver, from, until) {
			n.UserGroup = stored.UserGroup
			notices = append(notices, n)
		}
	}
	slices.SortStableFunc(notices, func(a, b Notice) int { return a.At.Compare(b.At) })
	return unannounced(ctx, s.Pool, notices)
}

// handoffs lists who comes and who goes within a span of one schedule.
func handoffs(r *Resolver, from, until time.Time) (notices []Notice) {
	var before []incident.PersonID
	for i, now := range r.Segments(from.Add(-time.Microsecond), until) {
		if i > 0 {
			n := Notice{Schedule: r.ID(), Name: r.Name(), Zone: r.Zone(), At: now.From}
			comes, goes := missing(now.People, before), missing(before, now.People)
			for _, p := range comes {
				shift, _ := r.ShiftAt(p, now.From)
				n.Person, n.Kind, n.Until, n.Others = p, ShiftStarts, shift.Until, goes
				notices = append(notices, n)
			}
			for _, p := range goes {
				n.Person, n.Kind, n.Until, n.Others = p, ShiftEnds, time.Time{}, comes
				notices = append(notices, n)
			}
		}
		before = now.People
	}
	return notices
}

// unannounced leaves out what was announced, and everywhere those who were removed.
func unannounced(ctx context.Context, q roster.Querier, notices []Notice) ([]Notice, error) {
	if len(notices) == 0 {
		return nil, nil
	}
	sent, err := sentNotices(ctx, q, notices[0].At, notices[len(notices)-1].At)
	if err != nil {
		return nil, err
	}
	people := make([]incident.PersonID, len(notices))
	for i, n := range notices {
		people[i] = n.Person
	}
	gone, err := roster.Removed(ctx, q, people)
	if err != nil {
		return nil, err
	}
	for i, n := range notices {
		notices[i].Others = slices.DeleteFunc(slices.Clone(n.Others), func(p incident.PersonID) bool { return gone[p] })
	}
	return slices.DeleteFunc(notices, func(n Notice) bool { return sent[n.key()] || gone[n.Person] }), nil
}

// noticeKey is what makes a notice one.
type noticeKey struct {
	schedule string
	person   incident.PersonID
	at       int64 // microseconds
	kind     NoticeKind
}

func (n Notice) key() noticeKey { return noticeKey{n.Schedule, n.Person, n.At.UnixMicro(), n.Kind} }

// ClaimNotice notes that a hand-off is announced. first is true for one caller
// only: who inserts what sends it in the same transaction sends it once.
func (s *Service) ClaimNotice(ctx context.Context, tx pgx.Tx, n Notice, now time.Time) (first bool, err error) {
	done, err := tx.Exec(ctx, `
		INSERT INTO handoff_notice (schedule, person, at, kind, sent_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT ON CONSTRAINT handoff_notice_pkey DO NOTHING`, n.Schedule, n.Person, n.At, n.Kind, now)
	if err != nil {
		return false, fmt.Errorf("claim notice: %w", err)
	}
	return done.RowsAffected() == 1, nil
}

func sentNotices(ctx context.Context, q roster.Querier, from, until time.Time) (map[noticeKey]bool, error) {
	rows, err := q.Query(ctx, `
		SELECT schedule, person, at, kind
		FROM handoff_notice
		WHERE at BETWEEN $1 AND $2`, from, until)
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	sent := map[noticeKey]bool{}
	var n Notice
	_, err = pgx.ForEachRow(rows, []any{&n.Schedule, &n.Person, &n.At, &n.Kind}, func() error {
		sent[n.key()] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	return sent, nil
}
