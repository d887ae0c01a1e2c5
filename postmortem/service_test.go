package postmortem

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
	"github.com/tocsinhq/tocsin/timeline"
)

// setup is a service on a database of its own.
func setup(t testing.TB) *Service {
	t.Helper()
	pool := pgtest.DB(t)
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	incidents := &incident.Service{Pool: pool, Recorder: &timeline.Recorder{Jobs: jobs}}
	return &Service{
		Incidents: incidents, Timeline: &timeline.Service{Incidents: incidents}, Zone: berlin(t),
		Names: func(_ context.Context, people []incident.PersonID) (map[incident.PersonID]string, error) {
			known, some := names(), map[incident.PersonID]string{}
			for _, p := range people {
				some[p] = known[p]
			}
			return some, nil
		},
	}
}

// resolved is an incident that ran its whole life.
func resolved(t testing.TB, s *Service, title string) incident.ID {
	t.Helper()
	ctx := t.Context()
	i, err := s.Incidents.Declare(ctx, incident.Declaration{Title: title, Severity: incident.SEV2, Summary: "Payments fail."}, incident.By(ann))
	must(t, err)
	_, err = s.Incidents.Assign(ctx, i.ID, incident.Commander, cy, incident.By(cy))
	must(t, err)
	must(t, s.Timeline.AddDecision(ctx, i.ID, "Roll back", time.Time{}, incident.By(cy)))
	h, err := s.Timeline.RaiseHypothesis(ctx, i.ID, "The pool is too small", incident.By(bo))
	must(t, err)
	must(t, s.Timeline.SettleHypothesis(ctx, i.ID, h.Number, timeline.Confirmed, incident.By(bo)))
	_, err = s.Incidents.AddTask(ctx, i.ID, incident.Task{Kind: incident.ActionItem, Text: "Add an alert", Owner: bo}, incident.By(cy))
	must(t, err)
	_, err = s.Incidents.Resolve(ctx, i.ID, incident.Resolution{Cause: "A deploy halved the pool."}, incident.By(cy))
	must(t, err)
	return i.ID
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// recorded counts the entries of a kind.
func recorded(t testing.TB, s *Service, id incident.ID, kind incident.Kind) int {
	t.Helper()
	entries, err := s.Timeline.Entries(t.Context(), id)
	must(t, err)
	n := 0
	for _, e := range entries {
		if e.Event.Kind() == kind {
			n++
		}
	}
	return n
}

func TestDraftTellsWhatTheDatabaseHolds(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id := resolved(t, s, "Checkout returns errors")
	_, err := s.Incidents.Pool.Exec(t.Context(), `
		INSERT INTO ticket (incident_id, task, state, key, url, status, updated_at)
		VALUES ($1, 1, 'open', 'OPS-7', 'https://jira.example/browse/OPS-7', 'In Progress', now())`, id)
	must(t, err)
	d, err := s.Draft(t.Context(), id, incident.By(ann))
	must(t, err)
	text := Render(d)
	for _, want := range []string{
		"# Postmortem of INC-1: Checkout returns errors", "Owner: Cy Ek", "> Payments fail.", "> A deploy halved the pool.", "Roll back",
		"| 1 | The pool is too small | confirmed |", "| 1 | Add an alert | not said | Bo Chen | no date | [OPS-7](<https://jira.example/browse/OPS-7>), In Progress | open |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the draft lacks %q:\n%s", want, text)
		}
	}
	if d.Version != 1 || d.State != Draft || recorded(t, s, id, incident.KindPostmortemDrafted) != 1 {
		t.Errorf("version %d, state %s", d.Version, d.State)
	}
}

func TestDraftingTwiceIsDraftingOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id := resolved(t, s, "Checkout returns errors")
	first, err := s.Draft(t.Context(), id, incident.By(ann))
	must(t, err)
	second, err := s.Draft(t.Context(), id, incident.System)
	must(t, err)
	if diff := cmp.Diff(Render(first), Render(second)); diff != "" || recorded(t, s, id, incident.KindPostmortemDrafted) != 1 {
		t.Errorf("the second draft differs (-first +second)\n%s", diff)
	}
	must(t, s.Timeline.AddNote(t.Context(), id, "The bank confirmed", time.Time{}, incident.By(bo)))
	third, err := s.Draft(t.Context(), id, incident.System)
	must(t, err)
	if third.Version != 2 || recorded(t, s, id, incident.KindPostmortemDrafted) != 2 || !strings.Contains(Render(third), "The bank confirmed") {
		t.Errorf("after a note the draft has version %d", third.Version)
	}
}

