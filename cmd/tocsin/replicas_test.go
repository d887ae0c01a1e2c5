package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// TestReplicasSurviveTheDeathOfEither runs two processes on one database and one
// Slack while people type without a pause. Each process is killed once and
// started again.
func TestReplicasSurviveTheDeathOfEither(t *testing.T) {
	t.Parallel()
	o := newOutside(t, boundary{})
	first := o.start()
	o.connected(socketsEach)
	second := o.start()
	o.connected(2 * socketsEach)
	o.declares()
	o.slack.Chaos.Delay("chat.postMessage", 300*time.Millisecond) // so that there are jobs under way to die with
	said := newConversation()
	stop := said.begin(o)
	o.waitFor("both work", func() bool { return o.bothHeard() && o.workedBy(first) > 0 && o.workedBy(second) > 0 })
	for _, victim := range []*child{first, second} {
		o.waitFor("a job under way", func() bool { return o.underWay(victim) > 0 })
		victim.kill()
		o.takenUp(victim)
		o.start()
		o.waitFor("both being heard", o.bothHeard)
	}
	stop()
	o.slack.Chaos.Heal("chat.postMessage")
	o.waitFor("everything done", func() bool { return o.unfinished() == 0 })
	said.check(o)
	o.noDoubles()
}

// socketsEach is how many connections to Slack a process keeps open.
const socketsEach = 2

// bothHeard tells whether commands were acked over more sockets than one process has.
func (o *outside) bothHeard() bool { return o.gate.heard() > socketsEach }

// declares makes the incident of a test and its war room.
func (o *outside) declares() {
	o.t.Helper()
	o.types("alice", "#general", "/incident declare sev1 Checkout is down", o.declared)
	o.waitFor("the war room", func() bool {
		c, ok := o.slack.Channel(room)
		return ok && len(c.Members) > 1 && o.unfinished() == 0
	})
}

// declared reports whether the incident of a test is there. A try that the program
// gives up in time, on a machine that is busy, has used up a number; it is given
// back, since rooms are named and worlds are compared by it.
func (o *outside) declared() bool {
	if o.count(`SELECT count(*) FROM incident`) > 0 {
		return true
	}
	o.count(`SELECT setval(pg_get_serial_sequence('incident', 'id'), 1, false)`)
	return false
}

