package ntfysim

import (
	"net/http"
	"strconv"
	"time"
)

// faults are the knobs, as they stand.
type faults struct {
	answer *fault
	hang   bool
	drops  int // below zero: all
}

// Fail answers every publication with a status and, where it is not 0, one of the
// server's codes such as 42908, until Heal.
func (s *Sim) Fail(status, code int, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.answer = &fault{Code: code, Status: status, Text: text}
}

// RateLimit answers every publication with 429 until Heal. The server names no time;
// a proxy before it does: pause is its Retry-After in whole seconds, 0 for none.
func (s *Sim) RateLimit(pause time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.answer = &fault{Code: 42901, Status: http.StatusTooManyRequests, Text: "limit reached: too many requests", Link: "https://ntfy.sh/docs/publish/#limitations"}
	if pause > 0 {
		s.faults.answer.retryAfter = strconv.Itoa(int(pause / time.Second))
	}
}

// Hang leaves every publication without an answer, until Heal or Close.
func (s *Sim) Hang() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.hang = true
}

// DropAnswer takes the next n publications and cuts their connections before it says
// so; a negative n does it to all until Heal.
func (s *Sim) DropAnswer(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.drops = n
}

// Heal turns every fault off. What hangs goes on hanging until its caller leaves.
func (s *Sim) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = faults{}
}

// strike says what is wrong with the next publication.
func (s *Sim) strike() (answer *fault, hang, drop bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.answer != nil || s.faults.hang {
		return s.faults.answer, s.faults.hang, false
	}
	drop = s.faults.drops != 0
	if s.faults.drops > 0 {
		s.faults.drops--
	}
	return nil, false, drop
}
