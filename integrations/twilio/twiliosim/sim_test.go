package twiliosim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

const alice = "+15550100101"

// answer is what the API said.
type answer struct {
	status int
	header http.Header
	body   map[string]any
}

// ask calls the API as the account does; a form makes it a POST.
func ask(t *testing.T, s *twiliosim.Sim, place string, form url.Values) answer {
	t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	req := httptest.NewRequest(method, "/2010-04-01/Accounts/"+twiliosim.DefaultAccountSID+place, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(twiliosim.DefaultAccountSID, twiliosim.DefaultAuthToken)
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, req)
	a := answer{status: w.Code, header: w.Header()}
	if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
		t.Fatalf("%s answered %q", place, w.Body)
	}
	return a
}

func text(change ...string) url.Values {
	f := url.Values{"To": {alice}, "From": {twiliosim.DefaultNumber}, "Body": {"Hello"}}
	for i := 0; i < len(change); i += 2 {
		f.Set(change[i], change[i+1])
	}
	return f
}

func phoneCall(change ...string) url.Values {
	f := url.Values{"To": {alice}, "From": {twiliosim.DefaultNumber}, "Twiml": {"<Response><Say>Hello</Say></Response>"}}
	for i := 0; i < len(change); i += 2 {
		f.Set(change[i], change[i+1])
	}
	return f
}

func TestRequestsAreRefusedByCode(t *testing.T) {
	t.Parallel()
	s := twiliosim.New(twiliosim.Options{})
	t.Cleanup(s.Close)
	s.Phone("+15550100199").Refuse(21614)
	for _, c := range []struct {
		place string
		form  url.Values
		code  float64
	}{
		{"/Messages.json", text("To", ""), 21604},
		{"/Messages.json", text("To", "0551234"), 21211},
		{"/Messages.json", text("To", "+15550100199"), 21614},
		{"/Messages.json", text("From", "+15550100999"), 21606},
		{"/Messages.json", text("Body", ""), 21602},
		{"/Messages.json", text("Body", strings.Repeat("x", 1601)), 21617},
		{"/Messages.json", text("ValidityPeriod", "0"), 90007},
		{"/Messages.json", text("ValidityPeriod", "36001"), 90007},
		{"/Messages.json", text("StatusCallback", "no address"), 21609},
		{"/Messages.json", text("StatusCallback", "https://my_host/x"), 21609},
		{"/Messages.json", text("From", "", "MessagingServiceSid", "MGx"), 21705},
		{"/Calls.json", phoneCall("To", ""), 21201},
		{"/Calls.json", phoneCall("From", "+15550100999"), 21210},
		{"/Calls.json", phoneCall("Twiml", ""), 21205},
		{"/Calls.json", phoneCall("To", "bob"), 21211},
		{"/Nothing.json", text(), 20404},
	} {
		got := ask(t, s, c.place, c.form)
		if got.body["code"] != c.code || got.status < 400 || got.body["message"] == "" {
			t.Errorf("%s %v was answered %d %v; want code %v", c.place, c.form, got.status, got.body, c.code)
		}
	}
	if n := len(s.Messages()) + len(s.Calls()); n != 0 {
		t.Errorf("%d refused messages were taken", n)
	}
}

func TestStrangersAreRefused(t *testing.T) {
	t.Parallel()
	s := twiliosim.New(twiliosim.Options{AuthToken: "another"})
	t.Cleanup(s.Close)
	if got := ask(t, s, "/Messages.json", text()); got.status != http.StatusUnauthorized || got.body["code"] != 20003.0 {
		t.Errorf("a wrong token was answered %d %v", got.status, got.body)
	}
}

func TestQueueSendsOnePartASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := twiliosim.New(twiliosim.Options{})
		defer s.Close()
		for range 3 {
			ask(t, s, "/Messages.json", text("Body", strings.Repeat("a", 161))) // two parts
		}
		ask(t, s, "/Messages.json", text("ValidityPeriod", "5")) // sixth second
		arrived := func() int { return len(s.Phone(alice).Messages()) }
		for _, want := range []int{1, 1, 2, 2, 3, 3, 3, 3} {
			time.Sleep(time.Second)
			synctest.Wait()
			if got := arrived(); got != want {
				t.Errorf("%d texts; want %d", got, want)
			}
		}
		all := s.Messages()
		if last := all[len(all)-1]; last.Status != "failed" {
			t.Errorf("the text that waited too long is %s; want failed", last.Status)
		}
	})
}

// hook keeps the callbacks it gets.
type hook struct {
	mu    sync.Mutex
	forms []url.Values
	doc   string
}

