package slacksim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// method is one Web API method (numbers and scopes from Slack's own method
// definitions).
type method struct {
	do     func(*call) object
	scopes []string // any that fits the kind of conversation
	tier   int      // calls per minute; 0 for none that a bot would meet
	query  bool     // takes no JSON body
	post   bool     // takes POST only
	app    bool     // wants the app-level token
	open   bool     // wants no token at all
}

// Call is one recorded Web API call.
type Call struct {
	Method string
	Args   map[string]any // without the token; text where they came as a form
	At     time.Time
	Status int            // HTTP status; 0 when the connection was cut instead
	Answer map[string]any // nil when there was none
}

const (
	maxCalls   = 20_000 // that are remembered
	maxAnswers = 200    // in whole
)

// Calls are the calls of one method, or of all when it is empty, in the order
// they were answered. The oldest are forgotten after 20,000; of all but the latest 200
// only that part of the answer is kept which says whether it was ok.
func (w *Workspace) Calls(method string) []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []Call
	for _, c := range w.calls {
		if method == "" || c.Method == method {
			found = append(found, c)
		}
	}
	return found
}

func (w *Workspace) record(c Call) {
	w.calls = append(w.calls, c)
	if old := len(w.calls) - 1 - maxAnswers; old >= 0 && w.calls[old].Answer != nil {
		w.calls[old].Answer = outcome(w.calls[old].Answer)
	}
	if len(w.calls) > maxCalls {
		w.calls = slices.Delete(w.calls, 0, maxCalls/10)
	}
}

// outcome is what is kept of an answer: whole histories, kept for each time that they
// were read, would soon fill the memory.
func outcome(answer object) object {
	short := object{}
	for _, name := range []string{"ok", "error"} {
		if v, has := answer[name]; has {
			short[name] = v
		}
	}
	return short
}

func (w *Workspace) serveAPI(rw http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	if !passes(r, w.Chaos.delay(name)) {
		return
	}
	m, known := methods[name]
	c := &call{w: w, name: name, method: m}
	refused := c.read(r)
	done := Call{Method: name, Args: c.args, At: time.Now(), Status: http.StatusOK}
	fault := w.Chaos.fault(name)
	switch {
	case fault.status != 0:
		done.Status = fault.status
	case fault.retryAfter != 0:
		c.retryAfter = fault.retryAfter
		done.Answer = fail("ratelimited")
	case !known:
		done.Answer = fail("unknown_method")
	case refused != nil:
		done.Answer = refused
	default:
		w.locked(func() { done.Answer = c.run(fault) })
	}
	if c.retryAfter > 0 {
		done.Status = http.StatusTooManyRequests
	}
	if fault.drop {
		done.Status, done.Answer = 0, nil
	}
	w.locked(func() { w.record(done) })
	if passes(r, fault.slow) {
		c.respond(rw, done)
	}
}

// passes waits, and reports whether the caller is still there.
func passes(r *http.Request, d time.Duration) bool {
	if d == 0 {
		return true
	}
	select {
	case <-time.After(d):
		return true
	case <-r.Context().Done():
		return false
	}
}

// run answers the call; the caller holds w.mu.
func (c *call) run(f fault) object {
	if refused := c.authorise(); refused != nil {
		return refused
	}
	if c.limited(c.name, c.method.tier, time.Minute) {
		return fail("ratelimited")
	}
	if f.code != "" {
		return fail(f.code)
	}
	return c.method.do(c)
}

func (c *call) respond(rw http.ResponseWriter, done Call) {
	switch {
	case done.Status == 0:
		cut(rw)
		return
	case done.Answer == nil:
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		rw.WriteHeader(done.Status)
		fmt.Fprintf(rw, "<html><body><h1>%s</h1></body></html>", http.StatusText(done.Status))
		return
	}
	answer := c.withWarnings(done.Answer)
	h := rw.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	if scopes := c.method.scopes; len(scopes) > 0 {
		h.Set("X-Accepted-OAuth-Scopes", strings.Join(scopes, ","))
	}
	h.Set("X-OAuth-Scopes", c.scopes)
	if c.retryAfter > 0 {
		seconds := int64((c.retryAfter + time.Second - 1) / time.Second)
		h.Set("Retry-After", fmt.Sprint(seconds))
	}
	rw.WriteHeader(done.Status)
	raw, err := json.Marshal(answer)
	if err != nil {
		panic(err) // impossible: answers are made of JSON types
	}
	_, _ = rw.Write(raw) // a caller who hung up needs no answer
}

func (c *call) withWarnings(answer object) object {
	if len(c.warnings) == 0 || answer["ok"] != true {
		return answer
	}
	answer["warning"] = strings.Join(c.warnings, ",")
	metadata, _ := answer["response_metadata"].(object)
	if metadata == nil {
		metadata = object{}
	}
	metadata["warnings"] = c.warnings
	answer["response_metadata"] = metadata
	return answer
}

func ok(more object) object {
	answer := object{"ok": true}
	for k, v := range more {
		answer[k] = v
	}
	return answer
}

func fail(code string) object { return object{"ok": false, "error": code} }

// invalid refuses a call for what the messages say.
func invalid(code string, messages ...string) object {
	answer := fail(code)
	answer["response_metadata"] = object{"messages": messages}
	return answer
}

// rejected reports what is wrong with blocks or views as Slack does.
func rejected(code string, problems []problem) object {
	if len(problems) == 0 {
		return fail(code)
	}
	var errs, messages []string
	for _, p := range problems {
		errs = append(errs, p.String())
		messages = append(messages, "[ERROR] "+p.String())
	}
	answer := invalid(code, messages...)
	answer["errors"] = errs
	return answer
}
