package twilio_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/twilio"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

// publicURL is where the account finds us; nothing leaves the process.
const publicURL = "https://tocsin.example"

const (
	alice = "+15550100101"
	bob   = "+15550100102"
)

// site is a simulated account with a client for it, whose callbacks come back to us.
// Every request of the client is held against Twilio's own description when that is at
// hand.
type site struct {
	*twiliosim.Sim
	*twilio.Client
	conformance *conformance // nil where the description is absent
}

func newSite(t testing.TB, in paging.Inbox, change ...func(*twilio.Config)) site {
	t.Helper()
	sim := twiliosim.New(twiliosim.Options{})
	sim.ListenPipe()
	t.Cleanup(sim.Close)
	s := site{Sim: sim}
	transport := sim.HTTPClient().Transport
	if d := description(t); d != nil {
		s.conformance = &conformance{t: t, description: d, base: transport, seen: map[string]bool{}}
		transport = s.conformance
	}
	s.Client = newClient(t, sim, transport, change...)
	sim.SetWebhooks(&http.Client{Transport: straight{s.Callbacks(in, nil)}}, publicURL+"/callbacks/twilio/sms")
	return s
}

// newClient is one replica: what it remembers is its own.
func newClient(t testing.TB, sim *twiliosim.Sim, transport http.RoundTripper, change ...func(*twilio.Config)) *twilio.Client {
	t.Helper()
	c := twilio.Config{AccountSID: twiliosim.DefaultAccountSID, AuthToken: twiliosim.DefaultAuthToken, From: twiliosim.DefaultNumber, APIURL: sim.URL() + "/", PublicURL: publicURL}
	for _, f := range change {
		f(&c)
	}
	client, err := twilio.New(c, transport)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// straight answers every request from a handler, without a network.
type straight struct{ handler http.Handler }

func (s straight) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// sharedJSON reads a file of the data folder that the project does not contain.
func sharedJSON(t *testing.T, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(sharedRoot(), filepath.FromSlash(name)))
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("the data folder is incomplete: %v", err)
	}
	if err != nil {
		t.Skipf("the data folder is absent: %v", err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func sharedRoot() string {
	if root := os.Getenv("TOCSIN_SHARED"); root != "" {
		return root
	}
	return filepath.Join("..", "..", "..", "shared")
}
