package ntfy

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// Bounds of the pause after a limit. ntfy names no time by itself, but proxies before
// it do; it gives back one request every 5 s (its default).
const (
	defaultPause = 5 * time.Second
	longestPause = 10 * time.Minute
)

// The server's own codes that mean more than their HTTP status.
const (
	codeTopicInvalid    = 40009
	codeTopicDisallowed = 40010
	codeDailyQuota      = 42908
	codeAuthFailures    = 42909
)

// refusal is the body of an error.
type refusal struct {
	Code  int    `json:"code"`
	Error string `json:"error"`
}

// classify turns an answer that is no success into one of our errors.
func (n *Notifier) classify(topic string, answer *http.Response, body []byte) error {
	var said refusal
	_ = json.Unmarshal(body, &said) // a proxy's answer is none of ntfy's; its status still speaks
	status, words := answer.StatusCode, n.quote(said.Error)
	switch {
	case said.Code == codeDailyQuota:
		return paging.Refusedf("The ntfy server %s takes no more of our messages today; raise its daily limit.", n.server.host)
	case said.Code == codeAuthFailures:
		return paging.Limitedf(time.Minute, "The ntfy server %s shut us out after too many wrong logins; correct NTFY_URL.", n.server.host)
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != "":
		return paging.Limitedf(pause(answer.Header, time.Now()), "The ntfy server %s is limiting our messages: %s", n.server.host, words)
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooEarly:
		return paging.Unavailablef(nil, "The ntfy server %s has trouble (%d); we try again by ourselves.", n.server.host, status)
	case said.Code == codeTopicInvalid, said.Code == codeTopicDisallowed:
		return paging.Refusedf("The ntfy server does not take “%s” for a topic; choose another one.", topic)
	case status == http.StatusUnauthorized:
		return paging.Refusedf("The ntfy server %s does not accept our login (401); correct the token in NTFY_URL.", n.server.host)
	case status == http.StatusForbidden:
		return paging.Refusedf("The ntfy server %s does not let us write to topic %s (403); give our account write access.", n.server.host, topic)
	case status == http.StatusRequestEntityTooLarge:
		return paging.Refusedf("The ntfy server %s says that the message is too large (413): %s", n.server.host, words)
	case status >= 300 && status < 400, status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return paging.Refusedf("There is no ntfy server at %s (%d); correct NTFY_URL.", n.server.host, status)
	}
	return paging.Refusedf("The ntfy server %s refuses the message (%d): %s", n.server.host, status, words)
}

// pause reads Retry-After, in seconds or as a date.
func pause(h http.Header, now time.Time) time.Duration {
	d := defaultPause
	after := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.Atoi(after); err == nil {
		d = time.Duration(min(s, int(longestPause/time.Second))) * time.Second
	} else if t, err := http.ParseTime(after); err == nil {
		d = t.Sub(now)
	}
	return min(max(d, time.Second), longestPause)
}

// quote makes one sentence of what the server said, without our password.
func (n *Notifier) quote(said string) string {
	if n.server.password != "" {
		said = strings.ReplaceAll(said, n.server.password, "***")
	}
	said = strings.TrimRight(cut(oneLine(said), 160), ".!? ")
	if said == "" {
		return "it gave no reason."
	}
	return said + "."
}

// oneLine cleans s and puts it on one line.
func oneLine(s string) string { return strings.Join(strings.Fields(incident.CleanText(s)), " ") }

// cut bounds s to at most limit runes, with an ellipsis where something is missing.
func cut(s string, limit int) string {
	r := []rune(s)
	if limit < 1 {
		return ""
	}
	if len(r) <= limit {
		return s
	}
	return strings.TrimRight(string(r[:limit-1]), " \n\t") + "…"
}
