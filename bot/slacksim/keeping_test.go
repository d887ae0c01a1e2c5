package slacksim

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

func TestFilesAreForTheTokenAlone(t *testing.T) {
	overTCP(t, Options{}, 0, func(t *testing.T, a *app) {
		alice := a.w.AddPerson("alice", PersonOptions{})
		id := alice.Uploads("incidents", "graph.txt", []byte("evidence"))
		f, _, _, err := a.api.GetFileInfo(id, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		var content bytes.Buffer
		if err := a.api.GetFile(f.URLPrivateDownload, &content); err != nil || content.String() != "evidence" {
			t.Errorf("downloaded %q, %v", content.String(), err)
		}
		a.w.Revoke("files:read")
		content.Reset()
		if err := a.api.GetFile(f.URLPrivateDownload, &content); err == nil && !strings.Contains(content.String(), "Sign in") {
			t.Errorf("without the scope: %q", content.String())
		}
		summary, err := a.api.UploadFile(slack.UploadFileParameters{
			Filename: "report.txt", FileSize: 2, Reader: strings.NewReader("ok"), Channel: f.Channels[0], InitialComment: "here",
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, content, _ := a.w.File(summary.ID); string(content) != "ok" {
			t.Errorf("uploaded %q", content)
		}
	})
}

func TestScheduledMessagesArePosted(t *testing.T) {
	inBubble(t, Options{}, 0, func(t *testing.T, a *app) {
		c, _ := a.w.Channel("incidents")
		if _, _, err := a.api.ScheduleMessage(c.ID, "1", slack.MsgOptionText("x", false)); err == nil {
			t.Error("scheduled for 1970")
		}
		when := time.Now().Add(time.Hour)
		a.works("chat.scheduleMessage", object{"channel": c.ID, "text": "remember", "post_at": when.Unix()})
		<-time.After(59 * time.Minute)
		if posted(a.w, "remember") {
			t.Error("posted early")
		}
		<-time.After(2 * time.Minute)
		if !posted(a.w, "remember") {
			t.Error("never posted")
		}
	})
}

func TestSaveAndLoadKeepEverything(t *testing.T) {
	overTCP(t, Options{}, 0, func(t *testing.T, a *app) {
		alice := a.w.AddPerson("alice", PersonOptions{})
		ts := alice.Says("incidents", "hello")
		alice.Uploads("incidents", "a.txt", []byte("a"))
		a.works("views.publish", object{"user_id": alice.ID, "view": homeView()})
		var saved, again bytes.Buffer
		if err := a.w.Save(&saved); err != nil {
			t.Fatal(err)
		}
		other := New(Options{})
		if err := other.Load(bytes.NewReader(saved.Bytes())); err != nil {
			t.Fatal(err)
		}
		if err := other.Save(&again); err != nil {
			t.Fatal(err)
		}
		if saved.String() != again.String() {
			t.Error("what was loaded is not what was saved")
		}
		if other.Person("alice").Home() == nil || other.Person("alice").Says("incidents", "more") <= ts {
			t.Error("life does not go on after loading")
		}
		if err := other.Load(strings.NewReader("{}")); err == nil {
			t.Error("loaded nothing")
		}
	})
}

func TestSubscribersSeeTheLatestVersion(t *testing.T) {
	inBubble(t, Options{}, 0, func(t *testing.T, a *app) {
		changes, stop := a.w.Subscribe()
		alice := a.w.AddPerson("alice", PersonOptions{})
		first := <-changes
		alice.Says("general", "one")
		alice.Says("general", "two")
		if last := <-changes; last.Version <= first.Version+1 {
			t.Errorf("after %d came %d; want the changes in between skipped", first.Version, last.Version)
		}
		stop()
		alice.Says("general", "three")
		select {
		case c := <-changes:
			t.Errorf("still told of %v", c)
		default:
		}
	})
}
