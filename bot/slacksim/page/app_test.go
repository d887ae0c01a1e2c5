package page_test

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/bot/slacksim/page"
	"github.com/tocsinhq/tocsin/integrations/browsertest"
)

// office is a workspace with people, a small app built on slack-go, and the page.
type office struct {
	t   *testing.T
	w   *slacksim.Workspace
	api *slack.Client
	url string
}

func open(t *testing.T) *office {
	t.Helper()
	w := slacksim.New(slacksim.Options{})
	if err := w.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	w.AddPerson("alice", slacksim.PersonOptions{RealName: "Alice Adler", TZ: "Europe/Berlin"})
	w.AddPerson("bob", slacksim.PersonOptions{RealName: "Bob Brown"})
	w.AddPerson("carol", slacksim.PersonOptions{RealName: "Carol Chen", TZ: "Asia/Singapore", Away: true})
	for _, p := range w.People() {
		if err := p.Joins("#incidents"); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(page.New(page.Options{
		Workspace: w, Title: "Acme", Intro: "Type /incident declare.",
		Commands: []page.Hint{
			{Name: "declare", Args: "[title]", Help: "Open a war room"},
			{Name: "resolve", Help: "Say that it is over"},
			{Name: "silence", Help: "An app that does not answer"},
		},
		Shortcuts: []page.Shortcut{{Callback: "declare", Name: "Declare an incident"}, {Callback: "note", Name: "Add to timeline", OnMessage: true}},
	}))
	o := &office{t: t, w: w, url: server.URL, api: slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL()), slack.OptionHTTPClient(w.HTTPClient()),
		slack.OptionAppLevelToken(w.AppToken()), slack.OptionLog(log.New(io.Discard, "", 0)))}
	var running sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	client := socketmode.New(o.api, socketmode.OptionDialer(w.Dialer()), socketmode.OptionLog(log.New(io.Discard, "", 0)))
	running.Go(func() { _ = client.RunContext(ctx) }) // ends with the context's error
	running.Go(func() { o.answer(ctx, client) })
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		cancel()
		w.Close()
		running.Wait()
	})
	o.until("the app's connection", func() bool { return w.Connections() == 1 })
	return o
}

const form = `{"type":"modal","callback_id":"declare","title":{"type":"plain_text","text":"Declare an incident"},
 "submit":{"type":"plain_text","text":"Declare"},"blocks":[
 {"type":"input","block_id":"title","label":{"type":"plain_text","text":"What is broken?"},"hint":{"type":"plain_text","text":"One line."},"element":{"type":"plain_text_input","action_id":"t"}},
 {"type":"input","block_id":"sev","label":{"type":"plain_text","text":"Severity"},"element":{"type":"static_select","action_id":"s",
  "options":[{"text":{"type":"plain_text","text":"SEV1"},"value":"1"},{"text":{"type":"plain_text","text":"SEV2"},"value":"2"}],
  "initial_option":{"text":{"type":"plain_text","text":"SEV2"},"value":"2"}}},
 {"type":"input","block_id":"who","optional":true,"label":{"type":"plain_text","text":"Commander"},"element":{"type":"users_select","action_id":"w"}},
 {"type":"input","block_id":"when","optional":true,"label":{"type":"plain_text","text":"Since when?"},"element":{"type":"datetimepicker","action_id":"d","initial_date_time":1767272400}},
 {"type":"actions","block_id":"links","elements":[{"type":"button","action_id":"deeper","text":{"type":"plain_text","text":"Explain"}}]}]}`

const paging = `{"type":"modal","callback_id":"page","title":{"type":"plain_text","text":"Page somebody"},"submit":{"type":"plain_text","text":"Page"},"blocks":[
 {"type":"input","block_id":"service","label":{"type":"plain_text","text":"Who?"},"element":{"type":"external_select","action_id":"e","min_query_length":2,"placeholder":{"type":"plain_text","text":"A service"}}}]}`

const explanation = `{"type":"modal","title":{"type":"plain_text","text":"Severities"},"close":{"type":"plain_text","text":"Back"},
 "blocks":[{"type":"section","text":{"type":"mrkdwn","text":"SEV1 is <https://acme.example/sev|the worst>"}}]}`

const card = `[{"type":"header","text":{"type":"plain_text","text":"INC-1 :rotating_light: Checkout is down"}},
 {"type":"section","fields":[{"type":"mrkdwn","text":"*Severity*\nSEV1"},{"type":"mrkdwn","text":"*Commander*\n<@U0ALICE>"}],
  "accessory":{"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"Roles"},"value":"roles"}]}},
 {"type":"context","elements":[{"type":"mrkdwn","text":"Declared <!date^1767272400^{date_short_pretty} at {time}|then> in <#%s>"}]},
 {"type":"divider"},
 {"type":"actions","elements":[{"type":"button","action_id":"ack","style":"primary","value":"INC-1","text":{"type":"plain_text","text":"Acknowledge"}},
  {"type":"button","action_id":"resolve","style":"danger","text":{"type":"plain_text","text":"Resolve"},
   "confirm":{"title":{"type":"plain_text","text":"Resolve?"},"text":{"type":"mrkdwn","text":"Is it *really* over?"},"confirm":{"type":"plain_text","text":"Yes"},"deny":{"type":"plain_text","text":"No"}}},
  {"type":"users_select","action_id":"lead","placeholder":{"type":"plain_text","text":"Hand over to"}}]}]`

// answer is the app: it answers a command with a note, opens forms on "declare" and
// "page", suggests services, keeps silent on "silence", complains about the title "?", and says what was clicked.
func (o *office) answer(ctx context.Context, c *socketmode.Client) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-c.Events:
			o.take(c, e)
		}
	}
}

