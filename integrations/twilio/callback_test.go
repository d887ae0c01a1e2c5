package twilio_test

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/twilio"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

// receiver is the callbacks' handler of an account, with a signer.
type receiver struct {
	http.Handler
	sim *twiliosim.Sim
}

// newReceiver returns a handler whose callbacks are signed by an account of that token.
func newReceiver(t testing.TB, in paging.Inbox, token string, change ...func(*twilio.Config)) receiver {
	t.Helper()
	c := twilio.Config{AccountSID: twiliosim.DefaultAccountSID, AuthToken: twiliosim.DefaultAuthToken, From: twiliosim.DefaultNumber, PublicURL: publicURL}
	for _, f := range change {
		f(&c)
	}
	client, err := twilio.New(c, straight{http.NotFoundHandler()})
	if err != nil {
		t.Fatal(err)
	}
	return receiver{client.Callbacks(in, nil), twiliosim.New(twiliosim.Options{AuthToken: cmp.Or(token, twiliosim.DefaultAuthToken)})}
}

// post sends a form to a path, signed over signedAs.
func (r receiver) post(path, signedAs string, form url.Values) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", r.sim.Sign(signedAs, form))
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w
}

var delivered = url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"delivered"}}

func TestOnlyTwilioIsHeard(t *testing.T) {
	t.Parallel()
	const path = "/callbacks/twilio/message?key=d-1"
	for name, c := range map[string]struct {
		path, signedAs, token string
		change                func(*twilio.Config)
		want                  int
	}{
		"signed":             {path: path, signedAs: publicURL + path, want: 204},
		"another token":      {path: path, signedAs: publicURL + path, token: "wrong", want: 403},
		"another key":        {path: "/callbacks/twilio/message?key=d-2", signedAs: publicURL + path, want: 403},
		"another host":       {path: path, signedAs: "https://evil.example" + path, want: 403},
		"the token to come":  {path: path, signedAs: publicURL + path, token: "next", want: 204, change: func(c *twilio.Config) { c.OtherToken = "next" }},
		"path kept by proxy": {path: "/tocsin" + path, signedAs: publicURL + "/tocsin" + path, want: 404, change: func(c *twilio.Config) { c.PublicURL += "/tocsin" }},
		"path cut by proxy":  {path: path, signedAs: publicURL + "/tocsin" + path, want: 204, change: func(c *twilio.Config) { c.PublicURL += "/tocsin" }},
		"path beside ours":   {path: path, signedAs: publicURL + path, want: 204, change: func(c *twilio.Config) { c.PublicURL += "/tocsin" }},
		"slash at the end":   {path: path, signedAs: publicURL + path, want: 204, change: func(c *twilio.Config) { c.PublicURL += "/" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := &inbox{}
			if c.change == nil {
				c.change = func(*twilio.Config) {}
			}
			r := newReceiver(t, in, c.token, c.change)
			if w := r.post(c.path, c.signedAs, delivered); w.Code != c.want {
				t.Errorf("answered %d %s; want %d", w.Code, w.Body, c.want)
			}
			if reports, _ := in.got(); (len(reports) == 1) != (c.want == 204) {
				t.Errorf("reports %+v with answer %d", reports, c.want)
			}
		})
	}
}

func TestUnsignedAndOversizedAreRefused(t *testing.T) {
	t.Parallel()
	in := &inbox{}
	r := newReceiver(t, in, "")
	for body, want := range map[string]int{
		"MessageStatus=delivered":               http.StatusForbidden,
		"Body=" + strings.Repeat("x", 64<<10):   http.StatusRequestEntityTooLarge,
		"MessageStatus=delivered&bad=%zz":       http.StatusBadRequest,
		"MessageStatus=delivered;MessageSid=SM": http.StatusBadRequest,
	} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/callbacks/twilio/message", strings.NewReader(body)))
		if w.Code != want {
			t.Errorf("%.40s was answered %d; want %d", body, w.Code, want)
		}
	}
	if reports, _ := in.got(); len(reports) != 0 {
		t.Errorf("reports %+v of strangers", reports)
	}
}

func TestRecordedCallbacksAreUnderstood(t *testing.T) {
	t.Parallel()
	type recorded struct {
		URL, Body string
		Headers   map[string]string
	}
	var file struct {
		SMS    []recorded `json:"sms_status"`
		Call   []recorded `json:"call_status"`
		Values struct{ MessageStatus, CallStatus []string }
	}
	sharedJSON(t, "specs/webhooks/twilio/callbacks.json", &file)
	var got []string
	in := &inbox{}
	r := newReceiver(t, in, "")
	post := func(path, body string) {
		t.Helper()
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		if w := r.post(path, publicURL+path, form); w.Code != http.StatusNoContent {
			t.Errorf("%s was answered %d", body, w.Code)
		}
	}
	for _, c := range file.SMS {
		post("/callbacks/twilio/message", c.Body)
	}
	for _, c := range file.Call {
		post("/callbacks/twilio/call", c.Body)
	}
	reports, _ := in.got()
	for _, rep := range reports {
		got = append(got, fmt.Sprint(string(rep.Method), " ", rep.ID[:2], " ", rep.State))
	}
	want := []string{"sms SM sent", "sms SM delivered", "voice CA sent", "voice CA sent", "voice CA delivered"}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
}

