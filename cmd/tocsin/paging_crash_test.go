package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// nextStep is the delay of the steps in these tests. A page is taken up again
// before or after the next step fires; neither may matter.
const nextStep = 3 * time.Second

// TestAPageThatIsBeingSentSurvivesItsProcess kills the program with SIGKILL while a
// page is on its way by text and by Slack: between the claim and the vendor, between
// the vendor and the record of it, and just after. Started again, it sends the page
// within seconds, at most twice and then as a repeat; the next step pages the next
// person, whose answer ends it.
func TestAPageThatIsBeingSentSurvivesItsProcess(t *testing.T) {
	t.Parallel()
	var worlds sync.WaitGroup // all at a time: they mostly wait
	for _, f := range []fate{lost, unheard, heard} {
		for first, method := range []paging.Method{paging.MethodSlack, paging.MethodSMS} {
			worlds.Go(func() {
				t.Run(fmt.Sprintf("%s by %s", f, method), func(t *testing.T) { killedWhileSending(t, f, first) })
			})
		}
	}
	worlds.Wait()
}

func killedWhileSending(t *testing.T, f fate, first int) {
	t.Helper()
	w := newPagedWorld(t, pgtest.URL(t))
	w.organised(3, nextStep)
	struck := w.killAtFirstPage(f)
	w.start()
	w.working(1)
	id := w.beginsOne(first)
	key := <-struck
	w.startsAndSends("the page", func() bool { return w.sent(id, key) })
	w.goesOn(id, first+1)
	w.onceOrRepeated(key, f == lost)
}

// killAtFirstPage arms the wire, and returns what it will say the key of the page is
// at which every process was killed.
func (w *pagedWorld) killAtFirstPage(f fate) <-chan string {
	struck := make(chan string, 1)
	done := false
	w.wire.setAim(func(key string) (fate, func()) {
		if done {
			return "", nil
		}
		done = true
		return f, func() { w.killAll(); struck <- key }
	})
	return struck
}

