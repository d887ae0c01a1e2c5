package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"golang.org/x/sync/errgroup"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/integrations/web"
	"github.com/tocsinhq/tocsin/migrations"
	"github.com/tocsinhq/tocsin/postmortem"
	"github.com/tocsinhq/tocsin/timeline"
)

// Parts is what an App is made of: connections to the outside and settings.
type Parts struct {
	Pool     *pgxpool.Pool
	Slack    bot.Client
	Settings bot.Settings
	Jira     *jira.Client // nil: no tracker
	Tickets  jira.TicketRules
	IndexLag time.Duration // of Jira's search; 0: its default

	WebhookSecret jira.Secret // signs Jira's webhooks to us

	Vendors vendors     // how people are reached besides Slack
	Beat    paging.Beat // proves that paging works
	NoLinks bool        // nobody else reaches Settings.PublicURL: messages have no links

	Web  *web.Server // nil: no pages
	Log  *slog.Logger
	Jobs jobTuning
}

// App is the whole product, wired. New wires it, Run works until its context
// ends.
type App struct {
	Bot         *bot.Bot
	Incidents   *incident.Service
	Timeline    *timeline.Service
	Postmortems *postmortem.Service
	OnCall      *oncall.Service
	Escalations *escalation.Service
	Paging      *paging.Service
	Tickets     *jira.Tickets // nil without a tracker

	parts    Parts
	id       string
	recorder *timeline.Recorder
	workers  *river.Client[pgx.Tx]
	socket   *bot.Socket
	auditor  *escalation.Auditor
}

// New brings the database up to date and wires everything. Nothing runs yet.
func New(ctx context.Context, p Parts) (*App, error) {
	if err := migrations.Up(ctx, p.Pool); err != nil {
		return nil, err
	}
	inserter, err := newInserter(p.Pool, quietLog(p.Log), p.Jobs)
	if err != nil {
		return nil, fmt.Errorf("make job inserter: %w", err)
	}
	a := &App{parts: p, id: workerID(), recorder: &timeline.Recorder{Jobs: inserter}}
	a.Incidents = &incident.Service{Pool: p.Pool, Recorder: a.recorder}
	a.Timeline = &timeline.Service{Incidents: a.Incidents}
	a.OnCall = &oncall.Service{Pool: p.Pool, OnCover: a.showCover}
	a.Escalations = &escalation.Service{Incidents: a.Incidents, Pool: p.Pool, OnCall: a.OnCall.OnCall, OnMaintenance: a.tellMaintenance, Log: p.Log}
	a.auditor = escalation.NewAuditor(a.Escalations)
	a.Postmortems = &postmortem.Service{Incidents: a.Incidents, Timeline: a.Timeline}
	a.Bot = &bot.Bot{Pool: p.Pool, Jobs: inserter, Incidents: a.Incidents, Timeline: a.Timeline, Postmortems: a.Postmortems,
		API: p.Slack.API(p.Log), Settings: p.Settings, Log: p.Log, Worker: a.id}
	a.Postmortems.Names = a.Bot.Names
	a.Paging = &paging.Service{Incidents: a.Incidents, Escalations: a.Escalations, Pool: p.Pool, Jobs: inserter,
		Notifiers: a.notifiers(), Worker: a.id, PublicURL: p.Settings.PublicURL, Beat: p.Beat, Log: p.Log}
	if p.NoLinks {
		a.Paging.PublicURL = ""
	}
	a.Bot.Escalations, a.Bot.OnCall, a.Bot.Paging = a.Escalations, a.OnCall, a.Paging
	if p.Jira != nil {
		a.Tickets = &jira.Tickets{Client: p.Jira, Incidents: a.Incidents, Pool: p.Pool, Rules: p.Tickets, Email: a.Bot.Email, IndexLag: p.IndexLag, Log: p.Log, Worker: a.id}
	}
	a.recorder.Reactions = reactions(a.ticketReactions())
	a.socket = p.Slack.Listen(&bot.Socket{Log: p.Log, Handle: a.Bot.HandleEnvelope, OnConnect: a.catchUp})
	if p.Web != nil {
		if err := errors.Join(a.Bot.API.Register(p.Web.Metrics()), a.auditor.Register(p.Web.Metrics())); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	a.routes()
	return a, a.makeWorkers()
}

func (a *App) makeWorkers() (err error) {
	workers := river.NewWorkers()
	a.Bot.AddWorkers(workers)
	a.Postmortems.AddWorkers(workers)
	a.Escalations.AddWorkers(workers)
	a.Paging.AddWorkers(workers)
	if a.Tickets != nil {
		a.Tickets.AddWorkers(workers)
	}
	a.workers, err = newWorkers(a.parts.Pool, a.id, workers, quietLog(a.parts.Log), a.parts.Jobs)
	if err != nil {
		return fmt.Errorf("make workers: %w", err)
	}
	a.workers.PeriodicJobs().AddMany(a.Paging.Periodic())
	if a.Tickets != nil {
		a.workers.PeriodicJobs().Add(reconcileTickets())
	}
	return nil
}

// notifiers are the ways to reach people; Slack is always one.
func (a *App) notifiers() map[paging.Method]paging.Notifier {
	all := map[paging.Method]paging.Notifier{paging.MethodSlack: bot.NewSlackNotifier(a.Bot.API)}
	for _, n := range a.parts.Vendors.notifiers {
		all[n.Method()] = n
	}
	return all
}

// Run listens to Slack, works jobs and serves pages until ctx ends; then it lets
// running work finish. It returns an error when one of these cannot go on.
func (a *App) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { a.identify(ctx); return nil })
	group.Go(func() error { return a.socket.Run(ctx) })
	group.Go(func() error { return a.runJobs(ctx) })
	group.Go(func() error { return a.auditor.Run(ctx) })
	if a.parts.Web != nil {
		group.Go(func() error { return a.parts.Web.Run(ctx) })
	}
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// identify learns who we are in Slack, and where incidents are announced. It goes on trying: a Slack that is down
// must not keep the rest from starting, and wrong tokens end the socket with a
// sentence.
func (a *App) identify(ctx context.Context) {
	for ctx.Err() == nil {
		_, err := a.Bot.API.Identify(ctx)
		if err == nil {
			err = a.Bot.FindAnnounceChannel(ctx)
		}
		if err == nil {
			return
		}
		a.parts.Log.WarnContext(ctx, "Slack does not say who and where we are; trying again", slog.Any("error", err))
		pause(ctx, 5*time.Second)
	}
}

