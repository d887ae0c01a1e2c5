package email_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/integrations/email"
	"github.com/tocsinhq/tocsin/integrations/email/mailsim"
)

// desk serves links as the program does, and counts what they did.
type desk struct {
	acted []string
	*http.Client
}

func newDesk() *desk {
	d := &desk{}
	page := email.ActionPage{
		Parse: func(_ context.Context, token string) (email.Offer, error) {
			switch token {
			case "expired":
				return email.Offer{}, incident.Errorf(incident.Forbidden, "This link has expired; act in Slack.")
			case "gone":
				return email.Offer{}, nil
			case "broken":
				return email.Offer{}, errors.New("database at 10.0.0.7 is down")
			}
			return email.Offer{Title: "INC-42: <b>Checkout</b>", Text: "Bob, you are paged.", Button: "Acknowledge"}, nil
		},
		Act: func(_ context.Context, token string) (string, error) {
			if token == "expired" {
				return "", incident.Errorf(incident.Forbidden, "This link has expired; act in Slack.")
			}
			d.acted = append(d.acted, token)
			return "You acknowledged INC-42.", nil
		},
	}
	mux := http.NewServeMux()
	mux.Handle("GET /act/{token}", page)
	mux.Handle("POST /act/{token}", page)
	d.Client = &http.Client{Transport: handled{http.NewCrossOriginProtection().Handler(mux)}}
	return d
}

func (d *desk) ask(t *testing.T, method, path string, header ...string) (*http.Response, string) {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "http://tocsin.example"+path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	d.Transport.(handled).ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

func TestScannersChangeNothingAndOnePressDoes(t *testing.T) {
	t.Parallel()
	sim, n := opened(t, mailsim.Options{})
	m := page("a")
	m.Link = ""
	mail := sent(t, sim, n, m)
	d := newDesk()
	statuses, err := mail.Scan(t.Context(), d.Client)
	if err != nil || len(statuses) != 3 || len(d.acted) != 0 {
		t.Fatalf("after a scan (%v, %v) these were acted on: %v", statuses, err, d.acted)
	}
	said, err := mail.Press(t.Context(), d.Client, "Acknowledge")
	if err != nil || said != "You acknowledged INC-42." || len(d.acted) != 1 || d.acted[0] != "t1" {
		t.Errorf("Press = %q, %v; acted on %v", said, err, d.acted)
	}
}

func TestActionPageTellsItsReaders(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, path, accept string
		status               int
		says                 string
	}{
		"asks":              {"GET", "/act/good", "text/html", 200, "INC-42: &lt;b&gt;Checkout&lt;/b&gt;"},
		"expired":           {"GET", "/act/expired", "text/html", 403, "This link has expired; act in Slack."},
		"expired, pressed":  {"POST", "/act/expired", "text/html", 403, "This link has expired; act in Slack."},
		"expired, an app":   {"POST", "/act/expired", "", 403, "This link has expired; act in Slack.\n"},
		"nothing to do":     {"GET", "/act/gone", "text/html", 404, "nothing left to answer"},
		"too long":          {"GET", "/act/" + strings.Repeat("a", 2000), "text/html", 403, "incomplete"},
		"trouble of ours":   {"GET", "/act/broken", "text/html", 500, "on our side"},
		"an app, no Accept": {"POST", "/act/good", "", 200, "You acknowledged INC-42.\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, text := newDesk().ask(t, c.method, c.path, "Accept", c.accept)
			if answer.StatusCode != c.status || !strings.Contains(text, c.says) || strings.Contains(text, "10.0.0.7") {
				t.Errorf("%d %q; want %d and %q", answer.StatusCode, text, c.status, c.says)
			}
			if c.accept == "" && strings.Contains(text, "<") {
				t.Errorf("an app gets a page: %q", text)
			}
		})
	}
}

func TestActionPageIsLocked(t *testing.T) {
	t.Parallel()
	d := newDesk()
	answer, text := d.ask(t, "GET", "/act/good", "Accept", "text/html")
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
		"X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex, nofollow",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s = %q; want %q", name, got, want)
		}
	}
	policy := answer.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "style-src 'sha256-"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %s", policy, want)
		}
	}
	if strings.Contains(text, "<script") || strings.Contains(text, "http-equiv") {
		t.Error("the page does something by itself")
	}
	for _, method := range []string{"HEAD", "PUT", "DELETE", "OPTIONS"} {
		d.ask(t, method, "/act/good", "Accept", "text/html")
	}
	if answer, _ := d.ask(t, "POST", "/act/good", "Origin", "https://evil.example"); answer.StatusCode != http.StatusForbidden || len(d.acted) != 0 {
		t.Errorf("another site's form: %d, acted on %v", answer.StatusCode, d.acted)
	}
}

func TestFailureDoesNotLogTheToken(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	page := email.ActionPage{
		Parse: func(context.Context, string) (email.Offer, error) { return email.Offer{}, errors.New("down") },
		Log:   slog.New(slog.NewTextHandler(&log, nil)),
	}
	mux := http.NewServeMux()
	mux.Handle("GET /act/{token}", page)
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/act/verysecret", nil))
	if got := log.String(); !strings.Contains(got, "down") || strings.Contains(got, "verysecret") {
		t.Errorf("log: %s", got)
	}
}