func TestWhatPeopleWriteSurvivesDrafts(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ctx := t.Context()
	id := resolved(t, s, "Checkout returns errors")
	_, err := s.Draft(ctx, id, incident.By(ann))
	must(t, err)
	for range 2 {
		must(t, s.Write(ctx, id, "actions", "See the *board*.\x00", incident.By(bo)))
	}
	if n := recorded(t, s, id, incident.KindPostmortemWritten); n != 1 {
		t.Errorf("writing the same twice was recorded %d times", n)
	}
	_, err = s.Incidents.AddTask(ctx, id, incident.Task{Kind: incident.ActionItem, Text: "Limit retries", Owner: cy}, incident.By(cy))
	must(t, err)
	d, err := s.Draft(ctx, id, incident.By(ann))
	must(t, err)
	text := Render(d)
	for _, want := range []string{"See the *board*.\n", "*Written by Bo Chen, ", "New is:", "> - 2 · Limit retries · not said · Cy Ek"} {
		if !strings.Contains(text, want) {
			t.Errorf("the draft lacks %q", want)
		}
	}
	must(t, s.Write(ctx, id, "actions", "", incident.By(bo)))
	d, err = s.Read(ctx, id)
	must(t, err)
	if p := d.part("actions"); p.Written != "" || !strings.Contains(p.Text(), "Limit retries") || !p.WrittenAt.IsZero() {
		t.Errorf("the section was not given back: %+v", p)
	}
}

func TestConcurrentDraftsAndWritersLoseNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id := resolved(t, s, "Checkout returns errors")
	_, err := s.Draft(t.Context(), id, incident.By(ann))
	must(t, err)
	keys := Keys()[:8]
	var all sync.WaitGroup
	errs := make(chan error, 2*len(keys))
	for n, key := range keys {
		all.Go(func() { errs <- s.Write(t.Context(), id, key, "by hand: "+key, incident.By(bo)) })
		if n%2 == 0 {
			all.Go(func() {
				// A draft that is overtaken by every writer gives up and is tried again by its job.
				if _, err := s.Draft(t.Context(), id, incident.System); err != nil && err != errBusy {
					errs <- err
				}
			})
		}
	}
	all.Wait()
	close(errs)
	for err := range errs {
		must(t, err)
	}
	d, err := s.Draft(t.Context(), id, incident.System)
	must(t, err)
	for _, key := range keys {
		if got := d.part(key).Text(); got != "by hand: "+key {
			t.Errorf("%s reads %q", key, got)
		}
	}
	if n := recorded(t, s, id, incident.KindPostmortemDrafted); n != d.Version {
		t.Errorf("version %d after %d recorded drafts", d.Version, n)
	}
}

func TestFactsThatWereOvertakenAreNotDrafted(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ctx := t.Context()
	id := resolved(t, s, "Checkout returns errors")
	stale, err := s.Facts(ctx, id)
	must(t, err)
	must(t, s.Timeline.AddNote(ctx, id, "meanwhile", time.Time{}, incident.By(ann)))
	current, err := s.draft(ctx, stale, incident.By(ann))
	if current || err != nil || recorded(t, s, id, incident.KindPostmortemDrafted) != 0 {
		t.Errorf("stale facts were drafted: %t, %v", current, err)
	}
}

func TestTheReadKeyIsMadeOnceAndOpensTheDocument(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ctx := t.Context()
	one, other := resolved(t, s, "Checkout returns errors"), resolved(t, s, "Search is slow")
	if _, err := s.ReadKey(ctx, one); incident.CodeOf(err) != incident.NotFound {
		t.Errorf("before the first draft: %v", err)
	}
	keys := map[string]bool{}
	for range 2 {
		for _, id := range []incident.ID{one, other} {
			must(t, s.Timeline.AddNote(ctx, id, "again", time.Time{}, incident.By(ann)))
			_, err := s.Draft(ctx, id, incident.By(ann))
			must(t, err)
			key, err := s.ReadKey(ctx, id)
			must(t, err)
			keys[key] = true
			d, err := s.ByKey(ctx, key)
			if err != nil || d.Incident.ID != id || len(key) != 22 {
				t.Errorf("key %q opens %v: %v", key, d.Incident, err)
			}
		}
	}
	if len(keys) != 2 {
		t.Errorf("two documents had %d keys", len(keys))
	}
	for _, wrong := range []string{"", "x", strings.Repeat("A", 22), "\x00", strings.Repeat("é", 11)} {
		if _, err := s.ByKey(ctx, wrong); incident.CodeOf(err) != incident.NotFound {
			t.Errorf("key %q: %v", wrong, err)
		}
	}
}

func TestTheReviewAdvancesAndIsRecorded(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ctx := t.Context()
	id := resolved(t, s, "Checkout returns errors")
	_, err := s.Draft(ctx, id, incident.By(ann))
	must(t, err)
	for _, to := range []State{InReview, InReview, Published} {
		must(t, s.Advance(ctx, id, to, incident.By(cy)))
	}
	if n := recorded(t, s, id, incident.KindPostmortemAdvanced); n != 2 {
		t.Errorf("recorded %d steps; want 2", n)
	}
	if err := s.Write(ctx, id, "trigger", "x", incident.By(cy)); incident.CodeOf(err) != incident.Conflict {
		t.Errorf("writing into a published postmortem: %v", err)
	}
	d, err := s.Read(ctx, id)
	if err != nil || d.State != Published {
		t.Errorf("state %s, %v", d.State, err)
	}
}

