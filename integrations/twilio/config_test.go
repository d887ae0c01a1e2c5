package twilio_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/integrations/twilio"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

func good() twilio.Config {
	return twilio.Config{AccountSID: twiliosim.DefaultAccountSID, AuthToken: "hush", From: "+15550100000", PublicURL: "https://tocsin.example.com"}
}

func TestConfigSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	if bad := good().Validate(); len(bad) != 0 {
		t.Errorf("a good configuration has mistakes: %q", bad)
	}
	if bad := (twilio.Config{From: "x"}).Validate(); len(bad) != 0 {
		t.Errorf("what is off has mistakes: %q", bad)
	}
	for want, change := range map[string]func(*twilio.Config){
		"TWILIO_ACCOUNT_SID": func(c *twilio.Config) { c.AccountSID = "12" },
		"TWILIO_AUTH_TOKEN":  func(c *twilio.Config) { c.AuthToken = "" },
		"TWILIO_FROM":        func(c *twilio.Config) { c.From = "0551234" },
		"TWILIO_API_URL":     func(c *twilio.Config) { c.APIURL = "api.twilio.com" },
		"TOCSIN_PUBLIC_URL":  func(c *twilio.Config) { c.PublicURL = "ftp://x" },
	} {
		c := good()
		change(&c)
		bad := c.Validate()
		if len(bad) != 1 || !strings.HasPrefix(bad[0], want) || !strings.HasSuffix(bad[0], ".") {
			t.Errorf("mistakes %q; want one sentence about %s", bad, want)
		}
		if _, err := twilio.New(c, nil); err == nil {
			t.Errorf("New took a mistake in %s", want)
		}
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	c := good()
	b, err := json.Marshal(c)
	if all := fmt.Sprintf("%v %+v %#v %s %s", c, c, c, c.AuthToken, b); err != nil || strings.Contains(all, "hush") {
		t.Errorf("the token is printed: %s", all)
	}
}

func TestCallbacksAreAskedForWhereTheyCanArrive(t *testing.T) {
	t.Parallel()
	for public, want := range map[string]bool{
		"https://tocsin.example.com": true, "https://203.0.113.7": true,
		"": false, "http://localhost:8080": false, "http://127.0.0.1:8080": false, "http://10.1.2.3": false, "http://tocsin": false, "http://tocsin.local": false,
	} {
		sent := &kept{}
		c := good()
		c.PublicURL = public
		client, err := twilio.New(c, sent)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = client.SMS().Send(t.Context(), page("d-1")) // refused: what was sent counts
		if got := strings.Contains(sent.body, "StatusCallback="); got != want {
			t.Errorf("callbacks to %q asked for: %v; want %v", public, got, want)
		}
	}
}
