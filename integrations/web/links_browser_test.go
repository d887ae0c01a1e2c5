package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser starts a headless Chromium for which every name in .test is this machine.
func browser(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" && os.Getenv("CI") == "true" {
		t.Fatal("no chromium is installed; fetches of other sites cannot be tested")
	}
	if path == "" {
		t.Skip("no chromium is installed, so fetches of other sites are not tested in a browser")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1"), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, quit := chromedp.NewContext(ctx)
	t.Cleanup(quit)
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

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
	ctx := browser(t)
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
			if err := chromedp.Do(ctx, chromedp.Navigate(page), chromedp.WaitVisible(chromedp.CSS("#said"))); err != nil {
				t.Fatal(err)
			}
			said, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.getElementById("said").innerText`))
			if err != nil || said != c.want {
				t.Errorf("the page was told %q, %v; want %q", said, err, c.want)
			}
			want := int32(strings.Count(c.path, "token"))
			if links.Load() != want || others.Load() != 0 {
				t.Errorf("the link was pressed %d times, want %d; the other address reached %d times", links.Load(), want, others.Load())
			}
		})
	}
}
