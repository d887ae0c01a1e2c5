package slacksim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// send makes one call as a form, with the token of the method.
func (a *app) send(name string, args object) object {
	a.t.Helper()
	form := url.Values{}
	for key, value := range args {
		if s, isText := value.(string); isText {
			form.Set(key, s)
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			a.t.Fatal(err)
		}
		form.Set(key, string(raw))
	}
	token := a.w.BotToken()
	if methods[name].app {
		token = a.w.AppToken()
	}
	_, answer := a.post(name, token, "application/x-www-form-urlencoded", form.Encode())
	return answer
}

func (a *app) post(name, token, kind, body string) (*http.Response, object) {
	a.t.Helper()
	r, err := http.NewRequest(http.MethodPost, a.w.APIURL()+name, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := a.w.HTTPClient().Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	var decoded object
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(raw, &decoded); err != nil {
			a.t.Fatal(err)
		}
	}
	return answer, decoded
}

func (a *app) works(name string, args object) object {
	a.t.Helper()
	answer := a.send(name, args)
	if answer["ok"] != true {
		a.t.Errorf("%s(%v) = %v; want it done", name, args, answer)
	}
	return answer
}

func (a *app) fails(name string, args object, code string) object {
	a.t.Helper()
	answer := a.send(name, args)
	if answer["error"] != code {
		a.t.Errorf("%s(%v) = %v; want %s", name, args, answer, code)
	}
	return answer
}

func at(x any, path ...string) any {
	for _, key := range path {
		x = x.(object)[key]
	}
	return x
}

func section(text string) []any {
	return []any{object{"type": "section", "text": object{"type": "mrkdwn", "text": text}}}
}

func homeView() object { return object{"type": "home", "blocks": section("home")} }

func modalView(more object) object {
	v := object{"type": "modal", "title": object{"type": "plain_text", "text": "T"}, "blocks": section("modal")}
	for k, x := range more {
		v[k] = x
	}
	return v
}

// TestEveryMethodAnswersAsSlackDoes calls every method once with success and
// compares every answer with Slack's.
func TestEveryMethodAnswersAsSlackDoes(t *testing.T) {
	overTCP(t, Options{NoLimits: true}, 0, func(t *testing.T, a *app) {
		w := a.w
		alice := w.AddPerson("alice", PersonOptions{Title: "SRE", TZ: "Europe/Berlin"})
		w.AddPerson("bob", PersonOptions{})
		incidents, _ := w.Channel("incidents")
		a.works("api.test", object{"a": "b"})
		a.works("auth.test", nil)
		a.works("apps.connections.open", nil)
		a.works("team.info", nil)
		a.works("bots.info", object{"bot": w.BotID()})
		a.works("emoji.list", nil)
		a.works("dnd.info", object{"user": alice.ID})
		a.works("dnd.teamInfo", object{"users": alice.ID})
		a.works("blocks.validate", object{"blocks": section("x")})
		tourChannels(a, alice)
		tourMessages(a, alice, incidents.ID)
		tourMarks(a, incidents.ID)
		tourPeople(a, alice)
		tourViews(a, alice)
		tourFiles(a, incidents.ID)
		called := map[string]bool{}
		for _, c := range w.Calls("") {
			called[c.Method] = called[c.Method] || c.Answer["ok"] == true
		}
		for name := range methods {
			if !called[name] && name != "conversations.unarchive" {
				t.Errorf("%s was never called with success", name)
			}
		}
		conforms(t, w)
	})
}

func tourChannels(a *app, alice *Person) {
	id := at(a.works("conversations.create", object{"name": "inc-1-checkout"}), "channel", "id").(string)
	a.works("conversations.invite", object{"channel": id, "users": alice.ID + ",U0BOB"})
	a.works("conversations.setTopic", object{"channel": id, "topic": "SEV1"})
	a.works("conversations.setPurpose", object{"channel": id, "purpose": "war room"})
	a.works("conversations.rename", object{"channel": id, "name": "inc-1-payments"})
	a.works("conversations.info", object{"channel": id, "include_num_members": "true"})
	a.works("conversations.kick", object{"channel": id, "user": "U0BOB"})
	a.works("conversations.members", object{"channel": id})
	a.works("conversations.archive", object{"channel": id})
	side := at(a.works("conversations.create", object{"name": "side", "is_private": "true"}), "channel", "id").(string)
	forced := a.works("conversations.invite", object{"channel": side, "users": alice.ID + ",U0NOBODY", "force": "true"})
	if fmt.Sprint(forced["errors"]) != "[map[error:user_not_found ok:false user:U0NOBODY]]" || len(a.w.Members("side")) != 2 {
		a.t.Errorf("a forced invitation = %v with members %v", forced, a.w.Members("side"))
	}
	open := a.w.AddChannel("open", "alice", false)
	a.works("conversations.join", object{"channel": open})
	if again := a.works("conversations.join", object{"channel": open}); again["warning"] != "already_in_channel" {
		a.t.Errorf("joining twice = %v; want a warning", again)
	}
	a.works("conversations.leave", object{"channel": open})
	dm := at(a.works("conversations.open", object{"users": alice.ID, "return_im": "true"}), "channel", "id").(string)
	a.works("conversations.open", object{"users": alice.ID})
	a.works("conversations.open", object{"users": alice.ID + ",U0BOB"})
	a.works("conversations.info", object{"channel": dm})
	a.works("conversations.close", object{"channel": dm})
	all := object{"types": "public_channel,private_channel,mpim,im", "limit": "2"}
	first := a.works("conversations.list", all)
	all["cursor"] = at(first, "response_metadata", "next_cursor").(string)
	if second := a.works("conversations.list", all); fmt.Sprint(second["channels"]) == fmt.Sprint(first["channels"]) {
		a.t.Errorf("the second page is the first: %v", second)
	}
	a.works("users.conversations", object{"user": alice.ID, "types": "public_channel,private_channel"})
}

