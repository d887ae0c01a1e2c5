package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// The steps that a declare sets off, in the order in which the card shows them.
const (
	stepRoom      = "room"
	stepAnnounce  = "announcement"
	StepCard      = "card" // the one whose failures cannot be shown on the card
	stepPin       = "pin"
	stepInvite    = "invitations"
	stepTopic     = "topic"
	stepBookmarks = "bookmarks"
)

// step is one thing that must exist in Slack exactly once, such as the war room
// or a post. Its row is written before the call, so whoever tries again knows
// that the thing may exist already and looks for it first.
type step struct {
	Incident incident.ID
	Name     string
	State    stepState
	Attempts int
	Channel  string
	Remote   string // the ts of a post, the id of a bookmark; "" when there is none
	Drawn    int64  // the incident's revision that was last drawn there
	Reason   string // why it is not done
	Started  time.Time
}

type stepState string

const (
	stepStarted stepState = "started"
	stepDone    stepState = "done"
	stepFailed  stepState = "failed" // for good; needs a person
	stepSkipped stepState = "skipped"
)

// later puts a job off without counting it as failed.
type later struct {
	why string
	d   time.Duration
}

// Error says why.
func (l later) Error() string { return l.why }

// Wait is when to look again.
func (l later) Wait() time.Duration { return l.d }

// errHeld says that somebody else is making the step right now.
var errHeld error = later{"somebody else is making this step", 200 * time.Millisecond}

// again reports whether an earlier attempt may have reached Slack.
func (s *step) again() bool { return s.Attempts > 1 }

// takeStep runs do for a step that is not settled yet. do makes the thing, or
// finds that an earlier attempt made it, and notes channel and remote id in s.
// What came of it is recorded in the same transaction as the step's row.
func (b *Bot) takeStep(ctx context.Context, id incident.ID, name string, do func(*step) error) error {
	s, err := b.begin(ctx, id, name)
	if err != nil || s.State == stepDone || s.State == stepSkipped {
		return err
	}
	return b.make(ctx, s, do)
}

// make runs do for a step that this process holds, and records what came of it.
func (b *Bot) make(ctx context.Context, s *step, do func(*step) error) error {
	if err := do(s); err != nil {
		return errors.Join(err, b.noteFailure(ctx, s, err))
	}
	return b.settleStep(ctx, s, stepDone, incident.StepDone{Step: s.Name})
}

// keep does what may be done any number of times, such as inviting people. The
// step tells whether it was ever done, and why not.
func (b *Bot) keep(ctx context.Context, i *incident.Incident, name string, do func(*step) error) error {
	s, err := b.begin(ctx, i.ID, name)
	if err != nil {
		return err
	}
	if s.State == stepDone || s.State == stepSkipped {
		return b.roomTrouble(ctx, i, do(s))
	}
	return b.roomTrouble(ctx, i, b.make(ctx, s, do))
}

// begin takes a step for this process.
func (b *Bot) begin(ctx context.Context, id incident.ID, name string) (*step, error) {
	return beginStep(ctx, b.Pool, id, name, b.Worker, time.Now())
}

// settleStep stores the step and records events, all or nothing.
func (b *Bot) settleStep(ctx context.Context, s *step, state stepState, events ...incident.Event) error {
	s.State = state
	_, err := b.Incidents.Change(ctx, s.Incident, incident.System, func(ctx context.Context, tx pgx.Tx, _ *incident.Incident, now time.Time) ([]incident.Event, error) {
		return events, saveStep(ctx, tx, s, now)
	})
	return err
}

// noteFailure makes a failure visible on the card: once for each new reason, so
// that an outage of an hour is one line and not a thousand.
func (b *Bot) noteFailure(ctx context.Context, s *step, cause error) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	reason, final := reasonOf(cause)
	state := stepStarted
	if final {
		state = stepFailed
	}
	if passing(cause) || (reason == s.Reason && state == s.State) {
		return releaseStep(ctx, b.Pool, s, madeNothing(cause))
	}
	s.Reason = reason
	return b.settleStep(ctx, s, state, incident.StepFailed{Step: s.Name, Reason: reason, Final: final})
}

// passing causes say nothing about the step: we are stopping, somebody else is at
// it, or Slack's rates make it wait its turn.
func passing(cause error) bool {
	_, limited := errors.AsType[*RateLimited](cause)
	return limited || errors.Is(cause, context.Canceled) || errors.Is(cause, errHeld)
}

// madeNothing reports whether an error says for certain that a call did nothing.
func madeNothing(cause error) bool {
	_, limited := errors.AsType[*RateLimited](cause)
	_, gone := errors.AsType[*Gone](cause)
	return limited || gone
}

// reasonOf puts an error of the outbound side into words, and tells whether
// trying again can help.
func reasonOf(err error) (reason string, final bool) {
	if gone, ok := errors.AsType[*Gone](err); ok {
		return gone.Sentence, gone.Permanent()
	}
	if e, ok := errors.AsType[*incident.Error](err); ok {
		return e.Message, true
	}
	return "Slack does not answer as it should; it is tried again until it does.", false
}

// postOnce posts a message that must appear exactly once, however often the job
// is run. key names it within the incident.
func (b *Bot) postOnce(ctx context.Context, id incident.ID, key, channel, thread string, m view.Message) (ts string, err error) {
	s, err := b.begin(ctx, id, key)
	if err != nil || s.State == stepDone {
		return s.remote(), err
	}
	if err := b.post(ctx, s, channel, thread, m); err != nil {
		return "", errors.Join(err, releaseStep(context.WithoutCancel(ctx), b.Pool, s, madeNothing(err)))
	}
	s.State = stepDone
	return s.Remote, saveStep(ctx, b.Pool, s, time.Now())
}

func (s *step) remote() string {
	if s == nil {
		return ""
	}
	return s.Remote
}

// post sends a step's message unless an earlier attempt is found to have sent it.
func (b *Bot) post(ctx context.Context, s *step, channel, thread string, m view.Message) error {
	key := fmt.Sprintf("%s/%s", s.Incident, s.Name)
	if s.again() {
		ts, found, err := b.findPost(ctx, channel, thread, s.Started.Add(-time.Minute), key)
		if err != nil {
			return err
		}
		if found {
			s.Channel, s.Remote = channel, ts
			return nil
		}
	}
	ts, err := b.API.PostMessage(ctx, Post{Channel: channel, Thread: thread, Text: m.Text, Blocks: m.Blocks, Key: key})
	if err != nil {
		return err
	}
	s.Channel, s.Remote = channel, ts
	return nil
}

func (b *Bot) findPost(ctx context.Context, channel, thread string, since time.Time, key string) (ts string, found bool, err error) {
	if thread != "" {
		return b.API.FindReply(ctx, channel, thread, since, key)
	}
	return b.API.FindPosted(ctx, channel, since, key)
}
