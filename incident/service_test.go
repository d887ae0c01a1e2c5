package incident_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
	"github.com/tocsinhq/tocsin/timeline"
)

var alice, bob = incident.By("U1"), incident.By("U2")

// newService makes a service that records on the real timeline.
func newService(t testing.TB) (*incident.Service, *timeline.Service) {
	t.Helper()
	pool := pgtest.DB(t)
	return serviceOn(t, pool)
}

func serviceOn(t testing.TB, pool *pgxpool.Pool) (*incident.Service, *timeline.Service) {
	t.Helper()
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	s := &incident.Service{Pool: pool, Recorder: &timeline.Recorder{Jobs: jobs}}
	return s, &timeline.Service{Incidents: s}
}

func declare(t testing.TB, s *incident.Service, d incident.Declaration) *incident.Incident {
	t.Helper()
	i, err := s.Declare(t.Context(), d, alice)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// openRoom binds a war room, as the bot does once Slack has made the channel.
func openRoom(t testing.TB, s *incident.Service, id incident.ID, channel string) (*incident.Incident, error) {
	return s.Change(t.Context(), id, incident.System, func(_ context.Context, _ pgx.Tx, i *incident.Incident, _ time.Time) ([]incident.Event, error) {
		return i.OpenRoom(channel, "inc-1")
	})
}

// method is one method of the service, applied to an incident.
type method struct {
	name   string
	events int // how many a first call records
	call   func(incident.ID) (*incident.Incident, error)
}

// methods are all that alter an incident, in an order in which each has something to do.
func methods(t *testing.T, s *incident.Service) []method {
	ctx := t.Context()
	return []method{
		{"set title", 1, func(id incident.ID) (*incident.Incident, error) {
			return s.SetTitle(ctx, id, "الدفع 🔥 <!channel>", bob)
		}},
		{"set summary", 1, func(id incident.ID) (*incident.Incident, error) {
			return s.SetSummary(ctx, id, "line\x00 one\r\nline two", bob)
		}},
		{"set severity", 1, func(id incident.ID) (*incident.Incident, error) { return s.SetSeverity(ctx, id, incident.SEV1, bob) }},
		{"assign commander", 1, func(id incident.ID) (*incident.Incident, error) {
			return s.Assign(ctx, id, incident.Commander, "U1", bob)
		}},
		{"hand over", 1, func(id incident.ID) (*incident.Incident, error) {
			return s.Assign(ctx, id, incident.Commander, "U2", bob)
		}},
		{"assign responder", 1, func(id incident.ID) (*incident.Incident, error) {
			return s.Assign(ctx, id, incident.Responder, "U3", bob)
		}},
		{"assign second responder", 1, func(id incident.ID) (*incident.Incident, error) {
			return s.Assign(ctx, id, incident.Responder, "U1", bob)
		}},
		{"leave", 1, func(id incident.ID) (*incident.Incident, error) {
			return s.Leave(ctx, id, incident.Responder, "U3", bob)
		}},
		{"open room", 1, func(id incident.ID) (*incident.Incident, error) { return openRoom(t, s, id, "C1") }},
		{"rename room", 1, func(id incident.ID) (*incident.Incident, error) { return s.RoomRenames(ctx, id, "inc-1-x", bob) }},
		{"archive room", 1, func(id incident.ID) (*incident.Incident, error) {
			return s.RoomBecomes(ctx, id, incident.RoomArchived, "by hand", bob)
		}},
		{"mitigate", 1, func(id incident.ID) (*incident.Incident, error) { return s.Mitigate(ctx, id, bob) }},
		{"activate", 1, func(id incident.ID) (*incident.Incident, error) { return s.Activate(ctx, id, bob) }},
		{"settle nothing", 0, func(id incident.ID) (*incident.Incident, error) { return s.SettleUpdate(ctx, id, bob) }},
		{"reminder of nothing", 0, func(id incident.ID) (*incident.Incident, error) { return s.UpdateFallsDue(ctx, id, 1) }},
		{"correct milestone", 1, func(id incident.ID) (*incident.Incident, error) {
			return s.CorrectMilestone(ctx, id, incident.ImpactStarted, time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), "the graph", bob)
		}},
		{"observe nothing", 0, func(id incident.ID) (*incident.Incident, error) { return s.Observe(ctx, id, bob) }},
		{"resolve", 1, func(id incident.ID) (*incident.Incident, error) {
			return s.Resolve(ctx, id, incident.Resolution{Cause: "a deploy"}, bob)
		}},
		{"close", 1, func(id incident.ID) (*incident.Incident, error) { return s.Close(ctx, id, bob) }},
		{"reopen", 1, func(id incident.ID) (*incident.Incident, error) { return s.Reopen(ctx, id, "it is back", bob) }},
		{"cancel", 1, func(id incident.ID) (*incident.Incident, error) { return s.Cancel(ctx, id, "a drill", bob) }},
	}
}