func TestWithoutADraftOrIncidentThereIsASentence(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ctx := t.Context()
	id := resolved(t, s, "Checkout returns errors")
	for name, err := range map[string]error{
		"read":     second(s.Read(ctx, id)),
		"write":    s.Write(ctx, id, "trigger", "x", incident.By(ann)),
		"advance":  s.Advance(ctx, id, InReview, incident.By(ann)),
		"no read":  second(s.Read(ctx, 99)),
		"no draft": second(s.Draft(ctx, 99, incident.By(ann))),
	} {
		if incident.CodeOf(err) != incident.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second(_ Document, err error) error { return err }

func TestLintReadsTheRecordAndTheText(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ctx := t.Context()
	id := resolved(t, s, "Checkout returns errors")
	_, err := s.Draft(ctx, id, incident.By(ann))
	must(t, err)
	must(t, s.Write(ctx, id, "trigger", "fine\nsomebody failed to look", incident.By(bo)))
	list, err := s.Lint(ctx, id)
	must(t, err)
	got := strings.Join(marks(list), "\n")
	for _, want := range []string{"Milestones:0 milestone", "Action item 1:0 action-due", "Impact:0 section-empty", "Trigger:2 blameless"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not found in:\n%s", want, got)
		}
	}
}

func TestSimilarIncidentsAreRecalledButNeverPrivateOnes(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ctx := t.Context()
	resolved(t, s, "Checkout errors after deploy")
	resolved(t, s, "Search is slow")
	_, err := s.Incidents.Declare(ctx, incident.Declaration{Title: "Checkout errors for one customer", Private: true}, incident.By(ann))
	must(t, err)
	id := resolved(t, s, "Checkout returns errors")
	resolved(t, s, "Checkout errors, later")
	d, err := s.Draft(ctx, id, incident.By(ann))
	must(t, err)
	got := d.part("similar").Text()
	if !strings.Contains(got, "INC-1 (SEV2") || !strings.Contains(got, "still open: Add an alert") || strings.Count(got, "INC-") != 1 {
		t.Errorf("similar incidents: %s", got)
	}
}

func TestAWrittenSectionOfAnOlderProgramIsKept(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ctx := t.Context()
	id := resolved(t, s, "Checkout returns errors")
	_, err := s.Draft(ctx, id, incident.By(ann))
	must(t, err)
	_, err = s.Incidents.Pool.Exec(ctx, `
		INSERT INTO postmortem_section (incident_id, section, generated, written, written_by)
		VALUES ($1, 'five_whys', 'old', 'Because.', 'U0BO'), ($1, 'gone', 'old', '', '')`, id)
	must(t, err)
	d, err := s.Draft(ctx, id, incident.By(ann))
	must(t, err)
	if last := d.Parts[len(d.Parts)-1]; last.Key != "five_whys" || last.Text() != "Because." || d.part("gone") != nil || d.Version != 1 {
		t.Errorf("version %d ends with %+v", d.Version, last)
	}
}

// BenchmarkDraftOf10000Entries reads a record of 10,000 entries, writes all
// sections and stores them.
func BenchmarkDraftOf10000Entries(b *testing.B) {
	s := setup(b)
	id := resolved(b, s, "Long")
	fill(b, s.Incidents.Pool, id, 10_000)
	n := 0
	for b.Loop() {
		n++
		must(b, s.Timeline.AddNote(b.Context(), id, fmt.Sprint("note ", n), time.Time{}, incident.By(ann)))
		d, err := s.Draft(b.Context(), id, incident.By(ann))
		if err != nil || d.Version != n {
			b.Fatal(d.Version, err)
		}
	}
}

func fill(t testing.TB, pool *pgxpool.Pool, id incident.ID, n int) {
	t.Helper()
	now := incident.Now()
	raw, err := timeline.Encode(incident.MessageCaptured{Message: incident.Message{Channel: "C1", Author: bo, Text: "<@U0CY> the queue is at 90 %", Permalink: "https://acme.slack.com/archives/C1/p1"}})
	must(t, err)
	_, err = pool.CopyFrom(t.Context(), pgx.Identifier{"timeline_entry"},
		[]string{"incident_id", "kind", "occurred_at", "recorded_at", "actor_kind", "actor_id", "source_channel", "source_ts", "data"},
		pgx.CopyFromSlice(n, func(at int) ([]any, error) {
			return []any{int64(id), string(incident.KindMessageCaptured), now.Add(-time.Duration(at) * time.Second), now, "person", string(bo), "C1", fmt.Sprint(at), raw}, nil
		}))
	must(t, err)
}
