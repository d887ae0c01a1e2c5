package oncall_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/roster"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

const (
	ann incident.PersonID = "U0ANN"
	ben incident.PersonID = "U0BEN"
	cyd incident.PersonID = "U0CYD"
)

// desk is a database with three people and one schedule: Ann and Ben take turns,
// a day each, from midnight UTC of the day before today.
type desk struct {
	oncall.Service
	today time.Time // 00:00 UTC; a turn of Ben's begins at it, since Ann has the even ones
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	awaitMidnight()
	d := &desk{oncall.Service{Pool: pgtest.DB(t)}, time.Now().UTC().Truncate(24 * time.Hour)}
	d.transact(t, func(ctx context.Context, tx pgx.Tx) error {
		if err := roster.SavePeople(ctx, tx, []roster.Person{
			{ID: ann, Handle: "ann", Name: "Ann", Zone: "UTC"}, {ID: ben, Handle: "ben", Name: "Ben", Zone: "UTC"}, {ID: cyd, Handle: "cyd", Name: "Cyd", Zone: "UTC"},
		}); err != nil {
			return err
		}
		return oncall.Save(ctx, tx, oncall.Schedule{ID: "web", Name: "Web", Zone: "UTC", Layers: []oncall.Layer{{Rotation: &oncall.Rotation{
			Start: oncall.LocalIn(d.day(-1), time.UTC), Unit: oncall.Day, Length: 1, People: []incident.PersonID{ann, ben}}}}}, "S0WEB")
	})
	return d
}

// awaitMidnight lets the last minute of a day pass, so that today is the same until the
// test has ended. The service reads the clock itself.
func awaitMidnight() {
	now := time.Now().UTC()
	if midnight := now.Truncate(24*time.Hour).AddDate(0, 0, 1); midnight.Sub(now) < time.Minute {
		<-time.After(midnight.Sub(now))
	}
}

// day is midnight n days from today.
func (d *desk) day(n int) time.Time { return d.today.AddDate(0, 0, n) }

