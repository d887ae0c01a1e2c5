package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/incident"
)

// inSlack runs a test in a bubble with a simulated workspace.
func inSlack(t *testing.T, test func(t *testing.T, w *slacksim.Workspace, a *API)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := slacksim.New(slacksim.Options{})
		w.ListenPipe()
		defer w.Close()
		client := slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL()), slack.OptionHTTPClient(w.HTTPClient()), slack.OptionAppLevelToken(w.AppToken()))
		test(t, w, NewAPI(client, slog.New(slog.DiscardHandler)))
	})
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func noError(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestLifeOfAChannel(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		ctx := t.Context()
		began := time.Now()
		if id, _, err := a.OwnChannel(ctx, "inc-1", began); err != nil || id != "" {
			t.Fatalf("found %q before it was made, %v", id, err)
		}
		c := must[string](t)(a.CreateChannel(ctx, "inc-1", true))
		if id, _, err := a.OwnChannel(ctx, "inc-1", began); err != nil || id != c {
			t.Errorf("OwnChannel = %q, %v; want %q", id, err, c)
		}
		if id, _, err := a.OwnChannel(ctx, "inc-1", began.Add(time.Minute)); err != nil || id != "" {
			t.Errorf("a channel that is older than the attempt was found: %q, %v", id, err)
		}
		if id, _, err := a.OwnChannel(ctx, "inc", began); err != nil || id != c {
			t.Errorf("OwnChannel by prefix = %q, %v; want %q", id, err, c)
		}
		if _, err := a.CreateChannel(ctx, "inc-1", false); !isGone(err, "name_taken") {
			t.Errorf("second create = %v", err)
		}
		noError(t, a.SetTopic(ctx, c, "hot"), a.RenameChannel(ctx, c, "inc-1-checkout"))
		info := must[*slack.Channel](t)(a.ChannelInfo(ctx, c))
		if info.Name != "inc-1-checkout" || info.Topic.Value != "hot" || !info.IsPrivate {
			t.Errorf("info = %+v", info)
		}
		noError(t, a.ArchiveChannel(ctx, c))
		if _, err := a.PostMessage(ctx, Post{Channel: c, Text: "hello"}); !isGone(err, "is_archived", "channel_not_found", "not_in_channel") {
			t.Errorf("post to an archived channel = %v", err)
		}
	})
}

func TestAnotherPersonsChannelIsNotOurs(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		w.AddPerson("alice", slacksim.PersonOptions{})
		w.AddChannel("inc-1", "alice", false)
		noError(t, w.Person("alice").Invites("inc-1", w.BotUserID()))
		if id, _, err := a.OwnChannel(t.Context(), "inc-1", time.Time{}); err != nil || id != "" {
			t.Errorf("OwnChannel = %q, %v", id, err)
		}
	})
}

func TestInviteSaysWhoWasLeftOut(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		var people []string
		for i := range 70 {
			w.AddPerson(fmt.Sprintf("p%d", i), slacksim.PersonOptions{Guest: i == 5})
			people = append(people, w.Person(fmt.Sprintf("p%d", i)).ID)
		}
		people = append(people, "U0NOBODY", w.BotUserID())
		c := must[string](t)(a.CreateChannel(t.Context(), "inc-1", false))
		noError(t, w.Person("p7").Joins(c))
		for round := range 2 {
			failed, err := a.Invite(t.Context(), c, people)
			if err != nil || len(failed) != 2 || failed[0].Person != people[5] || failed[1].Person != "U0NOBODY" || failed[0].Reason == "" {
				t.Errorf("round %d: %+v, %v; want the guest and the unknown", round, failed, err)
			}
			if n := len(w.Members(c)); n != 70 {
				t.Errorf("round %d: %d members, want 69 people and the bot", round, n)
			}
			time.Sleep(time.Minute)
		}
		if in := must[bool](t)(a.IsMember(t.Context(), c, people[69])); !in {
			t.Error("IsMember = false for one who was invited")
		}
		if in := must[bool](t)(a.IsMember(t.Context(), c, people[5])); in {
			t.Error("IsMember = true for one who was refused")
		}
		if _, err := a.Invite(t.Context(), "C0NOWHERE", people[:1]); !isGone(err, "channel_not_found") {
			t.Errorf("invite to nowhere = %v", err)
		}
	})
}

