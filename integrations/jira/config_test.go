package jira_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/integrations/jira"
)

func TestEveryMistakeIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	bad := jira.Config{URL: "http://u:p@example.atlassian.net/browse/OPS-1", User: "alice", Project: "ops", Timeout: -1}.Validate()
	all := strings.Join(bad, "\n")
	for _, want := range []string{"must not carry a user", "JIRA_TOKEN is not set", "not an e-mail address", `"ops" is not a Jira project key`, "timeout -1ns is negative"} {
		if !strings.Contains(all, want) {
			t.Errorf("missing %q in:\n%s", want, all)
		}
	}
	if len(bad) != 5 {
		t.Errorf("%d mistakes; want 5:\n%s", len(bad), all)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	good := jira.Config{URL: "https://example.atlassian.net", User: "bot@example.com", Token: "t", Project: "OPS"}
	for _, c := range []struct {
		name   string
		change func(*jira.Config)
		want   string // empty means valid
	}{
		{"cloud", func(*jira.Config) {}, ""},
		{"off", func(c *jira.Config) { *c = jira.Config{} }, ""},
		{"data center with a path", func(c *jira.Config) { c.URL, c.User = "https://jira.example.com/tracker/", "" }, ""},
		{"gateway", func(c *jira.Config) { c.URL, c.User = "https://api.atlassian.com/ex/jira/1234", "" }, ""},
		{"local without encryption", func(c *jira.Config) { c.URL = "http://127.0.0.1:8080" }, ""},
		{"no site", func(c *jira.Config) { c.URL = "" }, "JIRA_URL is not set"},
		{"no scheme", func(c *jira.Config) { c.URL = "example.atlassian.net" }, "is not a web address"},
		{"not a web address", func(c *jira.Config) { c.URL = "ftp://example.com" }, "is not a web address"},
		{"into Jira", func(c *jira.Config) { c.URL += "/rest/api/2/" }, "points into Jira"},
		{"not encrypted", func(c *jira.Config) { c.URL = "http://jira.example.com" }, "not encrypted"},
		{"cloud without user", func(c *jira.Config) { c.User = "" }, "JIRA_USER is not set"},
		{"no project", func(c *jira.Config) { c.Project = "" }, "project is not set"},
	} {
		cfg := good
		c.change(&cfg)
		got := strings.Join(cfg.Validate(), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: Validate = %q; want %q", c.name, got, c.want)
		}
		if _, err := jira.New(cfg, nil); (err == nil) != (c.want == "" && cfg.Enabled()) {
			t.Errorf("%s: New = %v", c.name, err)
		}
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	c := jira.Config{Token: "open sesame", WebhookSecret: "open sesame"}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf("%+v %#v %q", c, c, c.Token), string(b)} {
		if strings.Contains(s, "sesame") {
			t.Errorf("printed: %s", s)
		}
	}
}

func TestTokenGoesToTheSiteAlone(t *testing.T) {
	t.Parallel()
	leaked := make(chan string, 1)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { leaked <- r.Header.Get("Authorization") }))
	t.Cleanup(other.Close)
	seen := make(chan string, 2)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header.Get("Authorization")
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(srv.Close)
	for user, want := range map[string]string{"": "Bearer t", "a@b.example": "Basic " + base64.StdEncoding.EncodeToString([]byte("a@b.example:t"))} {
		c, err := jira.New(jira.Config{URL: srv.URL, User: user, Token: "t", Project: "OPS"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		if _, err := c.Myself(t.Context()); kindOf(err) != "refused" {
			t.Errorf("Myself = %v; want it refused", err)
		}
		if got := <-seen; got != want {
			t.Errorf("Authorization = %q; want %q", got, want)
		}
	}
	select {
	case got := <-leaked:
		t.Errorf("the redirect was followed with %q", got)
	default:
	}
}
