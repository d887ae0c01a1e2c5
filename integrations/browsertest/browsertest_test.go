package browsertest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tocsinhq/tocsin/integrations/browsertest"
)

// TestAbsenceIsSkippedButFailsTheGate runs the test below without any program to find.
func TestAbsenceIsSkippedButFailsTheGate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ci, verdict string
		fails       bool
	}{{"", "--- SKIP: TestWindowShowsAPage", false}, {"true", "--- FAIL: TestWindowShowsAPage", true}, {"1", "--- FAIL: TestWindowShowsAPage", true}} {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWindowShowsAPage$", "-test.v")
		child.Env = append(os.Environ(), "PATH="+t.TempDir(), "CI="+c.ci)
		out, err := child.CombinedOutput()
		if (err != nil) != c.fails || !strings.Contains(string(out), c.verdict) || !strings.Contains(string(out), "apt-get install chromium") {
			t.Errorf("with CI=%q: %v\n%s", c.ci, err, out)
		}
	}
}

func TestWindowShowsAPage(t *testing.T) {
	t.Parallel()
	w := browsertest.Open(t)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(rw, `<p>"Host"</p><p></p><script>setTimeout(() => document.querySelectorAll("p")[1].innerText = location.hostname, 50)</script>`)
	}))
	t.Cleanup(server.Close)
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	for _, host := range []string{"one.test", "two.test"} {
		w.Do(chromedp.Navigate("http://" + host + port))
		w.Becomes("the second line", `document.querySelectorAll("p")[1].innerText === `+browsertest.Quoted(host))
		if got, want := w.Text("p"), "\"Host\"\n"+host; got != want {
			t.Errorf("the page says %q, want %q", got, want)
		}
		if got := w.Read(`innerWidth + "x" + innerHeight`); got != "1280x800" {
			t.Errorf("the window is %s", got)
		}
	}
	if err := w.Try(chromedp.Navigate("http://127.0.0.1:1/")); err == nil {
		t.Error("a site that is not there opens")
	}
}
