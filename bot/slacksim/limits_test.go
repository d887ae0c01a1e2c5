package slacksim

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
)

func TestTiersAnswer429WithRetryAfter(t *testing.T) {
	inBubble(t, Options{}, 0, func(t *testing.T, a *app) {
		create := func(i int) error {
			_, err := a.api.CreateConversationContext(t.Context(), slack.CreateConversationParams{ChannelName: fmt.Sprint("c", i)})
			return err
		}
		for i := range 20 {
			if err := create(i); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		var limited *slack.RateLimitedError
		if err := create(20); !errors.As(err, &limited) || limited.RetryAfter != 40*time.Second {
			t.Fatalf("the 21st in a minute = %v; want 429 for 40s", err)
		}
		if _, err := a.api.AuthTestContext(t.Context()); err != nil {
			t.Errorf("another method = %v; want it unlimited by this one", err)
		}
		time.Sleep(limited.RetryAfter)
		if err := create(20); err != nil {
			t.Errorf("after Retry-After = %v", err)
		}
		conforms(t, a.w)
	})
}

func TestOneMessagePerSecondAndChannelAfterABurst(t *testing.T) {
	inBubble(t, Options{}, 0, func(t *testing.T, a *app) {
		post := func(to string) error {
			_, _, err := a.api.PostMessageContext(t.Context(), to, slack.MsgOptionText("x", false))
			return err
		}
		sent, refused := 0, 0
		for range 200 {
			if err := post("#incidents"); err == nil {
				sent++
			} else {
				refused++
			}
			time.Sleep(100 * time.Millisecond)
		}
		if sent < 20 || sent > 26 || refused == 0 {
			t.Errorf("sent %d in 20s; want about one per second", sent)
		}
		if err := post("#general"); err != nil {
			t.Errorf("another channel: %v", err)
		}
	})
}

func TestTriggersLiveThreeSeconds(t *testing.T) {
	inBubble(t, Options{}, 0, func(t *testing.T, a *app) {
		trigger := a.newTriggerFor(a.w.AddPerson("alice", PersonOptions{}), "")
		time.Sleep(3*time.Second + time.Millisecond)
		a.fails("views.open", object{"trigger_id": trigger, "view": modalView(nil)}, "expired_trigger_id")
	})
}

func TestResponseURLsWorkFiveTimesInThirtyMinutes(t *testing.T) {
	inBubble(t, Options{}, 0, func(t *testing.T, a *app) {
		w, alice := a.w, a.w.AddPerson("alice", PersonOptions{})
		fresh := func(source string) string {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.newResponseURL(w.findChannel("incidents"), alice.ID, source)
		}
		say := func(to, body string) (int, string) {
			answer, err := w.HTTPClient().Post(to, "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			return answer.StatusCode, string(text)
		}
		link := fresh("")
		if code, text := say(link, `{"text":""}`); code != http.StatusBadRequest || text != "no_text" {
			t.Errorf("nothing to say = %d %s", code, text)
		}
		for range 5 {
			if code, text := say(link, `{"text":"x"}`); code != 200 || text != "ok" {
				t.Fatalf("%d %s", code, text)
			}
		}
		if code, text := say(link, `{"text":"x"}`); code != http.StatusNotFound || text != "used_url" {
			t.Errorf("sixth use = %d %s", code, text)
		}
		late := fresh("")
		time.Sleep(30*time.Minute + time.Second)
		if code, text := say(late, `{"text":"x"}`); code != http.StatusNotFound || text != "expired_url" {
			t.Errorf("late use = %d %s", code, text)
		}
		whispered := w.Ephemerals("alice", "incidents")
		if len(whispered) != 5 {
			t.Fatalf("alice sees %d messages; want 5", len(whispered))
		}
		link = fresh(whispered[0].TS)
		say(link, `{"text":"changed","replace_original":true}`)
		say(fresh(whispered[1].TS), `{"delete_original":true}`)
		if now := w.Ephemerals("alice", "incidents"); len(now) != 4 || now[0].Text != "changed" {
			t.Errorf("alice sees %v", now)
		}
		say(link, `{"text":"for all","response_type":"in_channel"}`)
		if !posted(w, "for all") {
			t.Error("in_channel was not posted")
		}
	})
}

func TestChaosInTheWebAPI(t *testing.T) {
	inBubble(t, Options{NoLimits: true}, 0, func(t *testing.T, a *app) {
		chaos := a.w.Chaos
		post := func() error {
			_, _, err := a.api.PostMessageContext(t.Context(), "#incidents", slack.MsgOptionText("x", false))
			return err
		}
		said := func() int { return len(a.w.Messages("incidents")) }
		chaos.FailNext("chat.postMessage", "internal_error", 2)
		for range 2 {
			if err := post(); err == nil || err.Error() != "internal_error" {
				t.Errorf("FailNext = %v", err)
			}
		}
		chaos.HTTPStatus("chat.postMessage", 503, 1)
		var status slack.StatusCodeError
		if err := post(); !errors.As(err, &status) || status.Code != 503 {
			t.Errorf("HTTPStatus = %v", err)
		}
		chaos.RateLimitNext("chat.postMessage", 7*time.Second, 1)
		var limited *slack.RateLimitedError
		if err := post(); !errors.As(err, &limited) || limited.RetryAfter != 7*time.Second {
			t.Errorf("RateLimitNext = %v", err)
		}
		chaos.FailAlways("chat.postMessage", "fatal_error")
		for range 2 {
			if post() == nil {
				t.Error("FailAlways let a call pass")
			}
		}
		chaos.Heal("chat.postMessage")
		if n := said(); n != 0 {
			t.Errorf("%d messages were posted in spite of it all", n)
		}
		chaos.DropAnswer("chat.postMessage", 1)
		if err := post(); err == nil || said() != 1 {
			t.Errorf("DropAnswer = %v with %d messages; want an error and 1", err, said())
		}
		chaos.Delay("*", 2*time.Second)
		start := time.Now()
		if err := post(); err != nil || time.Since(start) != 2*time.Second {
			t.Errorf("Delay = %v after %s", err, time.Since(start))
		}
		chaos.Heal("*")
		chaos.Down(true)
		if post() == nil {
			t.Error("a call reached Slack while it was down")
		}
		chaos.Down(false)
		if err := post(); err != nil {
			t.Errorf("after the outage: %v", err)
		}
	})
}

func TestAnOutageOverTCPCutsCalls(t *testing.T) {
	overTCP(t, Options{}, 0, func(t *testing.T, a *app) {
		a.works("auth.test", nil)
		a.w.Chaos.Down(true)
		if answer, err := http.Get(a.w.URL() + "/api/auth.test"); err == nil {
			t.Errorf("a call during the outage = %d", answer.StatusCode)
			answer.Body.Close()
		}
		a.w.Chaos.Down(false)
		a.works("auth.test", nil)
	})
}

func TestTSAreUniqueAndRise(t *testing.T) {
	inBubble(t, Options{}, 0, func(t *testing.T, a *app) {
		alice := a.w.AddPerson("alice", PersonOptions{})
		last := ""
		for range 100 {
			ts := alice.Says("general", "x")
			if ts <= last || len(ts) != len("1234567890.123456") {
				t.Fatalf("%q after %q", ts, last)
			}
			last = ts
		}
		synctest.Wait()
	})
}