func TestPostsAreFoundByTheirKey(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		ctx, began := t.Context(), time.Now().Add(-time.Minute)
		c := must[string](t)(a.CreateChannel(ctx, "inc-1", false))
		w.AddPerson("alice", slacksim.PersonOptions{})
		ts := must[string](t)(a.PostMessage(ctx, Post{Channel: c, Text: "card", Key: "INC-1/card"}))
		for i := range 450 {
			w.Person("alice").Says(c, fmt.Sprint("chatter ", i))
			time.Sleep(time.Second)
		}
		reply := must[string](t)(a.PostMessage(ctx, Post{Channel: c, Thread: ts, Text: "more", Key: "INC-1/more"}))
		noError(t, a.UpdateMessage(ctx, Post{Channel: c, Text: "card, redrawn"}, ts))
		if got, found, err := a.FindPosted(ctx, c, began, "INC-1/card"); err != nil || !found || got != ts {
			t.Errorf("FindPosted = %q, %v, %v; want %q", got, found, err, ts)
		}
		if got, found, err := a.FindReply(ctx, c, ts, began, "INC-1/more"); err != nil || !found || got != reply {
			t.Errorf("FindReply = %q, %v, %v; want %q", got, found, err, reply)
		}
		if _, found, err := a.FindPosted(ctx, c, began, "INC-2/card"); err != nil || found {
			t.Errorf("found a post that was never made, %v", err)
		}
		if _, found, _ := a.FindPosted(ctx, c, time.Now().Add(-time.Minute), "INC-1/card"); found {
			t.Error("found a post that is older than asked for")
		}
	})
}

func TestMessagesCanBeReadOneByOneAndAll(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		ctx := t.Context()
		alice := w.AddPerson("alice", slacksim.PersonOptions{})
		c := must[string](t)(a.CreateChannel(ctx, "inc-1", false))
		first := alice.Says(c, "first")
		second := alice.Says(c, "second")
		reply := alice.Replies(c, first, "reply")
		for ts, text := range map[string]string{first: "first", second: "second", reply: "reply"} {
			m, found, err := a.Message(ctx, c, ts)
			if err != nil || !found || m.Text != text {
				t.Errorf("Message(%s) = %q, %v, %v; want %q", ts, m.Text, found, err, text)
			}
		}
		noError(t, alice.Deletes(c, second))
		if _, found, err := a.Message(ctx, c, second); err != nil || found {
			t.Errorf("deleted message: found %v, %v", found, err)
		}
		history := must[[]slack.Message](t)(a.History(ctx, c, ""))
		if last := history[len(history)-1]; history[0].Timestamp > last.Timestamp || last.Timestamp != first {
			t.Errorf("history runs from %s to %s", history[0].Timestamp, last.Timestamp)
		}
		if replies := must[[]slack.Message](t)(a.Replies(ctx, c, first)); len(replies) != 2 || replies[1].Text != "reply" {
			t.Errorf("replies = %+v", replies)
		}
		if url := must[string](t)(a.Permalink(ctx, c, first)); !strings.Contains(url, c) {
			t.Errorf("permalink %q", url)
		}
	})
}

func TestDoingItTwiceIsDoingItOnce(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		ctx := t.Context()
		c := must[string](t)(a.CreateChannel(ctx, "inc-1", false))
		ts := must[string](t)(a.PostMessage(ctx, Post{Channel: c, Text: "card"}))
		for range 2 {
			noError(t, a.Pin(ctx, c, ts), a.React(ctx, c, ts, "eyes"))
		}
		if n := len(w.Pinned(c)); n != 1 {
			t.Errorf("%d pins", n)
		}
		for range 2 {
			noError(t, a.Unpin(ctx, c, ts), a.DeleteMessage(ctx, c, ts))
		}
		for _, m := range w.Messages(c) {
			if m.TS == ts {
				t.Error("the message is still there")
			}
		}
	})
}

func TestBookmarks(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, _ *slacksim.Workspace, a *API) {
		ctx := t.Context()
		c := must[string](t)(a.CreateChannel(ctx, "inc-1", false))
		noError(t, a.AddBookmark(ctx, c, "Ticket", "https://jira/1"))
		list := must[[]Bookmark](t)(a.ListBookmarks(ctx, c))
		noError(t, a.EditBookmark(ctx, c, list[0].ID, "Ticket", "https://jira/2"))
		if list = must[[]Bookmark](t)(a.ListBookmarks(ctx, c)); len(list) != 1 || list[0].Link != "https://jira/2" || list[0].Title != "Ticket" {
			t.Errorf("bookmarks = %+v", list)
		}
	})
}

