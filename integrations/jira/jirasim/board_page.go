package jirasim

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"slices"
)

//go:embed boardpage
var boardPage embed.FS

// visitor moves cards on the board page while the site has no people but the account
// that the API is called with, whose changes look like our own echo.
var visitor = User{ID: "jira-visitor", Name: "Somebody in Jira", Email: "somebody@example.com"}

// BoardPage is the board for a browser: columns with cards that can be moved and
// given to people, fresh within two seconds. Mount it at any path that ends in a
// slash, with the prefix stripped. Pages of the same origin may frame it. Whoever
// reaches it can act: it asks for no login.
func (s *Sim) BoardPage() http.Handler {
	files, err := fs.Sub(boardPage, "boardpage")
	if err != nil {
		panic(err) // impossible: the folder is embedded
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /board", func(w http.ResponseWriter, _ *http.Request) { s.serveBoard(w) })
	mux.Handle("POST /act", http.NewCrossOriginProtection().Handler(http.HandlerFunc(s.actOnBoard)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-cache")
		mux.ServeHTTP(w, r)
	})
}

// people are the accounts that can act in a browser, never the API's own.
func (s *Sim) people() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	isHuman := func(u User) bool { return u.ID != botID && !u.Gone }
	if !slices.ContainsFunc(s.state.Users, isHuman) {
		s.state.Users = append(s.state.Users, visitor)
	}
	var all []User
	for _, u := range s.state.Users {
		if isHuman(u) {
			all = append(all, u)
		}
	}
	return all
}

func (s *Sim) serveBoard(w http.ResponseWriter) {
	b := s.Board()
	type card struct{ Key, URL, Type, Summary, Priority, Resolution, Assignee, AssigneeID, Due, Labels any }
	columns := []map[string]any{}
	for _, col := range b.Columns {
		cards := []card{}
		for _, c := range col.Cards {
			cards = append(cards, card{c.Key, c.URL, c.Type, c.Summary, c.Priority, c.Resolution, c.Assignee.Name, c.Assignee.ID, c.Due, c.Labels})
		}
		columns = append(columns, map[string]any{"Name": col.Name, "Cards": cards})
	}
	writeJSON(w, reply{status: http.StatusOK, body: map[string]any{"Name": b.Name, "Project": b.Project, "People": s.people(), "Columns": columns}})
}

// actOnBoard moves a card, or gives it to somebody.
func (s *Sim) actOnBoard(w http.ResponseWriter, r *http.Request) {
	var a struct {
		Key, By string
		Column  string
		Assign  *string // a user's id, "" for nobody
	}
	// A form on a foreign page cannot send JSON without asking first.
	if r.Header.Get("Content-Type") != "application/json" || json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&a) != nil {
		writeJSON(w, reply{status: http.StatusBadRequest, body: map[string]string{"error": "The action could not be read; reload the board."}})
		return
	}
	if a.By == "" {
		a.By = s.people()[0].ID
	}
	var err error
	if a.Assign != nil {
		err = s.Assign(a.Key, *a.Assign, a.By)
	} else {
		err = s.Move(a.Key, a.Column, a.By)
	}
	if err != nil {
		writeJSON(w, reply{status: http.StatusUnprocessableEntity, body: map[string]string{"error": "Jira refused: " + err.Error()}})
		return
	}
	s.serveBoard(w)
}