func TestEveryMethodIsKeptAndDoneTwiceIsDoneOnce(t *testing.T) {
	t.Parallel()
	s, record := newService(t)
	id := declare(t, s, incident.Declaration{Title: "x", Private: true, Origin: &incident.Message{Channel: "C0", TS: "1.1", Text: "help"}}).ID
	entries := 1
	for _, m := range methods(t, s) {
		entries += m.events
		for range 2 {
			got, err := m.call(id)
			if err != nil {
				t.Fatalf("%s: %v", m.name, err)
			}
			kept, err := s.Get(t.Context(), id)
			if diff := cmp.Diff(got, kept, cmpopts.EquateEmpty()); err != nil || diff != "" {
				t.Fatalf("%s: what is returned is not what is kept (%v):\n%s", m.name, err, diff)
			}
			all, err := record.Entries(t.Context(), id)
			if err != nil || len(all) != entries || kept.Revision != int64(entries) {
				t.Fatalf("%s: %d entries and revision %d, %v; want %d", m.name, len(all), kept.Revision, err, entries)
			}
		}
	}
}

func TestUpdatesAndTheirReminder(t *testing.T) {
	t.Parallel()
	s, record := newService(t)
	id := declare(t, s, incident.Declaration{Title: "x"}).ID
	i, err := s.PostUpdate(t.Context(), id, "no news", time.Hour, alice)
	if err != nil || i.UpdateGeneration != 1 || i.UpdateDueAt.Sub(incident.Now()) > time.Hour || i.UpdateDueAt.IsZero() {
		t.Fatalf("PostUpdate = %+v, %v", i, err)
	}
	if i, err = s.SnoozeUpdate(t.Context(), id, time.Microsecond, alice); err != nil || i.UpdateGeneration != 2 {
		t.Fatalf("SnoozeUpdate = %+v, %v", i, err)
	}
	for range 2 {
		if i, err = s.UpdateFallsDue(t.Context(), id, 2); err != nil || i.UpdateGeneration != 3 || i.UpdateDueAt.IsZero() {
			t.Fatalf("UpdateFallsDue = %+v, %v; want it overdue and outdated", i, err)
		}
	}
	if i, err = s.PostUpdate(t.Context(), id, "late", 0, alice); err != nil || !i.UpdateDueAt.IsZero() {
		t.Fatalf("PostUpdate = %+v, %v; want no promise", i, err)
	}
	all, err := record.Entries(t.Context(), id)
	if err != nil || len(all) != 5 {
		t.Fatalf("%d entries, %v; want one reminder among 5", len(all), err)
	}
	if last := all[4].Event.(incident.UpdatePosted); last.Kept || last.Promised.IsZero() {
		t.Errorf("the late update says %+v; want a broken promise", last)
	}
}

