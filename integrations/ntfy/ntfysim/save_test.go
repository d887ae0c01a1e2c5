package ntfysim_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/integrations/ntfy/ntfysim"
)

// publishes shows a notification in the app.
func publishes(t *testing.T, s *ntfysim.Sim, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
	if w.Code != http.StatusOK {
		t.Fatalf("%s was answered %d %s", body, w.Code, w.Body)
	}
}

// app shows two notifications; the second has a button that clears it, and leads to url.
func app(t *testing.T, url string) *ntfysim.Sim {
	t.Helper()
	s := ntfysim.New(ntfysim.Options{})
	publishes(t, s, `{"topic":"bob","title":"One","message":"<first>","tags":["fire"],"priority":5,"sequence_id":"a"}`)
	publishes(t, s, `{"topic":"bob","title":"Two","actions":[{"action":"http","label":"Acknowledge","url":"`+url+`","headers":{"X-Key":"k"},"clear":true}]}`)
	return s
}

func saved(t *testing.T, s *ntfysim.Sim) *bytes.Buffer {
	t.Helper()
	var kept bytes.Buffer
	if err := s.Save(&kept); err != nil {
		t.Fatal(err)
	}
	return &kept
}

func TestNotificationsSurviveSaveAndLoad(t *testing.T) {
	t.Parallel()
	pressed := make(chan string, 1)
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { pressed <- r.Header.Get("X-Key") }))
	t.Cleanup(site.Close)
	s, again := app(t, site.URL), ntfysim.New(ntfysim.Options{})
	changed, stop := again.Watch()
	defer stop()
	if err := again.Load(saved(t, s)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.All(), again.All()); diff != "" {
		t.Errorf("notifications (-saved +loaded):\n%s", diff)
	}
	select {
	case <-changed:
	default:
		t.Error("nobody was told that notifications are there")
	}
	publishes(t, again, `{"topic":"bob","title":"Three"}`)
	shown := again.Messages("bob")
	if len(shown) != 3 || shown[2].ID == shown[1].ID || shown[2].ID == shown[0].ID {
		t.Fatalf("the next notification has an id of before: %+v", shown)
	}
	if _, err := again.Press(t.Context(), site.Client(), shown[1].ID, "Acknowledge"); err != nil || <-pressed != "k" {
		t.Errorf("the button of a notification of before: %v", err)
	}
	if n := len(again.All()); n != 2 {
		t.Errorf("%d notifications are shown; want 2, the pressed one cleared", n)
	}
}

func TestDamagedNotificationsAreRefused(t *testing.T) {
	t.Parallel()
	s := app(t, "https://tocsin.example/act/t1")
	half := saved(t, s).String()
	for name, damaged := range map[string]string{
		"empty": "", "nonsense": "nonsense", "nothing": "null", "other": `{"Mails":[]}`, "half": half[:len(half)/2], "no message": `{"Shown":[{}]}`,
	} {
		err := s.Load(strings.NewReader(damaged))
		if err == nil || !strings.HasPrefix(err.Error(), "load notifications: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: Load = %v; want one sentence", name, err)
		}
	}
	if n := len(s.All()); n != 2 {
		t.Errorf("after loads that failed there are %d notifications; want the 2 of before", n)
	}
}
