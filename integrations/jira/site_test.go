package jira_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
)

// site is a simulated Jira with a client for it. Every request that the client sends,
// and every answer, is held against Jira's own description when that is at hand.
type site struct {
	*jirasim.Sim
	*jira.Client
	conformance *conformance // nil where the description is absent
}

func newSite(t *testing.T, o jirasim.Options, change ...func(*jira.Config)) site {
	t.Helper()
	sim := jirasim.New(o)
	sim.ListenPipe()
	t.Cleanup(sim.Close)
	c := jira.Config{URL: sim.URL(), Token: jirasim.DefaultToken, Project: "OPS", IssueType: "Incident", ActionItemType: "Task", WebhookSecret: "hush"}
	if o.Cloud {
		c.User = "tocsin@example.com"
	}
	for _, f := range change {
		f(&c)
	}
	var judge *conformance
	transport := sim.HTTPClient().Transport
	if d := description(t); d != nil {
		judge = &conformance{t: t, description: d, base: transport, seen: map[string]bool{}}
		transport = judge
	}
	client, err := jira.New(c, transport)
	if err != nil {
		t.Fatal(err)
	}
	return site{sim, client, judge}
}

// both runs a test against Cloud and against Data Center.
func both(t *testing.T, test func(*testing.T, jirasim.Options)) {
	t.Helper()
	people := []jirasim.User{{ID: "alice-id", Name: "Alice", Email: "alice@example.com"}, {ID: "bob-id", Name: "Bob", Email: "bob@example.com"}}
	t.Run("cloud", func(t *testing.T) {
		t.Parallel()
		test(t, jirasim.Options{Cloud: true, People: people})
	})
	t.Run("data center", func(t *testing.T) {
		t.Parallel()
		test(t, jirasim.Options{People: people})
	})
}

// file files an issue or ends the test.
func (s site) file(t *testing.T, summary string, labels ...string) jira.Issue {
	t.Helper()
	i, err := s.Create(t.Context(), jira.NewIssue{Summary: summary, Labels: labels})
	if err != nil {
		t.Fatalf("Create(%q): %v", summary, err)
	}
	return i
}

// shared is a file of the data folder that the project does not contain.
func shared(t *testing.T, name string) []byte {
	t.Helper()
	root := os.Getenv("TOCSIN_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err == nil {
		return b
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("the data folder is incomplete: %v", err)
	}
	t.Skipf("the data folder is absent: %v", err)
	return nil
}

func sharedJSON(t *testing.T, name string, v any) {
	t.Helper()
	if err := json.Unmarshal(shared(t, name), v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// canned answers every request alike.
type canned struct {
	status int
	header http.Header
	body   string
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: c.status, Header: c.header.Clone(), Body: io.NopCloser(bytes.NewBufferString(c.body)), Request: r}, nil
}

// dataCenter is a client whose every call gets the canned answer.
func dataCenter(t *testing.T, answer http.RoundTripper) *jira.Client {
	t.Helper()
	c, err := jira.New(jira.Config{URL: "https://jira.example.com/tracker", Token: "t", Project: "OPS"}, answer)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
