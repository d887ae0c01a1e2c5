package twiliosim

import (
	"net/http"
	"path"
	"strconv"
	"time"
)

// Always makes a fault last until it is set to zero.
const Always = -1

// faults are the knobs of the API, as they stand.
type faults struct {
	breaks, limits, hangs, drops int
	pause                        time.Duration
	failures                     []failure
	late                         map[string]time.Duration // of callbacks, by status
	copies                       int                      // of each callback, beyond the first
	lost                         int                      // callbacks that are never sent
}

type failure struct {
	method, pattern string
	status, code    int
}

// Break answers the next n calls of the API with 500.
func (s *Sim) Break(n int) { s.turn(func(f *faults) { f.breaks = n }) }

// RateLimit answers the next n calls with 429 and this Retry-After, in whole seconds.
func (s *Sim) RateLimit(n int, retryAfter time.Duration) {
	s.turn(func(f *faults) { f.limits, f.pause = n, retryAfter })
}

// Hang leaves the next n calls without an answer until their callers give up.
func (s *Sim) Hang(n int) { s.turn(func(f *faults) { f.hangs = n }) }

// DropAnswer carries out the next n writes and cuts their connections before answering.
func (s *Sim) DropAnswer(n int) { s.turn(func(f *faults) { f.drops = n }) }

// FailNext answers the next call of method to a path that matches pattern with a
// refusal and does nothing else. An empty method means any. The pattern is one of
// path.Match, without what every path starts with, for example Messages.json.
func (s *Sim) FailNext(method, pattern string, status, code int) {
	s.turn(func(f *faults) {
		f.failures = append(f.failures, failure{method, "/2010-04-01/Accounts/*/" + pattern, status, code})
	})
}

// Late sends the callbacks of one status, for example sent, that much later: what
// happens meanwhile overtakes them. Zero ends it.
func (s *Sim) Late(status string, d time.Duration) {
	s.turn(func(f *faults) {
		if f.late == nil {
			f.late = map[string]time.Duration{}
		}
		f.late[status] = d
	})
}

// Duplicate sends each callback n more times.
func (s *Sim) Duplicate(n int) { s.turn(func(f *faults) { f.copies = n }) }

// LoseCallbacks never sends the next n callbacks.
func (s *Sim) LoseCallbacks(n int) { s.turn(func(f *faults) { f.lost = n }) }

func (s *Sim) turn(set func(*faults)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	set(&s.faults)
}

// use reports whether a fault strikes, and uses it up.
func use(n *int) bool {
	if *n > 0 {
		*n--
		return true
	}
	return *n < 0
}

// strike answers r with the fault that is due, if one is.
func (s *Sim) strike(w http.ResponseWriter, r *http.Request) bool {
	s.mu.Lock()
	f := &s.faults
	hangs, limits, breaks := use(&f.hangs), false, false
	var fails *failure
	if !hangs {
		limits = use(&f.limits)
	}
	if !hangs && !limits {
		breaks = use(&f.breaks)
	}
	for i, x := range f.failures {
		// A bad pattern matches nothing, which the test that wrote it notices.
		match, _ := path.Match(x.pattern, r.URL.Path)
		if match && (x.method == "" || x.method == r.Method) {
			f.failures = append(f.failures[:i:i], f.failures[i+1:]...)
			fails = &x
			break
		}
	}
	pause := f.pause
	s.mu.Unlock()
	switch {
	case hangs:
		select {
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
		panic(http.ErrAbortHandler)
	case limits:
		w.Header().Set("Retry-After", strconv.Itoa(int(pause/time.Second)))
		refuse(w, http.StatusTooManyRequests, 20429, "Too Many Requests")
	case breaks:
		refuse(w, http.StatusInternalServerError, 20500, "Internal Server Error")
	case fails != nil:
		refuse(w, fails.status, fails.code, "Refused on demand")
	default:
		return false
	}
	return true
}
