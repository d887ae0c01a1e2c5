package jira_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
)

func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	var vectors struct {
		Cases []struct {
			Secret, Body, Header string
			Valid                bool
		}
	}
	sharedJSON(t, "specs/vectors/jira-webhook.json", &vectors)
	if len(vectors.Cases) == 0 {
		t.Fatal("no vectors")
	}
	for _, c := range vectors.Cases {
		if err := jira.Verify(jira.Secret(c.Secret), []byte(c.Body), c.Header); (err == nil) != c.Valid {
			t.Errorf("Verify(%q, %q) = %v; want valid = %v", c.Body, c.Header, err, c.Valid)
		}
		if err := jira.Verify(jira.Secret(c.Secret), []byte(c.Body+" "), c.Header); c.Valid && !errors.Is(err, jira.ErrWrongSignature) {
			t.Errorf("Verify of a changed body = %v", err)
		}
	}
}

func TestBadSignaturesAreToldApart(t *testing.T) {
	t.Parallel()
	good := "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9" // Atlassian's example
	const secret, body = "It's a Secret to Everybody", "Hello World!"
	for _, c := range []struct {
		name, secret, header string
		want                 error
	}{
		{"right", secret, good, nil},
		{"upper case digits", secret, "sha256=" + strings.ToUpper(good[7:]), nil},
		{"no secret", "", good, jira.ErrNoSecret},
		{"missing", secret, "", jira.ErrNoSignature},
		{"no prefix", secret, good[7:], jira.ErrMalformedSignature},
		{"another method", secret, "sha1=" + good[7:47], jira.ErrMalformedSignature},
		{"short", secret, good[:70], jira.ErrMalformedSignature},
		{"no digits", secret, "sha256=" + strings.Repeat("z", 64), jira.ErrMalformedSignature},
		{"another secret", "guess", good, jira.ErrWrongSignature},
	} {
		if err := jira.Verify(jira.Secret(c.secret), []byte(body), c.header); !errors.Is(err, c.want) {
			t.Errorf("%s: Verify = %v; want %v", c.name, err, c.want)
		}
	}
}

func TestRecordedWebhooks(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]struct {
		kind                 jira.EventKind
		key, actor, status   string
		category             jira.Category
		from, to, resolution string
		assignee             string
		changes              int
	}{
		"issue-created.json":                    {kind: jira.EventCreated, key: "TES-41", actor: "5c5f880629be9642ba529340", status: "To Do", category: jira.ToDo, to: "To Do", changes: 5},
		"issue-updated-started-working.json":    {kind: jira.EventUpdated, key: "TES-41", actor: "5c5f880629be9642ba529340", status: "In Progress", category: jira.Doing, from: "To Do", to: "In Progress", changes: 1},
		"issue-updated-resolved.json":           {kind: jira.EventUpdated, key: "TES-41", actor: "5c5f880629be9642ba529340", status: "Done", category: jira.Done, from: "In Progress", to: "Done", resolution: "Done", changes: 2},
		"server-issue-updated-closed.json":      {kind: jira.EventUpdated, key: "TES-4", actor: "admin", status: "Closed", category: jira.Done, from: "Resolved", to: "Closed", resolution: "Done", assignee: "admin", changes: 1},
		"issue-deleted.json":                    {kind: jira.EventDeleted, key: "IDT-19", actor: "5c5f880629be9642ba529340", status: "To Do", category: jira.ToDo},
		"issue-assigned-empty-changelog.json":   {kind: jira.EventUpdated, key: "TEST-123", actor: "123456", status: "To Do", category: jira.ToDo, assignee: "789012"},
		"cloud-issue-updated-custom-field.json": {kind: jira.EventUpdated, key: "TES-14", actor: "5cedcb4355a88a0fc86388ba", status: "To Do", category: jira.ToDo, assignee: "5cedcb4355a88a0fc86388ba", changes: 1},
		"cloud-comment-created.json":            {kind: jira.EventOther, key: "TES-41", status: "To Do", category: jira.ToDo},
		"server-comment-created.json":           {kind: jira.EventOther},
	} {
		e, err := jira.Parse(shared(t, "specs/webhooks/jira/"+file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		from, to, _ := e.StatusChanged()
		if e.Kind != want.kind || e.Issue.Key != want.key || e.Actor.ID != want.actor || e.Issue.Status != want.status || e.Issue.Category != want.category ||
			from != want.from || to != want.to || e.Issue.Resolution != want.resolution || e.Issue.Assignee.ID != want.assignee || len(e.Changes) != want.changes {
			t.Errorf("%s: %+v; want %+v", file, e, want)
		}
		if e.At.Year() < 2019 {
			t.Errorf("%s: At = %s", file, e.At)
		}
		if want.kind == jira.EventUpdated && file != "issue-assigned-empty-changelog.json" && e.Issue.Updated.IsZero() {
			t.Errorf("%s: Updated is missing", file)
		}
	}
}

func TestAddressOfAnIssueInAWebhook(t *testing.T) {
	t.Parallel()
	e, err := jira.Parse([]byte(`{"webhookEvent":"jira:issue_updated","timestamp":"1550286113023","issue":{"key":"OPS-1","self":"https://jira.example.com/tracker/rest/api/2/issue/7","fields":{"labels":[1,"a"],"status":"odd"}},"user":7}`))
	if err != nil || e.Issue.URL != "https://jira.example.com/tracker/browse/OPS-1" || e.At.Year() != 2019 {
		t.Errorf("Parse = %+v, %v", e, err)
	}
	e, err = jira.Parse([]byte(`{"webhookEvent":"jira:issue_updated","issue":{"key":"<!channel>","id":"7"}}`))
	if err != nil || e.Issue.Key != "" || e.Issue.ID != "7" {
		t.Errorf("Parse with a key that is none = %+v, %v; want the id alone", e, err)
	}
	for _, bad := range []string{"", "{", "[]", "null", `"x"`, "{}", `{"webhookEvent":7}`} {
		if e, err := jira.Parse([]byte(bad)); err == nil {
			t.Errorf("Parse(%q) = %+v; want an error", bad, e)
		}
	}
}

func FuzzParse(f *testing.F) {
	root := os.Getenv("TOCSIN_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	files, err := filepath.Glob(filepath.Join(root, "specs", "webhooks", "jira", "*.json"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"webhookEvent":"jira:issue_updated","timestamp":-1,"issue":null,"changelog":{"items":[null,{"fieldId":"status"}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := jira.Parse(body)
		if err != nil {
			return
		}
		if !json.Valid(body) || e.Name == "" {
			t.Errorf("accepted %q as %+v", body, e)
		}
		if e.Issue.Key != "" && !jira.IsKey(e.Issue.Key) {
			t.Errorf("let the key %q through", e.Issue.Key)
		}
	})
}