func (h *hook) RoundTrip(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(b))
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forms = append(h.forms, form)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(h.doc)), Request: r}, err
}

func (h *hook) all(name string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []string
	for _, f := range h.forms {
		if f.Has(name) {
			list = append(list, f.Get(name))
		}
	}
	return list
}

func TestCallTellsItsProgressInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := twiliosim.New(twiliosim.Options{})
		defer s.Close()
		h := &hook{doc: `<Response><Say>Thank you</Say></Response>`}
		s.SetWebhooks(&http.Client{Transport: h}, "")
		form := phoneCall("StatusCallback", "https://tocsin.example/call", "Twiml",
			`<Response><Gather numDigits="2" finishOnKey="#" action="https://tocsin.example/keys"><Say>Keys</Say></Gather><Say>None</Say></Response>`)
		form["StatusCallbackEvent"] = []string{"initiated", "ringing", "answered", "completed"}
		ask(t, s, "/Calls.json", form)
		for _, digit := range []string{"1", "2"} {
			if err := s.Phone(alice).Press(digit); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		c := s.Calls()[0]
		if diff := cmp.Diff([]string{"Keys", "Thank you"}, c.Said); diff != "" || c.Pressed != "12" {
			t.Errorf("said (-want +got), pressed %q:\n%s", c.Pressed, diff)
		}
		if got := h.all("Digits"); !slices.Equal(got, []string{"12"}) {
			t.Errorf("keys %q; want both at once", got)
		}
		got := h.all("SequenceNumber")
		if !slices.Equal(got, []string{"0", "1", "2", "3"}) {
			t.Errorf("sequence %q", got)
		}
	})
}

func TestTwiMLIsJudged(t *testing.T) {
	t.Parallel()
	for doc, good := range map[string]bool{
		"": true, "<Response/>": true, "<Response><Say loop=\"2\">Hi</Say><Hangup/></Response>": true,
		"<Say/>": false, "<Response><Shout/></Response>": false, "<Response><Say volume=\"9\"/></Response>": false,
		"<Response><Say>a < b</Say></Response>": false, "<Response><Say><Hangup/></Say></Response>": false,
	} {
		if err := twiliosim.CheckTwiML([]byte(doc)); (err == nil) != good {
			t.Errorf("%q: %v; want good %v", doc, err, good)
		}
	}
}

func TestListsHaveNewestFirstInPages(t *testing.T) {
	t.Parallel()
	s := twiliosim.New(twiliosim.Options{})
	t.Cleanup(s.Close)
	for n := range 5 {
		ask(t, s, "/Messages.json", text("Body", fmt.Sprint(n)))
	}
	ask(t, s, "/Messages.json", text("To", "+15550100102"))
	var bodies []any
	for page := range 3 {
		got := ask(t, s, fmt.Sprintf("/Messages.json?To=%s&PageSize=2&Page=%d", url.QueryEscape(alice), page), nil)
		for _, m := range got.body["messages"].([]any) {
			bodies = append(bodies, m.(map[string]any)["body"])
		}
		if more := got.body["next_page_uri"] != nil; more != (page < 2) {
			t.Errorf("page %d says that there are more: %v", page, more)
		}
	}
	if diff := cmp.Diff([]any{"4", "3", "2", "1", "0"}, bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

func TestPhonesCanBeUsedFromAPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := twiliosim.New(twiliosim.Options{})
		defer s.Close()
		s.SetWebhooks(&http.Client{Transport: &hook{doc: `<Response><Message>Thank you</Message></Response>`}}, "https://tocsin.example/sms")
		ask(t, s, "/Messages.json", text())
		time.Sleep(5 * time.Second)
		post := func(what, body string) (int, string) {
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/phones/"+alice+"/"+what, strings.NewReader(body)))
			return w.Code, w.Body.String()
		}
		if code, body := post("reply", `{"text": "12a"}`); code != 200 || !strings.Contains(body, "Thank you") {
			t.Errorf("a reply was answered %d %s", code, body)
		}
		if code, body := post("press", `{"text": "4"}`); code != http.StatusConflict {
			t.Errorf("a key on a silent phone was answered %d %s", code, body)
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/phones", nil))
		var phones []struct {
			Number   string
			Messages []struct{ Body string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &phones); err != nil {
			t.Fatal(err)
		}
		if len(phones) != 1 || phones[0].Number != alice || len(phones[0].Messages) != 2 || phones[0].Messages[1].Body != "Thank you" {
			t.Errorf("the page shows %+v; want the text and the answer", phones)
		}
	})
}
