package web

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// foreign are the headers that browsers of today and of before 2023 send with a fetch
// of another site.
var foreign = map[string][]string{
	"today":       {"Origin", "https://ntfy.example", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"},
	"old":         {"Origin", "https://ntfy.example"},
	"same site":   {"Origin", "https://ntfy.example", "Sec-Fetch-Site", "same-site"},
	"opaque":      {"Origin", "null", "Sec-Fetch-Site", "cross-site"},
	"navigation":  {"Origin", "https://ntfy.example", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"},
	"no CORS":     {"Origin", "https://ntfy.example", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"},
	"only hinted": {"Sec-Fetch-Site", "cross-site"},
}

// linked starts a server with a signed link, and other handlers around it.
func linked(t *testing.T) (base string, pressed, others *atomic.Int32) {
	t.Helper()
	pressed, others = new(atomic.Int32), new(atomic.Int32)
	count := func(n *atomic.Int32) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				n.Add(1)
			}
		})
	}
	base, _ = started(t, Config{}, func(s *Server) {
		s.HandleLink("/p/{token}", count(pressed))
		for _, pattern := range []string{"POST /webhooks/jira", "POST /callbacks/twilio/", "POST /p/{token}/more", "POST /{$}", "PUT /things"} {
			s.Handle(pattern, count(others))
		}
	})
	return base, pressed, others
}

func TestOtherSitesMayPressASignedLink(t *testing.T) {
	t.Parallel()
	for name, header := range foreign {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, pressed, _ := linked(t)
			answer, text := ask(t, "POST", base+"/p/token", nil, header...)
			if answer.StatusCode != http.StatusOK || pressed.Load() != 1 || answer.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%d %q, pressed %d times, Access-Control-Allow-Origin %q", answer.StatusCode, text, pressed.Load(), answer.Header.Get("Access-Control-Allow-Origin"))
			}
			if got := answer.Header.Get("Access-Control-Allow-Credentials"); got != "" {
				t.Errorf("Access-Control-Allow-Credentials: %q", got)
			}
		})
	}
}

func TestPreflightAllowsThePostAndPressesNothing(t *testing.T) {
	t.Parallel()
	base, pressed, _ := linked(t)
	answer, text := ask(t, "OPTIONS", base+"/p/token", nil, "Origin", "https://ntfy.example", "Sec-Fetch-Site", "cross-site",
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type")
	for name, want := range map[string]string{"Origin": "*", "Methods": "POST", "Headers": "*"} {
		if got := answer.Header.Get("Access-Control-Allow-" + name); got != want {
			t.Errorf("Access-Control-Allow-%s: %q, want %q", name, got, want)
		}
	}
	if answer.StatusCode != http.StatusNoContent || text != "" || pressed.Load() != 0 {
		t.Errorf("%d %q, pressed %d times", answer.StatusCode, text, pressed.Load())
	}
	if answer, _ := ask(t, "GET", base+"/p/token", nil, foreign["today"]...); answer.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("other sites may read the page behind a link")
	}
}

func TestOtherSitesCanPostNowhereElse(t *testing.T) {
	t.Parallel()
	base, pressed, others := linked(t)
	for _, c := range []struct{ method, path string }{
		{"POST", "/webhooks/jira"}, {"POST", "/callbacks/twilio/sms"}, {"POST", "/p/token/more"}, {"POST", "/"}, {"PUT", "/things"},
		{"POST", "/p/"}, {"POST", "/p"}, {"POST", "/p/token/"}, {"POST", "/P/token"}, {"POST", "//p/token"}, {"POST", "/p/../webhooks/jira"},
		{"POST", "/p//../../webhooks/jira"}, {"POST", "/nowhere"}, {"POST", "/healthz"}, {"PUT", "/p/token"}, {"DELETE", "/p/token"}, {"PATCH", "/p/token"},
	} {
		for name, header := range foreign {
			answer, _ := ask(t, c.method, base+c.path, nil, header...)
			if answer.StatusCode != http.StatusForbidden || answer.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s %s (%s): %d, want 403, and no word that it is allowed", c.method, c.path, name, answer.StatusCode)
			}
		}
	}
	for _, path := range []string{"/webhooks/jira", "/", "/things", "/p/token/more"} {
		answer, _ := ask(t, "OPTIONS", base+path, nil, "Origin", "https://ntfy.example", "Access-Control-Request-Method", "POST")
		if got := answer.Header.Get("Access-Control-Allow-Origin"); got != "" || strings.HasPrefix(answer.Status, "2") {
			t.Errorf("preflight of %s: %s, Access-Control-Allow-Origin %q", path, answer.Status, got)
		}
	}
	if pressed.Load() != 0 || others.Load() != 0 {
		t.Errorf("%d links were pressed, %d others reached", pressed.Load(), others.Load())
	}
}
