package jirasim

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxRequests bounds the recorded calls, since a demo may run for weeks.
const maxRequests = 10_000

// maxBody bounds a request in bytes.
const maxBody = 1 << 20

// Request is a call that reached the site.
type Request struct {
	Method, Path string
	Query        url.Values
	Body         []byte
	Status       int // 0 when the connection was cut instead of answering
	At           time.Time
}

// call is one request on its way through a handler.
type call struct {
	*http.Request
	raw   []byte
	query url.Values
}

// decode reads the body as JSON.
func (c call) decode(v any) bool { return json.Unmarshal(c.raw, v) == nil }

// reply is what a handler answers. A nil body means none.
type reply struct {
	status int
	body   any
	header map[string]string
	html   string // instead of body
}

// errorBody is Jira's answer to a request that it refuses.
type errorBody struct {
	Messages []string          `json:"errorMessages"`
	Errors   map[string]string `json:"errors"`
}

func refuse(status int, messages ...string) reply {
	return reply{status: status, body: errorBody{Messages: messages, Errors: map[string]string{}}}
}

func refuseFields(errs map[string]string) reply {
	return reply{status: http.StatusBadRequest, body: errorBody{Messages: []string{}, Errors: errs}}
}

// noIssue is Jira's one answer to a missing and to a hidden issue.
func noIssue() reply {
	return refuse(http.StatusNotFound, "Issue does not exist or you do not have permission to see it.")
}

type handler func(call) reply

func (s *Sim) routes() *http.ServeMux {
	const api, issue = "/rest/api/2", "/rest/api/2/issue/{key}"
	table := map[string]handler{
		"GET " + api + "/serverInfo":                                   s.serverInfo,
		"GET " + api + "/myself":                                       s.myself,
		"GET " + api + "/mypermissions":                                s.myPermissions,
		"GET " + api + "/project/{project}":                            s.getProject,
		"GET " + api + "/field":                                        s.getFields,
		"GET " + api + "/priority":                                     s.getPriorities,
		"GET " + api + "/status":                                       s.getStatuses,
		"GET " + api + "/user/search":                                  s.searchUsers,
		"GET " + api + "/issue/createmeta/{project}/issuetypes":        s.createTypes,
		"GET " + api + "/issue/createmeta/{project}/issuetypes/{type}": s.createScreen,

		"POST " + api + "/issue":         s.createIssue,
		"GET " + issue:                   s.getIssue,
		"PUT " + issue:                   s.editIssue,
		"DELETE " + issue:                s.deleteIssue,
		"GET " + issue + "/transitions":  s.getTransitions,
		"POST " + issue + "/transitions": s.doTransition,
		"PUT " + issue + "/assignee":     s.putAssignee,
		"POST " + issue + "/comment":     s.postComment,
		"GET " + issue + "/comment":      s.getComments,
		"POST " + issue + "/remotelink":  s.postLink,
		"GET " + issue + "/remotelink":   s.getLinks,

		"GET " + api + "/search":      s.searchClassic,
		"POST " + api + "/search":     s.searchClassic,
		"GET " + api + "/search/jql":  s.searchJQL,
		"POST " + api + "/search/jql": s.searchJQL,
	}
	mux := http.NewServeMux()
	for pattern, h := range table {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, h) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, noRoute) })
	mux.HandleFunc("GET /browse/{key}", s.browse)
	return mux
}

func noRoute(c call) reply {
	return reply{status: http.StatusNotFound, body: map[string]any{"message": "null for uri: " + c.URL.String(), "status-code": 404}}
}

// Handler is the whole site, to be mounted at the root of an address.
func (s *Sim) Handler() http.Handler { return s.mux }

// serve takes one call through the faults, the login and its handler.
func (s *Sim) serve(w http.ResponseWriter, r *http.Request, h handler) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	c := call{Request: r, raw: raw, query: r.URL.Query()}
	if err != nil {
		s.answer(w, c, refuse(http.StatusRequestEntityTooLarge, "The request is too large."), false)
		return
	}
	if !s.wait(r) {
		return
	}
	answer, cut := s.handle(c, h)
	s.answer(w, c, answer, cut)
}

// handle does the work under the lock. When cut is set the work is done and the answer
// must not arrive.
func (s *Sim) handle(c call, h handler) (answer reply, cut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, faulty := s.faults.take(c); faulty {
		return r, false
	}
	if !s.loggedIn(c.Request) && !strings.HasSuffix(c.URL.Path, "/serverInfo") {
		return reply{status: http.StatusUnauthorized, body: map[string]any{"message": "Client must be authenticated to access this resource.", "status-code": 401}}, false
	}
	if c.Method != http.MethodGet && !strings.HasPrefix(c.Header.Get("Content-Type"), "application/json") && len(c.raw) > 0 {
		return reply{status: http.StatusUnsupportedMediaType, body: map[string]any{"status-code": 415}}, false
	}
	answer = h(c)
	if answer.status < 300 && isWrite(c) && s.faults.drops > 0 {
		s.faults.drops--
		return answer, true
	}
	return answer, false
}

// isWrite reports whether c changed something; a search is a POST and changes nothing.
func isWrite(c call) bool {
	return c.Method != http.MethodGet && !strings.Contains(c.URL.Path, "/search")
}

func (s *Sim) loggedIn(r *http.Request) bool {
	if s.options.Cloud {
		user, token, ok := r.BasicAuth()
		return ok && strings.EqualFold(user, s.options.User) && token == s.options.Token
	}
	return r.Header.Get("Authorization") == "Bearer "+s.options.Token
}

func (s *Sim) answer(w http.ResponseWriter, c call, a reply, cut bool) {
	status := a.status
	if cut {
		status = 0
	}
	s.record(Request{Method: c.Method, Path: c.URL.Path, Query: c.query, Body: c.raw, Status: status, At: time.Now()})
	if cut {
		panic(http.ErrAbortHandler) // net/http's way to cut the connection
	}
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	if a.html != "" {
		w.Header().Set("Content-Type", "text/html;charset=UTF-8")
		w.WriteHeader(a.status)
		// A client that went away is none of our business.
		_, _ = io.WriteString(w, a.html)
		return
	}
	writeJSON(w, a)
}

func writeJSON(w http.ResponseWriter, a reply) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(a.body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(a.status)
	// A client that went away is none of our business.
	_, _ = w.Write(b.Bytes())
}

func (s *Sim) record(r Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) == maxRequests {
		s.requests = append([]Request(nil), s.requests[maxRequests/2:]...)
	}
	s.requests = append(s.requests, r)
}

// Requests returns the latest calls that reached the site, at most 10,000, oldest first.
func (s *Sim) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}
