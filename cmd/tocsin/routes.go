package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/riverqueue/river"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/migrations"
	"github.com/tocsinhq/tocsin/postmortem"
)

// Slack pings every few seconds; silence for longer than this means that nobody
// hears us.
const longestSilence = 60 * time.Second

// routes adds our pages and callbacks to the web server, and what readiness asks.
func (a *App) routes() {
	if a.parts.Web == nil {
		return
	}
	a.parts.Web.Handle("GET /postmortems/{key}", http.HandlerFunc(withSlash))
	a.parts.Web.Handle("GET /postmortems/{key}/{$}", http.HandlerFunc(a.postmortemPage))
	a.parts.Web.Handle("GET /postmortems/{key}/files/{copy}", http.HandlerFunc(a.postmortemFile))
	a.parts.Web.Handle("GET /postmortems/{key}/postmortem.md", http.HandlerFunc(a.postmortemMarkdown))
	a.pagingRoutes()
	a.parts.Web.Ready("database", func(ctx context.Context) error { return migrations.Check(ctx, a.parts.Pool) })
	a.parts.Web.Ready("slack", a.slackReady)
	if a.Tickets != nil {
		a.parts.Web.Handle("POST /webhooks/jira", jira.Webhook(a.parts.WebhookSecret, a.parts.Log, a.enqueuePull))
	}
}

func (a *App) slackReady(context.Context) error {
	h := a.socket.Health()
	if h.Open == 0 {
		return errors.New("no Socket Mode connection is open")
	}
	if h.Silence > longestSilence {
		return fmt.Errorf("nothing heard from Slack for %s", h.Silence.Round(time.Second))
	}
	return nil
}

func (a *App) enqueuePull(ctx context.Context, pull jira.PullTicket) error {
	_, err := a.Bot.Jobs.Insert(ctx, pull, &river.InsertOpts{Queue: queueTracker})
	return err
}

// withSlash makes the page's address a folder, so that the document can link its
// files without knowing where it is served.
func withSlash(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/postmortems/"+url.PathEscape(r.PathValue("key"))+"/", http.StatusMovedPermanently)
}

// postmortemFile serves our copy of an attachment to whoever may read the
// document: as a download, since what people upload must not run in our name.
func (a *App) postmortemFile(w http.ResponseWriter, r *http.Request) {
	doc, ok := a.postmortemByKey(w, r)
	if !ok {
		return
	}
	id, err := strconv.ParseInt(r.PathValue("copy"), 10, 64)
	if err != nil {
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	file, err := a.Timeline.ReadFile(r.Context(), id)
	switch {
	case incident.CodeOf(err) == incident.NotFound, err == nil && file.Incident != doc.Incident.ID:
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	case err != nil:
		a.parts.Log.ErrorContext(r.Context(), "file not read", "error", err)
		http.Error(w, "The file could not be read; the log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	_, _ = w.Write(file.Content) // whoever asked has gone: nobody to tell
}

// postmortemPage shows a draft to whoever has its link.
func (a *App) postmortemPage(w http.ResponseWriter, r *http.Request) {
	doc, ok := a.postmortemByKey(w, r)
	if !ok {
		return
	}
	page, err := postmortem.HTML(doc)
	if err != nil {
		a.parts.Log.ErrorContext(r.Context(), "postmortem not rendered", "error", err)
		http.Error(w, "The page could not be made; the log says why.", http.StatusInternalServerError)
		return
	}
	selfContained(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, string(page)) // whoever asked has gone: nobody to tell
}

// selfContained lets a page bring its own style, and pages of our own address frame
// it, as the demo does beside the conversation. It may run and load nothing.
func selfContained(w http.ResponseWriter) {
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
}

func (a *App) postmortemMarkdown(w http.ResponseWriter, r *http.Request) {
	doc, ok := a.postmortemByKey(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
	_, _ = io.WriteString(w, postmortem.Render(doc)) // whoever asked has gone: nobody to tell
}

func (a *App) postmortemByKey(w http.ResponseWriter, r *http.Request) (postmortem.Document, bool) {
	doc, err := a.Postmortems.ByKey(r.Context(), r.PathValue("key"))
	switch {
	case incident.CodeOf(err) == incident.NotFound:
		http.Error(w, "There is no postmortem under this link.", http.StatusNotFound)
		return doc, false
	case err != nil:
		a.parts.Log.ErrorContext(r.Context(), "postmortem not read", "error", err)
		http.Error(w, "The page could not be read; the log says why.", http.StatusInternalServerError)
		return doc, false
	}
	return doc, true
}
