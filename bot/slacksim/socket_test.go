package slacksim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack/socketmode"
)

// deaf takes everything and acknowledges nothing.
func deaf(*app, *socketmode.Client, socketmode.Event) {}

func attempts(events []slackEvent) []int {
	var all []int
	for _, e := range events {
		all = append(all, e.attempt)
	}
	return all
}

func TestUnacknowledgedEventsComeAgainAtOnceAfterOneMinuteAndAfterFive(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		a.answers(deaf)
		alice := a.w.AddPerson("alice", PersonOptions{})
		start := time.Now()
		alice.Says("incidents", "hello")
		time.Sleep(20 * time.Minute)
		heard := a.heard("message")
		heard = slices.DeleteFunc(heard, func(e slackEvent) bool { return e.inner["text"] != "hello" })
		if got := attempts(heard); !slices.Equal(got, []int{0, 1, 2, 3}) {
			t.Fatalf("attempts = %v; want 0 to 3", got)
		}
		want := []time.Duration{0, 3 * time.Second, 66 * time.Second, 369 * time.Second}
		for i, e := range heard {
			if got := e.at.Sub(start).Round(time.Second); got != want[i] {
				t.Errorf("attempt %d after %s; want %s", i, got, want[i])
			}
			if e.id != heard[0].id {
				t.Errorf("attempt %d has event id %s; want %s", i, e.id, heard[0].id)
			}
			if want := map[bool]string{true: "timeout"}[i > 0]; e.reason != want {
				t.Errorf("attempt %d has reason %q; want %q", i, e.reason, want)
			}
		}
	})
}

func TestAcknowledgedEventsComeOnce(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		a.w.AddPerson("alice", PersonOptions{}).Says("general", "hi") // the bot is not there
		a.w.Person("alice").Says("incidents", "hello @tocsin")
		time.Sleep(20 * time.Minute)
		if got := len(a.heard("message")); got != 2 { // alice joined, and hello
			t.Errorf("heard %d messages; want 2: %v", got, a.heard("message"))
		}
		if got := a.heard("app_mention"); len(got) != 1 || got[0].id == a.heard("message")[1].id {
			t.Errorf("app_mention = %v; want one with an id of its own", got)
		}
	})
}

func TestEventsWithoutAConnectionArriveAsRetries(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		alice := a.w.AddPerson("alice", PersonOptions{})
		alice.Joins("incidents")
		synctest.Wait()
		a.w.Chaos.Down(true)
		time.Sleep(time.Second)
		alice.Says("incidents", "anybody?")
		time.Sleep(time.Minute)
		a.w.Chaos.Down(false)
		time.Sleep(10 * time.Minute)
		heard := a.heard("message")
		last := heard[len(heard)-1]
		if last.inner["text"] != "anybody?" || last.attempt != 1 {
			t.Errorf("the last event is %+v; want the question as a retry", last)
		}
		a.w.Chaos.Down(true)
		time.Sleep(time.Second)
		alice.Says("incidents", "lost")
		time.Sleep(10 * time.Minute)
		a.w.Chaos.Down(false)
		time.Sleep(10 * time.Minute)
		if n := len(a.heard("message")); n != len(heard) {
			t.Errorf("an event outlived Slack's patience: %v", a.heard("message")[n-1])
		}
	})
}

func TestTwoConnectionsShareTheLoadAndARefreshLosesNothing(t *testing.T) {
	inBubble(t, Options{}, 2, func(t *testing.T, a *app) {
		alice := a.w.AddPerson("alice", PersonOptions{})
		time.Sleep(18050*time.Second - 100*time.Millisecond)
		if n := a.count(socketmode.EventTypeHello); n != 2 {
			t.Fatalf("%d hellos; want 2", n)
		}
		for i := range 40 {
			alice.Says("incidents", fmt.Sprint("beat ", i))
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Minute)
		if n := a.count(socketmode.EventTypeHello); n != 4 {
			t.Errorf("%d hellos; want 4: both were refreshed", n)
		}
		seen := map[any]bool{}
		for _, e := range a.heard("message") {
			seen[e.inner["text"]] = true
		}
		for i := range 40 {
			if !seen[fmt.Sprint("beat ", i)] {
				t.Errorf("beat %d was lost", i)
			}
		}
	})
}

func TestWarningIsFollowedByARefreshTenSecondsLater(t *testing.T) {
	inBubble(t, Options{}, 0, func(t *testing.T, a *app) {
		c := a.dial()
		wants(a.t, c, "hello")
		a.w.Chaos.Disconnect("warning")
		start := time.Now()
		if reason := wants(a.t, c, "disconnect")["reason"]; reason != "warning" {
			t.Errorf("reason = %v", reason)
		}
		if reason := wants(a.t, c, "disconnect")["reason"]; reason != "refresh_requested" || time.Since(start) != 10*time.Second {
			t.Errorf("%v after %s", reason, time.Since(start))
		}
		if _, _, err := c.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Errorf("then %v; want it closed", err)
		}
	})
}

