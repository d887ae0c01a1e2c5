package main

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// TestCalendarAddressesWorkUntilTheyAreRevoked follows the address that the command
// answers with, as a calendar program does.
func TestCalendarAddressesWorkUntilTheyAreRevoked(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		w.plays("the organisation is shop")
		answer := w.slack.Person("alice").Types("general", "/incident calendar payments-primary")
		if !answer.Ephemeral {
			t.Error("everybody sees the address")
		}
		path := regexp.MustCompile(`/calendars/[A-Z0-9]{26}\.ics`).FindString(answer.Text)
		if path == "" {
			t.Fatalf("the answer holds no address: %+v", answer)
		}
		get := func(path string) *httptest.ResponseRecorder {
			answer := httptest.NewRecorder()
			w.app.parts.Web.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
			return answer
		}
		for _, at := range []string{path, strings.TrimSuffix(path, ".ics")} {
			got := get(at)
			if body := got.Body.String(); got.Code != http.StatusOK || !strings.HasPrefix(body, "BEGIN:VCALENDAR") || !strings.Contains(body, "Payments primary") || strings.Count(body, "BEGIN:VEVENT") < 5 {
				t.Errorf("GET the address: %d\n%.300s", got.Code, body)
			}
		}
		w.plays("alice types /incident calendar revoke 1\nalice is answered Calendar 1 is revoked")
		if got := get(path); got.Code != http.StatusNotFound || strings.Contains(got.Body.String(), "VEVENT") {
			t.Errorf("GET the revoked address: %d\n%s", got.Code, got.Body)
		}
	})
}
