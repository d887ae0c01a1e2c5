package jira_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	godiff "github.com/google/go-cmp/cmp"
	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
)

// recorded is an answer in the data folder.
type recorded struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
	Text    string            `json:"body_text"`
}

func (r recorded) answer() canned {
	h := http.Header{}
	for k, v := range r.Headers {
		h.Set(k, v)
	}
	return canned{r.Status, h, cmp.Or(r.Text, string(r.Body))}
}

func TestRecordedErrorsInWords(t *testing.T) {
	t.Parallel()
	var all map[string]recorded
	sharedJSON(t, "specs/responses/jira/errors.json", &all)
	want := map[string]string{
		"search_removed_410": "Jira has removed this function (410): The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046. Update Tocsin.",
		"field_errors_400":   "Jira refused field “customfield_11882”: data was not an array.",
		"html_error_503":     "Jira is not working right now (it answered 503); we try again by ourselves.",
		"rate_limited_429":   "Jira is limiting our requests; the next attempt is in 5s.",
	}
	for name, r := range all {
		_, err := dataCenter(t, r.answer()).Create(t.Context(), jira.NewIssue{Summary: "x"})
		if got := jira.Explain(err); got != want[name] {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want[name])
		}
	}
}

func TestErrorsAreRefusedLimitedOrPassing(t *testing.T) {
	t.Parallel()
	const refused, limited, passing = "refused", "limited", "passing"
	asJSON := http.Header{"Content-Type": {"application/json"}}
	for _, c := range []struct {
		name   string
		answer canned
		kind   string
		words  string // that Explain must contain
	}{
		{"bad login", canned{401, asJSON, `{"message":"Client must be authenticated to access this resource.","status-code":401}`}, refused, "Make a new token"},
		{"captcha", canned{403, http.Header{"X-Authentication-Denied-Reason": {"CAPTCHA_CHALLENGE; login-url=https://jira.example.com/login.jsp"}}, ""}, refused, "solve a captcha"},
		{"bad login hidden as absent", canned{404, http.Header{"X-Seraph-Loginreason": {"AUTHENTICATED_FAILED"}}, ""}, refused, "does not accept our login"},
		{"forbidden", canned{403, asJSON, `{"errorMessages":["No permission."],"errors":{}}`}, refused, "Ask a Jira administrator"},
		{"absent", canned{404, asJSON, `{"errorMessages":["Issue does not exist or you do not have permission to see it."],"errors":{}}`}, refused, "Issue does not exist"},
		{"absent, says a proxy", canned{404, http.Header{"Content-Type": {"text/html"}}, `<h1>nope</h1>`}, refused, "(404)"},
		{"moved", canned{301, http.Header{"Location": {"https://elsewhere.example.com"}}, ""}, refused, "Set JIRA_URL"},
		{"two fields", canned{400, asJSON, `{"errorMessages":[],"errors":{"priority":"The priority selected is invalid.","duedate":"Error parsing date string: x"}}`}, refused,
			"Jira refused field “Due date”: Error parsing date string: x. Jira refused field “Priority”: The priority selected is invalid."},
		{"no reason", canned{400, asJSON, `{}`}, refused, "without saying why"},
		{"errors of another shape", canned{400, asJSON, `{"errors":[1,2]}`}, refused, "without saying why"},
		{"login page", canned{200, http.Header{"Content-Type": {"text/html"}}, `<form>`}, refused, "login page"},
		{"too long", canned{413, nil, ""}, refused, "Shorten"},
		{"long words", canned{400, asJSON, `{"errorMessages":["` + strings.Repeat("a ", 5000) + `"]}`}, refused, "…"},
		{"busy", canned{429, nil, ""}, limited, "30s"},
		{"busy until a date", canned{429, http.Header{"Retry-After": {time.Now().Add(50 * time.Minute).UTC().Format(http.TimeFormat)}}, ""}, limited, "49m"},
		{"busy for days", canned{429, http.Header{"Retry-After": {"9999999999"}}, ""}, limited, "1h0m0s"},
		{"busy since the past", canned{429, http.Header{"Retry-After": {"-4"}}, ""}, limited, "1s"},
		{"busy until reset", canned{429, http.Header{"X-Ratelimit-Reset": {time.Now().Add(50 * time.Minute).UTC().Format(time.RFC3339)}}, ""}, limited, "49m"},
		{"overloaded", canned{503, http.Header{"Retry-After": {"7"}}, ""}, limited, "7s"},
		{"down", canned{502, nil, "<html>"}, passing, "502"},
		{"conflict", canned{409, nil, ""}, passing, "409"},
		{"broken JSON", canned{200, asJSON, `{"issues":`}, passing, "cannot be reached"},
		{"longer than we read", canned{200, asJSON, strings.Repeat(" ", 9<<20)}, passing, "cannot be reached"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := dataCenter(t, c.answer).Get(t.Context(), "OPS-1")
			if err == nil {
				t.Fatal("no error")
			}
			if got := kindOf(err); got != c.kind || !strings.Contains(jira.Explain(err), c.words) {
				t.Errorf("%s: %q; want %s: … %q …", got, jira.Explain(err), c.kind, c.words)
			}
			if len(jira.Explain(err)) > 1000 {
				t.Errorf("the explanation has %d bytes", len(jira.Explain(err)))
			}
		})
	}
}

func kindOf(err error) string {
	if _, ok := errors.AsType[*jira.Refused](err); ok {
		return "refused"
	}
	if _, ok := errors.AsType[*jira.RateLimited](err); ok {
		return "limited"
	}
	return "passing"
}

func TestRefusedFieldsHaveTheirNames(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o)
		s.RequireField("Root team")
		_, err := s.Create(t.Context(), jira.NewIssue{Summary: "Checkout is down"})
		r, ok := errors.AsType[*jira.Refused](err)
		if !ok {
			t.Fatalf("Create = %v; want it refused", err)
		}
		if diff := godiff.Diff([]string{"Jira refused field “Root team”: Root team is required."}, r.Reasons); diff != "" {
			t.Errorf("reasons (-want +got):\n%s", diff)
		}
		if len(r.Fields()) != 1 || r.Status != http.StatusBadRequest {
			t.Errorf("refused = %+v", r)
		}
	})
}

func TestExplainOfNothingIsEmpty(t *testing.T) {
	t.Parallel()
	if s := jira.Explain(nil); s != "" {
		t.Errorf("Explain(nil) = %q", s)
	}
}

func TestDownSiteIsAPassingError(t *testing.T) {
	t.Parallel()
	s := newSite(t, jirasim.Options{})
	s.Down(true)
	if _, err := s.Create(t.Context(), jira.NewIssue{Summary: "x"}); kindOf(err) != "passing" {
		t.Errorf("Create while down = %v", err)
	}
	s.Down(false)
	s.RateLimit(1, 4*time.Second)
	_, err := s.Create(t.Context(), jira.NewIssue{Summary: "x"})
	if l, ok := errors.AsType[*jira.RateLimited](err); !ok || l.RetryAfter != 4*time.Second {
		t.Errorf("Create while limited = %v; want a pause of 4 s", err)
	}
	s.file(t, "x")
}