func TestEveryStatusHasAMeaning(t *testing.T) {
	t.Parallel()
	var file struct {
		Values struct{ MessageStatus, CallStatus []string } `json:"status_values"`
	}
	sharedJSON(t, "specs/webhooks/twilio/callbacks.json", &file)
	if len(file.Values.MessageStatus) == 0 || len(file.Values.CallStatus) == 0 {
		t.Fatal("no statuses")
	}
	for what, statuses := range map[string][]string{"message": file.Values.MessageStatus, "call": file.Values.CallStatus} {
		for _, status := range statuses {
			in := &inbox{}
			r := newReceiver(t, in, "")
			path := "/callbacks/twilio/" + what + "?key=d-1"
			r.post(path, publicURL+path, url.Values{"MessageStatus": {status}, "CallStatus": {status}, "SequenceNumber": {"7"}})
			reports, _ := in.got()
			if inbound := strings.HasPrefix(status, "receiv"); inbound != (len(reports) == 0) {
				t.Errorf("%s %s led to %+v", what, status, reports)
			}
			if len(reports) == 1 && (reports[0].State == paging.StateFailed) != (reports[0].Reason != "") {
				t.Errorf("%s %s was reported as %+v; want a reason with every failure", what, status, reports[0])
			}
			if len(reports) == 1 && what == "call" && reports[0].Sequence != 7 {
				t.Errorf("sequence %d; want 7", reports[0].Sequence)
			}
		}
	}
}

func TestReportThatIsRefusedIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	const path = "/callbacks/twilio/message?key=d-1"
	for want, err := range map[int]error{204: incident.Errorf(incident.NotFound, "There is no such message."), 503: errors.New("the database is gone")} {
		r := newReceiver(t, &inbox{err: err}, "")
		if w := r.post(path, publicURL+path, delivered); w.Code != want {
			t.Errorf("%v was answered %d; want %d", err, w.Code, want)
		}
	}
}

func TestTextThatIsNotKeptIsNotAnswered(t *testing.T) {
	t.Parallel()
	const path = "/callbacks/twilio/sms"
	r := newReceiver(t, &inbox{err: errors.New("the database is gone")}, "")
	for _, body := range []string{"12a", "STOP", "START"} {
		w := r.post(path, publicURL+path, url.Values{"From": {alice}, "Body": {body}})
		if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "database") {
			t.Errorf("%s was answered %d %s; want 503 and no more", body, w.Code, w.Body)
		}
	}
}

func TestRepliesOfVectors(t *testing.T) {
	t.Parallel()
	var file struct {
		Texts []struct {
			Body  string
			Means *string
		}
	}
	sharedJSON(t, "oncall/sms_replies.json", &file)
	if len(file.Texts) == 0 {
		t.Fatal("the file has no texts")
	}
	const path = "/callbacks/twilio/sms"
	for _, v := range file.Texts {
		in := &inbox{}
		newReceiver(t, in, "").post(path, publicURL+path, url.Values{"From": {alice}, "Body": {v.Body}})
		_, replies := in.got()
		means := ""
		if v.Means != nil {
			means = *v.Means
		}
		outs, ins, passed := len(in.outs) == 1, len(in.ins) == 1, len(replies) == 1
		if outs != (means == "stop") || ins != (means == "start") || passed != (means != "stop" && means != "start") {
			t.Errorf("%q: out %v, in %v, replies %+v; it means %q", v.Body, in.outs, in.ins, replies, means)
		}
	}
}

func TestWhoeverCallsBackIsTold(t *testing.T) {
	t.Parallel()
	const path = "/callbacks/twilio/voice"
	w := newReceiver(t, &inbox{}, "").post(path, publicURL+path, url.Values{"From": {alice}, "Direction": {"inbound"}})
	if err := twiliosim.CheckTwiML(w.Body.Bytes()); err != nil || !strings.Contains(w.Body.String(), "This is Tocsin") {
		t.Errorf("answered %d %s: %v", w.Code, w.Body, err)
	}
}

func FuzzCallbacks(f *testing.F) {
	f.Add("message", "key=d-1", "MessageStatus=delivered&MessageSid=SM1")
	f.Add("message", "", "SmsStatus=undelivered&ErrorCode=-30003")
	f.Add("call", "key=d-1", "CallStatus=completed&SequenceNumber=99999999999999999999&AnsweredBy=machine_start")
	f.Add("sms", "", "From=%2B15550100101&Body=12a&OptOutType=stop")
	f.Add("gather", "key=d-1&say=Hello&digits=45&round=0", "Digits=4&CallSid=CA1&Direction=outbound-api&To=%2B15550100101")
	f.Add("gather", "say=%00%ff&digits=*1&round=-9&stop=1", "Digits=%2A")
	in := &inbox{}
	r := newReceiver(f, in, "")
	f.Fuzz(func(t *testing.T, what, query, body string) {
		path := "/callbacks/twilio/" + url.PathEscape(what) + "?" + url.QueryEscape(query)
		if _, err := url.ParseQuery(query); err == nil && !strings.ContainsAny(query, " #\x00\r\n") && strings.ToValidUTF8(query, "") == query {
			path = "/callbacks/twilio/" + url.PathEscape(what) + "?" + query
		}
		u, err := url.Parse(path)
		if err != nil {
			return
		}
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		in.mu.Lock()
		in.reports, in.replies = nil, nil
		in.mu.Unlock()
		w := r.post(u.String(), publicURL+u.RequestURI(), form)
		reports, replies := in.got()
		for _, rep := range reports {
			if rep.ID == "" || rep.State == "" || rep.Sequence < 0 || rep.State == paging.StateFailed && rep.Reason == "" {
				t.Errorf("%s %s led to %+v", path, body, rep)
			}
		}
		for _, rep := range replies {
			if rep.Method == paging.MethodVoice && rep.Action == "" {
				t.Errorf("%s %s led to %+v", path, body, rep)
			}
		}
		if w.Code == http.StatusOK {
			if err := twiliosim.CheckTwiML(w.Body.Bytes()); err != nil {
				t.Errorf("%s %s: %v in\n%s", path, body, err, w.Body)
			}
		}
	})
}
