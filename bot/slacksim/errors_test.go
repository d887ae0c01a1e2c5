package slacksim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// scene is a workspace with one of everything that a call can be about.
type scene struct {
	a                                    *app
	alice                                *Person
	mine, theirs, private, archived, own string // channel ids
	general, dm                          string
	ts, herTS                            string // messages in own, of the bot and of alice
}

func newScene(a *app) *scene {
	w := a.w
	s := &scene{a: a, alice: w.AddPerson("alice", PersonOptions{})}
	w.AddPerson("bob", PersonOptions{})
	w.AddPerson("gone", PersonOptions{Deactivated: true})
	w.AddPerson("guest", PersonOptions{Guest: true})
	id := func(name string) string { c, _ := w.Channel(name); return c.ID }
	s.general = id("general")
	s.theirs = w.AddChannel("theirs", "bob", false)
	s.private = w.AddChannel("secret", "bob", true)
	s.mine = w.AddChannel("mine", w.BotUserID(), false)
	s.own = w.AddChannel("own", w.BotUserID(), false)
	s.archived = w.AddChannel("archived", w.BotUserID(), false)
	w.Person("bob").Invites("archived")
	s.herTS = s.alice.Says("own", "mine")
	if err := w.Person("bob").Archives("archived"); err != nil {
		a.t.Fatal(err)
	}
	s.ts = a.works("chat.postMessage", object{"channel": s.own, "text": "of the bot"})["ts"].(string)
	s.dm = at(a.works("conversations.open", object{"users": s.alice.ID}), "channel", "id").(string)
	return s
}

type refused struct {
	method string
	args   object
	code   string
}

func TestRefusals(t *testing.T) {
	overTCP(t, Options{NoLimits: true}, 0, func(t *testing.T, a *app) {
		s := newScene(a)
		var rows []refused
		rows = append(rows, s.chatRefusals()...)
		rows = append(rows, s.scheduleRefusals()...)
		rows = append(rows, s.channelRefusals()...)
		rows = append(rows, s.inviteRefusals()...)
		rows = append(rows, s.markRefusals()...)
		rows = append(rows, s.readingRefusals()...)
		rows = append(rows, s.peopleRefusals()...)
		rows = append(rows, s.viewRefusals()...)
		for _, row := range rows {
			a.fails(row.method, row.args, row.code)
		}
		conforms(t, a.w)
	})
}

