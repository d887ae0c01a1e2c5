package jira

import (
	"context"
	"io"
	"log/slog"
	"net/http"
)

// Webhook receives Jira's webhooks. A call that is signed with the secret is
// answered once what follows is stored by enqueue; what it says is then read from
// Jira itself, so a repeated, late or reordered call does no harm. A body that
// cannot be read is taken and dropped: Jira could not send it better.
func Webhook(secret Secret, log *slog.Logger, enqueue func(context.Context, PullTicket) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "The body could not be read.", http.StatusBadRequest)
			return
		}
		if err := Verify(secret, body, r.Header.Get("X-Hub-Signature")); err != nil {
			log.WarnContext(r.Context(), "webhook refused", slog.Any("error", err))
			http.Error(w, "The signature is missing or wrong.", http.StatusUnauthorized)
			return
		}
		event, err := Parse(body)
		if err != nil {
			log.WarnContext(r.Context(), "webhook cannot be read", slog.Any("error", err))
			w.WriteHeader(http.StatusAccepted)
			return
		}
		if event.Kind == EventOther || !IsKey(event.Issue.Key) {
			w.WriteHeader(http.StatusOK)
			return
		}
		if err := enqueue(r.Context(), PullTicket{Key: event.Issue.Key}); err != nil {
			log.ErrorContext(r.Context(), "webhook not stored", slog.Any("error", err))
			http.Error(w, "Not stored; send it again.", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusOK)
	}
}
