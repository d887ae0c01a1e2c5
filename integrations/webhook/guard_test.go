package webhook_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/integrations/webhook"
)

var off = webhook.Config{Secrets: []webhook.Secret{secret}}

func TestAddress(t *testing.T) {
	t.Parallel()
	const okay, invalid, forbidden = incident.Code(""), incident.Invalid, incident.Forbidden
	for text, want := range map[string]incident.Code{
		"https://hooks.example.com/a?b=c": okay, "https://8.8.8.8/": okay, "https://[2606:4700::1111]:8443/x": okay,
		"http://hooks.example.com/": invalid, "ftp://hooks.example.com": invalid, "hooks.example.com": invalid, "https://": invalid, "": invalid, "file:///etc/passwd": invalid,
		"https://user:pass@hooks.example.com/": invalid, "https://hooks.example.com/\r\nX: y": invalid, "https://hooks.example.com/" + strings.Repeat("a", 3000): invalid,
		"https://127.0.0.1/": forbidden, "https://[::1]/": forbidden, "https://10.0.0.1/": forbidden, "https://172.16.5.4/": forbidden, "https://192.168.1.1/": forbidden,
		"https://169.254.169.254/latest/meta-data": forbidden, "https://100.100.100.200/": forbidden, "https://0.0.0.0/": forbidden, "https://[::]/": forbidden,
		"https://[fe80::1%25eth0]/": forbidden, "https://[fd00:ec2::254]/": forbidden, "https://[::ffff:127.0.0.1]/": forbidden, "https://[::ffff:a9fe:a9fe]/": forbidden,
		"https://[64:ff9b::7f00:1]/": forbidden, "https://[2002:7f00:1::]/": forbidden, "https://[::7f00:1]/": forbidden, "https://224.0.0.1/": forbidden, "https://255.255.255.255/": forbidden,
		"https://198.18.0.1/": forbidden, "https://[2001:0:1::1]/": forbidden,
	} {
		if _, err := off.Address(text); incident.CodeOf(err) != want || (err == nil) != (want == okay) {
			t.Errorf("%.60q: %v; want %q", text, err, want)
		}
	}
	allowing := webhook.Config{Secrets: off.Secrets, Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	for text, want := range map[string]incident.Code{
		"http://10.1.2.3/": okay, "https://10.1.2.3/": okay, "http://[::ffff:10.1.2.3]/": okay, "http://10.2.0.1/": forbidden, "http://hooks.example.com/": invalid, "https://127.0.0.1/": forbidden,
	} {
		if _, err := allowing.Address(text); incident.CodeOf(err) != want || (err == nil) != (want == okay) {
			t.Errorf("with 10.1.0.0/16 allowed, %q: %v; want %q", text, err, want)
		}
	}
}

// within starts an encrypted receiver on this machine that counts its calls.
func within(t *testing.T) (port string, calls *atomic.Int32) {
	t.Helper()
	calls = new(atomic.Int32)
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, calls
}

func TestNameThatResolvesInsideIsRefusedWhenDialled(t *testing.T) {
	t.Parallel()
	port, calls := within(t)
	n, err := webhook.New(off, nil)
	if err != nil {
		t.Fatal(err)
	}
	to := "https://localhost:" + port + "/"
	if _, err := off.Address(to); err != nil {
		t.Fatalf("Address = %v; a name is judged when it is dialled", err)
	}
	_, err = n.Send(t.Context(), page(to))
	if r, ok := errors.AsType[*paging.Refused](err); !ok || !strings.Contains(r.Reason, "private network") {
		t.Errorf("Send = %v; want it refused for the private network", err)
	}
	if calls.Load() != 0 {
		t.Error("the receiver inside was called")
	}
}

func TestAllowedNetworkIsReached(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	t.Cleanup(server.Close)
	allowing := webhook.Config{Secrets: off.Secrets, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	n, err := webhook.New(allowing, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Send(t.Context(), page(server.URL)); err != nil {
		t.Errorf("Send to an allowed network = %v", err)
	}
}

func TestCertificateOfAStrangerIsRefused(t *testing.T) {
	t.Parallel()
	port, calls := within(t)
	n, err := webhook.New(webhook.Config{Secrets: off.Secrets, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = n.Send(t.Context(), page("https://127.0.0.1:"+port))
	if _, ok := errors.AsType[*paging.Refused](err); !ok || calls.Load() != 0 {
		t.Errorf("Send = %v after %d calls; want it refused", err, calls.Load())
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		config webhook.Config
		bad    int
	}{
		{webhook.Config{}, 0}, {off, 0}, {webhook.Config{Secrets: []webhook.Secret{"short"}}, 1}, {webhook.Config{Secrets: []webhook.Secret{secret, "short"}}, 1},
		{webhook.Config{Secrets: []webhook.Secret{secret, secret}}, 1}, {webhook.Config{Secrets: []webhook.Secret{secret, secret + "-old"}}, 0}, {webhook.Config{Secrets: off.Secrets, Allow: []netip.Prefix{{}}}, 1},
	} {
		if bad := c.config.Validate(); len(bad) != c.bad || strings.Contains(strings.Join(bad, ""), "short ") {
			t.Errorf("Validate = %q; want %d mistakes", bad, c.bad)
		}
	}
	if _, err := webhook.New(webhook.Config{}, nil); err == nil {
		t.Error("New without a secret succeeded")
	}
}