func tourMessages(a *app, alice *Person, channel string) {
	metadata := object{"event_type": "op", "event_payload": object{"id": "7"}}
	post := a.works("chat.postMessage", object{"channel": channel, "text": "hi", "blocks": section("hi"), "metadata": metadata})
	ts := post["ts"].(string)
	a.works("chat.postMessage", object{"channel": alice.ID, "text": "a DM"})
	reply := a.works("chat.postMessage", object{"channel": channel, "text": "re", "thread_ts": ts, "reply_broadcast": "true"})
	a.works("chat.postMessage", object{"channel": "#incidents", "text": "custom", "username": "Pager", "icon_emoji": ":fire:"})
	a.works("chat.update", object{"channel": channel, "ts": ts, "text": "hello"})
	a.works("chat.getPermalink", object{"channel": channel, "message_ts": reply["ts"]})
	alice.Says("incidents", "hello <!here> @tocsin")
	a.works("chat.postEphemeral", object{"channel": channel, "user": alice.ID, "text": "psst"})
	plan := a.works("chat.scheduleMessage", object{"channel": channel, "text": "later", "post_at": fmt.Sprint(time.Now().Add(time.Hour).Unix())})
	a.works("chat.scheduledMessages.list", nil)
	a.works("chat.deleteScheduledMessage", object{"channel": channel, "scheduled_message_id": plan["scheduled_message_id"]})
	history := a.works("conversations.history", object{"channel": channel, "include_all_metadata": "true"})
	if !strings.Contains(fmt.Sprint(history), "event_payload") {
		a.t.Errorf("history with include_all_metadata has none: %v", history)
	}
	if plain := a.works("conversations.history", object{"channel": channel}); strings.Contains(fmt.Sprint(plain), "event_payload") {
		a.t.Errorf("history has metadata nobody asked for: %v", plain)
	}
	thread := a.works("conversations.replies", object{"channel": channel, "ts": ts})
	if n := len(thread["messages"].([]any)); n != 2 {
		a.t.Errorf("the thread has %d messages; want 2", n)
	}
	a.works("chat.delete", object{"channel": channel, "ts": reply["ts"]})
}

func tourMarks(a *app, channel string) {
	ts := a.works("chat.postMessage", object{"channel": channel, "text": "mark me"})["ts"]
	mark := object{"channel": channel, "timestamp": ts}
	a.works("pins.add", mark)
	a.works("pins.list", object{"channel": channel})
	a.works("pins.remove", mark)
	emoji := object{"channel": channel, "timestamp": ts, "name": "eyes"}
	a.works("reactions.add", emoji)
	a.works("reactions.get", mark)
	a.works("reactions.remove", emoji)
	b := a.works("bookmarks.add", object{"channel_id": channel, "title": "Zoom", "type": "link", "link": "https://zoom.example.com"})
	id := at(b, "bookmark", "id")
	a.works("bookmarks.edit", object{"channel_id": channel, "bookmark_id": id, "title": "Call"})
	a.works("bookmarks.list", object{"channel_id": channel})
	a.works("bookmarks.remove", object{"channel_id": channel, "bookmark_id": id})
}

func tourPeople(a *app, alice *Person) {
	a.works("users.info", object{"user": alice.ID, "include_locale": "true"})
	a.works("users.info", object{"user": a.w.BotUserID()})
	a.works("users.list", object{"limit": "2"})
	a.works("users.lookupByEmail", object{"email": "alice@example.com"})
	a.works("users.getPresence", object{"user": alice.ID})
	a.works("users.profile.get", object{"user": alice.ID})
	g := at(a.works("usergroups.create", object{"name": "On call", "handle": "oncall"}), "usergroup", "id")
	group := object{"usergroup": g}
	a.works("usergroups.users.update", object{"usergroup": g, "users": alice.ID})
	a.works("usergroups.users.list", group)
	a.works("usergroups.update", object{"usergroup": g, "name": "On-call"})
	a.works("usergroups.disable", group)
	a.works("usergroups.enable", group)
	a.works("usergroups.list", object{"include_users": "true"})
}

// newTriggerFor is a trigger as an interaction of that person would bring it.
func (a *app) newTriggerFor(p *Person, view string) string {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	return a.w.newTrigger(p.ID, view)
}

func tourViews(a *app, alice *Person) {
	v := at(a.works("views.open", object{"trigger_id": a.newTriggerFor(alice, ""), "view": modalView(nil)}), "view", "id").(string)
	a.works("views.push", object{"trigger_id": a.newTriggerFor(alice, v), "view": modalView(nil)})
	a.works("views.update", object{"view_id": v, "view": modalView(object{"external_id": "x1"})})
	a.works("views.update", object{"external_id": "x1", "view": modalView(nil)})
	a.works("views.publish", object{"user_id": alice.ID, "view": homeView()})
}

func tourFiles(a *app, channel string) {
	up := a.works("files.getUploadURLExternal", object{"filename": "graph.png", "length": "5"})
	answer, err := a.w.HTTPClient().Post(up["upload_url"].(string), "application/octet-stream", bytes.NewReader([]byte("12345")))
	if err != nil {
		a.t.Fatal(err)
	}
	answer.Body.Close()
	a.works("files.completeUploadExternal", object{"files": []any{object{"id": up["file_id"], "title": "Graph"}}, "channel_id": channel})
	a.works("files.info", object{"file": up["file_id"]})
	a.works("conversations.history", object{"channel": channel})
	a.works("files.delete", object{"file": up["file_id"]})
}