func (d *desk) transact(t testing.TB, do func(ctx context.Context, tx pgx.Tx) error) {
	t.Helper()
	if err := pgx.BeginFunc(t.Context(), d.Pool, func(tx pgx.Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) at(t testing.TB, at time.Time, want ...incident.PersonID) {
	t.Helper()
	got, err := d.OnCall(t.Context(), d.Pool, "web", at, false)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("at %s on call: %v, %v; want %v", at.Format(time.RFC3339), got, err, want)
	}
}

func (d *desk) override(t testing.TB, p oncall.Planned) oncall.Planned {
	t.Helper()
	p.Schedule = "web"
	kept, err := d.AddOverride(t.Context(), p, ann)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func wants(t testing.TB, err error, code incident.Code, says string) {
	t.Helper()
	if incident.CodeOf(err) != code || !strings.Contains(fmt.Sprint(err), says) {
		t.Errorf("error %v (%s); want %s: %s", err, incident.CodeOf(err), code, says)
	}
}

func TestOnCallIsAskedInATransaction(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.transact(t, func(ctx context.Context, tx pgx.Tx) error {
		now, err := d.OnCall(ctx, tx, "web", d.day(1), false)
		if err != nil || !slices.Equal(now, []incident.PersonID{ann}) {
			t.Errorf("on call %v, %v", now, err)
		}
		next, err := d.OnCall(ctx, tx, "web", d.day(1), true)
		if err != nil || !slices.Equal(next, []incident.PersonID{ben}) {
			t.Errorf("next %v, %v", next, err)
		}
		return nil
	})
	_, err := d.OnCall(t.Context(), d.Pool, "wbe", d.today, false)
	wants(t, err, incident.NotFound, `There is no schedule "wbe"`)
}

func TestOverridesApplyAndEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	o := oncall.Planned{Override: oncall.Override{Action: oncall.Replace, Person: cyd, Replaced: ann, From: d.day(1).Add(6 * time.Hour), Until: d.day(1).Add(12 * time.Hour)}, Reason: "dentist"}
	kept := d.override(t, o)
	if again := d.override(t, o); again.ID != kept.ID {
		t.Errorf("the same override is kept twice: %d and %d", kept.ID, again.ID)
	}
	d.at(t, d.day(1).Add(6*time.Hour-1), ann)
	d.at(t, d.day(1).Add(6*time.Hour), cyd)
	d.at(t, d.day(1).Add(12*time.Hour), ann)
	for range 2 { // removing it twice is removing it once
		if err := d.RemoveOverride(t.Context(), kept.ID, ben); err != nil {
			t.Fatal(err)
		}
	}
	d.at(t, d.day(1).Add(6*time.Hour), ann)
	if left, err := d.Overrides(t.Context(), "web", d.day(0)); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestWhoeverIsPutBackIsOnCall: a repeat is one only while it is what counts.
func TestWhoeverIsPutBackIsOnCall(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	alone := func(p incident.PersonID, from, until int) oncall.Planned {
		return d.override(t, oncall.Planned{Override: oncall.Override{Action: oncall.Set, Person: p,
			From: d.day(1).Add(time.Duration(from) * time.Hour), Until: d.day(1).Add(time.Duration(until) * time.Hour)}})
	}
	first := alone(cyd, 6, 12)
	alone(ben, 6, 8)
	back := alone(cyd, 6, 12)
	if back.ID == first.ID {
		t.Error("cyd is not put back: the override under that of ben was returned")
	}
	d.at(t, d.day(1).Add(7*time.Hour), cyd)
	d.at(t, d.day(1).Add(11*time.Hour), cyd)
	if again := alone(cyd, 6, 12); again.ID != back.ID {
		t.Errorf("what counts is kept twice: %d and %d", back.ID, again.ID)
	}
	beside := alone(ben, 12, 13) // touches it without a part in common
	if again := alone(cyd, 6, 12); again.ID != back.ID {
		t.Errorf("it is kept twice for the sake of %d, which begins after it", beside.ID)
	}
	d.at(t, d.day(1).Add(12*time.Hour), ben)
}

// TestRemarksNameWhatAnOverrideReplaces, and nothing that it leaves alone.
func TestRemarksNameWhatAnOverrideReplaces(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	span := func(a oncall.Action, p incident.PersonID, from, until int) oncall.Planned {
		return d.override(t, oncall.Planned{Override: oncall.Override{Action: a, Person: p,
			From: d.day(1).Add(time.Duration(from) * time.Hour), Until: d.day(1).Add(time.Duration(until) * time.Hour)}})
	}
	says := func(p oncall.Planned) (all []string) {
		found, err := d.Remarks(t.Context(), p, oncall.LintOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			all = append(all, f.Text)
		}
		return all
	}
	first := span(oncall.Set, cyd, 6, 12)
	second := span(oncall.Set, ben, 8, 14)
	third := span(oncall.Add, cyd, 12, 15)
	beside := span(oncall.Set, cyd, 15, 16)
	if got := says(first); len(got) != 0 {
		t.Errorf("the first says %q", got)
	}
	if got := says(beside); len(got) != 0 {
		t.Errorf("the one beside says %q", got)
	}
	if got := says(second); len(got) != 1 || !strings.HasPrefix(got[0], "It replaces the earlier override (set "+string(cyd)+") from ") {
		t.Errorf("the second says %q", got)
	}
	if got := says(third); len(got) != 1 || !strings.HasPrefix(got[0], "It is applied after the earlier override (set "+string(ben)+") from ") {
		t.Errorf("the third says %q", got)
	}
}

func TestPastIsNotChanged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	before := incident.Now()
	running := d.override(t, oncall.Planned{Override: oncall.Override{Action: oncall.Set, Person: cyd, From: d.day(-3), Until: d.day(3)}})
	if running.From.Before(before) {
		t.Errorf("it begins %s, before it was made at %s", running.From, before)
	}
	if err := d.RemoveOverride(t.Context(), running.ID, ann); err != nil {
		t.Fatal(err)
	}
	d.at(t, running.From, cyd) // it was so
	d.at(t, d.day(1), ann)
	_, err := d.AddOverride(t.Context(), oncall.Planned{Schedule: "web", Override: oncall.Override{Action: oncall.Set, Person: cyd, From: d.day(-3), Until: d.day(-2)}}, ann)
	wants(t, err, incident.Invalid, "the past cannot be changed")
	if _, err := d.Pool.Exec(t.Context(), `
		INSERT INTO schedule_override (schedule, action, person, from_at, until_at, created_by, created_at)
		VALUES ('web', 'set', $1, $2, $3, $1, $2)`, cyd, d.day(-3), d.day(-2)); err != nil {
		t.Fatal(err)
	}
	wants(t, d.RemoveOverride(t.Context(), running.ID+1, ann), incident.Conflict, "the past cannot be changed")
}

func TestOverridesThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	span := func(o oncall.Override) oncall.Planned {
		if o.Until.IsZero() {
			o.From, o.Until = d.day(1), d.day(2)
		}
		return oncall.Planned{Schedule: "web", Override: o}
	}
	elsewhere := span(oncall.Override{Action: oncall.Set, Person: ann})
	elsewhere.Schedule = "nowhere"
	for says, p := range map[string]oncall.Planned{
		"not in the organisation file":  span(oncall.Override{Action: oncall.Set, Person: "U0XXX"}),
		"There is no schedule":          elsewhere,
		"ends before it begins":         span(oncall.Override{Action: oncall.Set, Person: ann, From: d.day(3), Until: d.day(2)}),
		"longer than a year":            span(oncall.Override{Action: oncall.Set, Person: ann, From: d.day(3), Until: d.day(500)}),
		"stand in for themselves":       span(oncall.Override{Action: oncall.Replace, Person: ann, Replaced: ann}),
		"replace has to name who goes":  span(oncall.Override{Action: oncall.Replace, Person: ann}),
		"none of set, add, remove":      span(oncall.Override{Action: "swap", Person: ann}),
		"remove cannot name who comes.": span(oncall.Override{Action: oncall.Remove, Person: ann, Replaced: ben}),
	} {
		_, err := d.AddOverride(t.Context(), p, ann)
		if incident.CodeOf(err) == "" || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v; want %s", p, err, says)
		}
	}
}

