package page_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/bot/slacksim/page"
)

type object = map[string]any

// serve is the page over a workspace of alice and bob, without an app.
func serve(t *testing.T, o page.Options) (*slacksim.Workspace, *httptest.Server) {
	t.Helper()
	w := slacksim.New(slacksim.Options{})
	w.AddPerson("alice", slacksim.PersonOptions{})
	w.AddPerson("bob", slacksim.PersonOptions{})
	o.Workspace = w
	server := httptest.NewServer(page.New(o))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		w.Close()
	})
	return w, server
}

// does posts an action as the page does and returns the status and the answer.
func does(t *testing.T, server *httptest.Server, what object, header ...string) (int, object) {
	t.Helper()
	body, err := json.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, server.URL+"/api/act", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Workspace-Page", "1")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return answered(t, server, r)
}

func looks(t *testing.T, server *httptest.Server, query string) (int, object) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, server.URL+"/api/state?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	return answered(t, server, r)
}

func answered(t *testing.T, server *httptest.Server, r *http.Request) (int, object) {
	t.Helper()
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := object{}
	if json.Unmarshal(raw, &answer) != nil {
		answer["text"] = string(raw)
	}
	return res.StatusCode, answer
}

// step is an action and what it must lead to.
type step struct {
	what  object
	holds func() bool
}

func TestEveryVerbOfTalkActsOnTheWorkspace(t *testing.T) {
	t.Parallel()
	w, server := serve(t, page.Options{})
	status, said := does(t, server, object{"person": "alice", "verb": "message", "channel": "#incidents", "text": "hello @bob"})
	ts, _ := said["ts"].(string)
	if status != http.StatusOK || ts == "" {
		t.Fatalf("saying hello = %d %v", status, said)
	}
	message := func() slacksim.Message {
		for _, m := range w.Messages("#incidents") {
			if m.TS == ts {
				return m
			}
		}
		return slacksim.Message{}
	}
	in := func(verb string, more ...string) object {
		what := object{"person": "alice", "verb": verb, "channel": "#incidents", "ts": ts}
		for i := 0; i < len(more); i += 2 {
			what[more[i]] = more[i+1]
		}
		return what
	}
	walk(t, server, []step{
		{in("react", "emoji", "eyes"), func() bool { return len(message().Reactions) == 1 }},
		{in("unreact", "emoji", "eyes"), func() bool { return len(message().Reactions) == 0 }},
		{in("pin"), func() bool { return len(w.Pinned("#incidents")) == 1 }},
		{in("unpin"), func() bool { return len(w.Pinned("#incidents")) == 0 }},
		{in("edit", "text", "hullo"), func() bool { return message().Text == "hullo" && message().EditedTS != "" }},
		{in("reply", "text", "more"), func() bool { all := w.Messages("#incidents"); return all[len(all)-1].ThreadTS == ts }},
		{in("upload", "name", "a.txt", "content", "aGVsbG8="), func() bool { all := w.Messages("#incidents"); return len(all[len(all)-1].Files) == 1 }},
		{in("delete"), func() bool { return message().TS == "" }},
		{in("direct", "text", "psst"), func() bool { all := w.Channels(); return all[len(all)-1].Kind == "im" }},
	})
}

func TestEveryVerbOfChannelsActsOnTheWorkspace(t *testing.T) {
	t.Parallel()
	w, server := serve(t, page.Options{})
	status, made := does(t, server, object{"person": "alice", "verb": "create", "name": "payments"})
	id, _ := made["channel"].(string)
	if status != http.StatusOK || id == "" {
		t.Fatalf("creating = %d %v", status, made)
	}
	channel := func() slacksim.Channel { c, _ := w.Channel(id); return c }
	in := func(person, verb string, more ...string) object {
		what := object{"person": person, "verb": verb, "channel": id}
		for i := 0; i < len(more); i += 2 {
			what[more[i]] = more[i+1]
		}
		return what
	}
	walk(t, server, []step{
		{in("bob", "join"), func() bool { return len(channel().Members) == 2 }},
		{in("bob", "leave"), func() bool { return len(channel().Members) == 1 }},
		{in("alice", "invite", "name", "bob"), func() bool { return len(channel().Members) == 2 }},
		{in("alice", "remove", "name", "bob"), func() bool { return len(channel().Members) == 1 }},
		{in("alice", "topic", "text", "money"), func() bool { return channel().Topic == "money" }},
		{in("alice", "rename", "name", "payments-2"), func() bool { return channel().Name == "payments-2" }},
		{in("alice", "archive"), func() bool { return channel().Archived }},
		{in("alice", "unarchive"), func() bool { return !channel().Archived }},
		{in("alice", "delete_channel"), func() bool { return channel().ID == "" }},
	})
}

func walk(t *testing.T, server *httptest.Server, steps []step) {
	t.Helper()
	for _, s := range steps {
		if status, answer := does(t, server, s.what); status != http.StatusOK {
			t.Errorf("%v = %d %v", s.what, status, answer)
		} else if !s.holds() {
			t.Errorf("%v changed nothing", s.what)
		}
	}
}

