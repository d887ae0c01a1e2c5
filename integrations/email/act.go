package email

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
)

// Offer is what a signed link would do, for the page that asks before it is done.
type Offer struct {
	Title  string // what it is about: INC-42: Checkout is down
	Text   string // who is asked for what: Alice, you were paged at 03:12 UTC
	Button string // what pressing does: Acknowledge; empty: there is nothing left to do
}

// ActionPage is the page behind the links in messages: GET shows what a link is about
// and one button, POST does it. Asking changes nothing, however often and by whom:
// scanners of mail and previews of chat follow every link. Doing it is Act's; it must
// be good to do twice.
//
// The token in the path is the whole authority, so whoever was forwarded the mail can
// use it, and no cookie is looked at: it may be POSTed to from any site. Apps that press
// a button by themselves (ntfy) POST without opening the page and get the sentence as
// plain text.
//
// Parse and Act say what is wrong with a token by an *incident.Error: its sentence is
// shown. Any other error is logged and shown as a failure of ours.
type ActionPage struct {
	Parse func(ctx context.Context, token string) (Offer, error)
	Act   func(ctx context.Context, token string) (sentence string, err error)
	Log   *slog.Logger // nil: nothing is logged
}

var (
	//go:embed act.html
	actSource string
	//go:embed act.css
	actStyle string

	actTemplate = template.Must(template.New("act.html").Parse(actSource))
)

// maxToken bounds a token in bytes; ours have a fraction of it.
const maxToken = 1024

var (
	// errNoToken is for what cannot be one of our links at all.
	errNoToken = incident.Errorf(incident.Forbidden, "This link is incomplete or not ours; open it again from the message, or act in Slack.")
	// errNothing is for a link whose page is gone.
	errNothing = incident.Errorf(incident.NotFound, "There is nothing left to answer here; look into Slack.")
)

// sheet is what the template shows: an offer, or how it ended.
type sheet struct {
	Offer
	Style    template.CSS
	Asking   bool
	Sentence string
}

// ServeHTTP answers GET, HEAD and POST on a pattern with {token}; anything else is 405.
func (p ActionPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	token := r.PathValue("token")
	if token == "" || len(token) > maxToken {
		p.fail(w, r, errNoToken)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		p.ask(w, r, token)
	case http.MethodPost:
		p.act(w, r, token)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		p.write(w, r, http.StatusMethodNotAllowed, sheet{Sentence: "Open the link in a browser."})
	}
}

// guard keeps the page out of caches, frames and search engines, and lets it load and
// run nothing. The token must not leave in a Referer; same-origin rather than
// no-referrer, because under the latter browsers send "Origin: null" with our own form
// and the server's check against foreign sites would refuse it.
func guard(h http.Header) {
	sum := sha256.Sum256([]byte(actStyle))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Vary", "Accept")
}

func (p ActionPage) ask(w http.ResponseWriter, r *http.Request, token string) {
	offer, err := p.Parse(r.Context(), token)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	if offer.Button == "" {
		p.fail(w, r, errNothing)
		return
	}
	p.write(w, r, http.StatusOK, sheet{Offer: offer, Asking: true, Sentence: offer.Text})
}

func (p ActionPage) act(w http.ResponseWriter, r *http.Request, token string) {
	sentence, err := p.Act(r.Context(), token)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.write(w, r, http.StatusOK, sheet{Sentence: sentence})
}

// fail shows a sentence for people, and hides everything else. The token is not
// logged: whoever reads the log could use it.
func (p ActionPage) fail(w http.ResponseWriter, r *http.Request, err error) {
	if code := incident.CodeOf(err); code != "" {
		p.write(w, r, statusOf(code), sheet{Sentence: err.Error()})
		return
	}
	if p.Log != nil {
		p.Log.ErrorContext(r.Context(), "signed link failed", slog.String("method", r.Method), slog.Any("error", err))
	}
	p.write(w, r, http.StatusInternalServerError, sheet{Sentence: "Something went wrong on our side; try again, or act in Slack."})
}

func statusOf(code incident.Code) int {
	switch code {
	case incident.NotFound:
		return http.StatusNotFound
	case incident.Conflict:
		return http.StatusConflict
	case incident.Forbidden:
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}

// write answers with a page to a browser, and with the bare sentence to an app.
func (p ActionPage) write(w http.ResponseWriter, r *http.Request, status int, s sheet) {
	if !s.Asking && !strings.Contains(r.Header.Get("Accept"), "text/html") {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(s.Sentence + "\n")) // an app that is gone reads nothing
		return
	}
	s.Style = template.CSS(actStyle)
	s.Title, s.Sentence = cut(oneLine(s.Title), maxTitle), cut(incident.CleanText(s.Sentence), maxText)
	var page bytes.Buffer
	if err := actTemplate.Execute(&page, s); err != nil {
		http.Error(w, "Something went wrong on our side; act in Slack.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // a browser that is gone reads nothing
}
