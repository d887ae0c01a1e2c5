// Package webhooksim is a receiver of webhooks as somebody else would write it from
// the documentation alone: it checks the signature by itself, takes an id once, answers
// with what it is told to, and its person presses the actions. It serves tests, also
// inside testing/synctest bubbles, and the demo.
package webhooksim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tocsinhq/tocsin/integrations/simnet"
)

// Sim is one receiver. Its methods may be called concurrently.
type Sim struct {
	*simnet.Server // where the receiver is reached

	secret string

	mu      sync.Mutex
	taken   []Message
	keys    map[string]bool
	refused []string
	faults  faults
}

// Message is a webhook as it was taken.
type Message struct {
	Version   int        `json:"version"`
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	SentAt    time.Time  `json:"sent_at"`
	ExpiresAt *time.Time `json:"expires_at"`
	Repeat    bool       `json:"repeat"`
	Person    string     `json:"person"`
	Urgency   string     `json:"urgency"`
	Incident  *struct {
		ID       string `json:"id"`
		Number   int    `json:"number"`
		Severity string `json:"severity"`
	} `json:"incident"`
	Title   string `json:"title"`
	Text    string `json:"text"`
	Actions []struct {
		Name  string `json:"name"`
		Label string `json:"label"`
		URL   string `json:"url"`
	} `json:"actions"`
	Link string `json:"link"`

	Path   string      `json:"-"`
	Header http.Header `json:"-"`
	Raw    []byte      `json:"-"`
}

// faults are the knobs, as they stand.
type faults struct {
	status     int
	retryAfter time.Duration
	location   string
	hang       bool
	drop       bool
}

// New returns a receiver that shares a secret with its sender.
func New(secret string) *Sim {
	s := &Sim{secret: secret, keys: map[string]bool{}}
	s.Server = simnet.New(pipeURL, s.Handler())
	return s
}

// All returns what was taken, oldest first, each id once.
func (s *Sim) All() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.taken)
}

// Refused returns why webhooks were refused by the receiver itself, oldest first.
func (s *Sim) Refused() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.refused)
}

// Fail answers everything with a status, and a Retry-After where it is not 0, until
// Heal.
func (s *Sim) Fail(status int, retryAfter time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.status, s.faults.retryAfter = status, retryAfter
}

// Redirect answers everything with a redirect, until Heal.
func (s *Sim) Redirect(status int, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.status, s.faults.location = status, to
}

// Hang leaves everything without an answer, until Heal or Close.
func (s *Sim) Hang() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.hang = true
}

// DropAnswers takes everything and cuts its connection before it says so, until Heal.
func (s *Sim) DropAnswers() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.drop = true
}

// Heal turns every fault off. What hangs goes on hanging until its caller leaves.
func (s *Sim) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = faults{}
}

// maxBody is what a small receiver takes, in bytes.
const maxBody = 64 << 10

func (s *Sim) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	s.mu.Lock()
	f := s.faults
	s.mu.Unlock()
	switch {
	case f.hang:
		<-r.Context().Done()
	case f.status != 0:
		if f.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(f.retryAfter/time.Second)))
		}
		if f.location != "" {
			w.Header().Set("Location", f.location)
		}
		w.WriteHeader(f.status)
	case err != nil:
		s.refuse(w, http.StatusRequestEntityTooLarge, "the body is too large")
	default:
		s.take(w, r, body)
		if f.drop {
			panic(http.ErrAbortHandler)
		}
	}
}

func (s *Sim) take(w http.ResponseWriter, r *http.Request, body []byte) {
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
		s.refuse(w, http.StatusUnsupportedMediaType, "not a POST of JSON")
		return
	}
	if why := s.check(r.Header.Get("Tocsin-Signature"), body); why != "" {
		s.refuse(w, http.StatusUnauthorized, why)
		return
	}
	m := Message{Path: r.URL.Path, Header: r.Header, Raw: body}
	if err := json.Unmarshal(body, &m); err != nil || m.Version != 1 || m.ID == "" {
		s.refuse(w, http.StatusBadRequest, fmt.Sprintf("the body is not version 1: %v", err))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if key := r.Header.Get("Idempotency-Key"); !s.keys[key] {
		s.keys[key] = true
		s.taken = append(s.taken, m)
	}
	w.WriteHeader(http.StatusAccepted)
}

// check returns what is wrong with a signature. It shares no code with the sender.
func (s *Sim) check(header string, body []byte) string {
	stamp, sums := "", []string{}
	for _, field := range strings.Split(header, ",") {
		if v, ok := strings.CutPrefix(field, "t="); ok {
			stamp = v
		}
		if v, ok := strings.CutPrefix(field, "v1="); ok {
			sums = append(sums, v)
		}
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return "the signature has no time"
	}
	if age := time.Since(time.Unix(seconds, 0)); age.Abs() > 5*time.Minute {
		return "the signature is " + age.String() + " old"
	}
	h := hmac.New(sha256.New, []byte(s.secret))
	_, _ = fmt.Fprintf(h, "%s.%s", stamp, body) // a hash takes everything
	if !slices.Contains(sums, hex.EncodeToString(h.Sum(nil))) {
		return "no signature fits"
	}
	return ""
}

func (s *Sim) refuse(w http.ResponseWriter, status int, why string) {
	s.mu.Lock()
	s.refused = append(s.refused, why)
	s.mu.Unlock()
	http.Error(w, why, status)
}

// Handler serves the receiver without a listener.
func (s *Sim) Handler() http.Handler { return http.HandlerFunc(s.serve) }