func TestRefusalsAreSentences(t *testing.T) {
	t.Parallel()
	w, server := serve(t, page.Options{})
	w.AddChannel("secret", "bob", true)
	for name, c := range map[string]struct {
		what   object
		status int
		says   string
	}{
		"no such person":    {object{"person": "zoe", "verb": "message"}, http.StatusNotFound, "no such person"},
		"no such verb":      {object{"person": "alice", "verb": "dance"}, http.StatusBadRequest, "reload"},
		"a private channel": {object{"person": "alice", "verb": "message", "channel": "#secret", "text": "x"}, http.StatusUnprocessableEntity, "was not sent"},
		"no such message":   {object{"person": "alice", "verb": "pin", "channel": "#incidents", "ts": "1.0"}, http.StatusUnprocessableEntity, "There is no such message"},
		"a foreign command": {object{"person": "alice", "verb": "command", "channel": "#general", "text": "/giphy"}, http.StatusUnprocessableEntity, "/giphy is not a valid command"},
		"no such view":      {object{"person": "alice", "verb": "submit", "view": "V1"}, http.StatusUnprocessableEntity, "not open any more"},
		"a bad name":        {object{"person": "alice", "verb": "create", "name": "Ä B"}, http.StatusUnprocessableEntity, "invalid_name"},
	} {
		status, answer := does(t, server, c.what)
		if text, _ := answer["error"].(string); status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s = %d %v; want %d and %q", name, status, answer, c.status, c.says)
		}
	}
}

func TestForeignPagesCannotAct(t *testing.T) {
	t.Parallel()
	w, server := serve(t, page.Options{})
	hello := object{"person": "alice", "verb": "message", "channel": "#incidents", "text": "gotcha"}
	for name, header := range map[string][]string{
		"without the page's header": {"X-Workspace-Page", ""},
		"cross-site":                {"Sec-Fetch-Site", "cross-site"},
		"a foreign origin":          {"Origin", "https://evil.example"},
	} {
		if status, answer := does(t, server, hello, header...); status != http.StatusForbidden {
			t.Errorf("%s = %d %v", name, status, answer)
		}
	}
	if n := len(w.Messages("#incidents")); n != 0 {
		t.Errorf("%d messages were posted", n)
	}
}

func TestStateIsWhatThePersonSees(t *testing.T) {
	t.Parallel()
	w, server := serve(t, page.Options{})
	id := w.AddChannel("secret", "bob", true)
	w.Person("bob").Says(id, "between us, @bob")
	w.Person("bob").Says("#incidents", "hello @alice")
	names := func(state object) (all []string) {
		for _, c := range state["channels"].([]any) {
			all = append(all, c.(object)["name"].(string))
		}
		return all
	}
	_, alice := looks(t, server, "person=alice&channel="+id)
	if got := strings.Join(names(alice), " "); got != "general incidents" || alice["channel"] == id {
		t.Errorf("alice sees %s, messages of %v", got, alice["channel"])
	}
	if raw, err := json.Marshal(alice); err != nil || bytes.Contains(raw, []byte("between us")) {
		t.Errorf("alice's state tells what is private: %s %v", raw, err)
	}
	if mentions := alice["channels"].([]any)[1].(object)["mentions"].([]any); len(mentions) != 1 {
		t.Errorf("alice is mentioned %v", mentions)
	}
	_, bob := looks(t, server, "person=U0BOB&channel="+id)
	if len(bob["messages"].([]any)) != 2 || bob["me"] != "U0BOB" {
		t.Errorf("bob sees %v", bob["messages"])
	}
	if status, answer := looks(t, server, "person=zoe"); status != http.StatusNotFound || answer["error"] == nil {
		t.Errorf("a stranger = %d %v", status, answer)
	}
}

func TestFilesAreSavedNotShown(t *testing.T) {
	t.Parallel()
	w, server := serve(t, page.Options{})
	id := w.Person("alice").Uploads("#incidents", `x".html`, []byte("<script>"))
	res, err := server.Client().Get(server.URL + "/api/files/" + id)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close() // the header is what counts
	h := res.Header
	if h.Get("Content-Type") != "application/octet-stream" || h.Get("Content-Disposition") != "attachment; filename*=UTF-8''x%22.html" {
		t.Errorf("a file is served as %v", h)
	}
}

func TestPolicyAllowsOurScriptsAndThePanelsOnly(t *testing.T) {
	t.Parallel()
	_, server := serve(t, page.Options{Panels: []page.Panel{{Title: "Board", URL: "http://127.0.0.1:7/board"}, {Title: "Ours", URL: "/jira/"}}})
	for _, path := range []string{"/", "/app.js", "/frame.css", "/api/setup"} {
		res, err := server.Client().Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close() // the header is what counts
		policy := res.Header.Get("Content-Security-Policy")
		if res.StatusCode != http.StatusOK || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "script-src 'self';") ||
			!strings.Contains(policy, "frame-src 'self' http://127.0.0.1:7;") {
			t.Errorf("%s = %d with %q", path, res.StatusCode, policy)
		}
	}
}
