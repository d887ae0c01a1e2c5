package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// outside is everything that outlives the program: a Slack and a Jira over TCP,
// and a database. The program runs in processes that can be killed.
type outside struct {
	t        testing.TB
	gate     *gate
	slack    *slacksim.Workspace
	jira     *jirasim.Sim
	pool     *pgxpool.Pool
	settings map[string]string

	mu       sync.Mutex
	children []*child
}

// newOutside makes a world in which the program is to be killed at aim, or never.
func newOutside(t *testing.T, aim boundary) *outside {
	t.Helper()
	o := &outside{t: t}
	o.gate = newGate(aim, o.killAll)
	database := pgtest.URL(t)
	o.openPool(database)
	o.openSlack()
	o.openJira()
	o.settings = map[string]string{
		"SLACK_APP_TOKEN": o.slack.AppToken(), "SLACK_BOT_TOKEN": o.slack.BotToken(), "SLACK_API_URL": o.slack.APIURL(),
		"DATABASE_URL": withQuery(t, database, "pool_max_conns", "5"), "TOCSIN_HTTP_ADDR": "127.0.0.1:0",
		"TOCSIN_PUBLIC_URL": "http://tocsin.example", "TOCSIN_LOG_LEVEL": "warn",
		"JIRA_URL": o.jira.URL(), "JIRA_USER": "tocsin@example.com", "JIRA_TOKEN": jirasim.DefaultToken, "JIRA_PROJECT": "OPS",
		"JIRA_INDEX_LAG": "300ms",
	}
	t.Cleanup(o.end)
	return o
}

func (o *outside) openPool(database string) {
	pool, err := pgxpool.New(context.Background(), withQuery(o.t, database, "pool_max_conns", "2"))
	if err != nil {
		o.t.Fatal(err)
	}
	o.pool = pool
	o.t.Cleanup(pool.Close)
}

func (o *outside) openSlack() {
	o.slack = slacksim.New(slacksim.Options{Seed: 1, BotEvents: bot.BotEvents(), Scopes: bot.Scopes(),
		Redeliver: []time.Duration{0, time.Second, time.Second, 2 * time.Second, 4 * time.Second}})
	populate(o.slack)
	server := httptest.NewServer(o.gate.around(o.slack.Handler(), slackCall))
	o.slack.ServeAt(server.URL)
	o.t.Cleanup(func() { o.slack.Close(); server.CloseClientConnections(); server.Close() })
}

func (o *outside) openJira() {
	server := httptest.NewUnstartedServer(nil)
	o.jira = jirasim.New(jirasim.Options{Project: "OPS", Cloud: true, People: trackerPeople(), URL: "http://" + server.Listener.Addr().String()})
	server.Config.Handler = o.gate.around(o.jira.Handler(), jiraCall)
	server.Start()
	o.t.Cleanup(func() { o.jira.Close(); server.CloseClientConnections(); server.Close() })
}

func withQuery(t testing.TB, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// start brings up one more process.
func (o *outside) start() *child {
	o.t.Helper()
	c := spawn(o.t, o.settings)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.children = append(o.children, c)
	return c
}

// killAll kills every process.
func (o *outside) killAll() {
	for _, c := range o.all() {
		c.kill()
	}
}

func (o *outside) all() []*child {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.children)
}

func (o *outside) end() {
	o.killAll()
	if o.t.Failed() {
		for _, c := range o.all() {
			o.t.Logf("process %d wrote:\n%s", c.pid(), c.log.tail())
		}
	}
}

// hangs is how long anything may take in these worlds. It only has to tell what hangs
// from a machine that is busy with all the other tests.
const hangs = 2 * time.Minute

// until asks again and again until look is content or patience ends.
func (o *outside) until(patience time.Duration, look func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := look()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		pause(o.t.Context(), 50*time.Millisecond)
	}
}

// connected waits until so many connections to Slack are open.
func (o *outside) connected(n int) {
	o.t.Helper()
	if err := o.until(hangs, func() error {
		if open := o.slack.Connections(); open < n {
			return fmt.Errorf("%d connections are open, want %d", open, n)
		}
		return nil
	}); err != nil {
		o.t.Fatal(err)
	}
}

// lateEffect is how long after its answer a command may still have its effect:
// longer than any handler runs.
const lateEffect = 4 * time.Second

