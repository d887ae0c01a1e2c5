package twiliosim

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
)

// board is one phone as the demo's page shows it.
type board struct {
	Number    string    `json:"number"`
	Behaviour Behaviour `json:"behaviour"`
	Messages  []Message `json:"messages"`
	Calls     []Call    `json:"calls"`
}

// routePhones lets a page be everybody's phone: GET /api/phones shows all of them, and
// POST /api/phones/{number}/{what} with {"text": …} replies, presses a key, answers,
// hangs up or sets the behaviour. It has no login: it belongs to tests and the demo.
func (s *Sim) routePhones(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/phones", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, s.boards()) })
	mux.HandleFunc("POST /api/phones/{number}/{what}", s.actOnPhone)
}

func (s *Sim) boards() []board {
	s.mu.Lock()
	numbers := slices.Sorted(maps.Keys(s.phones))
	s.mu.Unlock()
	list := []board{}
	for _, n := range numbers {
		p := s.Phone(n)
		b := board{Number: n, Messages: p.Messages(), Calls: p.Calls()}
		p.set(func() { b.Behaviour = p.behaviour })
		list = append(list, b)
	}
	return list
}

func (s *Sim) actOnPhone(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Text string `json:"text"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil && !errors.Is(err, io.EOF) {
		http.Error(w, "The body is not JSON.", http.StatusBadRequest)
		return
	}
	p := s.Phone(r.PathValue("number"))
	var answers []string
	var err error
	switch r.PathValue("what") {
	case "reply":
		answers, err = p.Reply(in.Text)
	case "press":
		err = p.Press(in.Text)
	case "answer":
		err = p.Answer()
	case "hangup":
		err = p.HangUp()
	case "behave":
		p.Behave(Behaviour(in.Text))
	default:
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	answer(w, http.StatusOK, object{"answers": answers})
}
