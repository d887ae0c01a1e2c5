package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/web"
)

// foreignFetch is what a browser says of a fetch by a page of another site.
func foreignFetch(r *http.Request) *http.Request {
	for name, value := range map[string]string{"Accept": "*/*", "Origin": "https://ntfy.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"} {
		r.Header.Set(name, value)
	}
	return r
}

// TestAPageIsAcknowledgedInNtfysWebApp has a scanner follow the links of a push message,
// and then a person press its button in a browser.
func TestAPageIsAcknowledgedInNtfysWebApp(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		w.plays(`acme has the sample organisation
alice types /incident declare sev1 Checkout is down
alice goes to #inc-1-checkout-is-down
alice types /incident page @bob
the app of bob shows Checkout is down`)
		_, _, topic, err := w.stage().owner("bob")
		if err != nil {
			t.Fatal(err)
		}
		shown := w.others.ntfy.Messages(topic)
		message := shown[len(shown)-1]
		if len(message.Buttons) == 0 {
			t.Fatalf("the notification has no buttons: %+v", message)
		}
		for _, b := range message.Buttons {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
				answer := httptest.NewRecorder()
				w.app.parts.Web.Handler().ServeHTTP(answer, foreignFetch(httptest.NewRequest(method, b.URL, nil)))
				if strings.Contains(answer.Body.String(), "cknowledged") || answer.Header().Get("Access-Control-Allow-Origin") != "" {
					t.Errorf("%s of a link: %d %v %s", method, answer.Code, answer.Header(), answer.Body)
				}
			}
		}
		w.plays("the timeline of INC-1 shows nothing of Acknowledged")
		said, err := w.others.ntfy.PressInBrowser(t.Context(), w.client, "https://ntfy.example", message.ID, "Acknowledge")
		if err != nil || !strings.Contains(said, "INC-1") {
			t.Fatalf("pressing in the browser = %q, %v", said, err)
		}
		w.plays("the timeline of INC-1 shows Acknowledged by @bob")
	})
}

// TestOtherSitesReachSignedLinksAlone posts to every other address of the product as a
// page of another site would.
func TestOtherSitesReachSignedLinksAlone(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		post := func(path string) *httptest.ResponseRecorder {
			answer := httptest.NewRecorder()
			w.app.parts.Web.Handler().ServeHTTP(answer, foreignFetch(httptest.NewRequest(http.MethodPost, "http://tocsin.example"+path, strings.NewReader("{}"))))
			return answer
		}
		for _, path := range []string{
			"/webhooks/jira", "/callbacks/twilio/sms", "/callbacks/twilio/voice", "/callbacks/twilio/sms/status", "/calendars/x.ics",
			"/postmortems/x/", "/", "/healthz", "/p/", "/p/x/", "/p/x/y",
		} {
			if got := post(path); got.Code != http.StatusForbidden || !strings.Contains(got.Body.String(), "cross-origin") || got.Header().Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("POST %s from another site: %d %v %s", path, got.Code, got.Header(), got.Body)
			}
		}
		if got := post(paging.LinkPath + "AAAA"); got.Code != http.StatusForbidden || !strings.Contains(got.Body.String(), "not one of ours") {
			t.Errorf("POST of a forged link from another site: %d %s", got.Code, got.Body)
		}
	})
}

// TestPagesGoOutWithoutAPublicAddress pages by mail, push and text where nobody reaches
// the product: what is sent has no links, and says how to answer.
func TestPagesGoOutWithoutAPublicAddress(t *testing.T) {
	t.Parallel()
	inWorld(t, func(t *testing.T, w *world) {
		w.stop()
		w.mute = true
		w.start()
		w.plays(`acme has the sample organisation
alice types /incident declare sev1 Checkout is down
alice goes to #inc-1-checkout-is-down
alice types /incident page @alice
alice types /incident page @bob
alice types /incident page @erin
the mailbox of alice shows Answer in Slack: this mail has no buttons
the app of bob shows Answer in Slack: there are no buttons
after 70s
the phone of erin shows Checkout is down
the phone of erin shows Answer in Slack`)
		for _, m := range w.others.mail.Mails("alice@acme.example") {
			if strings.Contains(m.Plain+m.HTML, "http://tocsin.example") {
				t.Errorf("a mail leads to where nobody gets: %s", m.Plain)
			}
		}
	})
}

// TestMessagesHaveLinksWhereOthersReachUs asks with which addresses serve gives links.
func TestMessagesHaveLinksWhereOthersReachUs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		public, listening string
		links             bool
	}{
		{"", "127.0.0.1:8080", false}, {"", ":8080", false}, {"", "0.0.0.0:8080", false}, {"", "[::1]:8080", false}, {"", "localhost:8080", false},
		{"", "10.0.0.5:8080", true}, {"https://tocsin.example.com", "127.0.0.1:8080", true}, {"http://localhost:8080", "127.0.0.1:8080", true},
	} {
		env := map[string]string{"TOCSIN_HTTP_ADDR": c.listening}
		if c.public != "" {
			env["TOCSIN_PUBLIC_URL"] = c.public
		}
		p := process{config: configured(t, nil, env, "")}
		parts, err := p.parts(nil, web.New(web.Config{Addr: c.listening}))
		if err != nil || parts.NoLinks == c.links {
			t.Errorf("TOCSIN_PUBLIC_URL %q, listening on %s: no links %v, %v; want %v", c.public, c.listening, parts.NoLinks, err, !c.links)
		}
	}
}
