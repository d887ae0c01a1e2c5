package slacksim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// worlds is the control endpoint of the Node suite: it makes workspaces and
// lets people act in them. Requests and answers are JSON.
type worlds struct {
	t   *testing.T
	mu  sync.Mutex
	all []*slacksim.Workspace
}

// request is what the suite sends; each verb reads its part.
type request struct {
	Person     string         `json:"person"`
	Channel    string         `json:"channel"`
	Text       string         `json:"text"`
	TS         string         `json:"ts"`
	Emoji      string         `json:"emoji"`
	ActionID   string         `json:"action_id"`
	Values     map[string]any `json:"values"`
	Reason     string         `json:"reason"`
	Method     string         `json:"method"`
	Times      int            `json:"times"`
	RetryAfter int            `json:"retry_after"`
}

func newWorlds(t *testing.T) http.Handler {
	control := &worlds{t: t}
	t.Cleanup(control.close)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /worlds", control.make)
	mux.HandleFunc("POST /worlds/{id}/{verb}", control.act)
	return mux
}

func (c *worlds) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.all {
		w.Close()
	}
}

func (c *worlds) make(rw http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := len(c.all)
	w := slacksim.New(slacksim.Options{Seed: int64(id + 1)})
	if err := w.Listen("127.0.0.1:0"); err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	c.all = append(c.all, w)
	alice, bob := w.AddPerson("alice", slacksim.PersonOptions{}), w.AddPerson("bob", slacksim.PersonOptions{})
	if err := alice.Invites("general", w.BotUserID()); err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	general, _ := w.Channel("general")
	answer(rw, map[string]any{
		"id": strconv.Itoa(id), "apiURL": w.APIURL(), "botToken": w.BotToken(), "appToken": w.AppToken(),
		"people":   map[string]string{"alice": alice.ID, "bob": bob.ID},
		"channels": map[string]string{"general": general.ID},
	})
}

func (c *worlds) act(rw http.ResponseWriter, r *http.Request) {
	var asked request
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || json.NewDecoder(r.Body).Decode(&asked) != nil {
		http.Error(rw, "not a world and a request", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	w := c.all[id]
	c.mu.Unlock()
	result, err := perform(w, r.PathValue("verb"), asked)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusConflict)
		return
	}
	answer(rw, result)
}

func answer(rw http.ResponseWriter, x any) {
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(x) // the suite notices when it does not arrive
}

// perform does what one verb asks for and returns what the person then sees.
func perform(w *slacksim.Workspace, verb string, r request) (any, error) {
	switch verb {
	case "close":
		w.Close()
		return nil, nil
	case "limit":
		w.Chaos.RateLimitNext(r.Method, time.Duration(r.RetryAfter)*time.Second, r.Times)
		return nil, nil
	case "disconnect":
		w.Chaos.Disconnect(r.Reason)
		return nil, nil
	case "sockets":
		return map[string]int{"open": w.Connections()}, nil
	}
	p := w.Person(r.Person)
	if p == nil {
		return nil, fmt.Errorf("%s: there is no person %q", verb, r.Person)
	}
	return act(w, p, verb, r)
}

// act does what a person does.
func act(w *slacksim.Workspace, p *slacksim.Person, verb string, r request) (any, error) {
	switch verb {
	case "says":
		return map[string]string{"ts": p.Says(r.Channel, r.Text)}, nil
	case "types":
		return nil, p.Types(r.Channel, r.Text).Err
	case "clicks":
		return nil, p.Clicks(r.Channel, r.TS, r.ActionID)
	case "reacts":
		return nil, p.Reacts(r.Channel, r.TS, r.Emoji)
	case "submits":
		result := p.Submits(r.Values)
		return map[string]any{"errors": result.Errors, "closed": result.Closed}, result.Err
	case "opensHome":
		p.OpensHome()
		return nil, nil
	case "messages":
		return messagesSeen(w, p, r.Channel), nil
	case "modal":
		return shownView(p.Modal()), nil
	case "home":
		return shownView(p.Home()), nil
	}
	return nil, fmt.Errorf("nobody knows how to do %q", verb)
}

func messagesSeen(w *slacksim.Workspace, p *slacksim.Person, channel string) []map[string]string {
	seen := []map[string]string{}
	for _, m := range append(w.Messages(channel), w.Ephemerals(p.Name, channel)...) {
		seen = append(seen, map[string]string{"ts": m.TS, "text": m.AllText()})
	}
	return seen
}

func shownView(v *slacksim.View) any {
	if v == nil {
		return nil
	}
	return v.Content
}
