package ntfysim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// The server's default limits, in bytes and pieces.
const (
	maxMessage = 4096
	maxJSON    = 2 * maxMessage
	maxButtons = 3
)

var (
	topicForm  = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)
	disallowed = []string{"docs", "static", "file", "app", "metrics", "account", "settings", "signup", "login", "v1"}
)

// publication is what POST / takes.
type publication struct {
	Topic    string   `json:"topic"`
	Title    string   `json:"title"`
	Message  string   `json:"message"`
	Priority int      `json:"priority"`
	Tags     []string `json:"tags"`
	Click    string   `json:"click"`
	Actions  []Button `json:"actions"`
	Markdown bool     `json:"markdown"`
	Sequence string   `json:"sequence_id"`
}

// fault is an answer that is no success.
type fault struct {
	Code       int    `json:"code,omitempty"`
	Status     int    `json:"http"`
	Text       string `json:"error"`
	Link       string `json:"link,omitempty"`
	retryAfter string
}

func (s *Sim) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxJSON+1))
	if err != nil {
		return // the caller is gone
	}
	struck, hang, drop := s.strike()
	switch {
	case hang:
		<-r.Context().Done()
		return
	case struck != nil:
		refuse(w, struck)
		return
	case r.Method != http.MethodPost && r.Method != http.MethodPut || r.URL.Path != "/":
		refuse(w, &fault{Code: 40401, Status: http.StatusNotFound, Text: "page not found"})
		return
	}
	m, refused := s.take(r, body)
	if refused != nil {
		refuse(w, refused)
		return
	}
	if drop {
		panic(http.ErrAbortHandler)
	}
	answer(w, http.StatusOK, map[string]any{
		"id": m.ID, "time": m.At.Unix(), "expires": m.At.Add(12 * time.Hour).Unix(), "event": "message",
		"topic": m.Topic, "title": m.Title, "message": m.Text, "priority": m.Priority,
	})
}

// take checks a publication in the server's order and shows it.
func (s *Sim) take(r *http.Request, body []byte) (Message, *fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.allowed(r) {
		return Message{}, &fault{Code: 40101, Status: http.StatusUnauthorized, Text: "unauthorized", Link: "https://ntfy.sh/docs/publish/#authentication"}
	}
	var p publication
	switch {
	case len(body) > maxJSON:
		return Message{}, &fault{Code: 41303, Status: http.StatusRequestEntityTooLarge, Text: "JSON body too large"}
	case json.Unmarshal(body, &p) != nil:
		return Message{}, &fault{Code: 40024, Status: http.StatusBadRequest, Text: "invalid request: request body must be valid JSON"}
	}
	if f := p.check(s); f != nil {
		return Message{}, f
	}
	s.number++
	m := Message{
		ID: fmt.Sprintf("ntfysim%05d", s.number), Topic: p.Topic, Title: p.Title, Text: strings.TrimSpace(p.Message), Priority: p.Priority,
		Tags: p.Tags, Click: p.Click, Buttons: p.Actions, Sequence: p.Sequence, Markdown: p.Markdown, At: time.Now(),
	}
	if m.Text == "" {
		m.Text = "triggered"
	}
	if m.Priority == 0 {
		m.Priority = 3
	}
	s.show(m)
	return m, nil
}

func (p publication) check(s *Sim) *fault {
	bad := func(code int, text string) *fault {
		return &fault{Code: code, Status: http.StatusBadRequest, Text: text}
	}
	switch {
	case !topicForm.MatchString(p.Topic):
		return bad(40009, "invalid request: topic invalid")
	case slices.Contains(disallowed, p.Topic):
		return bad(40010, "invalid request: topic name is not allowed")
	case s.denied[p.Topic]:
		return &fault{Code: 40301, Status: http.StatusForbidden, Text: "forbidden", Link: "https://ntfy.sh/docs/publish/#authentication"}
	case p.Priority < 0 || p.Priority > 5:
		return bad(40007, "invalid priority parameter")
	case len(p.Message) > maxMessage:
		return bad(40014, "invalid request: attachments not allowed") // what is longer becomes an attachment
	case !utf8.ValidString(p.Message):
		return bad(40011, "invalid request: message must be UTF-8 encoded")
	case p.Sequence != "" && !s.options.Old && !topicForm.MatchString(p.Sequence):
		return bad(40049, "invalid request: sequence ID invalid")
	case len(p.Actions) > maxButtons:
		return bad(40018, fmt.Sprintf("invalid request: actions invalid; only %d actions allowed", maxButtons))
	}
	for _, a := range p.Actions {
		if !slices.Contains([]string{"view", "broadcast", "http"}, a.Action) || a.Label == "" || a.Action != "broadcast" && a.URL == "" {
			return bad(40018, "invalid request: actions invalid; parameter is required")
		}
	}
	return nil
}

func refuse(w http.ResponseWriter, f *fault) {
	if f.retryAfter != "" {
		w.Header().Set("Retry-After", f.retryAfter)
	}
	answer(w, f.Status, f)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a caller that is gone reads nothing
}