func (s *scene) chatRefusals() []refused {
	own := func(more object) object {
		args := object{"channel": s.own, "text": "x"}
		for k, v := range more {
			args[k] = v
		}
		return args
	}
	const post, update, whisper = "chat.postMessage", "chat.update", "chat.postEphemeral"
	return []refused{
		{post, object{"text": "x"}, "channel_not_found"},
		{post, object{"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"},
		{post, object{"channel": s.private, "text": "x"}, "channel_not_found"},
		{post, object{"channel": "U0GONE", "text": "x"}, "channel_not_found"},
		{post, object{"channel": s.archived, "text": "x"}, "is_archived"},
		{post, object{"channel": s.own}, "no_text"},
		{post, own(object{"blocks": "{"}), "invalid_blocks_format"},
		{post, own(object{"blocks": []any{object{"type": "nonsense"}}}), "invalid_blocks"},
		{post, own(object{"metadata": "x"}), "invalid_metadata_format"},
		{post, own(object{"markdown_text": "x"}), "markdown_text_conflict"},
		{post, own(object{"thread_ts": "1.000001"}), "cannot_reply_to_message"},
		{update, own(object{"ts": "1.000001"}), "message_not_found"},
		{update, own(object{"ts": s.herTS}), "cant_update_message"},
		{update, own(object{"ts": s.ts, "text": strings.Repeat("x", 4001)}), "msg_too_long"},
		{update, own(object{"ts": s.ts, "blocks": []any{object{"type": "nonsense"}}}), "invalid_blocks"},
		{update, object{"channel": s.private, "ts": s.ts, "text": "x"}, "channel_not_found"},
		{"chat.delete", object{"channel": s.own, "ts": s.herTS}, "cant_delete_message"},
		{"chat.delete", object{"channel": s.own, "ts": "1.000001"}, "message_not_found"},
		{whisper, own(object{"user": "U0BOB"}), "user_not_in_channel"},
		{whisper, object{"channel": s.theirs, "user": "U0BOB", "text": "x"}, "not_in_channel"},
		{whisper, object{"channel": s.archived, "user": "U0BOB", "text": "x"}, "is_archived"},
		{whisper, object{"channel": s.own, "user": s.alice.ID}, "no_text"},
		{"chat.getPermalink", object{"channel": s.own, "message_ts": "1.000001"}, "message_not_found"},
		{"chat.getPermalink", object{"channel": "C0NOWHERE", "message_ts": s.ts}, "channel_not_found"},
	}
}

func (s *scene) scheduleRefusals() []refused {
	at := func(when any) object { return object{"channel": s.own, "text": "x", "post_at": fmt.Sprint(when)} }
	const schedule = "chat.scheduleMessage"
	return []refused{
		{schedule, at("soon"), "invalid_time"},
		{schedule, at(time.Now().Add(-time.Hour).Unix()), "time_in_past"},
		{schedule, at(time.Now().AddDate(0, 0, 121).Unix()), "time_too_far"},
		{schedule, object{"channel": s.archived, "text": "x"}, "is_archived"},
		{"chat.deleteScheduledMessage", object{"channel": s.own, "scheduled_message_id": "Q1"}, "invalid_scheduled_message_id"},
		{"chat.deleteScheduledMessage", object{"channel": "C0NOWHERE", "scheduled_message_id": "Q1"}, "channel_not_found"},
	}
}

func (s *scene) channelRefusals() []refused {
	const create, rename = "conversations.create", "conversations.rename"
	in := func(id string, more ...string) object {
		args := object{"channel": id}
		for i := 0; i < len(more); i += 2 {
			args[more[i]] = more[i+1]
		}
		return args
	}
	return []refused{
		{create, nil, "invalid_name_required"},
		{create, object{"name": strings.Repeat("x", 81)}, "invalid_name_maxlength"},
		{create, object{"name": "--"}, "invalid_name_punctuation"},
		{create, object{"name": "Big Trouble"}, "invalid_name_specials"},
		{create, object{"name": "theirs"}, "name_taken"},
		{create, object{"name": "archived"}, "name_taken"},
		{rename, in(s.theirs, "name", "ours"), "not_in_channel"},
		{rename, in(s.own, "name", "theirs"), "name_taken"},
		{rename, in(s.own, "name", "A"), "invalid_name_specials"},
		{rename, in(s.archived, "name", "a"), "is_archived"},
		{"conversations.join", in(s.private), "channel_not_found"},
		{"conversations.join", in(s.dm), "method_not_supported_for_channel_type"},
		{"conversations.join", in(s.archived), "is_archived"},
		{"conversations.leave", in(s.archived), "is_archived"},
		{"conversations.leave", in(s.general), "cant_leave_general"},
		{"conversations.leave", in(s.dm), "method_not_supported_for_channel_type"},
		{"conversations.kick", in(s.own, "user", s.a.w.BotUserID()), "cant_kick_self"},
		{"conversations.kick", in(s.own, "user", "U0BOB"), "not_in_channel"},
		{"conversations.kick", in(s.own, "user", "U0NOBODY"), "user_not_found"},
		{"conversations.kick", in(s.general, "user", s.alice.ID), "cant_kick_from_general"},
		{"conversations.setTopic", in(s.own, "topic", strings.Repeat("x", 251)), "too_long"},
		{"conversations.setTopic", in(s.theirs, "topic", "x"), "not_in_channel"},
		{"conversations.setTopic", in(s.archived, "topic", "x"), "is_archived"},
		{"conversations.setPurpose", in(s.own, "purpose", strings.Repeat("x", 251)), "too_long"},
		{"conversations.setPurpose", in(s.own), "invalid_arguments"},
		{"conversations.archive", in(s.archived), "already_archived"},
		{"conversations.archive", in(s.general), "cant_archive_general"},
		{"conversations.archive", in(s.theirs), "not_in_channel"},
		{"conversations.unarchive", in(s.archived), "not_in_channel"},
		{"conversations.unarchive", in(s.own), "not_archived"},
		{"conversations.close", in(s.own), "method_not_supported_for_channel_type"},
		{"conversations.open", nil, "users_list_not_supplied"},
		{"conversations.open", object{"users": "U0NOBODY"}, "user_not_found"},
		{"conversations.open", object{"users": "U0GONE"}, "user_disabled"},
		{"conversations.open", object{"users": "1,2,3,4,5,6,7,8,9"}, "too_many_users"},
	}
}

func (s *scene) inviteRefusals() []refused {
	invite := func(channel, users string) object { return object{"channel": channel, "users": users} }
	const method = "conversations.invite"
	return []refused{
		{method, invite(s.own, ""), "no_user"},
		{method, invite(s.own, "U0NOBODY"), "user_not_found"},
		{method, invite(s.own, s.alice.ID), "already_in_channel"},
		{method, invite(s.own, s.a.w.BotUserID()), "cant_invite_self"},
		{method, invite(s.own, "U0GUEST"), "user_is_restricted"},
		{method, invite(s.own, "U0GONE"), "cant_invite"},
		{method, invite(s.theirs, "U0BOB"), "not_in_channel"},
		{method, invite(s.archived, "U0BOB"), "is_archived"},
		{method, invite(s.private, "U0BOB"), "channel_not_found"},
		{method, invite(s.own, strings.Repeat("U1,", 101)), "invalid_arguments"},
		{method, invite(s.own, "U0BOB,U0NOBODY"), "user_not_found"},
	}
}

func (s *scene) markRefusals() []refused {
	mark := object{"channel": s.own, "timestamp": s.ts}
	emoji := func(name string) object { return object{"channel": s.own, "timestamp": s.ts, "name": name} }
	book := func(more object) object {
		args := object{"channel_id": s.own, "title": "x", "type": "link", "link": "https://example.com"}
		for k, v := range more {
			args[k] = v
		}
		return args
	}
	s.a.works("pins.add", object{"channel": s.own, "timestamp": s.herTS})
	s.a.works("reactions.add", emoji("eyes"))
	return []refused{
		{"pins.add", object{"channel": s.own, "timestamp": s.herTS}, "already_pinned"},
		{"pins.add", object{"channel": s.own}, "no_item_specified"},
		{"pins.add", object{"channel": s.own, "timestamp": "soon"}, "bad_timestamp"},
		{"pins.add", object{"channel": s.own, "timestamp": "1.000001"}, "message_not_found"},
		{"pins.remove", mark, "no_pin"},
		{"pins.list", object{"channel": "C0NOWHERE"}, "channel_not_found"},
		{"reactions.add", emoji("eyes"), "already_reacted"},
		{"reactions.add", emoji("NOT ONE"), "invalid_name"},
		{"reactions.remove", emoji("fire"), "no_reaction"},
		{"reactions.remove", emoji("NOT ONE"), "invalid_name"},
		{"reactions.get", object{"channel": s.own}, "no_item_specified"},
		{"bookmarks.add", book(object{"type": "file"}), "invalid_bookmark_type"},
		{"bookmarks.add", book(object{"link": "ftp://example.com"}), "invalid_link"},
		{"bookmarks.add", book(object{"channel_id": "C0NOWHERE"}), "channel_not_found"},
		{"bookmarks.add", book(object{"channel_id": s.theirs}), "permission_denied"},
		{"bookmarks.add", book(object{"title": ""}), "invalid_arguments"},
		{"bookmarks.edit", object{"channel_id": s.own, "bookmark_id": "Bk1"}, "not_found"},
		{"bookmarks.remove", object{"channel_id": s.own, "bookmark_id": "Bk1"}, "not_found"},
	}
}

func (s *scene) readingRefusals() []refused {
	return []refused{
		{"conversations.info", object{"channel": s.private}, "channel_not_found"},
		{"conversations.list", object{"types": "everything"}, "invalid_types"},
		{"conversations.list", object{"limit": "5000"}, "invalid_limit"},
		{"conversations.list", object{"cursor": "x"}, "invalid_cursor"},
		{"users.conversations", object{"types": "everything"}, "invalid_types"},
		{"conversations.members", object{"channel": "C0NOWHERE"}, "channel_not_found"},
		{"conversations.history", object{"channel": s.theirs}, "not_in_channel"},
		{"conversations.history", object{"channel": s.archived}, "not_in_channel"},
		{"conversations.history", object{"channel": s.private}, "channel_not_found"},
		{"conversations.history", object{"channel": s.own, "oldest": "x"}, "invalid_ts_oldest"},
		{"conversations.history", object{"channel": s.own, "latest": "x"}, "invalid_ts_latest"},
		{"conversations.history", object{"channel": s.own, "cursor": "x"}, "invalid_cursor"},
		{"conversations.replies", object{"channel": s.own, "ts": "1.000001"}, "thread_not_found"},
	}
}

func (s *scene) peopleRefusals() []refused {
	g := s.a.w.AddUserGroup("oncall", "On call", "alice")
	return []refused{
		{"users.info", object{"user": "U0NOBODY"}, "user_not_found"},
		{"users.lookupByEmail", object{"email": "nobody@example.com"}, "users_not_found"},
		{"users.lookupByEmail", object{"email": "gone@example.com"}, "users_not_found"},
		{"users.profile.get", object{"user": "U0NOBODY"}, "user_not_found"},
		{"dnd.info", object{"user": "U0NOBODY"}, "user_not_found"},
		{"dnd.teamInfo", nil, "no_users_provided"},
		{"usergroups.users.list", object{"usergroup": "S1"}, "no_such_subteam"},
		{"usergroups.users.update", object{"usergroup": g}, "no_users_provided"},
		{"usergroups.users.update", object{"usergroup": g, "users": "U0NOBODY"}, "invalid_users"},
		{"usergroups.create", nil, "missing_subteam_name"},
		{"usergroups.create", object{"name": "On call"}, "name_already_exists"},
		{"usergroups.create", object{"name": "Other", "handle": "oncall"}, "handle_already_exists"},
		{"bots.info", object{"bot": "B1"}, "bot_not_found"},
		{"team.info", object{"team": "T1"}, "team_not_found"},
		{"files.info", object{"file": "F1"}, "file_not_found"},
		{"files.delete", object{"file": "F1"}, "file_not_found"},
		{"files.delete", object{"file": s.alice.Uploads("own", "a.txt", []byte("a"))}, "cant_delete_file"},
		{"files.getUploadURLExternal", object{"filename": "x"}, "missing_argument"},
		{"files.completeUploadExternal", object{"files": []any{object{"id": "F1"}}}, "file_not_found"},
		{"blocks.validate", nil, "invalid_arguments"},
		{"blocks.validate", object{"blocks": []any{object{"type": "nonsense"}}}, "invalid_blocks"},
		{"blocks.validate", object{"view": object{"type": "modal"}}, "invalid_view"},
	}
}

func (s *scene) viewRefusals() []refused {
	a := s.a
	used := a.newTriggerFor(s.alice, "")
	open := a.works("views.open", object{"trigger_id": used, "view": modalView(object{"external_id": "one"})})
	id := at(open, "view", "id").(string)
	push := func() object { return object{"trigger_id": a.newTriggerFor(s.alice, id), "view": modalView(nil)} }
	a.works("views.push", push())
	a.works("views.push", push())
	huge := section("x")
	for range 99 {
		huge = append(huge, section(strings.Repeat("x", 2900))...)
	}
	return []refused{
		{"views.open", object{"trigger_id": used, "view": modalView(nil)}, "exchanged_trigger_id"},
		{"views.open", object{"trigger_id": "1.2.x", "view": modalView(nil)}, "invalid_trigger_id"},
		{"views.open", object{"trigger_id": a.newTriggerFor(s.alice, "")}, "invalid_arguments"},
		{"views.open", object{"trigger_id": a.newTriggerFor(s.alice, ""), "view": object{"type": "modal"}}, "invalid_arguments"},
		{"views.open", object{"trigger_id": a.newTriggerFor(s.alice, ""), "view": homeView()}, "invalid_arguments"},
		{"views.open", object{"trigger_id": a.newTriggerFor(s.alice, ""), "view": modalView(object{"external_id": "one"})}, "duplicate_external_id"},
		{"views.open", object{"trigger_id": a.newTriggerFor(s.alice, ""), "view": modalView(object{"blocks": huge})}, "view_too_large"},
		{"views.push", push(), "push_limit_reached"},
		{"views.update", object{"view_id": "V1", "view": modalView(nil)}, "not_found"},
		{"views.update", object{"view_id": id, "hash": "old", "view": modalView(nil)}, "hash_conflict"},
		{"views.publish", object{"user_id": "U0NOBODY", "view": homeView()}, "invalid_arguments"},
	}
}

func TestTokensAndScopes(t *testing.T) {
	overTCP(t, Options{NoLimits: true}, 0, func(t *testing.T, a *app) {
		w, form := a.w, "application/x-www-form-urlencoded"
		for _, row := range []struct{ method, token, code string }{
			{"auth.test", "", "not_authed"},
			{"auth.test", "xoxb-1-wrong", "invalid_auth"},
			{"auth.test", w.AppToken(), "not_allowed_token_type"},
			{"apps.connections.open", w.BotToken(), "not_allowed_token_type"},
			{"no.suchMethod", w.BotToken(), "unknown_method"},
		} {
			if _, answer := a.post(row.method, row.token, form, ""); answer["error"] != row.code {
				t.Errorf("%s with %q = %v; want %s", row.method, row.token, answer, row.code)
			}
		}
		if _, answer := a.post("auth.test", "", form, "token="+w.BotToken()); answer["ok"] != true {
			t.Errorf("a token in the form = %v; want it taken", answer)
		}
		w.Revoke("channels:manage")
		answer := a.fails("conversations.create", object{"name": "x"}, "missing_scope")
		if answer["needed"] != "channels:manage" && !strings.Contains(fmt.Sprint(answer["needed"]), "channels:manage") {
			t.Errorf("needed = %v", answer["needed"])
		}
		if strings.Contains(answer["provided"].(string), "channels:manage") || answer["provided"] == "" {
			t.Errorf("provided = %v", answer["provided"])
		}
		a.works("conversations.create", object{"name": "x", "is_private": "true"})
		w.Grant("channels:manage")
		a.works("conversations.create", object{"name": "y"})
		theirs := w.AddChannel("theirs", w.AddPerson("bob", PersonOptions{}).ID, false)
		w.Revoke("chat:write.public")
		a.fails("chat.postMessage", object{"channel": theirs, "text": "x"}, "not_in_channel")
		conforms(t, w)
	})
}

func TestRejectedBlocksAreExplained(t *testing.T) {
	overTCP(t, Options{NoLimits: true}, 0, func(t *testing.T, a *app) {
		raw, err := json.Marshal(object{"channel": "#incidents", "blocks": section(strings.Repeat("x", 3001))})
		if err != nil {
			t.Fatal(err)
		}
		response, answer := a.post("chat.postMessage", a.w.BotToken(), "application/json", string(raw))
		if response.StatusCode != http.StatusOK || answer["error"] != "invalid_blocks" {
			t.Fatalf("%d %v", response.StatusCode, answer)
		}
		if !strings.Contains(fmt.Sprint(answer["errors"]), "[json-pointer:/blocks/0/text/text]") {
			t.Errorf("errors = %v", answer["errors"])
		}
	})
}