func TestBoardTellsTheWebhook(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o)
		events := make(chan jira.Event, 20)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { receive(t, events, w, r) }))
		t.Cleanup(srv.Close)
		s.SetWebhook(srv.URL, "hush", srv.Client())

		key := s.file(t, "Checkout is down").Key
		for _, err := range []error{s.Move(key, "Done", "alice-id"), s.Sim.Assign(key, "bob-id", "alice-id"), s.Edit(key, map[string]any{"summary": "Fixed"}, "bob-id"), s.Delete(key, "bob-id")} {
			if err != nil {
				t.Fatal(err)
			}
		}
		me, err := s.Myself(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []struct {
			kind    jira.EventKind
			actor   string
			changed string
			status  jira.Category
		}{
			{jira.EventCreated, me.ID, "summary", jira.ToDo},
			{jira.EventUpdated, "alice-id", "status", jira.Done},
			{jira.EventUpdated, "alice-id", "assignee", jira.Done},
			{jira.EventUpdated, "bob-id", "summary", jira.Done},
			{jira.EventDeleted, "bob-id", "", jira.Done},
		} {
			e := next(t, events)
			changed := ""
			for _, c := range e.Changes {
				if c.Field == want.changed {
					changed = c.Field
				}
			}
			if e.Kind != want.kind || e.Actor.ID != want.actor || changed != want.changed || e.Issue.Key != key || e.Issue.Category != want.status || e.Issue.Updated.IsZero() {
				t.Errorf("event %+v; want %+v", e, want)
			}
		}
	})
}

// receive does what a receiver of webhooks must.
func receive(t *testing.T, events chan<- jira.Event, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Errorf("read webhook: %v", err)
	}
	if err := jira.Verify("hush", body, r.Header.Get("X-Hub-Signature")); err != nil {
		t.Errorf("webhook: %v", err)
	}
	e, err := jira.Parse(body)
	if err != nil {
		t.Errorf("webhook: %v", err)
	}
	events <- e
	w.WriteHeader(http.StatusAccepted)
}

func next(t *testing.T, events <-chan jira.Event) jira.Event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(time.Minute):
		t.Fatal("no webhook came")
		return jira.Event{}
	}
}
