package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/migrations/localpg"
)

// benchWorld is the product as `tocsin serve` runs it, on a durable private
// Postgres with every write on disk before it is acked, and a Slack that is
// reached over TCP. Only Slack's rate limits are off; our own pace is not.
type benchWorld struct {
	b     *testing.B
	pool  *pgxpool.Pool
	trips *roundTrips
	slack *slacksim.Workspace
	app   *App
	stop  func()
}

// benchSeed gives each workspace ids of its own: ours tell commands apart by theirs.
var benchSeed atomic.Int64

// newBenchWorld brings up a new workspace and an App on the database at url.
func newBenchWorld(b *testing.B, url string) *benchWorld {
	b.Helper()
	w := &benchWorld{b: b, trips: &roundTrips{}}
	config, err := poolConfig(url)
	if err != nil {
		b.Fatal(err)
	}
	config.ConnConfig.Tracer = w.trips
	if w.pool, err = pgxpool.NewWithConfig(b.Context(), config); err != nil {
		b.Fatal(err)
	}
	w.slack = slacksim.New(slacksim.Options{Seed: benchSeed.Add(1), BotEvents: bot.BotEvents(), Scopes: bot.Scopes(), NoLimits: true})
	if err := w.slack.Listen("127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	populate(w.slack)
	log := slog.New(slog.NewTextHandler(b.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	w.app, err = New(b.Context(), Parts{Pool: w.pool, Slack: slackClient(w.slack), Log: log,
		Settings: bot.Settings{Command: "/incident", AnnounceChannel: "#incidents", PublicURL: "http://tocsin.example", Emoji: bot.DefaultEmoji()}})
	if err != nil {
		b.Fatal(err)
	}
	w.app.socket.Handle = w.trips.handled(w.app.socket.Handle)
	w.run()
	return w
}

// run lets the App work until stop is called or the benchmark ends.
func (w *benchWorld) run() {
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.b.Context()))
	ended := make(chan error, 1)
	go func() { ended <- w.app.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			w.b.Errorf("the app ended with: %v", err)
		}
		w.slack.Close()
		w.pool.Close()
	})
	w.b.Cleanup(w.stop)
	w.until("the app is connected", func() bool { return w.app.slackReady(ctx) == nil })
}

// until waits for something with little delay of its own.
func (w *benchWorld) until(what string, happened func() bool) {
	w.b.Helper()
	for deadline := time.Now().Add(30 * time.Second); !happened(); pause(w.b.Context(), 500*time.Microsecond) {
		if time.Now().After(deadline) {
			w.b.Fatalf("30 s were not enough until %s", what)
		}
	}
}

// types sends a command and returns how long the ack took, as Slack sees it.
func (w *benchWorld) types(person, channel, line string) time.Duration {
	start := time.Now()
	if r := w.slack.Person(person).Types(channel, line); r.Err != nil {
		w.b.Errorf("%s: %v", line, r.Err)
	}
	return time.Since(start)
}

// rooms declares incidents and returns their war rooms once they are ready.
func (w *benchWorld) rooms(n int) []string {
	w.b.Helper()
	var rooms []string
	for at := range n {
		i, err := w.app.Incidents.Declare(w.b.Context(), incident.Declaration{Title: fmt.Sprintf("Checkout is down %d", at), Severity: incident.SEV2},
			incident.By(incident.PersonID(w.slack.Person("alice").ID)))
		if err != nil {
			w.b.Fatal(err)
		}
		w.until("the room is open", func() bool {
			i, err = w.app.Incidents.Get(w.b.Context(), i.ID)
			return err != nil || i.Room.Open()
		})
		rooms = append(rooms, i.Room.Channel)
	}
	w.settled()
	return rooms
}

// settled waits until no job is left that could run now.
func (w *benchWorld) settled() {
	w.b.Helper()
	w.until("all jobs are done", func() bool {
		var left int
		err := w.pool.QueryRow(w.b.Context(), `
			SELECT count(*)
			FROM river_job
			WHERE state IN ('running', 'retryable') OR (state = 'available' AND kind <> 'bot.remind_update')`).Scan(&left)
		return err == nil && left == 0
	})
}

// answered waits until every handler has noted that it is done.
func (w *benchWorld) answered() {
	w.b.Helper()
	w.until("all envelopes are done", func() bool {
		var left int
		err := w.pool.QueryRow(w.b.Context(), `SELECT count(*) FROM slack_inbound WHERE done_at IS NULL AND kind = 'slash_commands'`).Scan(&left)
		return err == nil && left == 0
	})
}

// durableURL is a private Postgres with production's settings.
func durableURL(b *testing.B) string {
	b.Helper()
	cluster, err := localpg.Start(b.Context(), localpg.Config{Dir: b.TempDir(), Durable: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := cluster.Stop(context.WithoutCancel(b.Context())); err != nil {
			b.Error(err)
		}
	})
	return cluster.URL()
}

// latencies gathers measurements from many goroutines.
type latencies struct {
	mu   sync.Mutex
	took []time.Duration
}

func (l *latencies) add(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took = append(l.took, d)
}

