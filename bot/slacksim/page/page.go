// Package page is a browser client for a simulated Slack workspace: channels,
// threads, messages with blocks, modals, App Home, and a switch between the
// people who use it. It is what the demo shows.
//
// Before changing it: whatever people or apps write reaches the document as text
// nodes only, and the content policy allows nothing but our own scripts, so that a
// message can never become markup. Keep both.
package page

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// Hint is a subcommand as the message field offers it after the slash command.
type Hint struct {
	Name string `json:"name"`
	Args string `json:"args"`
	Help string `json:"help"`
}

// Shortcut is one of the app's shortcuts: a global one, or one in the menu of
// every message.
type Shortcut struct {
	Callback  string `json:"callback"`
	Name      string `json:"name"`
	OnMessage bool   `json:"on_message"`
}

// Panel is a page shown beside the conversation. It has to allow being framed by
// this one.
type Panel struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Options say what the page shows. Only Workspace is required.
type Options struct {
	Workspace *slacksim.Workspace
	Commands  []Hint
	Shortcuts []Shortcut
	Panels    []Panel
	Title     string // of the window; "Slack, simulated" when empty
	Intro     string // a sentence or two above the first conversation

	// Closing ends the streams of changes, which would hold a server up that
	// waits for its requests. Nil means that nothing does but the browser.
	Closing <-chan struct{}
}

// page serves one workspace to browsers.
type page struct {
	Options
	policy string
}

//go:embed static
var static embed.FS

// New returns the page, to be mounted at the root of an address. It may be asked
// concurrently. Whoever reaches it can act as anybody in the workspace: it is for
// simulated ones.
func New(o Options) http.Handler {
	if o.Title == "" {
		o.Title = "Slack, simulated"
	}
	p := &page{Options: o, policy: policy(o.Panels)}
	files, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // impossible: the folder is embedded
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /api/setup", p.setup)
	mux.HandleFunc("GET /api/state", p.state)
	mux.HandleFunc("GET /api/events", p.events)
	mux.HandleFunc("GET /api/files/{id}", p.file)
	mux.Handle("POST /api/act", http.NewCrossOriginProtection().Handler(guarded(p.act)))
	return p.secured(mux)
}

// policy is the Content-Security-Policy: our own scripts and styles, pictures from
// the web as in Slack, and frames for the panels.
func policy(panels []Panel) string {
	frames := "'self'"
	for _, panel := range panels {
		if u, err := url.Parse(panel.URL); err == nil && u.Host != "" {
			frames += " " + u.Scheme + "://" + u.Host
		}
	}
	return strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' https: data:",
		"frame-src " + frames, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
	}, "; ")
}

func (p *page) secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", p.policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

// guardHeader comes with every action. A foreign page cannot send it without asking
// the browser for permission, which nobody grants.
const guardHeader = "X-Workspace-Page"

func guarded(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(guardHeader) == "" {
			answer(w, http.StatusForbidden, outcome{Error: "Actions come from the page itself; send the header " + guardHeader + "."})
			return
		}
		next(w, r)
	})
}

// setup answers what stays the same while the page is open.
func (p *page) setup(w http.ResponseWriter, _ *http.Request) {
	first := ""
	if people := p.Workspace.People(); len(people) > 0 {
		first = people[0].Name
	}
	answer(w, http.StatusOK, map[string]any{
		"first": first, "title": p.Title, "intro": p.Intro, "command": p.Workspace.Command(), "bot": p.Workspace.BotUserID(),
		"commands": p.Commands, "shortcuts": p.Shortcuts, "panels": p.Panels,
	})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a reader that went away is none of our business
}
