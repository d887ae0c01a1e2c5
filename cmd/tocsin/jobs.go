package main

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// Queues by urgency: neither what is slow nor a tracker that does not answer ever
// stands in the way of the rest.
const (
	queueSlow    = "slow"
	queueTracker = "tracker"
)

// Jobs are tried until they succeed: a Slack or a Jira that is down for a day
// must lose nothing. The number is a day of attempts at the longest interval.
const maxAttempts = 20_000

// jobTuning is what tests set differently from production.
type jobTuning struct {
	PollOnly bool          // no LISTEN; needed inside a synctest bubble
	Poll     time.Duration // how often each queue is looked at; it bounds how late a timer is
	Test     river.TestConfig
	Driver   func(*pgxpool.Pool) riverdriver.Driver[pgx.Tx] // nil: River's own
}

// driver is how the workers speak to the database.
func (t jobTuning) driver(pool *pgxpool.Pool) riverdriver.Driver[pgx.Tx] {
	if t.Driver != nil {
		return t.Driver(pool)
	}
	return riverpgxv5.New(pool)
}

// fetchCooldown is the shortest time between two looks for jobs. River also
// leaves out the notification of an insert that follows another within this
// time, and with its default of 100 ms most jobs of an incident would wait for
// the next poll. A millisecond is the least that River takes.
const fetchCooldown = time.Millisecond

// escalationPoll is how often the queue of escalation timers is looked at: a step
// is late by at most this and River's jitter of 10 ms.
const escalationPoll = 20 * time.Millisecond

// newInserter makes the client that the recorder inserts jobs with. It works none.
func newInserter(pool *pgxpool.Pool, log *slog.Logger, tuning jobTuning) (*river.Client[pgx.Tx], error) {
	return river.NewClient(riverpgxv5.New(pool), &river.Config{
		FetchCooldown: fetchCooldown, Hooks: []rivertype.Hook{&armTimers{}}, Logger: log, MaxAttempts: maxAttempts, Test: tuning.Test,
	})
}

// newWorkers makes the client that works the jobs, under an id of its own.
func newWorkers(pool *pgxpool.Pool, id string, workers *river.Workers, log *slog.Logger, tuning jobTuning) (*river.Client[pgx.Tx], error) {
	steps := tuning.Poll
	if tuning.Poll == 0 {
		tuning.Poll, steps = 100*time.Millisecond, escalationPoll
	}
	return river.NewClient(tuning.driver(pool), &river.Config{
		ID:                   id,
		Workers:              workers,
		Hooks:                []rivertype.Hook{&armTimers{}},
		Middleware:           []rivertype.Middleware{&errorClasses{log: log}},
		Logger:               log,
		MaxAttempts:          maxAttempts,
		RetryPolicy:          &retrySoon{},
		JobTimeout:           30 * time.Second,
		RescueStuckJobsAfter: 35 * time.Second,
		PollOnly:             tuning.PollOnly,
		FetchCooldown:        fetchCooldown,
		FetchPollInterval:    tuning.Poll,
		PeriodicJobs:         periodic(),
		Test:                 tuning.Test,
		Queues:               queues(steps, tuning.Poll),
	})
}

// vendorPolls is how many looks at the other queues go by for one at a vendor's.
const vendorPolls = 4

// queues lists who works how much at once. Each way to send a page has a queue of its
// own, so that a vendor that hangs fills nobody else's. What is to be sent now wakes
// its queue; only later messages wait for the next look, and those queues are many,
// so that they are looked at less often.
func queues(steps, poll time.Duration) map[string]river.QueueConfig {
	all := map[string]river.QueueConfig{
		river.QueueDefault: {MaxWorkers: 50},
		queueSlow:          {MaxWorkers: 10},
		queueTracker:       {MaxWorkers: 10},
		escalation.Queue:   {MaxWorkers: 50, FetchPollInterval: steps},
	}
	for _, name := range paging.Queues() {
		all[name] = river.QueueConfig{MaxWorkers: 20, FetchPollInterval: vendorPolls * poll}
	}
	all[paging.Queue] = river.QueueConfig{MaxWorkers: 20}
	return all
}

func periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{
		river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) { return bot.TidyUp{}, nil }, nil),
		river.NewPeriodicJob(river.PeriodicInterval(time.Minute), func() (river.JobArgs, *river.InsertOpts) { return bot.TellHandoffs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true}),
		river.NewPeriodicJob(river.PeriodicInterval(time.Minute), func() (river.JobArgs, *river.InsertOpts) { return bot.SyncGroups{}, nil }, nil),
	}
}

// armTimers makes a timer independent of River's leader. River parks a job that
// is due later as "scheduled", and only the leader, every 5 s, makes it
// available; a leader that is killed delays all of them until its lease is over.
// An available job whose time has not come is left alone by every fetch, and
// taken by any replica when it has.
type armTimers struct{ river.HookDefaults }

// InsertBegin is called by River before a job is inserted.
func (*armTimers) InsertBegin(_ context.Context, p *rivertype.JobInsertParams) error {
	if p.State == rivertype.JobStateScheduled {
		p.State = rivertype.JobStateAvailable
	}
	return nil
}

// errorClasses is the one place where an error decides what becomes of its job:
// one for people cancels it, a rate limit puts it off, all else is tried again.
type errorClasses struct {
	river.MiddlewareDefaults
	log *slog.Logger
}

// After so many attempts a failing job is put off instead: River keeps the error of
// each attempt in the job's row, and an outage of a day must not make that row grow
// without end.
const keptErrors = 10

// Work is called by River around each job.
func (c *errorClasses) Work(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
	err := work(ctx)
	if pause, ok := errors.AsType[interface {
		error
		Wait() time.Duration
	}](err); ok && pause.Wait() > 0 {
		return river.JobSnooze(pause.Wait())
	}
	if permanent(err) {
		return river.JobCancel(err)
	}
	if err != nil && job.Attempt == keptErrors/2 {
		c.log.Error("a job keeps failing; it is tried again until it succeeds", slog.String("kind", job.Kind), slog.Any("error", err))
	}
	if err != nil && job.Attempt >= keptErrors {
		return river.JobSnooze(retryDelay(job))
	}
	return err
}

func permanent(err error) bool {
	if _, ok := errors.AsType[*incident.Error](err); ok {
		return true
	}
	p, ok := errors.AsType[interface {
		error
		Permanent() bool
	}](err)
	return ok && p.Permanent()
}

// retrySoon tries again after 200 ms, then ever later, up to 5 s on the default
// queue and that of escalation, and a minute on the others. Up to 5 s River keeps
// a job available, so that no leader is needed for it to go on.
type retrySoon struct{}

// NextRetry is called by River when a job has failed.
func (*retrySoon) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(retryDelay(job))
}

func retryDelay(job *rivertype.JobRow) time.Duration {
	longest := 5 * time.Second
	if job.Queue != river.QueueDefault && job.Queue != escalation.Queue {
		longest = time.Minute
	}
	delay := longest
	if job.Attempt < 10 {
		delay = min(longest, 200*time.Millisecond<<(job.Attempt-1))
	}
	return delay - time.Duration(rand.Int64N(int64(delay)/5+1))
}

// quietLog is what River logs through: its notices about every job that is tried
// again are for debugging.
func quietLog(log *slog.Logger) *slog.Logger {
	return slog.New(atLeast{log.Handler(), slog.LevelError})
}

// atLeast drops what is below a level.
type atLeast struct {
	slog.Handler
	level slog.Level
}

// Enabled reports whether a level is logged at all.
func (h atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.level && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the level.
func (h atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(attrs), h.level}
}

// WithGroup keeps the level.
func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}