// report adds median, 99th percentile and worst case, in milliseconds.
func (l *latencies) report(b *testing.B, what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.took) == 0 {
		return
	}
	slices.Sort(l.took)
	at := func(p int) float64 { return float64(l.took[(len(l.took)-1)*p/100].Microseconds()) / 1000 }
	b.ReportMetric(at(50), "p50-ms"+what)
	b.ReportMetric(at(99), "p99-ms"+what)
	b.ReportMetric(at(100), "max-ms"+what)
}

func (l *latencies) median() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(l.took)
	return l.took[(len(l.took)-1)/2]
}

// BenchmarkCommandToAck measures what a person feels: from the moment Slack
// sends a slash command until it has the ack, which comes after the change is
// committed. "trips" are the statements and batches sent to Postgres for it.
func BenchmarkCommandToAck(b *testing.B) {
	w := newBenchWorld(b, durableURL(b))
	room := w.rooms(1)[0]
	for _, c := range []struct{ name, line string }{
		{"note", "/incident note the cache is cold"},
		{"summary", "/incident summary the cache is cold %d"},
		{"status", "/incident status"},
		{"list", "/incident list"},
		{"ask-first", "/incident declare sev3 checkout is slow"},
		{"declare", "/incident declare now sev3 checkout is slow"},
	} {
		b.Run(c.name, func(b *testing.B) {
			var all latencies
			before, n := w.trips.sent.Load(), 0
			for b.Loop() {
				n++
				line := c.line
				if c.name == "summary" {
					line = fmt.Sprintf(c.line, n)
				}
				all.add(w.types("alice", room, line))
			}
			all.report(b, "")
			w.answered()
			b.ReportMetric(float64(w.trips.sent.Load()-before)/float64(n), "trips")
		})
	}
}

// BenchmarkCommandToAckUnderLoad is the same while 200 commands come in every
// second, in ten rooms, at their time whether or not earlier ones are done.
// Latency counts from the moment a command was due.
func BenchmarkCommandToAckUnderLoad(b *testing.B) {
	const perSecond = 200
	w := newBenchWorld(b, durableURL(b))
	rooms := w.rooms(10)
	lines := []string{"/incident note the cache is cold", "/incident status", "/incident note restarting", "/incident list", "/incident summary cold cache"}
	var all latencies
	var running sync.WaitGroup
	b.ResetTimer()
	start, n := time.Now(), 0
	for b.Loop() {
		due := start.Add(time.Duration(n) * time.Second / perSecond)
		room, line, person := rooms[n%len(rooms)], lines[n%len(lines)], cast[n%len(cast)].name
		n++
		pause(b.Context(), time.Until(due))
		running.Go(func() {
			w.types(person, room, line)
			all.add(time.Since(due))
		})
	}
	running.Wait()
	all.report(b, "")
	b.ReportMetric(float64(n)/time.Since(start).Seconds(), "commands/s")
	w.settled()
}

// BenchmarkDeclareToRoom measures from typing declare until everything is in
// Slack: the war room, the card posted and pinned, topic, invitation and
// announcement; every call to Slack takes 100 ms. The longest chain of calls that
// need each other is conversations.create, chat.postMessage, pins.add, so "ratio"
// is the time over 300 ms. Each round has a workspace and a process of its own:
// Slack allows 20 new channels a minute and we keep to that.
func BenchmarkDeclareToRoom(b *testing.B) {
	const perCall, chain = 100 * time.Millisecond, 3
	url := durableURL(b)
	var all latencies
	for b.Loop() {
		b.StopTimer()
		w := newBenchWorld(b, url)
		w.warm()
		w.slack.Chaos.Delay("*", perCall)
		b.StartTimer()
		start := time.Now()
		w.types("alice", "#general", "/incident declare sev1 Checkout is down")
		w.until("the war room is ready", w.roomReady)
		all.add(time.Since(start))
		b.StopTimer()
		w.abandon()
		b.StartTimer()
	}
	all.report(b, "")
	b.ReportMetric(float64(all.median())/float64(chain*perCall), "ratio")
}

// abandon leaves what is still to be drawn undone, so that no later world on the
// same database begins with it.
func (w *benchWorld) abandon() {
	w.b.Helper()
	w.slack.Chaos.Delay("*", 0)
	if _, err := w.pool.Exec(w.b.Context(), `DELETE FROM river_job WHERE state <> 'running'`); err != nil {
		w.b.Fatal(err)
	}
	w.stop()
}

// warm waits until the App has learnt who it is and where it announces, and lets
// it work a little, as it will have before the first incident of a day.
func (w *benchWorld) warm() {
	w.b.Helper()
	w.until("the App knows itself", func() bool {
		return w.app.Bot.API.BotUser() != "" && len(w.slack.Calls("users.conversations")) > 0
	})
	for range 10 {
		w.types("alice", "#general", "/incident list")
		if _, err := w.app.Bot.Jobs.Insert(w.b.Context(), bot.TidyUp{}, nil); err != nil {
			w.b.Fatal(err)
		}
		w.settled()
	}
}

