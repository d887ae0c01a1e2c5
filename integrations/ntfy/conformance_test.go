package ntfy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/incident/paging/notifiertest"
	"github.com/tocsinhq/tocsin/integrations/ntfy"
	"github.com/tocsinhq/tocsin/integrations/ntfy/ntfysim"
)

const (
	topic = "bob-6f1c9d"
	token = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"
)

// opened starts a simulator in memory and a notifier on it.
func opened(t *testing.T, o ntfysim.Options) (*ntfysim.Sim, *ntfy.Notifier) {
	t.Helper()
	sim := ntfysim.New(o)
	sim.ListenPipe()
	t.Cleanup(sim.Close)
	n, err := ntfy.New(ntfy.Config{URL: ntfy.Secret(sim.URL())}, sim.HTTPClient().Transport)
	if err != nil {
		t.Fatal(err)
	}
	return sim, n
}

// received is what the suite wants to know of a notification.
func received(messages []ntfysim.Message) []notifiertest.Received {
	var all []notifiertest.Received
	for _, m := range messages {
		r := notifiertest.Received{ID: m.ID, To: m.Topic, Text: m.Title + "\n" + m.Text, Links: []string{m.Click}}
		for _, b := range m.Buttons {
			r.Links = append(r.Links, b.URL)
			r.Actions = append(r.Actions, map[string]string{"Acknowledge": "ack", "Escalate": "escalate"}[b.Label])
		}
		if m.Markdown {
			r.Hijacked = "is read as Markdown"
		}
		all = append(all, r)
	}
	return all
}

func breakServer(sim *ntfysim.Sim) func(notifiertest.Fault) bool {
	return func(f notifiertest.Fault) bool {
		sim.Heal()
		switch f {
		case notifiertest.FaultLimited:
			sim.RateLimit(notifiertest.RetryAfter)
		case notifiertest.FaultBroken:
			sim.Fail(http.StatusInternalServerError, 50001, "internal server error")
		case notifiertest.FaultRefused:
			sim.Fail(http.StatusForbidden, 40301, "forbidden")
		case notifiertest.FaultHang:
			sim.Hang()
		case notifiertest.FaultTorn:
			sim.DropAnswer(-1)
		}
		return true
	}
}

// acting answers the requests of buttons as the program's own page would.
type acting struct {
	in  paging.Inbox
	key string
}

func (a acting) RoundTrip(r *http.Request) (*http.Response, error) {
	action, ours := strings.CutPrefix(r.URL.Path, "/p/token-")
	if !ours || r.Method != http.MethodPost || r.Header.Get("Origin") != "" {
		return &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody}, nil
	}
	said, err := a.in.Reply(r.Context(), paging.Reply{Method: paging.MethodPush, ID: a.key, Action: action})
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(said))}, err
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]ntfysim.Options{
		"server of today":    {Token: token},
		"server before 2.16": {User: "tocsin", Password: "hush hush/&", Old: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			notifiertest.Run(t, func(t *testing.T, in paging.Inbox) notifiertest.Harness {
				sim, n := opened(t, o)
				return notifiertest.Harness{
					Notifier: n, To: topic, Knows: !o.Old, Secrets: []string{o.Token, o.Password},
					Received: func() []notifiertest.Received { return received(sim.All()) },
					Fail:     breakServer(sim),
					Answer: func(r notifiertest.Received, action string) {
						label := map[string]string{"ack": "Acknowledge", "escalate": "Escalate"}[action]
						client := &http.Client{Transport: acting{in, r.ID}}
						if said, err := sim.Press(t.Context(), client, r.ID, label); err != nil || said != "Acknowledged INC-42." {
							t.Errorf("Press(%s) = %q, %v", label, said, err)
						}
						if left := sim.Messages(topic); len(left) != 0 {
							t.Errorf("after the button %d notifications are left", len(left))
						}
					},
				}
			})
		})
	}
}

func page(key string) paging.Message {
	m := paging.Message{
		Key: key, Kind: paging.MessagePage, To: topic, Incident: 42, Severity: 2, Urgency: "high",
		Title: "Checkout returns errors", Text: "You are paged.", Link: "https://tocsin.example/i/42",
	}
	for i, label := range []string{"Acknowledge", "Escalate", "Resolve", "I am awake"} {
		m.Actions = append(m.Actions, paging.Action{Name: label, Label: label, URL: fmt.Sprintf("https://tocsin.example/act/t%d", i)})
	}
	return m
}

