package jira_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/google/go-cmp/cmp"
	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
)

// loadDescription reads Jira's own OpenAPI document once. Its examples contradict its
// schemas, and its addresses are replaced by that of the simulator.
var loadDescription = sync.OnceValues(func() (routers.Router, error) {
	root := os.Getenv("TOCSIN_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(root, "specs", "openapi", "jira-cloud-v2.openapi.json"))
	if err != nil {
		return nil, err
	}
	// The schema of a field's value is {}, anything: the library leaves out null.
	for _, name := range []string{"IssueBean", "IssueUpdateDetails"} {
		doc.Components.Schemas[name].Value.Properties["fields"].Value.AdditionalProperties.Schema.Value.Nullable = true
	}
	doc.Servers = openapi3.Servers{{URL: "http://jira.localhost"}}
	return gorillamux.NewRouter(doc)
})

// description returns the document, or nil where it is absent.
func description(t *testing.T) routers.Router {
	t.Helper()
	r, err := loadDescription()
	if errors.Is(err, os.ErrNotExist) && os.Getenv("CI") != "true" {
		return nil
	}
	if err != nil {
		t.Fatalf("Jira's description: %v", err)
	}
	return r
}

// anyTime lets through times without a colon in the offset: real Jira writes them so.
type anyTime struct{}

func (anyTime) Validate(string) error { return nil }

// conformance holds requests and answers against the description. It keeps the
// operations that it saw.
type conformance struct {
	t           *testing.T
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
	c.note(route)
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{
		AuthenticationFunc:      openapi3filter.NoopAuthenticationFunc,
		SkipSettingDefaults:     true,
		SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.WithStringFormatValidator("date-time", anyTime{})},
	}}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
		c.t.Errorf("request %s %s: %v", r.Method, r.URL, err)
	}
	resp, err := c.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	return resp, c.judge(in, resp)
}

func (c *conformance) note(route *routers.Route) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[route.Method+" "+route.Path] = true
}

// judge reads the answer, puts it back, and compares it. The description says nothing
// about most refusals, so only successes and 400 are compared.
func (c *conformance) judge(in *openapi3filter.RequestValidationInput, resp *http.Response) error {
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusBadRequest && resp.StatusCode >= 300 {
		return nil
	}
	if resp.StatusCode == http.StatusNoContent {
		if len(body) > 0 {
			c.t.Errorf("answer to %s %s: 204 with a body: %.100s", in.Request.Method, in.Request.URL, body)
		}
		return nil
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Options: in.Options}
	out.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(in.Request.Context(), out); err != nil {
		c.t.Errorf("answer to %s %s: %v", in.Request.Method, in.Request.URL, err)
	}
	return nil
}

// TestEveryCallIsAsDescribed makes every call that the client has. That each fits the
// description is judged on its way.
func TestEveryCallIsAsDescribed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o)
		if s.conformance == nil {
			t.Skip("Jira's description is absent")
		}
		ctx := t.Context()
		made, err := s.Create(ctx, jira.NewIssue{
			Summary: "Checkout is down", Description: "Nobody can pay.", Labels: []string{"tocsin-1"}, Assignee: "alice-id",
			Due: time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC), Fields: map[string]any{"Severity": "SEV1"},
		})
		calls := map[string]error{
			"Create":      err,
			"CheckFields": func() error { _, err := s.CheckFields(ctx); return err }(),
			"FindByLabel": func() error { _, err := s.FindByLabel(ctx, "tocsin-1", made.ID); return err }(),
			"GetMany":     func() error { _, err := s.GetMany(ctx, []string{made.Key}); return err }(),
			"FindUser":    func() error { _, _, err := s.FindUser(ctx, "alice@example.com"); return err }(),
			"Comment":     func() error { _, err := s.Client.Comment(ctx, made.Key, "Resolved."); return err }(),
			"RemoteLink":  s.RemoteLink(ctx, made.Key, "tocsin:INC-1", "https://tocsin.example.com/1", "INC-1"),
			"Transition":  s.Transition(ctx, made.Key, jira.Done),
			"Unassign":    s.Client.Assign(ctx, made.Key, ""),
		}
		for name, err := range calls {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		search := "POST /rest/api/2/search"
		if o.Cloud {
			search += "/jql"
		}
		const api, issue = " /rest/api/2", " /rest/api/2/issue/{issueIdOrKey}"
		want := []string{
			"GET" + api + "/issue/createmeta/{projectIdOrKey}/issuetypes",
			"GET" + api + "/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}",
			"GET" + issue,
			"GET" + issue + "/transitions",
			"GET" + api + "/mypermissions",
			"GET" + api + "/myself",
			"GET" + api + "/project/{projectIdOrKey}",
			"GET" + api + "/serverInfo",
			"GET" + api + "/user/search",
			"POST" + api + "/issue",
			"POST" + issue + "/comment",
			"POST" + issue + "/remotelink",
			"POST" + issue + "/transitions",
			search,
			"PUT" + issue,
			"PUT" + issue + "/assignee",
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(s.conformance.seen))); diff != "" {
			t.Errorf("operations (-want +got):\n%s", diff)
		}
	})
}
