package email_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browse starts a headless Chromium for which tocsin.test is this machine. Unlike
// 127.0.0.1 that is no trustworthy origin without TLS, so no Sec-Fetch-Site is sent and
// only Origin tells our form from a foreign one.
func browse(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" && os.Getenv("CI") == "true" {
		t.Fatal("no chromium is installed; the page cannot be tested")
	}
	if path == "" {
		t.Skip("no chromium is installed, so the page is not tested in a browser")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("host-resolver-rules", "MAP tocsin.test 127.0.0.1"), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, quit := chromedp.NewContext(ctx)
	t.Cleanup(quit)
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestBrowserPressesTheButton(t *testing.T) {
	t.Parallel()
	ctx := browse(t)
	d := newDesk()
	asked := make(chan *http.Request, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r
		d.Transport.(handled).ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	base := "http://tocsin.test:" + server.URL[strings.LastIndexByte(server.URL, ':')+1:]
	if err := chromedp.Do(ctx, chromedp.Navigate(base+"/act/t1"), chromedp.WaitVisible(chromedp.CSS("button"))); err != nil {
		t.Fatal(err)
	}
	colour, err := chromedp.Run(ctx, chromedp.Evaluate[string](`getComputedStyle(document.querySelector("button")).backgroundColor`))
	if err != nil || colour != "rgb(18, 100, 163)" {
		t.Errorf("the button's colour is %q, %v; the content policy keeps the style out", colour, err)
	}
	if len(d.acted) != 0 {
		t.Errorf("before the button was pressed: %v", d.acted)
	}
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS("button")), chromedp.WaitNotPresent(chromedp.CSS("button"))); err != nil {
		t.Fatal(err)
	}
	said, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.getElementById("sentence").innerText`))
	if err != nil || said != "You acknowledged INC-42." {
		t.Errorf("the page says %q, %v", said, err)
	}
	for len(asked) > 0 {
		if r := <-asked; r.Method == http.MethodPost && (r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != base) {
			t.Errorf("the form was sent with Sec-Fetch-Site %q, Origin %q; the test is about a plain origin", r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin"))
		}
	}
}
