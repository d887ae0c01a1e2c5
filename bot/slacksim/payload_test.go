package slacksim

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/slack-go/slack/socketmode"
)

// payloadKey names the kind of a payload: slash_command, block_actions, or the
// type and subtype of its event.
func payloadKey(p object) string {
	event, isEvent := p["event"].(object)
	if !isEvent {
		if p["command"] != nil {
			return "slash_command"
		}
		kind, _ := p["type"].(string)
		return kind
	}
	kind, _ := event["type"].(string)
	if sub, _ := event["subtype"].(string); sub != "" && sub != kind {
		kind += "/" + sub
	}
	return kind
}

// recordedPayloads are the shapes of all payloads Slack was seen sending.
func recordedPayloads(t *testing.T) map[string]shape {
	t.Helper()
	all := map[string]shape{"wrapper": {}, "history": {}}
	var history object
	readSlackData(t, &history, "responses", "conversations.history.json")
	all["history"].learn(history)
	learn := func(p object) {
		key := payloadKey(p)
		if all[key] == nil {
			all[key] = shape{}
		}
		all[key].learn(p)
		if event, isEvent := p["event"]; isEvent {
			p["event"] = nil
			all["wrapper"].learn(p)
			p["event"] = event
		}
	}
	for _, folder := range []string{"events", "app-backend", "payloads"} {
		entries, err := os.ReadDir(filepath.Join(slackData(t), folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if strings.HasPrefix(entry.Name(), "_") {
				continue
			}
			var x any
			readSlackData(t, &x, folder, entry.Name())
			if p, isOne := x.(object); isOne {
				learn(p)
				continue
			}
			for _, sample := range x.([]any) {
				if p, isObject := sample.(object)["payload"].(object); isObject {
					learn(p)
				}
			}
		}
	}
	return all
}

// unseenPayload compares a payload with the recorded ones of its kind.
// Messages inside are compared with messages of every kind.
func unseenPayload(all map[string]shape, p object) []string {
	seen := shape{}
	// What is told of a private channel looks as it does of a public one.
	kind := strings.Replace(payloadKey(p), "message/group_", "message/channel_", 1)
	for path, kinds := range all[kind] {
		seen[path] = kinds
	}
	if p["event"] != nil {
		for path, kinds := range all["wrapper"] {
			if path != "" && path != ".event" {
				seen[path] = kinds
			}
		}
	}
	var strange []string
	for _, path := range seen.unseen(p) {
		name := path[strings.LastIndex(path, ".")+1:]
		inMessage := strings.Contains(path, "message.") || strings.HasPrefix(path, ".event.")
		if inMessage && knownInMessages(all, name) {
			continue
		}
		strange = append(strange, path)
	}
	return strange
}

func knownInMessages(all map[string]shape, nameAndKind string) bool {
	name, kind, _ := strings.Cut(strings.TrimSuffix(nameAndKind, ")"), " (")
	if all["history"][".messages[]."+name][kind] {
		return true
	}
	for key, s := range all {
		if key == "message" || strings.HasPrefix(key, "message/") || key == "app_mention" {
			if s[".event."+name][kind] || s[".event.message."+name][kind] {
				return true
			}
		}
	}
	return false
}

// TestPayloadsLookLikeSlacks lets people do everything and compares what the
// app gets, field by field, with what Slack was seen sending.
func TestPayloadsLookLikeSlacks(t *testing.T) {
	all := recordedPayloads(t)
	inBubble(t, Options{NoLimits: true}, 1, func(t *testing.T, a *app) {
		alice := a.w.AddPerson("alice", PersonOptions{})
		a.answers(func(a *app, c *socketmode.Client, e socketmode.Event) {
			if e.Request != nil && e.Request.EnvelopeID != "" {
				ack(a, c, e)
			}
		})
		everyInteraction(t, a, alice)
		everyEvent(t, a, alice)
		synctest.Wait()
		a.mu.Lock()
		defer a.mu.Unlock()
		got := map[string]bool{}
		for _, p := range a.raw {
			key := payloadKey(p)
			if strange := unseenPayload(all, p); len(strange) > 0 && !got[key] {
				t.Errorf("%s carries what Slack was never seen sending: %s", key, strings.Join(strange, ", "))
			}
			got[key] = true
		}
		for _, key := range []string{
			"slash_command", "block_actions", "view_submission", "view_closed", "shortcut", "message_action", "block_suggestion",
			"app_home_opened", "app_mention", "message", "message/message_changed", "message/message_deleted", "reaction_added",
			"pin_added", "member_joined_channel", "channel_rename", "channel_archive", "group_archive", "channel_created",
			"file_shared", "subteam_members_changed", "user_change", "team_join", "app_uninstalled", "tokens_revoked",
		} {
			if !got[key] {
				t.Errorf("no %s arrived", key)
			}
		}
	})
}

func everyInteraction(t *testing.T, a *app, alice *Person) {
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	check(alice.Types("incidents", "/incident declare #general").Err)
	button := []any{object{"type": "actions", "elements": []any{
		object{"type": "button", "action_id": "ack", "text": object{"type": "plain_text", "text": "Ack"}}}}}
	ts := a.works("chat.postMessage", object{"channel": "#incidents", "text": "x", "blocks": button})["ts"].(string)
	check(alice.Clicks("incidents", ts, "ack"))
	alice.Joins("incidents")
	whisper := object{"channel": at(a.works("chat.postMessage", object{"channel": "#incidents", "text": "y"}), "channel"), "user": alice.ID, "text": "x", "blocks": button}
	check(alice.Clicks("incidents", a.works("chat.postEphemeral", whisper)["message_ts"].(string), "ack"))
	check(alice.MessageShortcut("add_to_timeline", "incidents", ts))
	check(alice.Shortcut("declare_incident"))
	view := modalView(object{"notify_on_close": true, "submit": object{"type": "plain_text", "text": "Go"}, "blocks": []any{
		object{"type": "input", "block_id": "svc", "optional": true, "label": object{"type": "plain_text", "text": "Service"},
			"element": object{"type": "external_select", "action_id": "svc"}}, button[0]}})
	for range 2 {
		a.works("views.open", object{"trigger_id": a.newTriggerFor(alice, ""), "view": view})
		check(alice.ClicksIn(alice.Modal(), "ack"))
		if _, err := alice.Suggests("svc", "x"); err != nil {
			t.Error(err)
		}
		if r := alice.Submits(nil); r.Err != nil {
			t.Error(r.Err)
		}
	}
	a.works("views.open", object{"trigger_id": a.newTriggerFor(alice, ""), "view": view})
	check(alice.Dismisses())
	a.works("views.publish", object{"user_id": alice.ID, "view": homeView()})
	alice.OpensHome()
}

func everyEvent(t *testing.T, a *app, alice *Person) {
	w := a.w
	ts := alice.Says("incidents", "hello @tocsin #general")
	alice.Replies("incidents", ts, "two")
	alice.Uploads("incidents", "log.txt", []byte("boom"))
	alice.SaysDirectly("hi")
	alice.Becomes(PersonOptions{Title: "SRE"})
	w.AddUserGroup("oncall", "On call", "alice")
	secret := w.AddChannel("secret", w.BotUserID(), true)
	a.works("conversations.invite", object{"channel": secret, "users": alice.ID})
	a.works("conversations.setPurpose", object{"channel": secret, "purpose": "p"})
	a.works("conversations.create", object{"name": "another"})
	for _, err := range []error{
		alice.Edits("incidents", ts, "uno"), alice.Reacts("incidents", ts, "eyes"), alice.Unreacts("incidents", ts, "eyes"),
		alice.Pins("incidents", ts), alice.Unpins("incidents", ts), alice.SetsTopic("incidents", "t"),
		alice.Renames("incidents", "trouble"), alice.Deletes("trouble", ts), alice.Renames("secret", "hush"),
		alice.Archives("hush"), alice.Leaves("trouble"), alice.Archives("trouble"), alice.Unarchives("trouble"),
		alice.DeletesChannel("trouble"),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	w.Uninstall()
}
