package bot

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/incident/paging/notifiertest"
)

// slackBench is the notifier on a simulated workspace with one person in it.
type slackBench struct {
	w  *slacksim.Workspace
	to *slacksim.Person
}

func openSlackNotifier(t *testing.T, in paging.Inbox) notifiertest.Harness {
	t.Helper()
	w := slacksim.New(slacksim.Options{})
	w.ListenPipe()
	t.Cleanup(w.Close)
	w.AddPerson("alice", slacksim.PersonOptions{})
	b := slackBench{w: w, to: w.Person("alice")}
	client := slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL()), slack.OptionHTTPClient(w.HTTPClient()))
	return notifiertest.Harness{
		Notifier: NewSlackNotifier(NewAPI(client, slog.New(slog.DiscardHandler))),
		To:       b.to.ID, Received: b.received, Fail: b.fail,
		Secrets: []string{w.BotToken(), w.AppToken()}, Knows: true,
		Unordered: true, // Slack takes a burst of five, then one message a second and channel
	}
}

func (b slackBench) fail(f notifiertest.Fault) bool {
	const method, often = "chat.postMessage", 100
	switch f {
	case notifiertest.FaultNone:
		b.w.Chaos.Heal(method)
	case notifiertest.FaultLimited:
		b.w.Chaos.RateLimitNext(method, notifiertest.RetryAfter, often)
	case notifiertest.FaultBroken:
		b.w.Chaos.HTTPStatus(method, http.StatusInternalServerError, often)
	case notifiertest.FaultHang:
		b.w.Chaos.Delay(method, time.Minute)
	case notifiertest.FaultRefused:
		o := b.to.Options()
		o.Deactivated = true
		b.to.Becomes(o)
	case notifiertest.FaultTorn:
		b.w.Chaos.DropAnswer(method, 1)
	}
	return true
}

var (
	slackLink    = regexp.MustCompile(`<(https?://[^|>]*)(?:\|([^>]*))?>`)
	slackSpecial = regexp.MustCompile(`<[!@#][^>]*>`)
)

// received is what stands in the person's direct messages, as they read it.
func (b slackBench) received() []notifiertest.Received {
	var list []notifiertest.Received
	channel := b.to.DirectChannel()
	for _, m := range b.w.Messages(channel) {
		r := notifiertest.Received{ID: channel + ":" + m.TS, To: b.to.ID}
		raw := m.Text
		for _, text := range textsOf(m.Blocks) {
			raw += "\n" + text
		}
		for _, l := range slackLink.FindAllStringSubmatch(raw, -1) {
			if strings.HasPrefix(l[1], "https://evil.example") {
				r.Hijacked = "fakes a link"
			}
			r.Links = append(r.Links, strings.ReplaceAll(l[1], "&amp;", "&"))
		}
		if special := slackSpecial.FindString(raw); special != "" {
			r.Hijacked = "mentions " + special
		}
		raw = slackLink.ReplaceAllString(raw, "$2")
		r.Text = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(raw)
		r.Actions = actionsOf(m.Blocks)
		list = append(list, r)
	}
	return list
}

// textsOf are the texts of all blocks, without those of buttons.
func textsOf(blocks []any) (texts []string) {
	eachObject(blocks, func(o map[string]any) {
		if text, ok := o["text"].(string); ok && o["type"] == "mrkdwn" {
			texts = append(texts, text)
		}
	})
	return texts
}

func actionsOf(blocks []any) (names []string) {
	eachObject(blocks, func(o map[string]any) {
		if id, ok := o["action_id"].(string); ok && o["type"] == "button" {
			names = append(names, strings.TrimPrefix(id, "page_"))
		}
	})
	return names
}

func eachObject(v any, do func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, each := range v {
			eachObject(each, do)
		}
	case map[string]any:
		do(v)
		for _, each := range v {
			eachObject(each, do)
		}
	case json.RawMessage:
		var inner any
		if json.Unmarshal(v, &inner) == nil {
			eachObject(inner, do)
		}
	}
}

func TestSlackNotifier(t *testing.T) {
	t.Parallel()
	notifiertest.Run(t, openSlackNotifier)
}

func TestPagesDoNotWaitBehindOtherMessages(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		w.AddPerson("alice", slacksim.PersonOptions{})
		n := NewSlackNotifier(a)
		for range perMinute["chat.postMessage"] { // the budget of everything else is used up
			a.pace.reserve("chat.postMessage", "", time.Now().Add(time.Hour))
		}
		began := time.Now()
		r, err := n.Send(t.Context(), paging.Message{Key: "delivery-1", Kind: paging.MessagePage, To: w.Person("alice").ID, Incident: 1, Severity: 1, Title: "Checkout is down"})
		if err != nil || r.State != paging.StateDelivered || time.Since(began) > time.Second {
			t.Errorf("Send = %+v, %v after %v", r, err, time.Since(began))
		}
		if _, err := a.PostMessage(t.Context(), Post{Channel: w.Person("alice").ID, Text: "hello"}); err == nil {
			t.Error("an ordinary message went out, so nothing was shown")
		}
	})
}

func TestPageToAChannel(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		w.AddPerson("alice", slacksim.PersonOptions{})
		c := w.AddChannel("payments", "alice", false)
		r, err := NewSlackNotifier(a).Send(t.Context(), paging.Message{Key: "delivery-1", Kind: paging.MessagePage, To: c, Incident: 1, Severity: 1, Title: "Checkout is down"})
		if channel, _, ok := splitSlackID(r.ID); err != nil || !ok || channel != c {
			t.Errorf("Send = %+v, %v; the channel has %v", r, err, w.Messages("payments"))
		}
		noError(t, w.Person("alice").Archives("payments"))
		_, err = NewSlackNotifier(a).Send(t.Context(), paging.Message{Key: "delivery-2", Kind: paging.MessagePage, To: c, Incident: 1, Title: "Checkout is down"})
		if f, ok := err.(*slackFailure); !ok || !f.Permanent() {
			t.Errorf("a page to an archived channel = %v; want a permanent error", err)
		}
	})
}
