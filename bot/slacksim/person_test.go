package slacksim

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// recording keeps the interactions an app got and acknowledges everything.
func recording(into *[]slack.InteractionCallback) func(*app, *socketmode.Client, socketmode.Event) {
	return func(a *app, c *socketmode.Client, e socketmode.Event) {
		if i, isInteraction := e.Data.(slack.InteractionCallback); isInteraction {
			*into = append(*into, i)
		}
		if e.Request != nil && e.Request.EnvelopeID != "" {
			ack(a, c, e)
		}
	}
}

func TestClicksCarryWhatWasClicked(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		var got []slack.InteractionCallback
		a.answers(recording(&got))
		alice := a.w.AddPerson("alice", PersonOptions{})
		button := func(value string) object {
			return object{"type": "button", "action_id": "take", "value": value, "text": object{"type": "plain_text", "text": value}}
		}
		menu := object{"type": "static_select", "action_id": "sev", "options": []any{
			object{"text": object{"type": "plain_text", "text": "SEV1"}, "value": "1"}}}
		people := object{"type": "users_select", "action_id": "who"}
		blocks := []any{
			object{"type": "actions", "block_id": "a", "elements": []any{button("ack")}},
			object{"type": "actions", "block_id": "b", "elements": []any{button("resolve"), menu, people}},
		}
		ts := a.works("chat.postMessage", object{"channel": "#incidents", "text": "x", "blocks": blocks})["ts"].(string)
		for _, err := range []error{
			alice.Clicks("incidents", ts, "take", "resolve"), alice.Clicks("incidents", ts, "sev", "SEV1"), alice.Clicks("incidents", ts, "b/who", "alice"),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if alice.Clicks("incidents", ts, "no such") == nil || alice.Clicks("incidents", ts, "sev", "9") == nil || alice.Clicks("incidents", "1.1", "take") == nil {
			t.Error("clicked what is not there")
		}
		if len(got) != 3 {
			t.Fatalf("%d interactions; want 3", len(got))
		}
		first := got[0].ActionCallback.BlockActions[0]
		if first.BlockID != "b" || first.Value != "resolve" || got[0].Message.Timestamp != ts || got[0].ResponseURL == "" || got[0].TriggerID == "" {
			t.Errorf("the click arrived as %+v", got[0])
		}
		if v := got[1].ActionCallback.BlockActions[0].SelectedOption.Value; v != "1" {
			t.Errorf("chose %q", v)
		}
		if v := got[2].BlockActionState.Values["b"]["sev"].SelectedOption.Value; v != "1" {
			t.Errorf("the menu beside it says %q; want the earlier choice", v)
		}
		if v := got[2].ActionCallback.BlockActions[0].SelectedUser; v != alice.ID {
			t.Errorf("chose %q", v)
		}
	})
}

func TestViewsPushUpdateAndClose(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		var got []slack.InteractionCallback
		a.answers(recording(&got))
		alice := a.w.AddPerson("alice", PersonOptions{})
		if err := alice.Shortcut("declare_incident"); err != nil {
			t.Fatal(err)
		}
		opened, err := a.api.OpenView(got[0].TriggerID, modal(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := alice.Fills(map[string]any{"title": "kept"}); err != nil {
			t.Fatal(err)
		}
		if err := alice.ClicksIn(alice.Modal(), "s", "SEV1"); err != nil || len(got) != 1 {
			t.Errorf("choosing in an input = %v, told %d times; want it to stay on screen", err, len(got))
		}
		if err := alice.ClicksIn(alice.Modal(), "deeper"); err != nil {
			t.Fatal(err)
		}
		pushed, err := a.api.PushView(got[1].TriggerID, modal(t))
		if err != nil {
			t.Fatal(err)
		}
		if pushed.RootViewID != opened.ID || pushed.PreviousViewID != opened.ID || alice.Modal().ID != pushed.ID {
			t.Errorf("pushed %+v over %s", pushed.View, opened.ID)
		}
		if err := alice.Dismisses(); err != nil {
			t.Fatal(err)
		}
		if last := got[len(got)-1]; last.Type != slack.InteractionTypeViewClosed || last.View.ID != pushed.ID {
			t.Errorf("after closing the app got %+v", last)
		}
		if _, err := a.api.UpdateView(modal(t), "", "", pushed.ID); err == nil || err.Error() != "not_found" {
			t.Errorf("updating a closed view = %v", err)
		}
		if _, err := a.api.UpdateView(modal(t), "", opened.Hash, opened.ID); err != nil {
			t.Errorf("updating an open view = %v", err)
		}
		if v := at(alice.Modal().Values, "title", "t", "value"); v != "kept" {
			t.Errorf("after an update the input says %v; want what was entered", v)
		}
	})
}