func (o *office) take(c *socketmode.Client, e socketmode.Event) {
	ack := func(payload ...any) {
		if err := c.Ack(*e.Request, payload...); err != nil {
			o.t.Error(err)
		}
	}
	switch d := e.Data.(type) {
	case slack.SlashCommand:
		switch {
		case d.Text == "silence":
		case strings.HasPrefix(d.Text, "declare"):
			ack()
			o.show(d.TriggerID, form, o.api.OpenView)
		case strings.HasPrefix(d.Text, "page"):
			ack()
			o.show(d.TriggerID, paging, o.api.OpenView)
		default:
			ack(map[string]any{"text": "You typed *" + d.Text + "*"})
		}
	case slack.InteractionCallback:
		o.interact(d, ack)
	default:
		if e.Request != nil && e.Request.EnvelopeID != "" {
			ack()
		}
	}
}

func (o *office) interact(d slack.InteractionCallback, ack func(...any)) {
	switch d.Type {
	case slack.InteractionTypeViewSubmission:
		title := d.View.State.Values["title"]["t"].Value
		if title == "?" {
			ack(slack.NewErrorsViewSubmissionResponse(map[string]string{"title": "Say what broke."}))
			return
		}
		ack()
		if d.View.CallbackID == "page" {
			o.post("#incidents", slack.MsgOptionText("Paged: "+d.View.State.Values["service"]["e"].SelectedOption.Value, false))
			return
		}
		o.post("#incidents", slack.MsgOptionText("Declared: "+title+" SEV"+d.View.State.Values["sev"]["s"].SelectedOption.Value, false))
	case slack.InteractionTypeBlockActions:
		ack()
		a := d.ActionCallback.BlockActions[0]
		if a.ActionID == "deeper" {
			o.show(d.TriggerID, explanation, o.api.PushView)
			return
		}
		o.post(cmp.Or(d.Channel.ID, "#incidents"), slack.MsgOptionText(d.User.Name+" used "+a.ActionID+" "+a.Value+a.SelectedUser+a.SelectedOption.Value, false))
	case slack.InteractionTypeShortcut:
		ack()
		o.show(d.TriggerID, form, o.api.OpenView)
	case slack.InteractionTypeMessageAction:
		ack()
		o.post(d.Channel.ID, slack.MsgOptionText(d.User.Name+" used "+d.CallbackID+" on: "+d.Message.Text, false))
	case slack.InteractionTypeBlockSuggestion:
		ack(slack.OptionsResponse{Options: services(d.Value)})
	default:
		ack()
	}
}

// services are the options of an external select that begin as somebody typed.
func services(typed string) []*slack.OptionBlockObject {
	var found []*slack.OptionBlockObject
	for _, name := range []string{"checkout", "checkin", "search"} {
		if strings.HasPrefix(name, strings.ToLower(typed)) {
			found = append(found, slack.NewOptionBlockObject(name, slack.NewTextBlockObject(slack.PlainTextType, "Service "+name, false, false), nil))
		}
	}
	return found
}

// show displays a modal.
func (o *office) show(trigger, content string, display func(string, slack.ModalViewRequest) (*slack.ViewResponse, error)) {
	var m slack.ModalViewRequest
	if err := json.Unmarshal([]byte(content), &m); err != nil {
		o.t.Error(err)
	}
	if _, err := display(trigger, m); err != nil {
		o.t.Error(err)
	}
}

func (o *office) post(channel string, options ...slack.MsgOption) string {
	_, ts, err := o.api.PostMessage(channel, options...)
	if err != nil {
		o.t.Error(err)
	}
	return ts
}

// card posts and pins the card of an incident in #incidents.
func (o *office) card() string {
	c, _ := o.w.Channel("#incidents")
	var blocks slack.Blocks
	if err := json.Unmarshal([]byte(strings.Replace(card, "%s", c.ID, 1)), &blocks); err != nil {
		o.t.Fatal(err)
	}
	ts := o.post(c.ID, slack.MsgOptionText("INC-1", false), slack.MsgOptionBlocks(blocks.BlockSet...))
	if err := o.api.AddPin(c.ID, slack.NewRefToMessage(c.ID, ts)); err != nil {
		o.t.Fatal(err)
	}
	return ts
}

// until waits for the workspace to become as wanted.
func (o *office) until(what string, wanted func() bool) {
	o.t.Helper()
	changes, stop := o.w.Subscribe()
	defer stop()
	limit := time.After(browsertest.Patience)
	for !wanted() {
		select {
		case <-changes:
		case <-limit:
			o.t.Fatalf("waited too long for: %s", what)
		}
	}
}

func (o *office) publish(user, content string) {
	o.t.Helper()
	var home slack.HomeTabViewRequest
	if err := json.Unmarshal([]byte(content), &home); err != nil {
		o.t.Fatal(err)
	}
	if _, err := o.api.PublishView(user, home, ""); err != nil {
		o.t.Fatal(err)
	}
}

// evilCard posts every text of Block Kit that a careless app may fill with what
// somebody wrote.
func (o *office) evilCard(evil string) {
	plain := slack.NewTextBlockObject(slack.PlainTextType, evil, false, false)
	marked := slack.NewTextBlockObject(slack.MarkdownType, evil, false, false)
	short := slack.NewTextBlockObject(slack.PlainTextType, evil[:40], false, false)
	o.post("#incidents", slack.MsgOptionText("evil", false), slack.MsgOptionBlocks(
		slack.NewHeaderBlock(plain), slack.NewSectionBlock(marked, []*slack.TextBlockObject{marked, plain}, nil), slack.NewContextBlock("", marked),
		slack.NewActionBlock("", slack.NewButtonBlockElement("evil", evil, short)), slack.NewMarkdownBlock("", evil+" [x](javascript:window.pwned=1)"),
	))
}
