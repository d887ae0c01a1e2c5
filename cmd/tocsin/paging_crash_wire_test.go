package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// wire stands between the program and those that carry its pages. It knows each page
// by its key, keeps what was taken, and can be told to kill at a page.
type wire struct {
	mu    sync.Mutex
	taken map[string][]carried
	aim   func(key string) (fate, func()) // what is to become of a page, and what kills; nil: nothing
}

// carried is one message that Slack or Twilio took.
type carried struct {
	at     time.Time // when the request came
	text   string
	repeat bool // it says that it may be a repeat
}

// around lets requests through to a simulator, pages among them by their key.
func (x *wire) around(next http.Handler, read func(r *http.Request, form url.Values) (key, text string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // whoever called has gone
		}
		form, _ := url.ParseQuery(string(body)) // what is no form is no page
		r.Body = io.NopCloser(bytes.NewReader(body))
		key, text := read(r, form)
		if key == "" {
			next.ServeHTTP(w, r)
			return
		}
		x.page(w, r, next, key, text)
	})
}

func (x *wire) page(w http.ResponseWriter, r *http.Request, next http.Handler, key, text string) {
	at := time.Now()
	what, kill := x.aimed(key)
	if what == lost {
		kill()
		panic(http.ErrAbortHandler)
	}
	if what == unheard {
		kill()
	}
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r.WithContext(context.WithoutCancel(r.Context())))
	if answer.Code < 300 && !strings.Contains(answer.Body.String(), `"ok":false`) {
		x.note(key, carried{at, text, strings.Contains(strings.ToLower(text), "repeat")})
	}
	if what == unheard {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // whoever called may be gone
	if what == heard {
		_ = http.NewResponseController(w).Flush() // the same
		kill()
	}
}

func (x *wire) aimed(key string) (fate, func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.aim == nil {
		return "", nil
	}
	return x.aim(key)
}

func (x *wire) setAim(aim func(key string) (fate, func())) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.aim = aim
}

func (x *wire) note(key string, c carried) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.taken == nil {
		x.taken = map[string][]carried{}
	}
	x.taken[key] = append(x.taken[key], c)
}

// of lists what was taken under a key, oldest first.
func (x *wire) of(key string) []carried {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.taken[key])
}

// ackCode is what a text says to answer with.
var ackCode = regexp.MustCompile(`\b(\d+a)\b`)

// slackPage reads the key in the metadata of a message that belongs to paging.
func slackPage(r *http.Request, form url.Values) (key, text string) {
	if !strings.HasSuffix(r.URL.Path, "/chat.postMessage") {
		return "", ""
	}
	var metadata struct {
		Payload struct {
			Key string `json:"key"`
		} `json:"event_payload"`
	}
	if json.Unmarshal([]byte(form.Get("metadata")), &metadata) != nil || !strings.HasPrefix(metadata.Payload.Key, "tocsin-delivery-") {
		return "", ""
	}
	return metadata.Payload.Key, form.Get("text") + "\n" + form.Get("blocks")
}

// twilioPage reads the key in the address of a text's callback.
func twilioPage(r *http.Request, form url.Values) (key, text string) {
	callback, err := url.Parse(form.Get("StatusCallback"))
	if err != nil || !strings.HasSuffix(r.URL.Path, "/Messages.json") {
		return "", ""
	}
	return callback.Query().Get("key"), form.Get("Body")
}