func (o *outside) waitFor(what string, is func() bool) {
	o.t.Helper()
	err := o.until(hangs, func() error {
		if !is() {
			return fmt.Errorf("waited for %s in vain; unfinished: %s", what, strings.Join(o.lines(unfinishedQuery), "; "))
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

func worker(c *child) string { return fmt.Sprintf("%%-%d-%%", c.pid()) }

// workedBy counts the jobs that a process has finished.
func (o *outside) workedBy(c *child) int {
	return o.count(`SELECT count(*) FROM river_job WHERE state = 'completed' AND attempted_by[array_upper(attempted_by, 1)] LIKE $1`, worker(c))
}

// underWay counts the jobs that a process is working, as the database has it.
func (o *outside) underWay(c *child) int {
	return o.count(`SELECT count(*) FROM river_job WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] LIKE $1`, worker(c))
}

// soon is within the 5 s that are promised, and 15 s more for a machine that is busy
// with all the other tests. River alone would take up the jobs of the dead after 35 s.
const soon = 5*time.Second + 15*time.Second

// takenUp fails when a dead process's jobs are not taken up soon.
func (o *outside) takenUp(dead *child) {
	o.t.Helper()
	died := time.Now()
	o.waitFor("the jobs of the dead", func() bool { return o.underWay(dead) == 0 })
	late := time.Since(died)
	o.t.Logf("jobs of a dead process were taken up after %v", late)
	if late > soon {
		o.t.Errorf("that is later than the 5 s which are promised, also on a busy machine")
	}
}

// noDoubles fails when anything was posted twice.
func (o *outside) noDoubles() {
	seen := map[string]bool{}
	for _, c := range o.slack.Channels() {
		for _, m := range o.slack.Messages(c.ID) {
			payload, _ := m.Metadata["event_payload"].(map[string]any)
			key, _ := payload["key"].(string)
			if key != "" && seen[key] {
				o.t.Errorf("%s was posted twice in #%s: %.80s", key, c.Name, m.AllText())
			}
			seen[key] = true
		}
	}
}

// conversation is what several people type, and what Slack told them.
type conversation struct {
	mu    sync.Mutex
	taken map[string]bool // by text: whether the command was answered with its effect
}

func newConversation() *conversation { return &conversation{taken: map[string]bool{}} }

// begin lets three people type one note after the other, and now and then a
// decision, which is told in the room. stop ends it and waits for them.
func (c *conversation) begin(o *outside) (stop func()) {
	ctx, cancel := context.WithCancel(o.t.Context())
	var people sync.WaitGroup
	for _, name := range []string{"alice", "bob", "carol"} {
		people.Go(func() {
			for n := 1; ctx.Err() == nil; n++ {
				c.says(o, name, n)
				pause(ctx, 40*time.Millisecond)
			}
		})
	}
	return func() { cancel(); people.Wait() }
}

func (c *conversation) says(o *outside, name string, n int) {
	text, command := fmt.Sprintf("%s says %d.", name, n), "note"
	if n%25 == 1 {
		command = "decision"
	}
	answer := o.slack.Person(name).Types(room, "/incident "+command+" "+text)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taken[text] = answer.Err == nil && strings.Contains(answer.Text, "INC-1")
}

// check fails unless every acknowledged command had its effect exactly once, and
// every one that failed at most once.
func (c *conversation) check(o *outside) {
	found := map[string]int{}
	for _, text := range o.lines(`SELECT data->>'text' FROM timeline_entry WHERE kind IN ('timeline.note_added', 'timeline.decision_made')`) {
		found[text]++
	}
	failed := 0
	for text, ok := range c.taken {
		if !ok {
			failed++
		}
		if found[text] > 1 || ok && found[text] != 1 {
			o.t.Errorf("%q is on the timeline %d times; acknowledged: %v", text, found[text], ok)
		}
	}
	o.t.Logf("%d commands, %d failed", len(c.taken), failed)
}

// TestJobsOfTheDeadRunAgainThoseOfTheLivingDoNot looks at the sweep alone.
func TestJobsOfTheDeadRunAgainThoseOfTheLivingDoNot(t *testing.T) {
	t.Parallel()
	pool := pgtest.DB(t)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	for _, id := range []string{"sweeper", "living"} {
		held := make(chan struct{})
		running.Go(func() {
			if err := (liveness{Pool: pool, ID: id, Log: slog.New(slog.DiscardHandler), Ready: held}).Run(ctx); err != nil {
				t.Error(err)
			}
		})
		<-held
	}
	began := time.Now()
	dead, living := runningJob(t, pool, "dead", began), runningJob(t, pool, "living", began.Add(-time.Minute))
	for state(t, pool, dead) == "running" {
		if time.Since(began) > soon {
			t.Fatalf("the job of a dead process is not taken up within %v", soon)
		}
		pause(ctx, 20*time.Millisecond)
	}
	if livenessGrace+2*livenessPeriod > 4*time.Second {
		t.Error("jobs of the dead are looked for too seldom to be taken up within 5 s")
	}
	if since := time.Since(began); since < livenessGrace {
		t.Errorf("it was taken up after %v; a job that young may have a process about to take its lock", since)
	}
	if got := state(t, pool, living); got != "running" {
		t.Errorf("the job of a living process is %s; want it left alone", got)
	}
}

func runningJob(t *testing.T, pool *pgxpool.Pool, worker string, since time.Time) (id int64) {
	t.Helper()
	err := pool.QueryRow(t.Context(), `
		INSERT INTO river_job (kind, state, args, max_attempts, attempt, attempted_at, attempted_by)
		VALUES ('test.job', 'running', '{}', 5, 1, $1, ARRAY[$2])
		RETURNING id`, since, worker).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func state(t *testing.T, pool *pgxpool.Pool, job int64) (state string) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), `SELECT state FROM river_job WHERE id = $1`, job).Scan(&state); err != nil {
		t.Fatal(err)
	}
	return state
}

// TestProcessThatCannotProveItIsAliveStopsWorking cuts the connection that holds
// the lock. The process stops working jobs, since others may take them up, takes
// the lock anew and goes on.
func TestProcessThatCannotProveItIsAliveStopsWorking(t *testing.T) {
	t.Parallel()
	o := newOutside(t, boundary{})
	only := o.start()
	o.connected(1)
	o.declares()
	o.slack.Chaos.Delay("chat.postMessage", 20*time.Second)
	o.types("alice", room, "/incident decision Fail over.", func() bool {
		return o.count(`SELECT count(*) FROM timeline_entry WHERE kind = 'timeline.decision_made'`) > 0
	})
	o.waitFor("a job under way", func() bool { return o.underWay(only) > 0 })
	lock := o.count(livenessLock, livenessClass)
	if o.count(`SELECT CASE WHEN pg_terminate_backend($1) THEN 1 ELSE 0 END`, lock) != 1 {
		t.Fatal("the lock's connection was not cut")
	}
	o.waitFor("work to stop", func() bool { return o.underWay(only) == 0 && strings.Contains(only.log.tail(), "jobs stopped") })
	o.slack.Chaos.Heal("chat.postMessage")
	o.waitFor("a new lock", func() bool {
		now := o.count(livenessLock, livenessClass)
		return now != 0 && now != lock
	})
	o.waitFor("everything done", func() bool { return o.unfinished() == 0 })
	told := 0
	for _, m := range o.slack.Messages(room) {
		if strings.Contains(m.AllText(), "Fail over.") && m.Metadata != nil {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the decision was told %d times; want once", told)
	}
}

// livenessLock is the connection that holds the lock of the only process, or 0.
const livenessLock = `
	SELECT coalesce(max(pid), 0)
	FROM pg_locks
	WHERE locktype = 'advisory' AND classid = $1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
