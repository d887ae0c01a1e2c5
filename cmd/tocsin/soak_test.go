package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

const (
	soakPeople = 60          // each run pages others than the ones before it
	soakDelay  = time.Second // of each step
	soakAtOnce = 8           // runs whose escalations have not come to their end
	soakPerRun = 3           // escalations
	soakAimFor = 1500 * time.Millisecond
)

// TestPagesSurviveRandomDeaths plays run after run on one database with two processes,
// one of which each run kills with SIGKILL: at a random instant, or when a page is on
// its way. Meanwhile escalations begin, climb and are acknowledged by text and in
// Slack. TOCSIN_SOAK_RUNS says how many runs, TOCSIN_SOAK_SEED with which seed the
// first one is played; the next one has the next. Whatever happens: everybody is
// reached whom nobody's answer has spared; a message comes twice only as a repeat, of one
// that a killed process has sent; and
// after an answer nothing leaves any more.
func TestPagesSurviveRandomDeaths(t *testing.T) {
	t.Parallel()
	runs, first := fromEnv(t, "TOCSIN_SOAK_RUNS", 3), fromEnv(t, "TOCSIN_SOAK_SEED", 1)
	s := &soak{pagedWorld: newPagedWorld(t, pgtest.URL(t)), answered: map[int64]time.Time{}}
	s.organised(soakPeople, soakDelay)
	s.notesClaims()
	s.pair = [2]*child{s.start(), s.start()}
	s.working(2)
	began := time.Now()
	places := make(chan struct{}, soakAtOnce)
	var living sync.WaitGroup
	for n := 0; n < runs && !t.Failed(); n++ {
		r := planRun(s, uint64(first+n), n*soakPerRun)
		places <- struct{}{}
		living.Go(func() { r.lives(); <-places })
		r.kills()
	}
	living.Wait()
	s.check()
	for _, c := range s.graves {
		if t.Failed() {
			t.Logf("process %d, which was killed, wrote:\n%s", c.pid(), c.log.tail())
		}
	}
	t.Logf("%d runs from seed %d in %v: %s", runs, first, time.Since(began).Round(time.Second), s.told())
}

// fromEnv reads a number from the environment.
func fromEnv(t testing.TB, name string, otherwise int) int {
	t.Helper()
	text, ok := os.LookupEnv(name)
	if !ok {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q; want a number", name, text)
	}
	return n
}

// soak is the world of all runs.
type soak struct {
	*pagedWorld
	pair   [2]*child // the processes at work
	graves []*child  // those that died last
	killed []int     // the process ids of all that died

	mu       sync.Mutex
	answered map[int64]time.Time // by escalation: when its acknowledgement was known to be committed
	seeds    map[int64]uint64    // by escalation
	deaths   map[string]int      // by what was going on
}

// soakRun is one run, as its seed has it.
type soakRun struct {
	*soak
	seed   uint64
	plans  []soakPlan
	victim int           // of the pair, unless it dies by a page
	by     fate          // "": at an instant
	nth    int           // at which page
	at     time.Duration // the instant

	striking bool // a page has come at which it dies; guarded by the wire
}

// soakPlan is one escalation of a run.
type soakPlan struct {
	policy  int           // also the first person
	after   time.Duration // it begins
	answers int           // the step whose person answers; 0: nobody does
	thinks  time.Duration // from the message to the answer
}

func planRun(s *soak, seed uint64, people int) *soakRun {
	random := rand.New(rand.NewPCG(seed, 0))
	upTo := func(d time.Duration) time.Duration { return time.Duration(random.Int64N(int64(d))) }
	r := &soakRun{soak: s, seed: seed, victim: random.IntN(2), nth: 1 + random.IntN(3), at: upTo(soakAimFor)}
	r.by = []fate{"", lost, unheard, heard}[random.IntN(4)]
	for n := range soakPerRun {
		p := soakPlan{policy: (people + n) % soakPeople, after: upTo(700 * time.Millisecond)}
		p.answers, p.thinks = random.IntN(3), upTo(1200*time.Millisecond)
		r.plans = append(r.plans, p)
	}
	return r
}

// kills lets one process die as the run wants it, starts another one, and waits until
// both are at work again.
func (r *soakRun) kills() {
	struck := make(chan *child, 1)
	if r.by != "" {
		r.wire.setAim(r.aimed(struck))
	}
	wait := soakAimFor
	if r.by == "" {
		wait = r.at
	}
	var dead *child
	select {
	case dead = <-struck:
	case <-time.After(wait):
		r.wire.setAim(nil)
		if r.striking {
			dead = <-struck
			break
		}
		dead = r.pair[r.victim]
		dead.kill()
		r.died("at an instant")
	}
	r.replace(dead)
	r.working(2)
}

// aimed kills the process that sends the nth page from now on.
func (r *soakRun) aimed(struck chan<- *child) func(key string) (fate, func()) {
	left := r.nth
	return func(key string) (fate, func()) {
		if left--; left != 0 {
			return "", nil
		}
		r.striking = true
		return r.by, func() {
			dead := r.sender(key)
			dead.kill()
			r.died(string(r.by))
			struck <- dead
		}
	}
}

