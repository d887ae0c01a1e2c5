// Package ntfysim is an ntfy server that behaves like the real one where messages are
// published, and a person with its app: notifications with buttons that do what they
// say. It serves tests, also inside testing/synctest bubbles, and the demo.
//
// Limits, codes and words are those of ntfy 2 with its default settings.
package ntfysim

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tocsinhq/tocsin/integrations/simnet"
)

// Options describes the server. The zero value is a server of today that lets everybody
// write to every topic.
type Options struct {
	Token          string // when set, only this access token may write
	User, Password string // likewise
	Old            bool   // before 2.16: knows no sequence ids
}

// Sim is one simulated server. Its methods may be called concurrently.
type Sim struct {
	*simnet.Server // where the server is reached

	options Options

	mu       sync.Mutex
	number   int
	shown    []Message
	denied   map[string]bool
	faults   faults
	watchers map[chan struct{}]bool
}

// Message is a notification as the app shows it.
type Message struct {
	ID       string
	Topic    string
	Title    string
	Text     string
	Priority int // 1 to 5; 3 when none was given
	Tags     []string
	Click    string
	Buttons  []Button
	Sequence string
	Markdown bool
	At       time.Time
	Updates  int // how often a later message replaced it
}

// Button is an action of a notification.
type Button struct {
	Action  string            `json:"action"`
	Label   string            `json:"label"`
	URL     string            `json:"url"`
	Method  string            `json:"method"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Clear   bool              `json:"clear"`
}

// New returns a server without messages. It listens nowhere yet.
func New(o Options) *Sim {
	s := &Sim{options: o, denied: map[string]bool{}, watchers: map[chan struct{}]bool{}}
	s.Server = simnet.New(pipeURL, s.Handler())
	return s
}

// Messages returns what the app shows for a topic, oldest first; what was cleared is
// gone.
func (s *Sim) Messages(topic string) []Message {
	return slices.DeleteFunc(s.All(), func(m Message) bool { return m.Topic != topic })
}

// All returns what the app shows for all topics.
func (s *Sim) All() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.shown)
}

// Watch returns a channel that gets a word after every change of what is shown, and
// what ends that. Words that nobody takes are not piled up.
func (s *Sim) Watch() (changed <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	s.watchers[c] = true
	s.mu.Unlock()
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, c)
	}
}

// tell wakes the watchers. It expects s.mu to be held.
func (s *Sim) tell() {
	for c := range s.watchers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// show puts a message before the person, in place of one with its sequence id.
func (s *Sim) show(m Message) {
	defer s.tell()
	if m.Sequence != "" && !s.options.Old {
		for i, old := range s.shown {
			if old.Topic == m.Topic && old.Sequence == m.Sequence {
				m.Updates = old.Updates + 1
				s.shown[i] = m
				return
			}
		}
	}
	s.shown = append(s.shown, m)
}

// Deny takes away the right to write to a topic.
func (s *Sim) Deny(topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied[topic] = true
}

// allowed reports whether the login of a request is good.
func (s *Sim) allowed(r *http.Request) bool {
	switch {
	case s.options.Token != "":
		_, password, basic := r.BasicAuth() // the server takes a token as a password too
		return r.Header.Get("Authorization") == "Bearer "+s.options.Token || basic && password == s.options.Token
	case s.options.User != "":
		user, password, ok := r.BasicAuth()
		return ok && user == s.options.User && password == s.options.Password
	}
	return true
}