func TestRemovedPeopleAreNotPutOnCall(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.override(t, oncall.Planned{Override: oncall.Override{Action: oncall.Set, Person: cyd, From: d.day(1), Until: d.day(2)}})
	d.at(t, d.day(1), cyd)
	remove := func(p incident.PersonID) {
		d.transact(t, func(ctx context.Context, tx pgx.Tx) error {
			return roster.RemovePeople(ctx, tx, []incident.PersonID{p}, incident.Now())
		})
	}
	remove(cyd)
	d.at(t, d.day(1), ann) // rather than nobody
	remove(ann)
	d.at(t, d.day(1))
	_, err := d.AddOverride(t.Context(), oncall.Planned{Schedule: "web", Override: oncall.Override{Action: oncall.Set, Person: cyd, From: d.day(1), Until: d.day(2)}}, ben)
	wants(t, err, incident.Conflict, "was removed from the organisation")
}

func TestOneOfManyTakesCover(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	asked, err := d.AskCover(t.Context(), "web", ann, d.day(1).Add(-time.Hour), d.day(2).Add(time.Hour), "wedding")
	if err != nil {
		t.Fatal(err)
	}
	if !asked.From.Equal(d.day(1)) || !asked.Until.Equal(d.day(2)) {
		t.Errorf("cover is asked from %s until %s, beyond the shift", asked.From, asked.Until)
	}
	again, err := d.AskCover(t.Context(), "web", ann, d.day(1), d.day(2), "wedding")
	if err != nil || again.ID != asked.ID {
		t.Errorf("asking again makes %d beside %d, %v", again.ID, asked.ID, err)
	}
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			_, errs[i] = d.TakeCover(t.Context(), asked.ID, []incident.PersonID{ben, cyd}[i%2])
		})
	}
	all.Wait()
	taken, err := d.Cover(t.Context(), asked.ID)
	if err != nil || taken.State != oncall.CoverTaken || taken.Override == 0 {
		t.Fatalf("%+v, %v", taken, err)
	}
	winner, loser := "Ben", cyd
	if taken.TakenBy == cyd {
		winner, loser = "Cyd", ben
	}
	for i, err := range errs {
		if person := []incident.PersonID{ben, cyd}[i%2]; person == loser {
			wants(t, err, incident.Conflict, winner+" has taken it already")
		} else if err != nil {
			t.Errorf("%s pressed and got %v", person, err)
		}
	}
	d.at(t, d.day(1), taken.TakenBy)
	d.at(t, d.day(2), ben)
	if left, err := d.Overrides(t.Context(), "web", d.today); err != nil || len(left) != 1 {
		t.Errorf("%d overrides, %v; want 1", len(left), err)
	}
}