// roomReady looks at Slack alone.
func (w *benchWorld) roomReady() bool {
	for _, c := range w.slack.Channels() {
		if !strings.HasPrefix(c.Name, "inc-") {
			continue
		}
		pinned, announced := w.slack.Pinned(c.ID), false
		for _, m := range w.slack.Messages("#incidents") {
			announced = announced || strings.Contains(m.AllText(), "Checkout is down")
		}
		return announced && len(pinned) > 0 && c.Topic != "" && slices.Contains(w.slack.Members(c.ID), w.slack.Person("alice").ID)
	}
	return false
}

// BenchmarkList compares /incident list with ten and with 100,000 incidents in
// the database, from Slack to ack. "many/few" should stay near 1.
func BenchmarkList(b *testing.B) {
	few, many := newBenchWorld(b, durableURL(b)), newBenchWorld(b, durableURL(b))
	few.archive(10)
	many.archive(100_000)
	for _, line := range []string{"/incident list", "/incident list all"} {
		b.Run(strings.ReplaceAll(strings.TrimPrefix(line, "/incident "), " ", "_"), func(b *testing.B) {
			var took [2]latencies
			for b.Loop() {
				took[0].add(few.types("alice", "#general", line))
				took[1].add(many.types("alice", "#general", line))
			}
			took[1].report(b, "-many")
			b.ReportMetric(float64(took[1].median())/float64(took[0].median()), "many/few")
		})
	}
}

// archive fills the database with n closed incidents and ten open ones.
func (w *benchWorld) archive(n int) {
	w.b.Helper()
	for status, count := range map[string]int{"closed": n, "active": 10} {
		_, err := w.pool.Exec(w.b.Context(), `
			INSERT INTO incident (title, severity, status, declared_by_kind, declared_by_id, declared_at)
			SELECT 'Incident ' || n, 1 + n % 5, $1, 'person', 'U1', timestamptz '2026-01-01' + n * interval '1 minute'
			FROM generate_series(1, $2::int) n`, status, count)
		if err != nil {
			w.b.Fatal(err)
		}
	}
	if _, err := w.pool.Exec(w.b.Context(), `VACUUM ANALYZE incident`); err != nil {
		w.b.Fatal(err)
	}
}

// BenchmarkRedraw makes 200 changes to one incident as fast as they commit and
// counts what reaches Slack: one card, one announcement, each drawn as often as
// Slack's pace allows and not once for every change.
func BenchmarkRedraw(b *testing.B) {
	const changes = 200
	w := newBenchWorld(b, durableURL(b))
	room := w.rooms(1)[0]
	i, _, err := w.app.Incidents.ByRoom(b.Context(), room)
	if err != nil {
		b.Fatal(err)
	}
	calls, rounds := 0, 0
	var shown latencies
	for b.Loop() {
		rounds++
		before := len(w.slack.Calls("chat.update"))
		for n := range changes {
			if _, err := w.app.Incidents.SetSummary(b.Context(), i.ID, fmt.Sprintf("round %d, finding %d", rounds, n), incident.By("U1")); err != nil {
				b.Fatal(err)
			}
		}
		last, committed := fmt.Sprintf("round %d, finding %d", rounds, changes-1), time.Now()
		w.until("the card shows the last change", func() bool {
			pinned := w.slack.Pinned(room)
			return len(pinned) > 0 && strings.Contains(pinned[0].AllText(), last)
		})
		shown.add(time.Since(committed))
		w.settled()
		calls += len(w.slack.Calls("chat.update")) - before
	}
	b.ReportMetric(float64(calls)/float64(rounds), "updates/200-changes")
	b.ReportMetric(float64(shown.median().Milliseconds()), "ms-until-last-shown")
}

// BenchmarkReactionToEntry measures from an emoji on a message until the message
// is on the timeline: event, ack, job, two calls to read it, commit. Every twenty
// rounds a new process goes on: Slack allows 50 reads of history a minute and we
// keep to that.
func BenchmarkReactionToEntry(b *testing.B) {
	url := durableURL(b)
	var w *benchWorld
	var room string
	var all latencies
	for n := 0; b.Loop(); n++ {
		if n%20 == 0 {
			b.StopTimer()
			if w != nil {
				w.stop()
			}
			w = newBenchWorld(b, url)
			w.warm()
			room = w.rooms(1)[0]
			b.StartTimer()
		}
		all.add(w.captures("alice", room))
	}
	all.report(b, "")
}

// captures lets somebody say something and mark it, and returns how long it took
// until that was on record.
func (w *benchWorld) captures(person, room string) time.Duration {
	w.b.Helper()
	i, _, err := w.app.Incidents.ByRoom(w.b.Context(), room)
	if err != nil {
		w.b.Fatal(err)
	}
	p := w.slack.Person(person)
	ts := p.Says(room, "the cache is cold")
	start := time.Now()
	if err := p.Reacts(room, ts, "pushpin"); err != nil {
		w.b.Fatal(err)
	}
	w.until("the message is on record", func() bool {
		found, err := w.app.Timeline.Captured(w.b.Context(), i.ID, room, ts)
		return err == nil && found
	})
	return time.Since(start)
}