// types lets a person type a command until it has had its effect. Slack repeats
// no command: when it says that one failed, or Tocsin that something went wrong on
// its side, a person looks, and types it again if nothing came of it.
func (o *outside) types(person, channel, command string, happened func() bool) {
	o.t.Helper()
	err := o.until(hangs, func() error {
		said := o.slack.Person(person).Types(channel, command)
		return o.until(lateEffect, func() error {
			if !happened() {
				return fmt.Errorf("nothing came of it; Slack says %q %v", said.Text, said.Err)
			}
			return nil
		})
	})
	if err != nil {
		o.t.Fatalf("%s types %s: %v", person, command, err)
	}
}

// count is the number that a query answers.
func (o *outside) count(query string, args ...any) (n int) {
	if err := o.pool.QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		o.t.Errorf("%s: %v", query, err)
	}
	return n
}

// unfinished counts the jobs that are still to be done. The reminder of a
// promised update is due in half an hour.
func (o *outside) unfinished() int {
	return o.count(`SELECT count(*) FROM river_job WHERE finalized_at IS NULL AND kind <> 'bot.remind_update'`)
}

// lines returns the rows of a query that answers text.
func (o *outside) lines(query string, args ...any) []string {
	rows, err := o.pool.Query(context.Background(), query, args...)
	if err != nil {
		o.t.Errorf("%s: %v", query, err)
		return nil
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		o.t.Errorf("%s: %v", query, err)
	}
	return list
}

// snapshot is the world as people see it, sorted and without what differs from
// one run to the next: times, ids and random keys.
func (o *outside) snapshot() []string {
	all := o.lines(`SELECT 'incident ' || number_of.id || ' SEV' || severity || ' ' || status || ': ' || title FROM incident AS number_of`)
	for _, e := range o.lines(timelineQuery) {
		all = append(all, "timeline "+e)
	}
	all = append(all, o.lines(`SELECT 'job ' || kind || ' is ' || state FROM river_job WHERE state IN ('cancelled', 'discarded')`)...)
	for _, c := range o.slack.Channels() {
		all = append(all, o.channel(c)...)
	}
	for _, column := range o.jira.Board().Columns {
		for _, card := range column.Cards {
			all = append(all, fmt.Sprintf("issue %q in %s, labels %s", card.Summary, column.Name, strings.Join(card.Labels, " ")))
		}
	}
	for i, line := range all {
		all[i] = steady(line)
	}
	slices.Sort(all)
	return all
}

// timelineQuery tells entries of a kind apart by what they are about. How often a
// draft is brought up to date depends on how the rest falls together.
const timelineQuery = `
	SELECT DISTINCT ON (kind, CASE WHEN kind = 'postmortem.postmortem_drafted' THEN 0 ELSE id END)
		concat_ws(' ', kind, data->>'step', data->>'reason', data->>'role', data->>'person', 'task ' || (data->>'task'), data->>'number', data->>'status', data->>'text')
	FROM timeline_entry`

func (o *outside) channel(c slacksim.Channel) []string {
	name := c.Name
	if c.Kind == "im" {
		name = "DM of " + strings.Join(c.Members, " ")
	}
	members := slices.Sorted(slices.Values(o.slack.Members(c.ID)))
	all := []string{fmt.Sprintf("channel %s: topic %q, members %s", name, c.Topic, strings.Join(members, " "))}
	for _, m := range o.slack.Messages(c.ID) {
		all = append(all, fmt.Sprintf("message in %s: %s", name, strings.ReplaceAll(m.AllText(), "\n", " / ")))
	}
	for _, m := range o.slack.Pinned(c.ID) {
		all = append(all, fmt.Sprintf("pin in %s: %.60s", name, m.AllText()))
	}
	for _, b := range o.slack.Bookmarks(c.ID) {
		all = append(all, fmt.Sprintf("bookmark in %s: %s %s", name, b.Title, b.Link))
	}
	return all
}

var unsteady = []struct {
	form *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`<!date[^>]*>`), "DATE"},
	{regexp.MustCompile(`/postmortems/[\w-]+`), "/postmortems/KEY"},
	{regexp.MustCompile(`\bC0[A-Z0-9]{9}\b`), "CHANNEL"},
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+`), "JIRA"},
	{issueKey, "OPS-n"},
	{regexp.MustCompile(`\d\d:\d\d`), "TIME"},
	{regexp.MustCompile(`\d+ (s|seconds?|min|minutes?)\b`), "SPAN"},
}

func steady(line string) string {
	for _, u := range unsteady {
		line = u.form.ReplaceAllString(line, u.as)
	}
	return line
}
