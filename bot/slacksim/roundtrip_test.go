package slacksim

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

const declareForm = `{"type":"modal","callback_id":"declare","title":{"type":"plain_text","text":"Declare"},
 "submit":{"type":"plain_text","text":"Go"},"notify_on_close":true,"blocks":[
 {"type":"input","block_id":"title","label":{"type":"plain_text","text":"What"},"element":{"type":"plain_text_input","action_id":"t"}},
 {"type":"input","block_id":"sev","label":{"type":"plain_text","text":"Severity"},"element":{"type":"static_select","action_id":"s",
  "options":[{"text":{"type":"plain_text","text":"SEV1"},"value":"1"},{"text":{"type":"plain_text","text":"SEV2"},"value":"2"}],
  "initial_option":{"text":{"type":"plain_text","text":"SEV2"},"value":"2"}}},
 {"type":"actions","block_id":"more","elements":[{"type":"button","action_id":"deeper","text":{"type":"plain_text","text":"More"}}]}]}`

func modal(t *testing.T) slack.ModalViewRequest {
	var m slack.ModalViewRequest
	if err := json.Unmarshal([]byte(declareForm), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func ack(a *app, c *socketmode.Client, e socketmode.Event, payload ...any) {
	if err := c.Ack(*e.Request, payload...); err != nil {
		a.t.Error(err)
	}
}

// modalApp opens a modal at the command, complains about empty talk, and
// posts what was submitted.
func modalApp(a *app, c *socketmode.Client, e socketmode.Event) {
	switch e.Type {
	case socketmode.EventTypeSlashCommand:
		command := e.Data.(slack.SlashCommand)
		ack(a, c, e, object{"text": "Opening a form for " + command.UserName})
		if _, err := a.api.OpenView(command.TriggerID, modal(a.t)); err != nil {
			a.t.Error(err)
		}
	case socketmode.EventTypeInteractive:
		submission := e.Data.(slack.InteractionCallback)
		values := submission.View.State
		if submission.Type != slack.InteractionTypeViewSubmission {
			ack(a, c, e)
			return
		}
		if strings.TrimSpace(values.Values["title"]["t"].Value) == "?" {
			ack(a, c, e, slack.NewErrorsViewSubmissionResponse(map[string]string{"title": "Say what broke."}))
			return
		}
		ack(a, c, e)
		text := values.Values["title"]["t"].Value + " " + values.Values["sev"]["s"].SelectedOption.Value
		if _, _, err := a.api.PostMessage("#incidents", slack.MsgOptionText(text, false)); err != nil {
			a.t.Error(err)
		}
	case socketmode.EventTypeEventsAPI:
		ack(a, c, e)
	}
}

func commandAndModal(a *app, settled func()) {
	t := a.t
	a.answers(modalApp)
	alice := a.w.AddPerson("alice", PersonOptions{})
	result := alice.Types("#incidents", "/incident declare")
	if result.Err != nil || result.Text != "Opening a form for alice" || !result.Ephemeral {
		t.Fatalf("the command answered %+v", result)
	}
	settled()
	if m := alice.Modal(); m == nil || m.CallbackID != "declare" {
		t.Fatalf("the open modal is %+v", m)
	}
	if r := alice.Submits(map[string]any{"title": ""}); r.Errors["title"] == "" {
		t.Errorf("submitting nothing = %+v; want a complaint of Slack's own", r)
	}
	if r := alice.Submits(map[string]any{"title": "?"}); r.Errors["title"] != "Say what broke." || alice.Modal() == nil {
		t.Errorf("submitting ? = %+v; want the app's complaint", r)
	}
	if r := alice.Submits(map[string]any{"t": "checkout down", "sev": "SEV1"}); !r.Closed || r.Err != nil || alice.Modal() != nil {
		t.Errorf("submitting = %+v; want it closed", r)
	}
}

func posted(w *Workspace, text string) bool {
	for _, m := range w.Messages("#incidents") {
		if m.Text == text && m.BotID == w.BotID() {
			return true
		}
	}
	return false
}

func TestCommandAndModalInABubble(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		commandAndModal(a, synctest.Wait)
		synctest.Wait()
		if !posted(a.w, "checkout down 1") {
			a.t.Errorf("#incidents says %v", a.w.Messages("#incidents"))
		}
		if got := a.w.Ephemerals("alice", "#incidents"); len(got) != 1 {
			a.t.Errorf("alice alone sees %v", got)
		}
	})
}

func TestCommandAndModalOverTCP(t *testing.T) {
	overTCP(t, Options{}, 1, func(t *testing.T, a *app) {
		commandAndModal(a, func() {
			until(a.t, a.w, "the modal", func() bool { return a.w.Person("alice").Modal() != nil })
		})
		until(a.t, a.w, "the report", func() bool { return posted(a.w, "checkout down 1") })
	})
}

func TestCommandWithoutAnAnswerFailsAfterThreeSeconds(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		a.answers(deaf)
		alice := a.w.AddPerson("alice", PersonOptions{})
		start := time.Now()
		result := alice.Types("#incidents", "/incident")
		if result.Err == nil || !strings.Contains(result.Err.Error(), `/incident failed with the error "dispatch_failed"`) {
			a.t.Errorf("an unanswered command = %v", result.Err)
		}
		if took := time.Since(start); took != 3*time.Second {
			a.t.Errorf("it took %s; want 3s", took)
		}
	})
}
