package email_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tocsinhq/tocsin/integrations/browsertest"
)

// TestBrowserPressesTheButton on tocsin.test, which is no trustworthy origin without TLS,
// so no Sec-Fetch-Site is sent and only Origin tells our form from a foreign one.
func TestBrowserPressesTheButton(t *testing.T) {
	t.Parallel()
	w := browsertest.Open(t)
	d := newDesk()
	asked := make(chan *http.Request, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r
		d.Transport.(handled).ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	base := "http://tocsin.test:" + server.URL[strings.LastIndexByte(server.URL, ':')+1:]
	w.Do(chromedp.Navigate(base+"/act/t1"), chromedp.WaitVisible(chromedp.CSS("button")))
	if colour := w.Read(`getComputedStyle(document.querySelector("button")).backgroundColor`); colour != "rgb(18, 100, 163)" {
		t.Errorf("the button's colour is %q; the content policy keeps the style out", colour)
	}
	if len(d.acted) != 0 {
		t.Errorf("before the button was pressed: %v", d.acted)
	}
	w.Do(chromedp.Click(chromedp.CSS("button")), chromedp.WaitNotPresent(chromedp.CSS("button")))
	if said := w.Text("#sentence"); said != "You acknowledged INC-42." {
		t.Errorf("the page says %q", said)
	}
	for len(asked) > 0 {
		if r := <-asked; r.Method == http.MethodPost && (r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != base) {
			t.Errorf("the form was sent with Sec-Fetch-Site %q, Origin %q; the test is about a plain origin", r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin"))
		}
	}
}