func (w *pagedWorld) beginsOne(policy int) int64 {
	w.t.Helper()
	id, err := w.begins(policy, "Checkout is down")
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// sent reports whether the message of a key is on record as sent, or better.
func (w *pagedWorld) sent(escalation int64, key string) bool {
	return w.count(`
		SELECT count(*)
		FROM delivery
		WHERE escalation_id = $1 AND 'tocsin-delivery-' || id = $2 AND state IN ('sent', 'delivered', 'seen')`, escalation, key) == 1
}

// startsAndSends starts a process, and fails unless it sends what it should soon after
// it has begun to work. How long the program takes to start depends on how busy the
// machine is.
func (w *pagedWorld) startsAndSends(what string, sent func() bool) {
	w.t.Helper()
	began := time.Now()
	w.start()
	w.waitFor("a process at work", func() bool { return w.atWork() > 0 })
	working := time.Now()
	w.waitFor(what, sent)
	w.t.Logf("%s left %v after the start, %v after work began", what, time.Since(began), time.Since(working))
	if took := time.Since(working); took > soon {
		w.t.Errorf("%s left %v after a process began to work; want %v", what, took, soon)
	}
}

// firedAndSent reports whether the page of a step is on record as sent.
func (w *pagedWorld) firedAndSent(escalation int64, step int) bool {
	return w.count(`
		SELECT count(*)
		FROM delivery d
		JOIN page p ON p.id = d.page_id
		WHERE p.escalation_id = $1 AND p.step = $2 AND d.state IN ('sent', 'delivered', 'seen')`, escalation, step) == 1
}

// pagedBy waits until a step has sent its page, and returns the key of it.
func (w *pagedWorld) pagedBy(escalation int64, step int) (key string) {
	w.t.Helper()
	w.waitFor(fmt.Sprintf("the page of step %d", step), func() bool {
		keys := w.lines(`
			SELECT 'tocsin-delivery-' || d.id
			FROM delivery d
			JOIN page p ON p.id = d.page_id
			WHERE p.escalation_id = $1 AND p.step = $2`, escalation, step)
		if len(keys) == 1 {
			key = keys[0]
		}
		return key != "" && w.sent(escalation, key)
	})
	return key
}

// goesOn waits until the next step has paged its person, lets that person answer, and
// makes sure that this ends it.
func (w *pagedWorld) goesOn(escalation int64, next int) {
	w.t.Helper()
	key := w.pagedBy(escalation, 2)
	w.waitFor("the answer to count", func() bool {
		return w.answers(next, key) == nil && w.count(`SELECT count(*) FROM escalation WHERE id = $1 AND state = 'acknowledged'`, escalation) == 1
	})
	w.onceOrRepeated(key, true)
}

// answers acknowledges a page as its person would: with its code, or its button.
func (w *pagedWorld) answers(person int, key string) error {
	got := w.wire.of(key)
	if len(got) == 0 {
		return fmt.Errorf("nothing came under %s", key)
	}
	if person%2 == 1 {
		code := ackCode.FindStringSubmatch(got[len(got)-1].text)
		if code == nil {
			return fmt.Errorf("there is no code in %q", got[len(got)-1].text)
		}
		said, err := w.twilio.Phone(phoneOf(person)).Reply(code[1])
		if err == nil && !strings.Contains(strings.Join(said, " "), "cknowledged") {
			err = fmt.Errorf("the answer was %q", said)
		}
		return err
	}
	p := w.slack.Person(fmt.Sprintf("p%d", person))
	for _, m := range w.slack.Messages(p.DirectChannel()) {
		payload, _ := m.Metadata["event_payload"].(map[string]any)
		if payload["key"] == key {
			return p.Clicks(p.DirectChannel(), m.TS, "page_ack")
		}
	}
	return fmt.Errorf("%s is not in the direct messages of person %d", key, person)
}

// onceOrRepeated fails unless a message was taken once, or, where that may be, twice
// and then says so, with the row that says so too.
func (w *pagedWorld) onceOrRepeated(key string, once bool) {
	w.t.Helper()
	got := w.wire.of(key)
	repeats := w.count(`SELECT count(*) FROM delivery WHERE 'tocsin-delivery-' || id = $1 AND repeat`, key)
	switch {
	case len(got) == 1:
	case len(got) == 2 && !once && got[1].repeat && repeats == 1:
	default:
		w.t.Errorf("%s was taken %d times, its row says repeat: %d; texts: %+v", key, len(got), repeats, got)
	}
}

// TestAStepThatWasCommittedPagesAfterADeath kills the program between the commit of a
// step and everything that follows from it. Started again, it pages the person of that
// step once, and not as a repeat.
func TestAStepThatWasCommittedPagesAfterADeath(t *testing.T) {
	t.Parallel()
	w := newPagedWorld(t, pgtest.URL(t))
	w.organised(3, time.Second)
	w.start()
	w.working(1)
	id := w.beginsOne(0)
	w.pagedBy(id, 1)
	w.waitFor("the note of the first page", func() bool {
		return w.count(`SELECT count(*) FROM delivery WHERE escalation_id = $1 AND state IN ('sent', 'delivered', 'seen')`, id) >= 1
	})
	hold, err := w.pool.Begin(t.Context()) // nobody can plan the messages of a page
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hold.Exec(t.Context(), `LOCK TABLE page_plan IN SHARE MODE`); err != nil {
		t.Fatal(err)
	}
	w.waitFor("the commit of the step", func() bool { return w.count(`SELECT count(*) FROM page WHERE escalation_id = $1`, id) >= 2 })
	w.killAll()
	if err := hold.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.startsAndSends("the second page", func() bool { return w.firedAndSent(id, 2) })
	w.goesOn(id, 1)
	// The word to the first person that it went on may have been on its way.
	if n := w.count(`SELECT count(*) FROM delivery WHERE escalation_id = $1 AND page_id IS NOT NULL AND repeat`, id); n != 0 {
		t.Errorf("%d pages are repeats; want none", n)
	}
}

// TestAnEscalationThatBeganWithNobodyAlivePagesAtTheStart begins one while no process
// is there.
func TestAnEscalationThatBeganWithNobodyAlivePagesAtTheStart(t *testing.T) {
	t.Parallel()
	w := newPagedWorld(t, pgtest.URL(t))
	w.organised(3, nextStep)
	id := w.beginsOne(1)
	w.startsAndSends("the page", func() bool { return w.firedAndSent(id, 1) })
	w.onceOrRepeated(w.pagedBy(id, 1), true)
	w.goesOn(id, 2)
}
