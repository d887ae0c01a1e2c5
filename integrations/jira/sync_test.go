package jira

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
	"github.com/tocsinhq/tocsin/timeline"
)

// slowReading lets one reading of an issue wait on its way back, when told to.
type slowReading struct {
	base    http.RoundTripper
	next    chan struct{} // a reading that takes from it waits
	waiting chan struct{} // is told when one does
	goOn    chan struct{} // lets it go on
}

// RoundTrip carries a request out.
func (s *slowReading) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := s.base.RoundTrip(r)
	if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/issue/OPS-1") || strings.HasSuffix(r.URL.Path, "/transitions") {
		return answer, err
	}
	select {
	case <-s.next:
		s.waiting <- struct{}{}
		<-s.goOn
	default:
	}
	return answer, err
}

// office is a database, a Jira, and the tickets between them.
type office struct {
	*testing.T
	tickets *Tickets
	jira    *jirasim.Sim
	slow    *slowReading
}

func newOffice(t *testing.T) *office {
	t.Helper()
	pool := pgtest.DB(t)
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	sim := jirasim.New(jirasim.Options{Project: "OPS", Cloud: true, People: []jirasim.User{
		{ID: "alice-id", Name: "Alice", Email: "alice@example.com"}, {ID: "bob-id", Name: "Bob", Email: "bob@example.com"}}})
	sim.ListenPipe()
	t.Cleanup(sim.Close)
	slow := &slowReading{base: sim.HTTPClient().Transport, next: make(chan struct{}, 1), waiting: make(chan struct{}), goOn: make(chan struct{})}
	client, err := New(Config{URL: sim.URL(), User: "tocsin@example.com", Token: jirasim.DefaultToken, Project: "OPS", IssueType: "Task", ActionItemType: "Task"}, slow)
	if err != nil {
		t.Fatal(err)
	}
	held, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(held.Release)
	if _, err := held.Exec(t.Context(), `SELECT pg_advisory_lock(7331, hashtext('me'))`); err != nil { // what keeps a worker alive
		t.Fatal(err)
	}
	return &office{t, &Tickets{Client: client, Incidents: &incident.Service{Pool: pool, Recorder: &timeline.Recorder{Jobs: jobs}}, Pool: pool,
		Rules: TicketRules{MinSeverity: incident.SEV5, IssueType: "Task", ActionItemType: "Task"}, Worker: "me"}, sim, slow}
}

// until works a job as often as it asks for patience.
func (o *office) until(work func(context.Context) error) error {
	for {
		err := work(o.Context())
		pause, again := errors.AsType[later](err)
		if !again {
			return err
		}
		select {
		case <-time.After(min(pause.d, 10*time.Millisecond)):
		case <-o.Context().Done():
			return o.Context().Err()
		}
	}
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// filed declares an incident that has its issue, OPS-1.
func (o *office) filed() incident.ID {
	o.Helper()
	i, err := o.tickets.Incidents.Declare(o.Context(), incident.Declaration{Title: "Search is slow", Severity: incident.SEV2}, incident.By("U1"))
	o.must(err)
	o.must(o.tickets.file(o.Context(), i.ID, 0))
	return i.ID
}

func (o *office) pushes(id incident.ID, task int) {
	o.Helper()
	o.must(o.until(func(ctx context.Context) error { return o.tickets.push(ctx, id, task) }))
}

func (o *office) wants(key, status string) {
	o.Helper()
	if card, ok := o.jira.Card(key); !ok || card.Status != status {
		o.Errorf("%s is in %q, want %q", key, card.Status, status)
	}
}

// beside begins to read OPS-1, lets between happen after Jira has answered and
// before the answer is used, and waits until the reading is over.
func (o *office) beside(between func()) {
	o.Helper()
	o.slow.next <- struct{}{}
	ended := make(chan error, 1)
	go func() { ended <- o.until(func(ctx context.Context) error { return o.tickets.pull(ctx, "OPS-1") }) }()
	<-o.slow.waiting
	between()
	close(o.slow.goOn)
	o.must(<-ended)
}

func TestReadingFromBeforeAMoveDoesNotHideIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.filed()
	pushed := make(chan error, 1)
	o.beside(func() {
		_, err := o.tickets.Incidents.Resolve(o.Context(), id, incident.Resolution{ImpactEnd: incident.Now()}, incident.By("U1"))
		o.must(err)
		first := o.tickets.push(o.Context(), id, 0)
		if _, again := errors.AsType[later](first); !again {
			o.must(first)
		}
		go func() { pushed <- o.until(func(ctx context.Context) error { return o.tickets.push(ctx, id, 0) }) }()
	})
	o.must(<-pushed)
	o.wants("OPS-1", "Done")
	_, err := o.tickets.Incidents.Reopen(o.Context(), id, "It is back", incident.By("U1"))
	o.must(err)
	o.pushes(id, 0)
	o.wants("OPS-1", "To Do")
}

