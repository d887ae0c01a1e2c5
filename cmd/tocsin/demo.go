package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
	"github.com/tocsinhq/tocsin/integrations/web"
	"github.com/tocsinhq/tocsin/migrations/localpg"
)

// demo is the product with everything around it simulated.
type demo struct {
	*process
	folder  string
	lasting bool // what is done stays for the next time
	fresh   bool // forget what earlier demos left
	cluster *localpg.Cluster
	slack   *slacksim.Workspace
	jira    *jirasim.Sim
	others  *simulated
	whole   bool // everything that earlier demos left is there
	server  *demoServer
	app     *App
	release func()
}

// demoServer is the web server with the address it was given.
type demoServer struct {
	*web.Server
	base string
}

// URL is where the page is.
func (s *demoServer) URL() string { return s.base + "/" }

const webhookSecret = "demo-webhook-secret"

// start brings everything up; when it fails, stop takes down what came up.
func (d *demo) start(ctx context.Context) (err error) {
	if err := os.MkdirAll(d.folder, 0o700); err != nil {
		return fmt.Errorf("make the demo's folder: %w", err)
	}
	pool, err := d.startDatabase(ctx)
	if err != nil {
		return err
	}
	d.release = pool.Close
	if err := d.startWorld(); err != nil {
		return err
	}
	server := web.New(web.Config{Addr: d.config.HTTPAddr, Log: d.log, Rate: 2000, Burst: 5000})
	if err := server.Listen(ctx); err != nil {
		return err
	}
	d.server = &demoServer{server, d.config.PublicBase(server.Addr())}
	client, err := jira.New(d.jiraConfig(), nil)
	if err != nil {
		return err
	}
	d.others = newSimulated()
	d.others.listen()
	ways, err := d.others.vendors(d.server.base)
	if err != nil {
		return err
	}
	d.app, err = New(ctx, Parts{
		Vendors: ways,
		Pool:    pool, Slack: slackClient(d.slack), Web: server, Log: d.log,
		Settings: bot.Settings{Command: "/incident", AnnounceChannel: "#incidents", PublicURL: d.server.base, Emoji: bot.DefaultEmoji()},
		Jira:     client, WebhookSecret: webhookSecret,
		Tickets: jira.TicketRules{MinSeverity: incident.SEV3, IssueType: "Task", ActionItemType: "Task", PublicURL: d.server.base},
	})
	if err != nil {
		return err
	}
	if err := applySample(ctx, d.app, d.slack); err != nil {
		return err
	}
	d.jira.SetWebhook(d.server.base+"/webhooks/jira", webhookSecret, http.DefaultClient)
	d.others.hear(d.server.base, http.DefaultClient)
	if _, err := d.load(phonesFile, d.others.load(d.server.base)); err != nil {
		return err
	}
	d.whole = true
	d.pages()
	return nil
}

// startDatabase starts the private Postgres: one that lasts, or for a play that
// is over in a minute one that leaves nothing behind.
func (d *demo) startDatabase(ctx context.Context) (*pgxpool.Pool, error) {
	config := localpg.Config{Cache: filepath.Join(d.folder, "cache"), Log: d.log}
	if d.lasting {
		config.Dir, config.Durable = filepath.Join(d.folder, "postgres"), true
	}
	cluster, err := localpg.Start(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("start the private Postgres: %w", err)
	}
	d.cluster = cluster
	pool, err := newPool(ctx, cluster.URL())
	if err != nil || !d.fresh {
		return pool, err
	}
	if _, err := pool.Exec(ctx, `DROP SCHEMA public CASCADE; CREATE SCHEMA public`); err != nil {
		return nil, fmt.Errorf("forget earlier demos: %w", err)
	}
	return pool, nil
}

// startWorld brings up the simulated Slack and Jira as they were left.
func (d *demo) startWorld() error {
	d.slack = slacksim.New(slacksim.Options{Team: "Acme", Seed: 1, BotEvents: bot.BotEvents(), Scopes: bot.Scopes()})
	d.jira = jirasim.New(jirasim.Options{Project: "OPS", Cloud: true, People: trackerPeople()})
	settled, err := d.load(slackFile, d.slack.Load)
	if err != nil {
		return err
	}
	if !settled {
		populate(d.slack)
	}
	if _, err := d.load(jiraFile, d.jira.Load); err != nil {
		return err
	}
	if err := d.slack.Listen("127.0.0.1:0"); err != nil {
		return fmt.Errorf("start the simulated Slack: %w", err)
	}
	if err := d.jira.Listen("127.0.0.1:0"); err != nil {
		return fmt.Errorf("start the simulated Jira: %w", err)
	}
	return nil
}

// cast are the people of a small company.
var cast = []struct{ name, real, zone, number, topic string }{
	{"alice", "Alice Adler", "Europe/Berlin", "+15550100101", ""},
	{"bob", "Bob Brown", "America/New_York", "+15550100102", "bob-pages"},
	{"carol", "Carol Chen", "Asia/Singapore", "+15550100103", ""},
	{"dave", "Dave Diaz", "America/Los_Angeles", "+15550100104", "dave-pages"},
	{"erin", "Erin Evans", "Europe/London", "+15550100105", ""},
}

// populate fills a new workspace with them.
func populate(w *slacksim.Workspace) {
	for _, p := range cast {
		person := w.AddPerson(p.name, slacksim.PersonOptions{RealName: p.real, TZ: p.zone, Email: p.name + "@acme.example"})
		if err := person.Joins("incidents"); err != nil {
			panic(err) // impossible: every workspace has that channel
		}
	}
}

// trackerPeople are the same people's accounts in the simulated Jira.
func trackerPeople() []jirasim.User {
	var people []jirasim.User
	for _, p := range cast {
		people = append(people, jirasim.User{ID: p.name, Name: p.real, Email: p.name + "@acme.example"})
	}
	return people
}

func slackClient(w *slacksim.Workspace) bot.Client {
	return bot.Dial(bot.Tokens{Bot: w.BotToken(), App: w.AppToken()}, w.APIURL(), w.HTTPClient(), w.Dialer())
}

func (d *demo) jiraConfig() jira.Config {
	return jira.Config{URL: d.jira.URL(), User: "tocsin@example.com", Token: jirasim.DefaultToken, Project: "OPS", IssueType: "Task", ActionItemType: "Task"}
}

// latestPostmortem leads to the newest draft, for the side panel.
func (d *demo) latestPostmortem(w http.ResponseWriter, r *http.Request) {
	selfContained(w)
	list, err := d.app.Incidents.Recent(r.Context(), 0, 50)
	if err != nil {
		http.Error(w, "The incidents could not be read.", http.StatusInternalServerError)
		return
	}
	for _, i := range list {
		if key, err := d.app.Postmortems.ReadKey(r.Context(), i.ID); err == nil {
			http.Redirect(w, r, "/postmortems/"+key, http.StatusFound)
			return
		}
	}
	w.Header().Set("Refresh", "3")
	http.Error(w, "No postmortem yet. It is drafted when an incident is resolved.", http.StatusOK)
}

// stop saves the world and takes everything down, in reverse order. A demo that could
// not read what an earlier one left leaves it as it is.
func (d *demo) stop() error {
	var errs []error
	if d.whole {
		errs = append(errs, d.save())
	}
	if d.slack != nil && d.jira != nil {
		d.slack.Close()
		d.jira.Close()
	}
	if d.others != nil {
		d.others.close()
	}
	if d.release != nil {
		d.release()
	}
	if d.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		errs = append(errs, d.cluster.Stop(ctx))
	}
	return errors.Join(errs...)
}
