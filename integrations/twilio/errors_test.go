package twilio_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/integrations/twilio"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

// canned answers every request alike.
type canned struct {
	status int
	header http.Header
	body   string
	err    error
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	if c.err != nil {
		return nil, c.err
	}
	return &http.Response{StatusCode: c.status, Header: c.header.Clone(), Body: io.NopCloser(strings.NewReader(c.body)), Request: r}, nil
}

// said sends a page to an account that answers like that, and returns what is said.
func said(t *testing.T, answer canned) error {
	t.Helper()
	c, err := twilio.New(twilio.Config{AccountSID: twiliosim.DefaultAccountSID, AuthToken: "hush-hush", From: twiliosim.DefaultNumber}, answer)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.SMS().Send(t.Context(), page("d-1"))
	if err == nil {
		t.Fatalf("Send with %+v succeeded", answer)
	}
	if text := err.Error(); !strings.HasSuffix(text, ".") || strings.Contains(text, "hush") || strings.ContainsAny(text, "\n\x1b") || len(text) > 400 {
		t.Errorf("%q is no sentence for people", text)
	}
	return err
}

func TestRefusalsHaveWords(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]struct {
		words   string
		disable bool
	}{
		20003: {"TWILIO_AUTH_TOKEN", false},
		21211: {"country code", true},
		21408: {"Geo Permissions", false},
		21608: {"trial", false},
		21610: {"opted out", true},
		21614: {"mobile", true},
		21606: {"TWILIO_FROM", false},
		21609: {"TOCSIN_PUBLIC_URL", false},
		29999: {"error 29999", false},
	} {
		body := fmt.Sprintf(`{"code": %d, "message": "Said hush-hush\n\u001b[31m and more", "status": 400}`, code)
		refused, ok := errors.AsType[*twilio.Refused](said(t, canned{status: http.StatusBadRequest, body: body}))
		if !ok || !refused.Permanent() || refused.Disable() != want.disable || !strings.Contains(refused.Error(), want.words) {
			t.Errorf("code %d became %+v; want %+v", code, refused, want)
		}
	}
}

func TestLimitsWait(t *testing.T) {
	t.Parallel()
	inAMinute := time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)
	for name, c := range map[string]struct {
		answer      canned
		least, most time.Duration
	}{
		"seconds":     {canned{status: 429, header: http.Header{"Retry-After": {"7"}}}, 7 * time.Second, 7 * time.Second},
		"date":        {canned{status: 429, header: http.Header{"Retry-After": {inAMinute}}}, 20 * time.Second, time.Minute},
		"nothing":     {canned{status: 429}, time.Second, 10 * time.Second},
		"nonsense":    {canned{status: 429, header: http.Header{"Retry-After": {"-5"}}}, time.Second, time.Second},
		"a day":       {canned{status: 429, header: http.Header{"Retry-After": {"86400"}}}, 5 * time.Minute, 5 * time.Minute},
		"by the code": {canned{status: 400, body: `{"code": 20429}`}, time.Second, 10 * time.Second},
		"queue full":  {canned{status: 400, body: `{"code": 21611}`}, 10 * time.Second, time.Minute},
	} {
		limited, ok := errors.AsType[*twilio.RateLimited](said(t, c.answer))
		if !ok || limited.Wait() < c.least || limited.Wait() > c.most {
			t.Errorf("%s: waits %+v; want %v to %v", name, limited, c.least, c.most)
		}
	}
}

func TestPassingFailuresAreNeitherWaitedForNorFinal(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]canned{
		"500":       {status: 500, body: "<html>"},
		"503":       {status: 503},
		"cut":       {err: io.ErrUnexpectedEOF},
		"no JSON":   {status: 201, body: "<html>hush-hush</html>"},
		"conflict":  {status: 409},
		"too early": {status: 425},
	} {
		if _, ok := errors.AsType[*twilio.Unavailable](said(t, answer)); !ok {
			t.Errorf("%s is not passing", name)
		}
	}
	if _, ok := errors.AsType[*twilio.Refused](said(t, canned{status: 301, header: http.Header{"Location": {"https://evil.example/"}}})); !ok {
		t.Error("a redirect was followed or tried again")
	}
}

func TestNumbersThatAreNoneAreNotSentTo(t *testing.T) {
	t.Parallel()
	c, err := twilio.New(twilio.Config{AccountSID: twiliosim.DefaultAccountSID, AuthToken: "t", From: twiliosim.DefaultNumber}, canned{err: errors.New("was called")})
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"", "0551234", "+1", "sip:bob@example.com", "+15550100101, +15550100102", "whatsapp:+15550100101"} {
		m := page("d-1")
		m.To = to
		for _, n := range []*twilio.Refused{refusal(c.SMS().Send(t.Context(), m)), refusal(c.Voice().Send(t.Context(), m))} {
			if n == nil || !n.Disable() {
				t.Errorf("sending to %q = %v; want a refusal that disables", to, n)
			}
		}
	}
}

func refusal[T any](_ T, err error) *twilio.Refused {
	refused, _ := errors.AsType[*twilio.Refused](err)
	return refused
}

// kept keeps the body of the last request and refuses it.
type kept struct{ body string }

func (k *kept) RoundTrip(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	k.body = string(b)
	return canned{status: http.StatusBadRequest}.RoundTrip(r)
}
