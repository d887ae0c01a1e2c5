package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/incident"
)

// TestPostmortemPageAndItsFiles reads a draft and an attachment over HTTP: with the
// document's secret, and with nothing less.
func TestPostmortemPageAndItsFiles(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		const room = "inc-1-search-is-slow"
		w.plays("alice types /incident declare sev2 Search is slow\nalice goes to #" + room)
		alice := w.slack.Person("alice")
		alice.Uploads(room, "graph.txt", []byte("latency since ten"))
		for _, m := range w.slack.Messages(room) {
			if len(m.Files) == 0 {
				continue
			}
			if err := alice.Reacts(room, m.TS, "pushpin"); err != nil {
				t.Fatal(err)
			}
		}
		w.plays("the timeline of INC-1 shows file graph.txt, copy true\nalice types /incident resolve INC-1 A slow disk\nthe postmortem of INC-1 says graph.txt")
		key, err := w.app.Postmortems.ReadKey(t.Context(), incident.ID(1))
		if err != nil {
			t.Fatal(err)
		}
		base := "/postmortems/" + key + "/"
		get := func(path string) *httptest.ResponseRecorder {
			answer := httptest.NewRecorder()
			w.app.parts.Web.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
			return answer
		}
		page := get(base).Body.String()
		at := strings.Index(page, `href="files/`)
		if at < 0 {
			t.Fatalf("the page links no file:\n%s", page)
		}
		name, _, _ := strings.Cut(page[at+len(`href="`):], `"`)
		file := get(base + name)
		if file.Code != http.StatusOK || !strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment") || file.Body.Len() == 0 {
			t.Errorf("the file: %d %v %q", file.Code, file.Header(), file.Body)
		}
		for path, want := range map[string]int{
			strings.TrimSuffix(base, "/"):                 http.StatusMovedPermanently,
			base + "postmortem.md":                        http.StatusOK,
			base + "files/999":                            http.StatusNotFound,
			base + "files/x":                              http.StatusNotFound,
			"/postmortems/AAAAAAAAAAAAAAAAAAAAAA/":        http.StatusNotFound,
			"/postmortems/INC-1/":                         http.StatusNotFound,
			"/postmortems/AAAAAAAAAAAAAAAAAAAAAA/files/1": http.StatusNotFound,
		} {
			if got := get(path).Code; got != want {
				t.Errorf("GET %s = %d, want %d", path, got, want)
			}
		}
	})
}