func TestOurOwnMoveIsNobodysWish(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	i, err := o.tickets.Incidents.Declare(o.Context(), incident.Declaration{Title: "Search is slow", Private: false, Severity: incident.SEV5}, incident.By("U1"))
	o.must(err)
	_, err = o.tickets.Incidents.AddTask(o.Context(), i.ID, incident.Task{Kind: incident.ActionItem, Text: "Watch the index"}, incident.By("U1"))
	o.must(err)
	o.must(o.tickets.file(o.Context(), i.ID, 1))
	tick := func(done bool) {
		_, err := o.tickets.Incidents.ChangeTask(o.Context(), i.ID, 1, incident.By("U1"), func(item *incident.Task, now time.Time) ([]incident.Event, error) {
			if done {
				return item.Finish(now)
			}
			return item.Reopen()
		})
		o.must(err)
	}
	tick(true)
	row, _, err := readTicket(o.Context(), o.tickets.Pool, i.ID, 1)
	o.must(err)
	o.must(o.tickets.holding(o.Context(), row, func(row ticket) error {
		o.must(o.tickets.Client.Transition(o.Context(), row.Key, Done)) // moved by us, and not noted yet
		tick(false)                                                     // the person thinks better of it
		if err := o.tickets.pull(o.Context(), row.Key); err == nil {    // Jira's webhook is quick
			o.Error("the issue was read while it was being moved")
		}
		return o.tickets.moved(o.Context(), row, true)
	}))
	o.pushes(i.ID, 1)
	item, err := o.tickets.Incidents.Task(o.Context(), i.ID, 1)
	o.must(err)
	if !item.Open() {
		o.Error("the item is done although its person took that back")
	}
	o.wants("OPS-1", "To Do")
}

func TestAnIssueGoesWithItsItem(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.tickets.Email = func(_ context.Context, p incident.PersonID) (string, error) { return string(p) + "@example.com", nil }
	id := o.filed()
	item, err := o.tickets.Incidents.AddTask(o.Context(), id, incident.Task{Kind: incident.ActionItem, Text: "Add an alert"}, incident.By("U1"))
	o.must(err)
	o.must(o.tickets.assign(o.Context(), id, item.Number)) // not filed yet: nothing to do
	o.must(o.tickets.file(o.Context(), id, item.Number))
	for _, c := range []struct{ owner, want incident.PersonID }{{"alice", "alice-id"}, {"bob", "bob-id"}, {"stranger", ""}, {"alice", "alice-id"}, {"", ""}} {
		_, err := o.tickets.Incidents.ChangeTask(o.Context(), id, item.Number, incident.By("U1"), func(t *incident.Task, _ time.Time) ([]incident.Event, error) {
			return t.Amend(incident.Amendment{Owner: &c.owner})
		})
		o.must(err)
		for range 2 {
			o.must(o.until(func(ctx context.Context) error { return o.tickets.assign(ctx, id, item.Number) }))
		}
		issue, err := o.tickets.Client.Get(o.Context(), "OPS-2")
		if err != nil || issue.Assignee.ID != string(c.want) {
			t.Errorf("of %q it is with %q, %v; want %q", c.owner, issue.Assignee.ID, err, c.want)
		}
	}
}

func TestARefusedAssigneeIsToldOnceAndNotAskedAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.tickets.Log = slog.New(slog.DiscardHandler)
	o.tickets.Email = func(context.Context, incident.PersonID) (string, error) { return "alice@example.com", nil }
	id := o.filed()
	item, err := o.tickets.Incidents.AddTask(o.Context(), id, incident.Task{Kind: incident.ActionItem, Text: "Add an alert"}, incident.By("U1"))
	o.must(err)
	o.must(o.tickets.file(o.Context(), id, item.Number))
	_, err = o.tickets.Incidents.ChangeTask(o.Context(), id, item.Number, incident.By("U1"), func(t *incident.Task, _ time.Time) ([]incident.Event, error) {
		owner := incident.PersonID("U2")
		return t.Amend(incident.Amendment{Owner: &owner})
	})
	o.must(err)
	o.jira.Deny("ASSIGN_ISSUES")
	for range 2 {
		o.must(o.tickets.assign(o.Context(), id, item.Number))
	}
	row, _, err := readTicket(o.Context(), o.tickets.Pool, id, item.Number)
	if err != nil || row.Reason == "" || row.Key != "OPS-2" {
		t.Errorf("ticket = %+v, %v; want one with a reason", row, err)
	}
}