func TestUrgencyTagsAndButtons(t *testing.T) {
	t.Parallel()
	sim, n := opened(t, ntfysim.Options{})
	for urgency, want := range map[string]int{"high": 5, "low": 2, "": 3} {
		m := page("k" + urgency)
		m.Urgency = urgency
		if _, err := n.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		all := sim.All()
		got := all[len(all)-1]
		if got.Priority != want || len(got.Buttons) != 3 || got.Buttons[0].Method != "POST" || !got.Buttons[0].Clear {
			t.Errorf("urgency %q: priority %d, buttons %+v", urgency, got.Priority, got.Buttons)
		}
		if tags := strings.Join(got.Tags, " "); !strings.Contains(tags, "sev2 INC-42") || strings.Contains(tags, "rotating_light") != (urgency == "high") {
			t.Errorf("urgency %q: tags %q", urgency, tags)
		}
	}
	m := page("no links")
	for i := range m.Actions {
		m.Actions[i].URL = ""
	}
	if _, err := n.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := sim.All()[len(sim.All())-1]
	if len(got.Buttons) != 0 || !strings.Contains(got.Text, "You are paged.\nAnswer in Slack: there are no buttons") {
		t.Errorf("without a public URL there are %d buttons and the text %q", len(got.Buttons), got.Text)
	}
	for _, m := range sim.All()[:3] {
		if strings.Contains(m.Text, "Answer in Slack") {
			t.Errorf("with buttons it says %q", m.Text)
		}
	}
}

func TestAnswersBecomeClasses(t *testing.T) {
	t.Parallel()
	const permanent, waits, soon = "permanent", "waits", "soon"
	for _, c := range []struct {
		status, code int
		class, says  string
	}{
		{401, 40101, permanent, "NTFY_URL"}, {403, 40301, permanent, "write access"}, {400, 40010, permanent, "topic"},
		{400, 40018, permanent, "refuses"}, {413, 41303, permanent, "too large"}, {404, 0, permanent, "NTFY_URL"},
		{302, 0, permanent, "NTFY_URL"}, {204, 0, permanent, "refuses"}, {429, 42901, waits, "limiting"}, {429, 42908, permanent, "today"},
		{429, 42909, waits, "logins"}, {500, 50001, soon, "trouble"}, {502, 0, soon, "trouble"}, {503, 0, soon, "trouble"}, {507, 50701, soon, "trouble"},
	} {
		t.Run(fmt.Sprint(c.status, c.code), func(t *testing.T) {
			t.Parallel()
			sim, n := opened(t, ntfysim.Options{Token: token})
			sim.Fail(c.status, c.code, "words with "+token)
			_, err := n.Send(t.Context(), page("a"))
			got := soon
			if _, ok := errors.AsType[*paging.Refused](err); ok {
				got = permanent
			}
			if l, ok := errors.AsType[*paging.Limited](err); ok && l.Wait() >= time.Second {
				got = waits
			}
			if err == nil || got != c.class || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), token) {
				t.Errorf("Send = %v (%s); want %s and %q", err, got, c.class, c.says)
			}
		})
	}
}

func TestWrongTokenAndTopicsAreRefused(t *testing.T) {
	t.Parallel()
	sim := ntfysim.New(ntfysim.Options{Token: token})
	sim.ListenPipe()
	t.Cleanup(sim.Close)
	n, err := ntfy.New(ntfy.Config{URL: "http://tk_wrong@ntfy.localhost"}, sim.HTTPClient().Transport)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Send(t.Context(), page("a")); err == nil || !strings.Contains(err.Error(), "does not accept our login") {
		t.Errorf("Send with a wrong token = %v", err)
	}
	free, m := ntfysim.New(ntfysim.Options{}), page("a")
	free.ListenPipe()
	t.Cleanup(free.Close)
	if n, err = ntfy.New(ntfy.Config{URL: ntfy.Secret(free.URL())}, free.HTTPClient().Transport); err != nil {
		t.Fatal(err)
	}
	free.Deny("private")
	for _, to := range []string{"", "a/b", strings.Repeat("x", 65), "../v1", "settings", "private", "töpic"} {
		m.To = to
		_, err := n.Send(t.Context(), m)
		if _, ok := errors.AsType[*paging.Refused](err); !ok {
			t.Errorf("Send to %q = %v; want it refused", to, err)
		}
	}
	if len(free.All()) != 0 {
		t.Error("one of them arrived")
	}
}