func TestPeopleAndDirectMessages(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		ctx := t.Context()
		alice := w.AddPerson("alice", slacksim.PersonOptions{RealName: "Alice A", Email: "alice@acme.test"})
		if u := must[*slack.User](t)(a.UserInfo(ctx, alice.ID)); u.RealName != "Alice A" {
			t.Errorf("UserInfo = %+v", u)
		}
		if u := must[*slack.User](t)(a.UserByEmail(ctx, "alice@acme.test")); u.ID != alice.ID {
			t.Errorf("UserByEmail = %+v", u)
		}
		if _, err := a.UserByEmail(ctx, "bob@acme.test"); !isGone(err, "users_not_found") {
			t.Errorf("unknown address = %v", err)
		}
		if _, err := a.UserInfo(ctx, "U0NOBODY"); !isGone(err, "user_not_found") {
			t.Errorf("unknown person = %v", err)
		}
		dm := must[string](t)(a.OpenDM(ctx, alice.ID))
		must[string](t)(a.PostMessage(ctx, Post{Channel: dm, Text: "psst"}))
		c := must[string](t)(a.CreateChannel(ctx, "inc-1", false))
		whisper := Post{Channel: c, Text: "only you"}
		if err := a.PostEphemeral(ctx, incident.PersonID(alice.ID), whisper); !isGone(err, "user_not_in_channel") {
			t.Errorf("ephemeral to one who is not there = %v", err)
		}
		noError(t, alice.Joins(c), a.PostEphemeral(ctx, incident.PersonID(alice.ID), whisper))
		if got := w.Ephemerals("alice", c); len(got) != 1 || got[0].Text != "only you" {
			t.Errorf("ephemerals = %+v", got)
		}
		home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewDividerBlock()}}}
		noError(t, a.PublishHome(ctx, alice.ID, home))
		if alice.Home() == nil {
			t.Error("no Home tab")
		}
	})
}

func TestDownloadsAreLimited(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		ctx := t.Context()
		alice := w.AddPerson("alice", slacksim.PersonOptions{})
		c := must[string](t)(a.CreateChannel(ctx, "inc-1", false))
		noError(t, alice.Joins(c))
		alice.Uploads(c, "graph.png", []byte("0123456789"))
		history := must[[]slack.Message](t)(a.History(ctx, c, ""))
		url := history[len(history)-1].Files[0].URLPrivate
		if got := must[[]byte](t)(a.DownloadFile(ctx, url, 10)); string(got) != "0123456789" {
			t.Errorf("content = %q", got)
		}
		if _, err := a.DownloadFile(ctx, url, 9); !errors.Is(err, ErrFileTooLarge) {
			t.Errorf("larger than the limit = %v", err)
		}
	})
}

func TestHardErrorsAreGone(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		w.Revoke("pins:write")
		err := a.Pin(t.Context(), "C1", "1.000001")
		gone, ok := errors.AsType[*Gone](err)
		if !ok || gone.Code != "missing_scope" || !strings.Contains(gone.Sentence, "pins:write") {
			t.Errorf("without the scope: %v", err)
		}
		w.Uninstall()
		if _, err := a.UserInfo(t.Context(), "U1"); !isGone(err, "account_inactive") {
			t.Errorf("after uninstall: %v", err)
		}
	})
}

func TestSlacksRetryAfterReachesTheCaller(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		registry := prometheus.NewRegistry()
		noError(t, a.Register(nil), a.Register(registry))
		w.Chaos.RateLimitNext("users.info", 40*time.Second, 1)
		for range 10 {
			if _, err := a.UserInfo(t.Context(), w.BotUserID()); outcomeOf(err) != outcomeLimited {
				t.Errorf("during the pause: %v", err)
			}
		}
		if n := len(w.Calls("users.info")); n != 1 {
			t.Errorf("%d calls reached Slack, want 1", n)
		}
		time.Sleep(40 * time.Second)
		must[*slack.User](t)(a.UserInfo(t.Context(), w.BotUserID()))
		families, err := registry.Gather()
		noError(t, err)
		got := map[string]float64{}
		for _, m := range families[0].GetMetric() {
			got[m.GetLabel()[1].GetValue()] = m.GetCounter().GetValue()
		}
		if got[outcomeLimited] != 1 || got[outcomeHeld] != 9 || got[outcomeOK] != 1 {
			t.Errorf("counters = %v", got)
		}
	})
}

func TestSlowSlackIsGivenUp(t *testing.T) {
	t.Parallel()
	inSlack(t, func(t *testing.T, w *slacksim.Workspace, a *API) {
		w.Chaos.Delay("auth.test", time.Hour)
		began := time.Now()
		_, err := a.Identify(t.Context())
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != callWithin {
			t.Errorf("err = %v after %v", err, time.Since(began))
		}
		w.Chaos.Heal("auth.test")
		time.Sleep(time.Hour)
		must[*slack.AuthTestResponse](t)(a.Identify(t.Context()))
		if a.BotUser() != w.BotUserID() {
			t.Errorf("BotUser = %q", a.BotUser())
		}
	})
}
