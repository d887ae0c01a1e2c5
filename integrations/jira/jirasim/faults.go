package jirasim

import (
	"net/http"
	"path"
	"strconv"
	"time"
)

// faults are the knobs, as they stand.
type faults struct {
	down     bool
	delay    time.Duration
	drops    int
	limits   int
	pause    time.Duration
	lag      time.Duration
	failures []failure
}

type failure struct {
	method, pattern string
	answer          reply
}

// Down switches the site off and on again. While it is off every call is answered 503
// by a gateway, as HTML.
func (s *Sim) Down(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.down = down
}

// Delay makes every answer wait; zero ends it.
func (s *Sim) Delay(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.delay = d
}

// FailNext answers the next call of method to a path that matches pattern with status
// and a JSON body, and does nothing else. An empty method means any. The pattern is one
// of path.Match, without the leading /rest/api/2/, for example issue/*/transitions.
// Several failures are used up in order.
func (s *Sim) FailNext(method, pattern string, status int, body any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.failures = append(s.faults.failures, failure{method, "/rest/api/2/" + pattern, reply{status: status, body: body}})
}

// DropAnswer carries out the next n writes and cuts their connections before answering.
func (s *Sim) DropAnswer(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.drops = n
}

// RateLimit answers the next n calls with 429 and this Retry-After, in whole seconds.
func (s *Sim) RateLimit(n int, retryAfter time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.limits, s.faults.pause = n, retryAfter
}

// IndexLag hides issues from searches until they are d old, unless the search names
// them to be reconciled.
func (s *Sim) IndexLag(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.lag = d
}

// Deny takes a permission, for example CREATE_ISSUES, from the account of the API.
func (s *Sim) Deny(permission string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied[permission] = true
}

// Forbid takes the way from one status to another out of the workflow.
func (s *Sim) Forbid(from, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forbid[[2]string{from, to}] = true
}

// AskResolution puts a screen on the way to Done that demands a resolution, as classic
// workflows have it.
func (s *Sim) AskResolution() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resolve = true
}

// wait sits out the delay and reports whether the caller is still there.
func (s *Sim) wait(r *http.Request) bool {
	s.mu.Lock()
	d := s.faults.delay
	s.mu.Unlock()
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// take returns the answer of the fault that strikes c, if one does.
func (f *faults) take(c call) (reply, bool) {
	if f.down {
		return reply{status: http.StatusServiceUnavailable, html: "<html><body>Service Unavailable</body></html>"}, true
	}
	if f.limits > 0 {
		f.limits--
		return rateLimited(f.pause), true
	}
	for i, x := range f.failures {
		// A bad pattern matches nothing, which the test that wrote it notices.
		match, _ := path.Match(x.pattern, c.URL.Path)
		if match && (x.method == "" || x.method == c.Method) {
			f.failures = append(f.failures[:i:i], f.failures[i+1:]...)
			return x.answer, true
		}
	}
	return reply{}, false
}

// rateLimited has the headers of Atlassian's page on rate limiting.
func rateLimited(pause time.Duration) reply {
	r := refuse(http.StatusTooManyRequests, "Rate limit exceeded.")
	r.header = map[string]string{
		"Retry-After":           strconv.Itoa(int(pause / time.Second)),
		"X-RateLimit-Limit":     "350",
		"X-RateLimit-Remaining": "0",
		"X-RateLimit-NearLimit": "true",
		"X-RateLimit-Reset":     time.Now().Add(pause).UTC().Format(time.RFC3339),
		"RateLimit-Reason":      "jira-quota-tenant-based",
	}
	return r
}
