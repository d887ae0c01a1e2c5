package slacksim

import (
	"slices"
	"testing"
	"testing/synctest"
)

func kinds(a *app) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []string
	for _, e := range a.events {
		kind := e.inner["type"].(string)
		if sub, has := e.inner["subtype"].(string); has {
			kind += "/" + sub
		}
		all = append(all, kind)
	}
	return all
}

func TestTheAppHearsWhatPeopleDo(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		w := a.w
		alice, bob := w.AddPerson("alice", PersonOptions{}), w.AddPerson("bob", PersonOptions{})
		ts := alice.Says("incidents", "one")
		alice.Replies("incidents", ts, "two")
		for _, err := range []error{
			alice.Edits("incidents", ts, "uno"), bob.Reacts("incidents", ts, ":eyes:"), bob.Unreacts("incidents", ts, "eyes"),
			bob.Pins("incidents", ts), bob.Unpins("incidents", ts), bob.Joins("incidents"), bob.SetsTopic("incidents", "t"),
			bob.Renames("incidents", "trouble"), bob.Leaves("trouble"), alice.Deletes("trouble", ts),
		} {
			if err != nil {
				t.Error(err)
			}
		}
		alice.Uploads("trouble", "log.txt", []byte("boom"))
		alice.SaysDirectly("hi")
		bob.Becomes(PersonOptions{Deactivated: true})
		w.AddUserGroup("oncall", "On call", "alice")
		if err := alice.Archives("trouble"); err != nil {
			t.Error(err)
		}
		if err := alice.Unarchives("trouble"); err != nil {
			t.Error(err)
		}
		if slices.Contains(w.Members("trouble"), w.BotUserID()) {
			t.Error("the bot is still in the archived channel")
		}
		alice.Says("trouble", "the bot does not hear this")
		if err := alice.DeletesChannel("trouble"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		want := []string{
			"team_join", "team_join", "message/channel_join", "member_joined_channel", "message", "message", "message/message_changed",
			"reaction_added", "reaction_removed", "pin_added", "pin_removed", "message/channel_join", "member_joined_channel",
			"message/channel_topic", "message/channel_name", "channel_rename", "message/channel_leave", "member_left_channel",
			"message/message_deleted", "message/file_share", "file_shared", "message", "user_change", "subteam_members_changed",
			"message/channel_archive", "channel_archive", "channel_unarchive", "channel_deleted",
		}
		if got := kinds(a); !slices.Equal(got, want) {
			t.Errorf("heard\n%v; want\n%v", got, want)
		}
		w.Uninstall()
		synctest.Wait()
		a.fails("auth.test", nil, "account_inactive")
		if got := kinds(a); !slices.Equal(got[len(got)-2:], []string{"tokens_revoked", "app_uninstalled"}) {
			t.Errorf("the last events are %v", got[len(got)-2:])
		}
	})
}

func TestTheBotHearsItself(t *testing.T) {
	inBubble(t, Options{}, 1, func(t *testing.T, a *app) {
		post := a.works("chat.postMessage", object{"channel": "#incidents", "text": "me"})
		a.works("chat.update", object{"channel": post["channel"], "ts": post["ts"], "text": "me again"})
		synctest.Wait()
		heard := a.heard("message")
		if len(heard) != 2 || heard[0].inner["bot_id"] != a.w.BotID() || heard[1].inner["subtype"] != "message_changed" {
			t.Errorf("heard %v", heard)
		}
	})
}

func TestEventsNeedTheirScopeAndSubscription(t *testing.T) {
	inBubble(t, Options{BotEvents: []string{"message.channels", "reaction_added"}}, 1, func(t *testing.T, a *app) {
		alice := a.w.AddPerson("alice", PersonOptions{})
		a.w.Revoke("reactions:read")
		ts := alice.Says("incidents", "@tocsin hi")
		if err := alice.Reacts("incidents", ts, "eyes"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if got := kinds(a); !slices.Equal(got, []string{"message/channel_join", "message"}) {
			t.Errorf("heard %v", got)
		}
	})
}
