package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
)

// stillShown fails unless everything of before is shown now, as it was.
func stillShown(t *testing.T, before, now map[string]item) {
	t.Helper()
	for key, want := range before {
		if diff := cmp.Diff(want, now[key]); diff != "" {
			t.Errorf("%s (-before the restart +after):\n%s", key, diff)
		}
	}
}

// killedDemo pages Erin and Bob in a demo of its own process, and kills it hard once
// what it shows is saved.
func killedDemo(t *testing.T, dir string) map[string]item {
	t.Helper()
	c := spawnAs(t, demosForTest, "1", map[string]string{"TOCSIN_DATA_DIR": dir, "PATH": os.Getenv("PATH")})
	defer c.kill()
	ready := regexp.MustCompile(`ready:\s+(http://\S+)/`)
	var address string
	awaits(t, "the demo says where it is", func() bool {
		if m := ready.FindStringSubmatch(c.log.tail()); m != nil {
			address = m[1]
		}
		select {
		case <-c.gone:
			t.Fatalf("the demo has ended:\n%s", c.log.tail())
		default:
		}
		return address != ""
	})
	types := func(channel, text string) {
		asks(t, address+"/api/act", map[string]string{"person": "U0ALICE", "verb": "command", "channel": channel, "text": text}, &struct{}{})
	}
	var screen struct {
		Channels []struct{ ID, Name string }
	}
	room := func(name string) string {
		asks(t, address+"/api/state?person=U0ALICE", nil, &screen)
		for _, c := range screen.Channels {
			if strings.HasPrefix(c.Name, name) {
				return c.ID
			}
		}
		return ""
	}
	types(room("incidents"), "/incident declare now sev1 Checkout returns errors")
	awaits(t, "the war room", func() bool { return room("inc-1-") != "" })
	types(room("inc-1-"), "/incident page @erin Half the shops cannot pay")
	types(room("inc-1-"), "/incident page @bob Half the shops cannot pay")
	var shown map[string]item
	awaits(t, "what is shown is saved", func() bool {
		raw, _ := os.ReadFile(filepath.Join(dir, "demo", phonesFile)) // there is none at first
		shown = shownItems(t, address)
		media := map[string]bool{}
		for _, i := range shown {
			id, _, _ := strings.Cut(strings.TrimPrefix(i.ID, "<"), "@")
			media[i.Medium] = bytes.Contains(raw, []byte(id))
		}
		return media["email"] && media["push"]
	})
	return shown
}

// TestPhonesOfTheDemoOutliveIt kills a demo, opens it again on another port, ends it in
// order while a phone rings, and opens it a third time.
func TestPhonesOfTheDemoOutliveIt(t *testing.T) {
	t.Parallel()
	dir := demoFolder(t)
	killed := killedDemo(t, dir)

	d, closes := openDemo(t, dir)
	now := shownItems(t, d.server.base)
	stillShown(t, killed, now)
	answers(t, d.server.base, "erin", itemOf(t, now, "erin", "email"))
	push := itemOf(t, now, "bob", "push")
	answers(t, d.server.base, "bob", push)
	texts(t, d, "/Messages.json", url.Values{"Body": {"A text for Carol"}})
	texts(t, d, "/Calls.json", url.Values{"Twiml": {"<Response><Say>Hello</Say></Response>"}})
	var ended map[string]item
	awaits(t, "Carol's phone has a text and rings", func() bool {
		ended = shownItems(t, d.server.base)
		var states []string
		for key, i := range ended {
			if strings.HasPrefix(key, "carol ") {
				states = append(states, i.State)
			}
		}
		return slices.Contains(states, "delivered") && slices.Contains(states, "ringing")
	})
	if _, there := ended["bob "+push.ID]; there {
		t.Error("the notification that Bob answered has not gone")
	}
	closes()

	d, closes = openDemo(t, dir)
	ring := itemOf(t, ended, "carol", "voice")
	ring.State, ring.Actions = "no-answer", nil
	ended["carol "+ring.ID] = ring
	stillShown(t, ended, shownItems(t, d.server.base))
	closes()
	damagedPhonesStopTheDemo(t, dir)
}