func TestCoverHasRules(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t), t.Context()
	_, err := d.AskCover(ctx, "web", cyd, d.day(1), d.day(2), "")
	wants(t, err, incident.Conflict, "You have no shift in that span")
	_, err = d.AskCover(ctx, "web", ann, d.day(-2), d.day(-1), "")
	wants(t, err, incident.Invalid, "still to come")
	_, err = d.AskCover(ctx, "nowhere", ann, d.day(1), d.day(2), "")
	wants(t, err, incident.NotFound, "There is no schedule")
	asked, err := d.AskCover(ctx, "web", ann, d.day(1), d.day(2), "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.AskCover(ctx, "web", ann, d.day(1), d.day(4), "")
	wants(t, err, incident.Conflict, "a part of that already")
	_, err = d.TakeCover(ctx, asked.ID, ann)
	wants(t, err, incident.Conflict, "for themselves")
	_, err = d.TakeCover(ctx, asked.ID, "U0XXX")
	wants(t, err, incident.NotFound, "not in the organisation file")
	_, err = d.WithdrawCover(ctx, asked.ID, ben)
	wants(t, err, incident.Forbidden, "Only who asked")
	if open, err := d.OpenCovers(ctx); err != nil || len(open) != 1 {
		t.Errorf("open: %v, %v", open, err)
	}
	for range 2 {
		if c, err := d.WithdrawCover(ctx, asked.ID, ann); err != nil || c.State != oncall.CoverWithdrawn {
			t.Errorf("%+v, %v", c, err)
		}
	}
	_, err = d.TakeCover(ctx, asked.ID, ben)
	wants(t, err, incident.Conflict, "withdrawn")
	_, err = d.TakeCover(ctx, asked.ID+1, ben)
	wants(t, err, incident.NotFound, "does not exist")
}

func TestCoverOfThePastIsPast(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t), t.Context()
	var id int64
	if err := d.Pool.QueryRow(ctx, `
		INSERT INTO cover_request (schedule, person, from_at, until_at, created_at)
		VALUES ('web', $1, $2, $3, $2)
		RETURNING id`, ann, d.day(-3), d.day(-2)).Scan(&id); err != nil {
		t.Fatal(err)
	}
	if c, err := d.Cover(ctx, id); err != nil || c.State != oncall.CoverPast {
		t.Errorf("%+v, %v", c, err)
	}
	_, err := d.TakeCover(ctx, id, ben)
	wants(t, err, incident.Conflict, "is over")
}

func TestRunningShiftIsCoveredFromNow(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t), t.Context()
	before := incident.Now()
	running, err := d.OnCall(ctx, d.Pool, "web", before, false)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := d.AskCover(ctx, "web", running[0], d.day(0), d.day(1), "")
	if err != nil || asked.From.Before(before) {
		t.Fatalf("%+v, %v", asked, err)
	}
	taken, err := d.TakeCover(ctx, asked.ID, cyd)
	if err != nil {
		t.Fatal(err)
	}
	d.at(t, before, running[0])
	d.at(t, taken.TakenAt, cyd)
}

