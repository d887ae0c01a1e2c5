package twilio_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/google/go-cmp/cmp"
	"github.com/tocsinhq/tocsin/integrations/twilio"
)

// loadDescription reads Twilio's own OpenAPI document once, with the address of the
// simulator in place of its own.
var loadDescription = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(sharedRoot(), "specs", "openapi", "twilio-api-v2010.openapi.json"))
	if err != nil {
		return nil, err
	}
	doc.Servers = openapi3.Servers{{URL: "http://twilio.localhost"}}
	return gorillamux.NewRouter(doc)
})

// description returns the document, or nil where it is absent.
func description(t testing.TB) routers.Router {
	t.Helper()
	r, err := loadDescription()
	if errors.Is(err, os.ErrNotExist) && os.Getenv("CI") != "true" {
		return nil
	}
	if err != nil {
		t.Fatalf("Twilio's description: %v", err)
	}
	return r
}

// conformance holds requests and answers against the description. It keeps the
// operations that it saw.
type conformance struct {
	t           testing.TB
	description routers.Router
	base        http.RoundTripper

	mu   sync.Mutex
	seen map[string]bool
}

func (c *conformance) RoundTrip(r *http.Request) (*http.Response, error) {
	route, params, err := c.description.FindRoute(r)
	if err != nil {
		c.t.Errorf("%s %s is not described: %v", r.Method, r.URL, err)
		return c.base.RoundTrip(r)
	}
	c.mu.Lock()
	c.seen[route.Method+" "+route.Path] = true
	c.mu.Unlock()
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true,
	}}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
		c.t.Errorf("request %s %s: %v", r.Method, r.URL, err)
	}
	c.known(r, route)
	resp, err := c.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	return resp, c.judge(in, resp)
}

// known checks that every parameter of a form is one of the description: schemas let
// unknown ones through, and a parameter that is misspelt does nothing.
func (c *conformance) known(r *http.Request, route *routers.Route) {
	if r.Method != http.MethodPost {
		return
	}
	body, err := r.GetBody()
	if err != nil {
		c.t.Error(err)
		return
	}
	again := r.Clone(r.Context())
	again.Body = body
	if err := again.ParseForm(); err != nil {
		c.t.Error(err)
	}
	schema := route.Operation.RequestBody.Value.Content["application/x-www-form-urlencoded"].Schema.Value
	for name := range again.PostForm {
		if schema.Properties[name] == nil {
			c.t.Errorf("request %s %s: there is no parameter %s", r.Method, r.URL, name)
		}
	}
}

// judge reads a success, puts it back, and compares it. The description says nothing
// about refusals.
func (c *conformance) judge(in *openapi3filter.RequestValidationInput, resp *http.Response) error {
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil || resp.StatusCode >= 300 {
		return err
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Options: in.Options}
	out.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(in.Request.Context(), out); err != nil {
		c.t.Errorf("answer to %s %s: %v", in.Request.Method, in.Request.URL, err)
	}
	return nil
}

// TestEveryCallIsAsDescribed makes every call that the client has, with every parameter
// that it knows. That each fits the description is judged on its way.
func TestEveryCallIsAsDescribed(t *testing.T) {
	t.Parallel()
	s := newSite(t, &inbox{})
	if s.conformance == nil {
		t.Skip("Twilio's description is absent")
	}
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("Check = %v", err)
	}
	for _, key := range []string{"d-1", "d-2"} {
		m := page(key)
		mustSend(t, s.SMS(), m)
		m.Repeat = true
		mustSend(t, newClient(t, s.Sim, s.conformance).SMS(), m)
	}
	m := page("d-3")
	m.Repeat = true
	mustSend(t, s.Voice(), m)
	want := map[string]bool{
		"GET /2010-04-01/Accounts/{Sid}.json":                 true,
		"GET /2010-04-01/Accounts/{AccountSid}/Messages.json": true, "POST /2010-04-01/Accounts/{AccountSid}/Messages.json": true,
		"GET /2010-04-01/Accounts/{AccountSid}/Calls.json": true, "POST /2010-04-01/Accounts/{AccountSid}/Calls.json": true,
	}
	if diff := cmp.Diff(want, s.conformance.seen); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestCheckSaysThatTheLoginIsWrong(t *testing.T) {
	t.Parallel()
	s := newSite(t, &inbox{}, func(c *twilio.Config) { c.AuthToken = "wrong" })
	if err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "TWILIO_AUTH_TOKEN") {
		t.Errorf("Check = %v; want it to name the setting", err)
	}
}