// answers presses Acknowledge on an item.
func answers(t *testing.T, address, person string, i item) {
	t.Helper()
	at := slices.IndexFunc(i.Actions, func(p press) bool { return p.Label == "Acknowledge" })
	if at < 0 {
		t.Fatalf("nothing to acknowledge on %+v", i)
	}
	asks(t, address+"/phones/act", map[string]string{"person": person, "item": i.ID, "do": i.Actions[at].Do, "text": i.Actions[at].Text}, &struct{}{})
}

// damagedPhonesStopTheDemo: it says what to do, leaves what is there as it is, and
// --fresh begins anew.
func damagedPhonesStopTheDemo(t *testing.T, dir string) {
	t.Helper()
	files := func() (all string) {
		for _, name := range []string{slackFile, jiraFile, phonesFile} {
			raw, err := os.ReadFile(filepath.Join(dir, "demo", name))
			if err != nil {
				t.Fatal(err)
			}
			all += string(raw) + "\n"
		}
		return all
	}
	path := filepath.Join(dir, "demo", phonesFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{
		"empty": nil, "half": whole[:len(whole)/2], "no object": []byte("[]"), "no mail": bytes.Replace(whole, []byte(`"Mail":`), []byte(`"Male":`), 1),
	} {
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		before := files()
		code, said := executesDemo(t, dir)
		if code != exitFailed || !strings.Contains(said, fmt.Sprintf("what the last demo left in %s cannot be read; start with --fresh: ", path)) || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: exit code %d, said %q; want one sentence", name, code, said)
		}
		if diff := cmp.Diff(before, files()); diff != "" {
			t.Errorf("%s: the demo changed what it could not read:\n%s", name, diff)
		}
	}
	if code, said := executesDemo(t, dir, "--fresh"); code != exitOK {
		t.Errorf("--fresh: exit code %d, said %q", code, said)
	}
	d, closes := openDemo(t, dir)
	if shown := shownItems(t, d.server.base); len(shown) != 0 {
		t.Errorf("after --fresh the phones show %+v", shown)
	}
	closes()
}

// TestEveryChangeOfTheDemoIsSaved lets one simulator after the other say that it has
// changed, while the others are silent.
func TestEveryChangeOfTheDemoIsSaved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &demo{folder: t.TempDir(), server: &demoServer{base: "http://127.0.0.1:1"}, others: newSimulated()}
		d.slack = slacksim.New(slacksim.Options{Team: "Acme", Seed: 1})
		d.jira = jirasim.New(jirasim.Options{Project: "OPS"})
		defer d.others.close()
		defer d.jira.Close()
		defer d.slack.Close()
		populate(d.slack)
		ctx, cancel := context.WithCancel(t.Context())
		kept := make(chan error, 1)
		go func() { kept <- d.keep(ctx) }()
		synctest.Wait()
		for name, x := range map[string]struct {
			save func(io.Writer) error
			load func(io.Reader) error
		}{
			"slack": {d.slack.Save, d.slack.Load}, "jira": {d.jira.Save, d.jira.Load}, "phones": {d.others.twilio.Save, d.others.twilio.Load},
			"mailboxes": {d.others.mail.Save, d.others.mail.Load}, "pushes": {d.others.ntfy.Save, d.others.ntfy.Load},
		} {
			var state bytes.Buffer
			if err := errorsOf(d.forget(), x.save(&state), x.load(&state)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
			for _, file := range []string{slackFile, jiraFile, phonesFile} {
				if _, err := os.Stat(filepath.Join(d.folder, file)); err != nil {
					t.Errorf("after a change of %s: %v", name, err)
				}
			}
		}
		cancel()
		if err := <-kept; err != nil {
			t.Error(err)
		}
	})
}
