package jirasim

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"strings"
	"time"
)

// Board is the project as its board shows it.
type Board struct {
	Project, Name string
	URL           string
	Columns       []Column
}

// Column is a status with its issues, oldest first.
type Column struct {
	Name  string
	Cards []Card
}

// Card is an issue on the board. It is a copy.
type Card struct {
	ID, Key, URL         string
	Type                 string
	Summary, Description string
	Status, Resolution   string
	Priority             string
	Assignee             User // zero when nobody is
	Labels               []string
	Due                  string // 2026-01-31, or empty
	Created, Updated     time.Time
	Comments             []string
	Links                []Link
	Fields               map[string]any // custom fields by name
}

// Link is a remote link of an issue.
type Link struct{ GlobalID, URL, Title string }

// Board returns the board as it is now.
func (s *Sim) Board() Board {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := Board{Project: s.options.Project, Name: s.options.ProjectName, URL: s.URL()}
	for _, st := range workflow {
		col := Column{Name: st.Name}
		for _, i := range s.state.Issues {
			if i.Status == st.Name {
				col.Cards = append(col.Cards, s.card(i))
			}
		}
		b.Columns = append(b.Columns, col)
	}
	return b
}

// Card returns one issue by key.
func (s *Sim) Card(key string) (Card, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.find(key)
	if i == nil {
		return Card{}, false
	}
	return s.card(i), true
}

func (s *Sim) card(i *issue) Card {
	c := Card{
		ID: i.ID, Key: i.Key, URL: s.URL() + "/browse/" + i.Key, Type: i.Type, Status: i.Status, Resolution: i.Resolution, Priority: s.priorityOf(i),
		Summary: words(i.Fields["summary"]), Description: words(i.Fields["description"]), Due: words(i.Fields["duedate"]),
		Labels: labelsOf(i), Created: i.Created, Updated: i.Updated, Fields: map[string]any{},
	}
	c.Assignee, _ = s.user(i.Assignee)
	for _, one := range i.Comments {
		c.Comments = append(c.Comments, one.Body)
	}
	for _, l := range i.Links {
		c.Links = append(c.Links, Link{l.GlobalID, l.URL, l.Title})
	}
	for id, v := range maps.All(i.Fields) {
		if f, ok := s.field(id); ok && f.Custom != "" {
			c.Fields[f.Name] = v
		}
	}
	return c
}

// Subscribe returns a channel that gets a value after changes of the board, several of
// them possibly as one, and a function that ends it.
func (s *Sim) Subscribe() (changes <-chan struct{}, cancel func()) {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers[c] = true
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, c)
	}
}

// changed wakes the subscribers. It expects s.mu to be held.
func (s *Sim) changed() {
	for c := range s.watchers {
		select {
		case c <- struct{}{}:
		default: // one is waiting already
		}
	}
}

// browse is the page that a ticket's link leads to.
func (s *Sim) browse(w http.ResponseWriter, r *http.Request) {
	c, ok := s.Card(r.PathValue("key"))
	if !ok {
		http.Error(w, "Issue does not exist or you do not have permission to see it.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	e := html.EscapeString
	// A reader that went away is none of our business.
	_, _ = fmt.Fprintf(w, `<!doctype html><meta charset="utf-8"><title>%s</title><style>body{font:15px sans-serif;max-width:48rem;margin:2rem auto}pre{white-space:pre-wrap}</style>
<p>%s · %s · %s · %s</p><h1>%s</h1><pre>%s</pre><p>%s</p>`,
		e(c.Key), e(c.Key), e(c.Type), e(c.Status), e(c.Assignee.Name), e(c.Summary), e(c.Description), e(strings.Join(c.Labels, ", ")))
}