func TestNextShiftsOfEverySchedule(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.transact(t, func(ctx context.Context, tx pgx.Tx) error {
		return oncall.Save(ctx, tx, oncall.Schedule{ID: "db", Zone: "UTC", Layers: []oncall.Layer{{Person: ann,
			Windows: []oncall.Window{{Days: []oncall.Weekday{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, Start: oncall.Clock(9, 0), End: oncall.Clock(10, 0)}}}}}, "")
	})
	shifts, err := d.NextShifts(t.Context(), ann, d.day(1), 3)
	if err != nil {
		t.Fatal(err)
	}
	want := []oncall.PersonShift{
		{Schedule: "web", Name: "Web", Shift: oncall.Shift{Person: ann, From: d.day(1), Until: d.day(2)}},
		{Schedule: "db", Name: "db", Shift: oncall.Shift{Person: ann, From: d.day(1).Add(9 * time.Hour), Until: d.day(1).Add(10 * time.Hour)}},
		{Schedule: "db", Name: "db", Shift: oncall.Shift{Person: ann, From: d.day(2).Add(9 * time.Hour), Until: d.day(2).Add(10 * time.Hour)}},
	}
	if diff := cmp.Diff(want, shifts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestUserGroupFollowsSchedule(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	groups, err := d.Groups(t.Context(), d.day(1))
	if diff := cmp.Diff([]oncall.GroupTarget{{Group: "S0WEB", Schedule: "web", Name: "Web", People: []incident.PersonID{ann}}}, groups); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestFeedsAreSecretAndRevocable(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t), t.Context()
	token, err := d.CreateFeed(ctx, oncall.FeedSubject{Person: ann}, ann)
	if err != nil {
		t.Fatal(err)
	}
	var calendar strings.Builder
	if err := d.WriteFeed(ctx, &calendar, token); err != nil {
		t.Fatal(err)
	}
	if text := calendar.String(); !strings.Contains(text, "SUMMARY:Ann on call: Web") || strings.Contains(text, "Ben on call") {
		t.Errorf("Ann's calendar is\n%s", text)
	}
	wants(t, d.WriteFeed(ctx, &calendar, token+"A"), incident.NotFound, "no such calendar")
	feeds, err := d.Feeds(ctx, ann)
	if err != nil || len(feeds) != 1 || feeds[0].Person != ann {
		t.Fatalf("%+v, %v", feeds, err)
	}
	wants(t, d.RevokeFeed(ctx, feeds[0].ID, ben), incident.NotFound, "no such calendar of yours")
	for range 2 {
		if err := d.RevokeFeed(ctx, feeds[0].ID, ann); err != nil {
			t.Fatal(err)
		}
	}
	wants(t, d.WriteFeed(ctx, &calendar, token), incident.NotFound, "no such calendar")
	if stored := dump(t, d.Pool, "calendar_feed"); strings.Contains(stored, token) {
		t.Errorf("the secret is stored: %s", stored)
	}
	team, err := d.CreateFeed(ctx, oncall.FeedSubject{Schedule: "web"}, ben)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.WriteFeed(ctx, &calendar, team); err != nil || !strings.Contains(calendar.String(), "SUMMARY:Ben on call: Web") {
		t.Errorf("%v\n%s", err, calendar.String())
	}
	d.transact(t, func(ctx context.Context, tx pgx.Tx) error {
		return roster.RemovePeople(ctx, tx, []incident.PersonID{ben}, incident.Now())
	})
	wants(t, d.WriteFeed(ctx, &calendar, team), incident.NotFound, "no such calendar")
}

func dump(t *testing.T, pool *pgxpool.Pool, table string) (all string) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), `SELECT string_agg(t::text, ' ') FROM `+table+` t`).Scan(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestHandoffsAreAnnouncedOnce(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t), t.Context()
	notices, err := d.Notices(ctx, d.day(1), d.day(2))
	if err != nil {
		t.Fatal(err)
	}
	want := []oncall.Notice{
		{Schedule: "web", Name: "Web", Zone: time.UTC, Person: ann, At: d.day(1), Kind: oncall.ShiftStarts, Until: d.day(2), Others: []incident.PersonID{ben}, UserGroup: "S0WEB"},
		{Schedule: "web", Name: "Web", Zone: time.UTC, Person: ben, At: d.day(1), Kind: oncall.ShiftEnds, Others: []incident.PersonID{ann}, UserGroup: "S0WEB"},
	}
	same := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, notices, same); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for i := range 2 {
		d.transact(t, func(ctx context.Context, tx pgx.Tx) error {
			first, err := d.ClaimNotice(ctx, tx, notices[0], d.today)
			if first != (i == 0) {
				t.Errorf("claim %d: first is %v", i, first)
			}
			return err
		})
	}
	if left, err := d.Notices(ctx, d.day(1), d.day(2)); err != nil || len(left) != 1 || left[0].Person != ben {
		t.Errorf("left: %+v, %v", left, err)
	}
	if none, err := d.Notices(ctx, d.day(1).Add(time.Second), d.day(2)); err != nil || len(none) != 0 {
		t.Errorf("between hand-offs: %+v, %v", none, err)
	}
	d.transact(t, func(ctx context.Context, tx pgx.Tx) error {
		return roster.RemovePeople(ctx, tx, []incident.PersonID{ben}, incident.Now())
	})
	if left, err := d.Notices(ctx, d.day(2), d.day(3)); err != nil || len(left) != 1 || left[0].Person != ann || len(left[0].Others) != 0 {
		t.Errorf("who was removed is told of, or takes over: %+v, %v", left, err)
	}
}

func TestDefinitionKeepsOverrides(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.override(t, oncall.Planned{Override: oncall.Override{Action: oncall.Set, Person: cyd, From: d.day(1), Until: d.day(2)}})
	stored, err := d.Schedule(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	stored.Name = "Web site"
	d.transact(t, func(ctx context.Context, tx pgx.Tx) error { return oncall.Save(ctx, tx, stored.Schedule, "") })
	d.at(t, d.day(1), cyd)
	again, err := d.Schedule(t.Context(), "web")
	if err != nil || again.Revision != stored.Revision+1 || again.Name != "Web site" || len(again.Overrides) != 1 {
		t.Errorf("%+v, %v", again, err)
	}
	d.transact(t, func(ctx context.Context, tx pgx.Tx) error { return oncall.Delete(ctx, tx, "web") })
	_, err = d.Schedule(t.Context(), "web")
	wants(t, err, incident.NotFound, "There is no schedule")
}
