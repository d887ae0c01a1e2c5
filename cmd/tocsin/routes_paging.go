package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/email"
)

// pagingRoutes adds what people and vendors answer to pages, and the calendars of
// schedules.
func (a *App) pagingRoutes() {
	page := email.ActionPage{Parse: a.offer, Act: a.Paging.FollowLink, Log: a.parts.Log}
	a.parts.Web.HandleLink(paging.LinkPath+"{token}", page)
	a.parts.Web.Handle("GET /calendars/{token}", http.HandlerFunc(a.calendar))
	if a.parts.Vendors.twilio != nil {
		a.parts.Web.Handle("POST /callbacks/twilio/", a.parts.Vendors.twilio.Callbacks(a.Paging, a.parts.Log))
	}
}

func (a *App) offer(ctx context.Context, token string) (email.Offer, error) {
	o, err := a.Paging.ParseLink(ctx, token)
	return email.Offer(o), err
}

// calendar is a schedule, or one person's shifts, for calendar programs. The
// secret address is the whole authority; a revoked one is gone.
func (a *App) calendar(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "private, max-age=300")
	err := a.OnCall.WriteFeed(r.Context(), w, strings.TrimSuffix(r.PathValue("token"), ".ics"))
	switch {
	case err == nil:
	case incident.CodeOf(err) == incident.NotFound:
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "There is no such calendar; it may have been revoked.", http.StatusNotFound)
	default:
		a.parts.Log.ErrorContext(r.Context(), "calendar not written", slog.Any("error", err))
		http.Error(w, "The calendar could not be written.", http.StatusInternalServerError)
	}
}