// TestAcksOfSubmissions walks through every response_action.
func TestAcksOfSubmissions(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		var answer []any
		a.answers(func(a *app, c *socketmode.Client, e socketmode.Event) {
			if e.Type == socketmode.EventTypeInteractive {
				ack(a, c, e, answer...)
			}
		})
		alice := a.w.AddPerson("alice", PersonOptions{})
		open := func() {
			if _, err := a.api.OpenView(a.newTriggerFor(alice, ""), modal(t)); err != nil {
				t.Fatal(err)
			}
		}
		submit := func(action object) SubmitResult {
			answer = []any{action}
			return alice.Submits(map[string]any{"title": "x"})
		}
		open()
		second := modal(t)
		second.Title.Text = "Second"
		if r := submit(object{"response_action": "update", "view": second}); r.Err != nil || alice.Modal().Title != "Second" {
			t.Errorf("update = %+v, %v", r, alice.Modal())
		}
		if r := submit(object{"response_action": "push", "view": modal(t)}); r.Err != nil || alice.Modal().Title != "Declare" {
			t.Errorf("push = %+v, %v", r, alice.Modal())
		}
		if r := submit(object{"response_action": "errors", "errors": object{"nothing": "x"}}); r.Err == nil {
			t.Errorf("errors about no input = %+v; want trouble", r)
		}
		if r := submit(object{"response_action": "update", "view": object{"type": "modal"}}); r.Err == nil || alice.Modal() == nil {
			t.Errorf("an invalid view = %+v; want trouble and the modal still open", r)
		}
		if r := submit(object{"response_action": "clear"}); !r.Closed || alice.Modal() != nil {
			t.Errorf("clear = %+v", r)
		}
		open()
		a.answers(deaf)
		if r := alice.Submits(map[string]any{"title": "x"}); r.Err == nil || alice.Modal() == nil {
			t.Errorf("no answer = %+v; want trouble and the modal still open", r)
		}
		if r := alice.Submits(map[string]any{"nowhere": "x"}); r.Err == nil {
			t.Error("filled in what is not there")
		}
	})
}

func TestSuggestionsComeFromTheApp(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		a.answers(func(a *app, c *socketmode.Client, e socketmode.Event) {
			if e.Type == socketmode.EventTypeInteractive {
				i := e.Data.(slack.InteractionCallback)
				text := slack.NewTextBlockObject("plain_text", "service "+i.Value, false, false)
				ack(a, c, e, slack.OptionsResponse{Options: []*slack.OptionBlockObject{slack.NewOptionBlockObject("s1", text, nil)}})
			}
		})
		alice := a.w.AddPerson("alice", PersonOptions{})
		view := modalView(object{"submit": object{"type": "plain_text", "text": "Go"}, "blocks": []any{object{
			"type": "input", "block_id": "svc", "label": object{"type": "plain_text", "text": "Service"},
			"element": object{"type": "external_select", "action_id": "svc"}}}})
		a.works("views.open", object{"trigger_id": a.newTriggerFor(alice, ""), "view": view})
		options, err := alice.Suggests("svc", "check")
		if err != nil || len(options) != 1 || at(options[0], "value") != "s1" {
			t.Fatalf("suggested %v, %v", options, err)
		}
		if err := alice.Fills(map[string]any{"svc": "service check"}); err != nil {
			t.Fatal(err)
		}
		if v := at(alice.Modal().Values, "svc", "svc", "selected_option", "value"); v != "s1" {
			t.Errorf("chose %v", v)
		}
	})
}

func TestHomeIsOpenedAndPublished(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		alice := a.w.AddPerson("alice", PersonOptions{})
		alice.OpensHome()
		if alice.Home() != nil {
			t.Error("a Home nobody published")
		}
		a.works("views.publish", object{"user_id": alice.ID, "view": homeView()})
		alice.OpensHome()
		synctest.Wait()
		opened := a.heard("app_home_opened")
		if len(opened) != 2 || opened[0].inner["view"] != nil || opened[1].inner["view"] == nil {
			t.Errorf("heard %v", opened)
		}
		if h := alice.Home(); h == nil || !strings.Contains(h.AllText(), "home") {
			t.Errorf("Home = %+v", h)
		}
	})
}
