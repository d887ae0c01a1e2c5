package bot

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// sharedSlack is the folder of Slack's method definitions, which is no part of
// the project.
func sharedSlack(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TOCSIN_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	dir = filepath.Join(dir, "slack", "methods")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("Slack's method definitions are missing: %v", err)
		}
		t.Skipf("Slack's method definitions are not here: %v", err)
	}
	return dir
}

type definition struct {
	Tier   string                     `json:"rate_limits"`
	Errors map[string]json.RawMessage `json:"errors"`
}

func readDefinition(t *testing.T, dir, name string) definition {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var d definition
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryErrorOfTheMethodsWeCallIsJudged(t *testing.T) {
	t.Parallel()
	dir := sharedSlack(t)
	methods := []string{"_common_errors"}
	for method := range perMinute {
		methods = append(methods, method)
	}
	for _, method := range methods {
		for code := range readDefinition(t, dir, method).Errors {
			if n := tables(code); n != 1 {
				t.Errorf("%s: %s is in %d tables, want 1", method, code, n)
			}
		}
	}
}

func tables(code string) (n int) {
	_, gone := goneSentences[code]
	for _, in := range []bool{alreadySo[code], limitCodes[code], passingCodes[code], gone} {
		if in {
			n++
		}
	}
	return n
}

func TestPaceFollowsSlacksTiers(t *testing.T) {
	t.Parallel()
	dir := sharedSlack(t)
	tiers := map[string]int{"t2": 20, "t3": 50, "t4": 100}
	for method, n := range perMinute {
		tier := readDefinition(t, dir, method).Tier
		if want, ok := tiers[tier]; ok && n != want {
			t.Errorf("%s: %d a minute, its tier %s has %d", method, n, tier, want)
		} else if !ok && tier != "t5" {
			t.Errorf("%s has the unknown tier %q", method, tier)
		}
	}
}

func TestSentencesSayWhatToDo(t *testing.T) {
	t.Parallel()
	for code, s := range goneSentences {
		if !strings.HasSuffix(s, ".") || strings.Contains(s, code) || len(s) < 25 {
			t.Errorf("%s: %q is no sentence for people", code, s)
		}
		if strings.Contains(s, "%") != (code == "missing_scope") {
			t.Errorf("%s: %q has a placeholder nobody fills", code, s)
		}
	}
}

func TestErrorsAreSorted(t *testing.T) {
	t.Parallel()
	code := func(c string) error { return slack.SlackErrorResponse{Err: c} }
	for _, c := range []struct {
		name, method string
		err          error
		want         string
	}{
		{"nothing", "pins.add", nil, outcomeOK},
		{"done already", "pins.add", code("already_pinned"), outcomeOK},
		{"no pin", "pins.remove", code("no_pin"), outcomeOK},
		{"deleted already", "chat.delete", code("message_not_found"), outcomeOK},
		{"nothing to update", "chat.update", code("message_not_found"), outcomeGone},
		{"429", "chat.postMessage", &slack.RateLimitedError{RetryAfter: time.Minute}, outcomeLimited},
		{"429 without Retry-After", "chat.postMessage", slack.StatusCodeError{Code: 429}, outcomeLimited},
		{"limit as a code", "chat.postMessage", code("rate_limited"), outcomeLimited},
		{"too many messages", "chat.postMessage", code("message_limit_exceeded"), outcomeLimited},
		{"archived", "chat.postMessage", code("is_archived"), outcomeGone},
		{"500", "chat.postMessage", slack.StatusCodeError{Code: 500}, outcomeFailed},
		{"internal error", "chat.postMessage", code("internal_error"), outcomeFailed},
		{"unheard of", "chat.postMessage", code("brand_new_error"), outcomeFailed},
		{"timeout", "chat.postMessage", context.DeadlineExceeded, outcomeFailed},
		{"response URL is over", methodRespond, slack.StatusCodeError{Code: 404}, outcomeGone},
		{"response URL is used up", methodRespond, errors.New("used_url"), outcomeGone},
		{"response URL in trouble", methodRespond, slack.StatusCodeError{Code: 502}, outcomeFailed},
	} {
		if got := outcomeOf(sortError(c.method, c.err)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestMissingScopeIsNamed(t *testing.T) {
	t.Parallel()
	gone, ok := errors.AsType[*Gone](sortError("pins.add", slack.SlackErrorResponse{Err: "missing_scope", Needed: "pins:write"}))
	if !ok || !strings.Contains(gone.Sentence, "pins:write") {
		t.Errorf("got %+v", gone)
	}
}

func TestErrorsHoldNoURL(t *testing.T) {
	t.Parallel()
	err := sortError(methodRespond, &url.Error{Op: "Post", URL: "https://hooks.slack.com/commands/T1/secret", Err: context.DeadlineExceeded})
	if strings.Contains(err.Error(), "secret") || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v", err)
	}
}

func TestWhatSlackSaysOfTheArgumentsIsInTheLogText(t *testing.T) {
	t.Parallel()
	said := slack.SlackErrorResponse{Err: "invalid_blocks", ResponseMetadata: slack.ResponseMetadata{Messages: []string{"[ERROR] too long [json-pointer:/blocks/0]"}}}
	if err := sortError("chat.postMessage", said); !strings.Contains(err.Error(), "/blocks/0") {
		t.Errorf("error = %v", err)
	}
}