// dial opens a connection by hand.
func (a *app) dial() *websocket.Conn {
	a.t.Helper()
	link := a.works("apps.connections.open", nil)["url"].(string)
	c, _, err := a.w.Dialer().Dial(link, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	a.conns = append(a.conns, c)
	return c
}

func wants(t *testing.T, c *websocket.Conn, kind string) object {
	t.Helper()
	var frame object
	if err := c.ReadJSON(&frame); err != nil {
		t.Fatal(err)
	}
	if frame["type"] != kind {
		t.Fatalf("frame %v; want %s", frame, kind)
	}
	return frame
}

func TestTheEleventhConnectionIsTurnedAway(t *testing.T) {
	overTCP(t, Options{NoLimits: true}, 0, func(t *testing.T, a *app) {
		for i := range 10 {
			hello := wants(t, a.dial(), "hello")
			if hello["num_connections"] != float64(i+1) {
				t.Errorf("hello %d counts %v", i+1, hello["num_connections"])
			}
		}
		if reason := wants(t, a.dial(), "disconnect")["reason"]; reason != "too_many_websockets" {
			t.Errorf("reason = %v", reason)
		}
	})
}

func TestTicketsAreForOneConnectionSoon(t *testing.T) {
	inBubble(t, Options{}, 0, func(t *testing.T, a *app) {
		dial := func(link any) int {
			c, answer, err := a.w.Dialer().Dial(link.(string), nil)
			if err != nil {
				return answer.StatusCode
			}
			c.Close()
			return answer.StatusCode
		}
		link := a.works("apps.connections.open", nil)["url"]
		if code := dial(link); code != http.StatusSwitchingProtocols {
			t.Errorf("first use = %d", code)
		}
		if code := dial(link); code != http.StatusConflict {
			t.Errorf("second use = %d; want 409", code)
		}
		late := a.works("apps.connections.open", nil)["url"]
		time.Sleep(31 * time.Second)
		if code := dial(late); code != http.StatusRequestTimeout {
			t.Errorf("late use = %d; want 408", code)
		}
		a.w.Chaos.RefuseUpgrade(500, 1)
		if code := dial(a.works("apps.connections.open", nil)["url"]); code != 500 {
			t.Errorf("refused upgrade = %d", code)
		}
	})
}

func TestAnAckOverTwentyKilobytesEndsTheConnection(t *testing.T) {
	overTCP(t, Options{}, 0, func(t *testing.T, a *app) {
		c := a.dial()
		wants(t, c, "hello")
		if err := c.WriteMessage(websocket.TextMessage, []byte(strings.Repeat(" ", 20481))); err != nil {
			t.Fatal(err)
		}
		_, _, err := c.ReadMessage()
		if !websocket.IsCloseError(err, websocket.CloseMessageTooBig) || !strings.Contains(err.Error(), "20480") {
			t.Errorf("then %v; want 1009", err)
		}
	})
}

func TestClientPingsAreAnsweredAndServerPings(t *testing.T) {
	inBubble(t, Options{}, 0, func(t *testing.T, a *app) {
		c := a.dial()
		wants(t, c, "hello")
		var pongs []string
		pings := 0
		c.SetPongHandler(func(data string) error { pongs = append(pongs, data); return nil })
		c.SetPingHandler(func(string) error { pings++; return nil })
		if err := c.WriteControl(websocket.PingMessage, []byte("mine"), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if err := c.SetReadDeadline(time.Now().Add(35 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.ReadMessage(); err == nil {
			t.Error("a frame nobody sent")
		}
		if !slices.Equal(pongs, []string{"mine"}) || pings != 3 {
			t.Errorf("pongs %v, pings %d; want mine, 3", pongs, pings)
		}
		c.Close()
	})
}

func TestStoppedPingsMakeTheClientReconnect(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		a.w.Chaos.StopPings(true)
		time.Sleep(2 * time.Minute)
		if n := a.count(socketmode.EventTypeHello); n < 2 {
			t.Errorf("%d hellos; want more than one", n)
		}
	})
}

func TestABlackholeIsNoticedOnlyByItsSilence(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		alice := a.w.AddPerson("alice", PersonOptions{})
		alice.Joins("incidents")
		synctest.Wait()
		a.w.Chaos.Blackhole()
		alice.Says("incidents", "into the void")
		if r := alice.Types("incidents", "/incident"); r.Err == nil {
			t.Error("a command through a blackhole was answered")
		}
		time.Sleep(10 * time.Minute)
		heard := a.heard("message")
		if last := heard[len(heard)-1]; last.inner["text"] != "into the void" || last.attempt == 0 {
			t.Errorf("the last event is %+v; want the message as a retry over a new connection", last)
		}
		if n := a.w.Connections(); n != 1 {
			t.Errorf("%d connections; want the dead one forgotten", n)
		}
	})
}

func TestSwitchedOffSocketModeTurnsEverybodyAway(t *testing.T) {
	inBubble(t, Options{NoLimits: true}, 0, func(t *testing.T, a *app) {
		c := a.dial()
		wants(t, c, "hello")
		a.w.Chaos.Disconnect("link_disabled")
		if reason := wants(t, c, "disconnect")["reason"]; reason != "link_disabled" {
			t.Errorf("reason = %v", reason)
		}
		if reason := wants(t, a.dial(), "disconnect")["reason"]; reason != "link_disabled" {
			t.Errorf("a new connection: %v", reason)
		}
		a.w.Chaos.EnableLink()
		wants(t, a.dial(), "hello")
	})
}