// sender is the process that sends a page; the victim when that is not known.
func (r *soakRun) sender(key string) *child {
	for _, worker := range r.lines(`SELECT worker FROM delivery WHERE 'tocsin-delivery-' || id = $1`, key) {
		for _, c := range r.pair {
			if strings.Contains(worker, fmt.Sprintf("-%d-", c.pid())) {
				return c
			}
		}
	}
	return r.pair[r.victim]
}

func (r *soakRun) died(how string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.deaths == nil {
		r.deaths = map[string]int{}
	}
	r.deaths[how]++
}

// soakLogs is of how many dead processes the logs are shown when a run has failed.
const soakLogs = 10

// replace starts another process for a dead one, and forgets those long dead.
func (s *soak) replace(dead *child) {
	s.outside.mu.Lock()
	s.children = slices.DeleteFunc(s.children, func(c *child) bool { return c == dead })
	s.outside.mu.Unlock()
	s.graves, s.killed = append(s.graves, dead), append(s.killed, dead.pid())
	s.graves = s.graves[max(0, len(s.graves)-soakLogs):]
	s.pair[slices.Index(s.pair[:], dead)] = s.start()
}

// lives plays the escalations of a run to their end.
func (r *soakRun) lives() {
	var all sync.WaitGroup
	for n, p := range r.plans {
		all.Go(func() {
			pause(r.t.Context(), p.after)
			id, err := r.begins(p.policy, fmt.Sprintf("Service %d of seed %d is down", n, r.seed))
			if err != nil {
				r.t.Errorf("seed %d: escalation %d did not begin: %v", r.seed, n, err)
				return
			}
			r.remember(id)
			if p.answers > 0 {
				r.isAnswered(id, p)
			}
			if err := r.patiently(func() error { return r.unsettled(id) }); err != nil {
				r.t.Errorf("seed %d: escalation %d: %v", r.seed, id, err)
			}
		})
	}
	all.Wait()
}

func (r *soakRun) remember(id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seeds == nil {
		r.seeds = map[int64]uint64{}
	}
	r.seeds[id] = r.seed
}

// isAnswered lets the person of a step answer, again until it counts: who gets no answer
// tries once more.
func (r *soakRun) isAnswered(id int64, p soakPlan) {
	key := ""
	waits := func() error {
		for _, key = range r.keysOf(id, p.answers) {
			if len(r.wire.of(key)) > 0 {
				return nil
			}
		}
		return fmt.Errorf("the page of step %d has not come", p.answers)
	}
	if err := r.patiently(waits); err != nil {
		r.t.Errorf("seed %d: escalation %d: %v", r.seed, id, err)
		return
	}
	pause(r.t.Context(), p.thinks)
	err := r.patiently(func() error {
		err := r.answers((p.policy+p.answers-1)%soakPeople, key)
		if r.count(`SELECT count(*) FROM escalation WHERE id = $1 AND state = 'acknowledged'`, id) == 0 {
			return fmt.Errorf("the answer of step %d by %s does not count: %v; last shown: %q", p.answers, key, err, r.shown((p.policy+p.answers-1)%soakPeople))
		}
		return nil
	})
	if err != nil {
		r.t.Errorf("seed %d: escalation %d: %v", r.seed, id, err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answered[id] = time.Now()
}

// shown is what Slack last showed to a person alone.
func (s *soak) shown(person int) string {
	p := s.slack.Person(fmt.Sprintf("p%d", person))
	list := s.slack.Ephemerals(p.Name, p.DirectChannel())
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1].AllText()
}

func (s *soak) keysOf(id int64, step int) []string {
	return s.lines(`
		SELECT 'tocsin-delivery-' || d.id
		FROM delivery d
		JOIN page p ON p.id = d.page_id
		WHERE p.escalation_id = $1 AND p.step = $2`, id, step)
}

// unsettled says what is still to come of an escalation.
func (s *soak) unsettled(id int64) error {
	left := s.lines(`
		SELECT 'it is ' || state FROM escalation WHERE id = $1 AND NOT exhausted AND state = 'triggered'
		UNION ALL
		SELECT 'page ' || id || ' is not planned' FROM page WHERE escalation_id = $1 AND id NOT IN (SELECT page_id FROM page_plan)
		UNION ALL
		SELECT concat_ws(' ', 'message', id, state, 'attempt', attempt, reason) FROM delivery WHERE escalation_id = $1 AND page_id IS NOT NULL AND state IN ('planned', 'sending')`, id)
	if len(left) > 0 {
		return fmt.Errorf("it does not come to its end: %s", strings.Join(left, "; "))
	}
	return nil
}

// patiently asks again and again, seldom enough for many to do so.
func (s *soak) patiently(look func() error) error {
	for deadline := time.Now().Add(hangs); ; pause(s.t.Context(), 150*time.Millisecond) {
		err := look()
		if err == nil || time.Now().After(deadline) {
			return err
		}
	}
}
