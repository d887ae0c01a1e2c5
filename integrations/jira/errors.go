package jira

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of the pause after a rate limit: what we take when Jira names none, and the
// longest that we believe.
const (
	defaultPause = 30 * time.Second
	longestPause = time.Hour
)

// RateLimited means that Jira wants to be left alone for a while; nothing was done.
type RateLimited struct {
	RetryAfter time.Duration // from now, between one second and one hour
}

// Error names the pause.
func (e *RateLimited) Error() string {
	return fmt.Sprintf("Jira is limiting our requests; the next attempt is in %s.", e.RetryAfter)
}

// Refused means that Jira said no. The same request would be refused again until
// somebody mends what the reasons name.
type Refused struct {
	Status  int      // HTTP status; 0 when the refusal is ours, before or after asking
	Reasons []string // sentences for people

	answer answer // for naming its fields later
}

// Error joins the reasons.
func (e *Refused) Error() string { return strings.Join(e.Reasons, " ") }

// Fields returns the ids of the fields that Jira named in its refusal, sorted.
func (e *Refused) Fields() []string {
	var ids []string
	for id := range e.answer.Errors {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func refusef(format string, args ...any) *Refused {
	return &Refused{Reasons: []string{fmt.Sprintf(format, args...)}}
}

// unavailable is a passing failure that Jira itself reported.
type unavailable struct {
	status int
	said   string
}

func (e *unavailable) Error() string {
	return strings.TrimSpace(fmt.Sprintf("jira answered %d %s %s", e.status, http.StatusText(e.status), e.said))
}

// Explain says in a sentence for people why a call failed. It returns "" for nil.
func Explain(err error) string {
	if err == nil {
		return ""
	}
	if r, ok := errors.AsType[*Refused](err); ok {
		return r.Error()
	}
	if l, ok := errors.AsType[*RateLimited](err); ok {
		return l.Error()
	}
	if u, ok := errors.AsType[*unavailable](err); ok {
		return fmt.Sprintf("Jira is not working right now (it answered %d); we try again by ourselves.", u.status)
	}
	return "Jira cannot be reached right now; we try again by ourselves."
}

// answer is the body of an error, in the shapes that Jira and its gateways use.
type answer struct {
	ErrorMessages []string          `json:"errorMessages"`
	Errors        map[string]string `json:"errors"`
	Message       string            `json:"message"`
}

// classify turns an answer that is no success into an error. The mapping follows
// Atlassian's page on rate limiting (429, and 503 with Retry-After) and HTTP.
func classify(status int, h http.Header, body []byte) error {
	var a answer
	if isJSON(h) {
		// A body of another shape leaves a empty, and the status still speaks.
		_ = json.Unmarshal(body, &a)
	}
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && h.Get("Retry-After") != "":
		return &RateLimited{RetryAfter: pause(h, time.Now())}
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusConflict, status == http.StatusTooEarly:
		return &unavailable{status: status, said: strings.Join(a.said(), " ")}
	}
	switch {
	case h.Get("X-Authentication-Denied-Reason") != "":
		status = http.StatusUnauthorized
		a = answer{Message: "Jira wants the account to solve a captcha: log in once with a browser as that account."}
	case strings.Contains(h.Get("X-Seraph-LoginReason"), "AUTHENTICATED_FAILED"):
		status = http.StatusUnauthorized // also where Jira then answers 404, as to a stranger
	}
	return &Refused{Status: status, Reasons: a.reasons(status, nil), answer: a}
}

// pause reads Retry-After (seconds or a date), else X-RateLimit-Reset (RFC 3339).
func pause(h http.Header, now time.Time) time.Duration {
	d := defaultPause
	after := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.Atoi(after); err == nil {
		d = time.Duration(min(s, int(longestPause/time.Second))) * time.Second
	} else if t, err := http.ParseTime(after); err == nil {
		d = t.Sub(now)
	} else if t, err := time.Parse(time.RFC3339, h.Get("X-RateLimit-Reset")); err == nil {
		d = t.Sub(now)
	}
	return min(max(d, time.Second), longestPause)
}

// said returns the messages that belong to no field.
func (a answer) said() []string {
	list := slices.Clone(a.ErrorMessages)
	if a.Message != "" {
		list = append(list, a.Message)
	}
	for i, s := range list {
		list[i] = sentence(s)
	}
	return list
}

// reasons puts a refusal into words. names maps field ids to the names people know.
func (a answer) reasons(status int, names map[string]string) []string {
	lead, advice := wordsOf(status)
	said := a.said()
	var list []string
	switch {
	case lead != "" && len(said) > 0:
		list = append(list, lead+": "+strings.Join(said, " "))
	case lead != "":
		list = append(list, lead+".")
	case len(said) > 0:
		list = append(list, "Jira refused: "+strings.Join(said, " "))
	}
	ids := (&Refused{answer: a}).Fields()
	for _, id := range ids {
		list = append(list, fmt.Sprintf("Jira refused field “%s”: %s", nameOf(id, names), sentence(a.Errors[id])))
	}
	if len(list) == 0 {
		list = append(list, fmt.Sprintf("Jira refused the request (%d) without saying why.", status))
	}
	if advice != "" {
		list = append(list, advice)
	}
	return list
}

// wordsOf says what a status means and what to do about it; both are empty for the
// statuses whose body says it all.
func wordsOf(status int) (lead, advice string) {
	switch status {
	case http.StatusUnauthorized:
		return "Jira does not accept our login (401)", "Make a new token for the account and set JIRA_TOKEN, on Cloud also JIRA_USER."
	case http.StatusForbidden:
		return "Jira does not allow our account to do this (403)", "Ask a Jira administrator to give the account this permission in the project."
	case http.StatusNotFound:
		return "Jira does not have this or hides it from our account (404)", "Check that it exists and that the account may browse the project."
	case http.StatusGone:
		return "Jira has removed this function (410)", "Update Tocsin."
	case http.StatusRequestEntityTooLarge:
		return "Jira says that this is too long (413)", "Shorten the text."
	}
	if status >= 300 && status < 400 {
		return fmt.Sprintf("Jira has another address (%d)", status), "Set JIRA_URL to the address that the browser ends at."
	}
	return "", ""
}

// systemNames are the names of system fields that differ from their ids. The ids are
// fixed by Jira; every other name comes from the site.
var systemNames = map[string]string{
	"issuetype":   "Issue type",
	"duedate":     "Due date",
	"fixVersions": "Fix versions",
	"versions":    "Affects versions",
	"comment":     "Comment",
	"labels":      "Labels",
}

func nameOf(id string, names map[string]string) string {
	if n := cmp.Or(names[id], systemNames[id]); n != "" {
		return n
	}
	if custom.MatchString(id) || id == "" {
		return id
	}
	return strings.ToUpper(id[:1]) + id[1:]
}

var custom = regexp.MustCompile(`^customfield_\d+$`)

// longestReason bounds one message of Jira in runes: some carry whole stack traces.
const longestReason = 300

// sentence trims a message, puts it on one line and ends it with a full stop.
func sentence(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > longestReason {
		s = string(r[:longestReason]) + "…"
	}
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") || strings.HasSuffix(s, "…") {
		return s
	}
	return s + "."
}

// explain finds our error inside go-jira's wrapping and names custom fields, which Jira
// refers to by id, as people know them.
func (c *Client) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if l, ok := errors.AsType[*RateLimited](err); ok {
		return l
	}
	r, ok := errors.AsType[*Refused](err)
	if !ok {
		return fmt.Errorf("call jira: %w", err)
	}
	if slices.ContainsFunc(r.Fields(), custom.MatchString) {
		r.Reasons = r.answer.reasons(r.Status, c.fieldNames(ctx))
	}
	return r
}

// fieldNames asks once for the names of all fields. Without an answer the ids must do:
// the refusal that is being explained matters more.
func (c *Client) fieldNames(ctx context.Context) map[string]string {
	c.mu.Lock()
	known := c.names
	c.mu.Unlock()
	if known != nil {
		return known
	}
	list, resp, err := c.jira.Field.GetListWithContext(ctx)
	if resp != nil {
		// The body is in memory: closing it cannot fail.
		_ = resp.Body.Close()
	}
	if err != nil {
		return nil
	}
	names := make(map[string]string, len(list))
	for _, f := range list {
		names[f.ID] = f.Name
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names = names
	return names
}
