package jira

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
)

// Tickets keeps the tracker's issues in step with incidents and action items.
// Nothing is lost when Jira is down or refuses: the item waits, shows why in
// words, and is tried again.
type Tickets struct {
	Client    *Client
	Incidents *incident.Service
	Pool      *pgxpool.Pool
	Rules     TicketRules
	Log       *slog.Logger
	Worker    string // the id under which this process works jobs

	// Email finds the address under which the tracker may know a person; nil, or
	// an empty answer, leaves issues unassigned.
	Email func(context.Context, incident.PersonID) (string, error)
	// IndexLag is how far Jira's search may lag behind: after an attempt whose
	// outcome is unknown no second issue is filed before that. 0: 20 s.
	IndexLag time.Duration
}

var byJira = incident.ByIntegration("jira")

// file makes sure that the item has an issue, and exactly one.
func (t *Tickets) file(ctx context.Context, id incident.ID, task int) error {
	n, wanted, err := t.newIssue(ctx, id, task)
	if err != nil || !wanted {
		return err
	}
	row, ok, err := beginTicket(ctx, t.Pool, id, task, t.Worker, incident.Now())
	if err != nil || row.Key != "" {
		return err
	}
	if !ok {
		return later{time.Second}
	}
	err = t.fileHeld(ctx, row, n)
	return errors.Join(err, releaseTicket(context.WithoutCancel(ctx), t.Pool, row))
}

// fileHeld files an item that this process holds.
func (t *Tickets) fileHeld(ctx context.Context, row ticket, n NewIssue) error {
	if row.Attempts > 1 {
		found, err := t.find(ctx, row)
		if err != nil || found {
			return err
		}
	}
	issue, err := t.Client.Create(ctx, n)
	if err != nil {
		return t.park(ctx, row, err, filedNothing(err))
	}
	return t.bind(ctx, row, t.described(ctx, issue))
}

// filedNothing reports whether Jira's answer says for certain that it made no issue.
func filedNothing(err error) bool {
	_, refused := errors.AsType[*Refused](err)
	_, limited := errors.AsType[*RateLimited](err)
	return refused || limited
}

// described reads a new issue back, since the answer to a create does not say in
// which status it begins. Without it the status is learnt later.
func (t *Tickets) described(ctx context.Context, made Issue) Issue {
	issue, err := t.Client.Get(ctx, made.Key)
	if err != nil {
		return made
	}
	return issue
}

// newIssue is what would be filed now. An incident that is private, or not bad
// enough, gets none; nor does an action item that was withdrawn. One that is done
// already gets one: that it was done is worth a record, too.
func (t *Tickets) newIssue(ctx context.Context, id incident.ID, task int) (n NewIssue, wanted bool, err error) {
	i, err := t.Incidents.Get(ctx, id)
	if err != nil || i.Private {
		return NewIssue{}, false, err
	}
	if task == 0 {
		return t.Rules.incidentIssue(i), t.Rules.Wants(i.Severity), nil
	}
	item, err := t.Incidents.Task(ctx, id, task)
	if err != nil || !item.Withdrawn.IsZero() {
		return NewIssue{}, false, err
	}
	return t.Rules.taskIssue(i, item, t.assignee(ctx, item.Owner)), true, nil
}

// assignee is the owner's account, or "" when the tracker does not know one:
// unassigned is better than not filed.
func (t *Tickets) assignee(ctx context.Context, owner incident.PersonID) string {
	if owner == "" || t.Email == nil {
		return ""
	}
	email, err := t.Email(ctx, owner)
	if err != nil || email == "" {
		return ""
	}
	person, ok, err := t.Client.FindUser(ctx, email)
	if err != nil || !ok {
		return ""
	}
	return person.ID
}

// find looks for the issue that an earlier attempt may have filed. Until Jira's
// search can be trusted to show it, it puts the job off rather than file twice.
func (t *Tickets) find(ctx context.Context, row ticket) (found bool, err error) {
	issues, err := t.Client.FindByLabel(ctx, marker(row.Incident, row.Task))
	if err != nil {
		return false, t.park(ctx, row, err, false)
	}
	if len(issues) > 0 {
		return true, t.bind(ctx, row, issues[0])
	}
	lag := t.IndexLag
	if lag == 0 {
		lag = 20 * time.Second
	}
	if left := lag - time.Since(row.Updated); left > 0 {
		return false, later{min(left, 5*time.Second)}
	}
	return false, beginAgain(ctx, t.Pool, row, incident.Now())
}

// bind notes the issue, and that it is filed, in one transaction.
func (t *Tickets) bind(ctx context.Context, row ticket, issue Issue) error {
	_, err := t.Incidents.Change(ctx, row.Incident, byJira, func(ctx context.Context, tx pgx.Tx, _ *incident.Incident, now time.Time) ([]incident.Event, error) {
		row.Key, row.URL, row.Status, row.State = issue.Key, issue.URL, issue.Status, ticketOpen
		fresh, err := bindTicket(ctx, tx, row, now)
		if err != nil || !fresh {
			return nil, err
		}
		return []incident.Event{incident.TicketFiled{Task: row.Task, Key: issue.Key, URL: issue.URL}}, nil
	})
	return err
}

// park says in words why there is no issue yet, or why it cannot follow, once for
// each new reason, and gives the error back so that the job is tried again. Being
// asked for patience is no reason. certain says that nothing was filed: then the
// next attempt need not look first. A refusal is only worth asking again after
// somebody mended it.
func (t *Tickets) park(ctx context.Context, row ticket, cause error, certain bool) error {
	reason := Explain(cause)
	if _, limited := errors.AsType[*RateLimited](cause); limited {
		reason = row.Reason
	}
	_, err := t.Incidents.Change(ctx, row.Incident, byJira, func(ctx context.Context, tx pgx.Tx, _ *incident.Incident, now time.Time) ([]incident.Event, error) {
		if err := parkTicket(ctx, tx, row, reason, certain); err != nil || reason == row.Reason {
			return nil, err
		}
		return []incident.Event{incident.TicketParked{Task: row.Task, Key: row.Key, Reason: reason}}, nil
	})
	if err != nil {
		return errors.Join(cause, err)
	}
	if refused, ok := errors.AsType[*Refused](cause); ok {
		t.Log.WarnContext(ctx, "Jira refused a ticket", slog.String("incident", row.Incident.String()), slog.Int("task", row.Task), slog.Int("status", refused.Status))
		return later{refusedPause}
	}
	return cause
}

// A refusal is asked again this often: somebody may have mended the project.
const refusedPause = time.Minute

// later asks for the job to be put off, without counting as a failure.
type later struct{ d time.Duration }

// Error says for how long.
func (l later) Error() string { return "put off for " + l.d.String() }

// Wait is the time to put it off.
func (l later) Wait() time.Duration { return l.d }

// Wait is the pause that Jira asked for.
func (e *RateLimited) Wait() time.Duration { return e.RetryAfter }
