package slacksim

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestDuplicatesAndDisorder(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		alice := a.w.AddPerson("alice", PersonOptions{})
		alice.Joins("incidents")
		time.Sleep(time.Second)
		a.w.Chaos.DuplicateNextEnvelope(true)
		alice.Says("incidents", "twice")
		a.w.Chaos.DuplicateNextEnvelope(false)
		alice.Says("incidents", "again")
		a.w.Chaos.ReorderNext()
		alice.Says("incidents", "second")
		alice.Says("incidents", "first")
		a.w.Chaos.ReorderNext()
		alice.Says("incidents", "late")
		time.Sleep(time.Minute)
		var got []string
		for _, e := range a.heard("message")[1:] {
			got = append(got, fmt.Sprint(e.inner["text"], " ", e.attempt))
		}
		want := []string{"twice 0", "twice 0", "again 0", "again 1", "first 0", "second 0", "late 0"}
		if !slices.Equal(got, want) {
			t.Errorf("heard %v; want %v", got, want)
		}
	})
}

func TestLaggingEventsArriveLate(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		a.w.Chaos.LagEvents(8 * time.Minute)
		start := time.Now()
		a.w.AddPerson("alice", PersonOptions{})
		time.Sleep(10 * time.Minute)
		heard := a.heard("team_join")
		if len(heard) != 1 || heard[0].at.Sub(start) != 8*time.Minute || heard[0].attempt != 0 {
			t.Errorf("heard %+v; want one event after 8 minutes", heard)
		}
	})
}

func TestLostAcksBringTheEventAgain(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		alice := a.w.AddPerson("alice", PersonOptions{})
		alice.Joins("incidents")
		synctest.Wait()
		a.w.Chaos.LoseAcks(1)
		alice.Says("incidents", "hi")
		time.Sleep(10 * time.Minute)
		heard := a.heard("message")
		if got := attempts(heard[len(heard)-2:]); !slices.Equal(got, []int{0, 1}) {
			t.Errorf("attempts = %v; want 0, 1", got)
		}
	})
}

func TestAnAckOverAnotherConnectionDoesNotCountUnlessTold(t *testing.T) {
	for _, anywhere := range []bool{false, true} {
		t.Run(fmt.Sprint(anywhere), func(t *testing.T) {
			inBubble(t, Options{}, 0, func(t *testing.T, a *app) {
				a.w.Chaos.AckDelivery(anywhere)
				first := a.dial()
				wants(t, first, "hello")
				a.w.AddPerson("alice", PersonOptions{})
				event := wants(t, first, "events_api")
				second := a.dial()
				wants(t, second, "hello")
				if err := second.WriteJSON(object{"envelope_id": event["envelope_id"]}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
				a.w.mu.Lock()
				open := len(a.w.inFlight)
				a.w.mu.Unlock()
				if (open == 0) != anywhere {
					t.Errorf("%d envelopes in flight", open)
				}
				first.Close()
				second.Close()
			})
		})
	}
}

func TestCommandsWithoutAConnectionFailAtOnce(t *testing.T) {
	inBubble(t, Options{}, 0, func(t *testing.T, a *app) {
		start := time.Now()
		r := a.w.AddPerson("alice", PersonOptions{}).Types("general", "/incident")
		if r.Err == nil || time.Since(start) != 0 {
			t.Errorf("%v after %s", r.Err, time.Since(start))
		}
		if r := a.w.Person("alice").Types("general", "/nothing"); r.Err == nil {
			t.Error("a command nobody has was sent")
		}
	})
}