// runJobs works jobs for as long as the process is known to be alive. When the
// connection that proves it breaks, work stops, since others may take it over.
func (a *App) runJobs(ctx context.Context) error {
	for ctx.Err() == nil {
		err := a.runJobsOnce(ctx)
		if err != nil && ctx.Err() == nil {
			a.parts.Log.WarnContext(ctx, "jobs stopped; starting again", slog.Any("error", err))
			pause(ctx, time.Second)
		}
	}
	return nil
}

func (a *App) runJobsOnce(ctx context.Context) error {
	alive, cancel := context.WithCancel(ctx)
	defer cancel()
	lost := make(chan error, 1)
	ready := make(chan struct{})
	life := liveness{Pool: a.parts.Pool, ID: a.id, Log: a.parts.Log, Ready: ready}
	go func() { lost <- life.Run(alive) }()
	select {
	case <-ready:
	case err := <-lost:
		return err
	}
	// River ends its work when the context of Start ends; Stop waits for it.
	if err := a.workers.Start(context.WithoutCancel(ctx)); err != nil {
		cancel()
		return errors.Join(fmt.Errorf("start workers: %w", err), <-lost)
	}
	select {
	case <-ctx.Done():
		stopping, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer done()
		err := a.workers.Stop(stopping)
		cancel()
		return errors.Join(err, <-lost)
	case err := <-lost:
		stopping, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer done()
		return errors.Join(err, a.workers.StopAndCancel(stopping))
	}
}

// catchUp is called when a connection to Slack has come up.
func (a *App) catchUp(ctx context.Context) {
	if err := a.Bot.CatchUpAll(ctx); err != nil && ctx.Err() == nil {
		a.parts.Log.WarnContext(ctx, "catch-up not enqueued", slog.Any("error", err))
	}
}

func (a *App) ticketReactions() timeline.Reactions {
	if a.Tickets == nil {
		return nil
	}
	return ticketReactions(a.parts.Tickets)
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// workerID names this process among the replicas.
func workerID() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%.40s-%d-%s", host, os.Getpid(), rand.Text()[:8])
}
