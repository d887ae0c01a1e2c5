package web

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tocsinhq/tocsin/integrations/browsertest"
)

// elsewhere serves a page that presses a button as ntfy's web app does, by a fetch with
// the headers that the action names, and shows what it was told. It returns the port.
func elsewhere(t *testing.T, target, headers string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!DOCTYPE html><body><script>
const show = s => { const p = document.createElement("p"); p.id = "said"; p.innerText = s; document.body.append(p); };
fetch(%q, {method: "POST", headers: %s, body: undefined}).then(async r => show(r.status + " " + await r.text()), () => show("the browser refuses"));
</script></body>`, target, headers)
	}))
	t.Cleanup(server.Close)
	return server.URL[strings.LastIndexByte(server.URL, ':')+1:]
}

// TestABrowserPressesASignedLinkFromAnotherSite has Chromium fetch from another site,
// from plain origins, which send no Sec-Fetch-Site, and from trustworthy ones, which do;
// with a header that asks for a preflight and without.
func TestABrowserPressesASignedLinkFromAnotherSite(t *testing.T) {
	t.Parallel()
	window := browsertest.Open(t)
	for _, c := range []struct{ from, to, path, headers, want string }{
		{"ntfy.test", "tocsin.test", "/p/token", "{}", "200 You acknowledged INC-42."},
		{"localhost", "127.0.0.1", "/p/token", "{}", "200 You acknowledged INC-42."},
		{"ntfy.test", "tocsin.test", "/p/token", `{"X-Button": "1"}`, "200 You acknowledged INC-42."},
		{"localhost", "127.0.0.1", "/p/token", `{"X-Button": "1"}`, "200 You acknowledged INC-42."},
		{"ntfy.test", "tocsin.test", "/other", "{}", "the browser refuses"},
		{"localhost", "127.0.0.1", "/other", "{}", "the browser refuses"},
	} {
		t.Run(c.from+c.path+c.headers, func(t *testing.T) {
			var links, others atomic.Int32
			base, _ := started(t, Config{}, func(s *Server) {
				s.HandleLink("/p/{token}", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					links.Add(1)
					_, _ = io.WriteString(w, "You acknowledged INC-42.")
				}))
				s.Handle("POST /other", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { others.Add(1) }))
			})
			target := "http://" + c.to + base[strings.LastIndexByte(base, ':'):] + c.path
			page := "http://" + c.from + ":" + elsewhere(t, target, c.headers) + "/"
			w := window.In(t)
			w.Do(chromedp.Navigate(page), chromedp.WaitVisible(chromedp.CSS("#said")))
			if said := w.Text("#said"); said != c.want {
				t.Errorf("the page was told %q; want %q", said, c.want)
			}
			want := int32(strings.Count(c.path, "token"))
			if links.Load() != want || others.Load() != 0 {
				t.Errorf("the link was pressed %d times, want %d; the other address reached %d times", links.Load(), want, others.Load())
			}
		})
	}
}
