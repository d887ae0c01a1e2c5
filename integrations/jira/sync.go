package jira

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// heldPause is how long a job waits whose issue another one is at.
const heldPause = 200 * time.Millisecond

// holding runs do while nobody else of us moves the issue of row, or reads it. What
// Jira said must not be noted after a move that was made since it said so, and our own
// move must not be read as somebody's wish before it is noted as ours.
func (t *Tickets) holding(ctx context.Context, row ticket, do func(ticket) error) error {
	held, ok, err := holdTicket(ctx, t.Pool, row, t.Worker, incident.Now())
	if err != nil {
		return err
	}
	if !ok {
		return later{heldPause}
	}
	err = do(held)
	return errors.Join(err, releaseTicket(context.WithoutCancel(ctx), t.Pool, held))
}

// push makes the issue follow what was done in Slack: ticked off, taken back,
// another owner or due date. It compares with what Jira was last known to say, so
// that repeating it does nothing. What is changed meanwhile has a job of its own,
// which waits until this one has let go.
func (t *Tickets) push(ctx context.Context, id incident.ID, task int) error {
	row, found, err := readTicket(ctx, t.Pool, id, task)
	if err != nil || !found || row.Key == "" || row.Status == statusDeleted {
		return err // filing it will carry the present state
	}
	return t.holding(ctx, row, func(row ticket) error { return t.pushHeld(ctx, row) })
}

func (t *Tickets) pushHeld(ctx context.Context, row ticket) error {
	done, fields, err := t.wanted(ctx, row)
	if err != nil {
		return err
	}
	moved := done != (row.State == ticketDone)
	switch err := t.send(ctx, row.Key, fields, moved, done); {
	case isNotFound(err):
		return t.pullHeld(ctx, row)
	case err != nil:
		return t.park(ctx, row, err, false)
	case moved:
		if err := t.moved(ctx, row, done); err != nil {
			return err
		}
	}
	return clearReason(ctx, t.Pool, row)
}

// moved notes that the issue is where we moved it, before what Jira says is read:
// our own move must not come back as somebody's wish.
func (t *Tickets) moved(ctx context.Context, row ticket, done bool) error {
	row.State = ticketOpen
	if done {
		row.State = ticketDone
	}
	if err := saveTicket(ctx, t.Pool, row, incident.Now()); err != nil {
		return err
	}
	return t.pullHeld(ctx, row)
}

func (t *Tickets) send(ctx context.Context, key string, fields map[string]any, moved, done bool) error {
	if err := t.Client.Update(ctx, key, fields); err != nil || !moved {
		return err
	}
	if done {
		return t.Client.Transition(ctx, key, Done)
	}
	return t.Client.Transition(ctx, key, ToDo)
}

// wanted is what the issue should say: done or not, and the fields of an item.
func (t *Tickets) wanted(ctx context.Context, row ticket) (done bool, fields map[string]any, err error) {
	if row.Task == 0 {
		i, err := t.Incidents.Get(ctx, row.Incident)
		if err != nil {
			return false, nil, err
		}
		return !i.Status.Ongoing(), map[string]any{"summary": oneLine(t.Rules.incidentIssue(i).Summary)}, nil
	}
	item, err := t.Incidents.Task(ctx, row.Incident, row.Task)
	if err != nil {
		return false, nil, err
	}
	fields = map[string]any{"summary": oneLine(item.Text), "duedate": nil}
	if !item.DueOn.IsZero() {
		fields["duedate"] = item.DueOn.Format(time.DateOnly)
	}
	return !item.Open(), fields, nil
}

// statusDeleted stands for a status where there is no issue any more.
const statusDeleted = "deleted in Jira"

func isNotFound(err error) bool {
	refused, ok := errors.AsType[*Refused](err)
	return ok && refused.Status == http.StatusNotFound
}

// pull reads the issue and makes our side follow what has changed in Jira. It
// asks Jira itself instead of believing a webhook, so their order and number
// make no difference, nor do echoes of our own writes.
func (t *Tickets) pull(ctx context.Context, key string) error {
	row, found, err := ticketByKey(ctx, t.Pool, key)
	if err != nil || !found {
		return err
	}
	return t.holding(ctx, row, func(row ticket) error { return t.pullHeld(ctx, row) })
}

func (t *Tickets) pullHeld(ctx context.Context, row ticket) error {
	issue, err := t.Client.Get(ctx, row.Key)
	if isNotFound(err) {
		return t.follow(ctx, row, Issue{Key: row.Key, URL: row.URL, Status: statusDeleted, Category: categoryOf("new")})
	}
	if err != nil {
		return err
	}
	return t.follow(ctx, row, issue)
}

// follow applies what Jira says where it differs from what it said last. Only a
// change there ticks an item here: what was done here and is on its way to Jira
// must not be undone by what Jira still says. The item is ticked first: whoever
// dies in between does it again.
func (t *Tickets) follow(ctx context.Context, seen ticket, issue Issue) error {
	done := issue.Category == Done
	if seen.Task != 0 && done != (seen.State == ticketDone) && issue.Status != statusDeleted {
		if err := t.tick(ctx, seen, done); err != nil {
			return err
		}
	}
	_, err := t.Incidents.Change(ctx, seen.Incident, byJira, func(ctx context.Context, tx pgx.Tx, _ *incident.Incident, now time.Time) ([]incident.Event, error) {
		row, found, err := readTicket(ctx, tx, seen.Incident, seen.Task)
		if err != nil || !found || (row.Status == issue.Status && done == (row.State == ticketDone)) {
			return nil, err
		}
		row.Status, row.State = issue.Status, ticketOpen
		if done {
			row.State = ticketDone
		}
		return []incident.Event{incident.TicketMoved{Task: row.Task, Key: row.Key, Status: row.Status, Done: done}}, saveTicket(ctx, tx, row, now)
	})
	return err
}

// tick makes the item what its issue is. One that was withdrawn stays so.
func (t *Tickets) tick(ctx context.Context, row ticket, done bool) error {
	_, err := t.Incidents.ChangeTask(ctx, row.Incident, row.Task, byJira, func(item *incident.Task, now time.Time) ([]incident.Event, error) {
		if done {
			return item.Finish(now)
		}
		return item.Reopen()
	})
	if incident.CodeOf(err) != "" {
		return nil
	}
	return err
}

// How long a ticket that is done is still looked at.
const reopenedWithin = 14 * 24 * time.Hour

// reconcile reads every ticket from Jira that is open or was so lately: a webhook
// that never came must not leave an item open, or done, for ever.
func (t *Tickets) reconcile(ctx context.Context) error {
	rows, err := liveTickets(ctx, t.Pool, time.Now().Add(-reopenedWithin))
	if err != nil || len(rows) == 0 {
		return err
	}
	keys := make([]string, 0, len(rows))
	byKey := map[string]ticket{}
	for _, row := range rows {
		keys = append(keys, row.Key)
		byKey[row.Key] = row
	}
	issues, err := t.Client.GetMany(ctx, keys)
	if err != nil {
		return err
	}
	for _, issue := range issues {
		if row, ours := byKey[issue.Key]; ours && row.Status == issue.Status {
			delete(byKey, issue.Key)
		}
	}
	for key := range byKey { // changed, or not there any more
		if err := t.pull(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