func TestAChannelIsTheRoomOfOneIncident(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	first, second := declare(t, s, incident.Declaration{Title: "a"}), declare(t, s, incident.Declaration{Title: "b"})
	if _, err := openRoom(t, s, first.ID, "C1"); err != nil {
		t.Fatal(err)
	}
	_, err := openRoom(t, s, second.ID, "C1")
	said, ok := errors.AsType[*incident.Error](err)
	if !ok || said.Message != "That channel is the war room of another incident; INC-2 needs one of its own." {
		t.Errorf("OpenRoom = %v", err)
	}
	for channel, want := range map[string]bool{"C1": true, "C2": false, "": false} {
		if i, ok, err := s.ByRoom(t.Context(), channel); err != nil || ok != want || ok && i.ID != first.ID {
			t.Errorf("ByRoom(%q) = %v, %v, %v", channel, i, ok, err)
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	ctx := t.Context()
	for n, sev := range []incident.Severity{3, 1, 3, 2} {
		id := declare(t, s, incident.Declaration{Title: "x", Severity: sev}).ID
		if _, err := s.Assign(ctx, id, incident.Scribe, []incident.PersonID{"U1", "U2"}[n%2], alice); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Resolve(ctx, 1, incident.Resolution{}, alice); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		list func() ([]*incident.Incident, error)
		want []incident.ID
	}{
		"open":           {func() ([]*incident.Incident, error) { return s.Open(ctx, 10) }, []incident.ID{2, 4, 3}},
		"open, first":    {func() ([]*incident.Incident, error) { return s.Open(ctx, 1) }, []incident.ID{2}},
		"recent":         {func() ([]*incident.Incident, error) { return s.Recent(ctx, 0, 3) }, []incident.ID{4, 3, 2}},
		"recent, page 2": {func() ([]*incident.Incident, error) { return s.Recent(ctx, 2, 3) }, []incident.ID{1}},
		"of U1":          {func() ([]*incident.Incident, error) { return s.OfPerson(ctx, "U1", 10) }, []incident.ID{3}},
		"of U2":          {func() ([]*incident.Incident, error) { return s.OfPerson(ctx, "U2", 10) }, []incident.ID{2, 4}},
		"of nobody":      {func() ([]*incident.Incident, error) { return s.OfPerson(ctx, "U9", 10) }, nil},
	} {
		list, err := c.list()
		var got []incident.ID
		for _, i := range list {
			got = append(got, i.ID)
		}
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestTasksOfAPersonComeByDueDate(t *testing.T) {
	t.Parallel()
	s, record := newService(t)
	ctx, id := t.Context(), declare(t, s, incident.Declaration{Title: "x"}).ID
	day := func(n int) time.Time { return time.Date(2026, 12, n, 0, 0, 0, 0, time.UTC) }
	for _, task := range []incident.Task{
		{Kind: incident.Todo, Text: "whenever", Owner: "U2"}, {Kind: incident.ActionItem, Text: "later", Owner: "U2", DueOn: day(9)},
		{Kind: incident.ActionItem, Text: "soon", Owner: "U2", DueOn: day(2)}, {Kind: incident.Todo, Text: "done", Owner: "U2"}, {Kind: incident.Todo, Text: "hers", Owner: "U1"},
	} {
		if _, err := s.AddTask(ctx, id, task, alice); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		task, err := s.ChangeTask(ctx, id, 4, bob, (*incident.Task).Finish)
		if err != nil || task.Open() {
			t.Fatalf("Finish = %+v, %v", task, err)
		}
	}
	list, err := s.TasksOfPerson(ctx, "U2", 10)
	var got []string
	for _, task := range list {
		got = append(got, task.Text)
	}
	if diff := cmp.Diff([]string{"soon", "later", "whenever"}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	kept, err := s.Task(ctx, id, 3)
	want := &incident.Task{Incident: id, Number: 3, Kind: incident.ActionItem, Text: "soon", Owner: "U2", DueOn: day(2), CreatedBy: "U1", CreatedAt: kept.CreatedAt}
	if diff := cmp.Diff(want, kept); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if all, err := record.Entries(ctx, id); err != nil || len(all) != 7 {
		t.Errorf("%d entries, %v; want 7", len(all), err)
	}
}