func TestSomethingElseThanNtfyIsNoSuccess(t *testing.T) {
	t.Parallel()
	n, err := ntfy.New(ntfy.Config{URL: "https://portal.example"}, portal{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Send(t.Context(), page("a")); err == nil || !strings.Contains(err.Error(), "There is no ntfy server") {
		t.Errorf("Send to a login page = %v", err)
	}
}

// portal answers everything with its login page.
type portal struct{}

func (portal) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("<html>Log in</html>"))}, nil
}

func TestDeadlineIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, n := opened(t, ntfysim.Options{})
		sim.Hang()
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
		defer cancel()
		began := time.Now()
		_, err := n.Send(ctx, page("a"))
		if _, ok := errors.AsType[*paging.Unavailable](err); !ok || time.Since(began) != 8*time.Second {
			t.Errorf("Send = %v after %v; want unavailable after 8s", err, time.Since(began))
		}
		sim.Close()
	})
}

func TestPauseIsBelievedWithinBounds(t *testing.T) {
	t.Parallel()
	for asked, want := range map[time.Duration]time.Duration{0: 5 * time.Second, 7 * time.Second: 7 * time.Second, 24 * time.Hour: 10 * time.Minute} {
		sim, n := opened(t, ntfysim.Options{})
		sim.RateLimit(asked)
		_, err := n.Send(t.Context(), page("a"))
		if l, ok := errors.AsType[*paging.Limited](err); !ok || l.Wait() != want {
			t.Errorf("Retry-After %v: %v; want to wait %v", asked, err, want)
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"": "", "https://ntfy.sh": "", "https://:tk_x@ntfy.example/": "", "https://tk_x@ntfy.example": "", "https://u:p@ntfy.example:8443": "", "http://127.0.0.1:2586": "",
		"ntfy.sh": "web address", "http://ntfy.example": "https", "https://ntfy.sh/mytopic": "path", "https://zzret@ntfy.sh": "without a password", "https://ntfy.sh?auth=zzret": "after ?",
	} {
		got := strings.Join(ntfy.Config{URL: ntfy.Secret(url)}.Validate(), " ")
		if (want == "") != (got == "") || !strings.Contains(got, want) || strings.Contains(got, "zzret") {
			t.Errorf("%s: %q; want %q", url, got, want)
		}
	}
}

// FuzzPublish holds any text to the server's limits: links and buttons arrive, and
// nothing is cut by the server or by a push service.
func FuzzPublish(f *testing.F) {
	f.Add("Checkout", "is down", "Acknowledge", "k")
	f.Add(strings.Repeat("\u202e", 9000), strings.Repeat("\x01\"\\", 9000), "", "a/b")
	f.Add(strings.Repeat("👩‍🚒", 900), strings.Repeat("🔥", 9000), "x\r\ny", strings.Repeat("k", 99))
	sim := ntfysim.New(ntfysim.Options{Old: true})
	sim.ListenPipe()
	f.Cleanup(sim.Close)
	n, err := ntfy.New(ntfy.Config{URL: ntfy.Secret(sim.URL())}, sim.HTTPClient().Transport)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, title, text, label, key string) {
		m := page(key)
		m.Title, m.Text, m.To = title, text, topic
		m.Actions[0].Label = label
		receipt, err := n.Send(t.Context(), m)
		if err != nil {
			t.Fatalf("Send = %v", err)
		}
		for _, got := range sim.All() {
			if got.ID == receipt.ID && (len(got.Buttons) != 3 || got.Click != m.Link || !utf8.ValidString(got.Title+got.Text)) {
				t.Fatalf("it arrived as %+v", got)
			}
		}
	})
}
