package webhook_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/integrations/webhook"
)

// The value was computed with openssl:
// printf '1767225600.{"version":1}' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
const opensslSum = "0f11a3147eb3e8ec8d99177a11ef179ac8a5fda203eeff10a4e936869db02140"

var signedAt = time.Unix(1767225600, 0)

func TestSignIsWhatOpenSSLComputes(t *testing.T) {
	t.Parallel()
	got := webhook.Sign([]webhook.Secret{"0123456789abcdef0123456789abcdef"}, signedAt, []byte(`{"version":1}`))
	if want := "t=1767225600,v1=" + opensslSum; got != want {
		t.Errorf("Sign = %s; want %s", got, want)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	key, body := []webhook.Secret{"0123456789abcdef0123456789abcdef"}, []byte(`{"version":1}`)
	good := "t=1767225600,v1=" + opensslSum
	for name, c := range map[string]struct {
		secrets []webhook.Secret
		body    string
		header  string
		after   time.Duration
		want    error
	}{
		"good":                       {key, string(body), good, 0, nil},
		"within the window":          {key, string(body), good, webhook.ReplayWindow, nil},
		"receiver's clock is behind": {key, string(body), good, -webhook.ReplayWindow, nil},
		"replayed later":             {key, string(body), good, webhook.ReplayWindow + time.Second, webhook.ErrTooOld},
		"from the future":            {key, string(body), good, -webhook.ReplayWindow - time.Second, webhook.ErrTooOld},
		"time changed to be young":   {key, string(body), strings.Replace(good, "1767225600", "1767229200", 1), time.Hour, webhook.ErrWrong},
		"body changed":               {key, `{"version":2}`, good, 0, webhook.ErrWrong},
		"second of two signatures":   {key, string(body), "t=1767225600,v1=" + strings.Repeat("00", 32) + ",v1=" + opensslSum, 0, nil},
		"unknown fields":             {key, string(body), good + ",v2=x,", 0, nil},
		"blanks after commas":        {key, string(body), strings.Replace(good, ",", ", ", 1), 0, nil},
		"second secret":              {append([]webhook.Secret{"another"}, key...), string(body), good, 0, nil},
		"no secret":                  {nil, string(body), good, 0, webhook.ErrNoSecret},
		"empty secret":               {[]webhook.Secret{""}, string(body), good, 0, webhook.ErrNoSecret},
		"nothing":                    {key, string(body), "", 0, webhook.ErrMalformed},
		"no time":                    {key, string(body), "v1=" + opensslSum, 0, webhook.ErrMalformed},
		"two times":                  {key, string(body), good + ",t=1767225600", 0, webhook.ErrMalformed},
		"time with a sign":           {key, string(body), strings.Replace(good, "t=", "t=+", 1), 0, webhook.ErrMalformed},
		"time with a zero":           {key, string(body), strings.Replace(good, "t=", "t=0", 1), 0, webhook.ErrMalformed},
		"short signature":            {key, string(body), good[:len(good)-2], 0, webhook.ErrMalformed},
		"far too long":               {key, string(body), good + strings.Repeat(",v1="+opensslSum, 50), 0, webhook.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := webhook.Verify(c.secrets, []byte(c.body), c.header, signedAt.Add(c.after)); !errors.Is(err, c.want) {
				t.Errorf("Verify = %v; want %v", err, c.want)
			}
		})
	}
}

// FuzzVerify holds any header to this: it never passes unless it carries the right sum.
func FuzzVerify(f *testing.F) {
	f.Add("t=1767225600,v1="+opensslSum, []byte(`{"version":1}`))
	f.Add("t=,v1=", []byte{})
	f.Add("t=18446744073709551616,v1=zz", []byte{0})
	secrets := []webhook.Secret{"0123456789abcdef0123456789abcdef"}
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		if webhook.Verify(secrets, body, header, signedAt) == nil && !strings.Contains(strings.ToLower(header), opensslSum) {
			t.Fatalf("%q passes", header)
		}
		if err := webhook.Verify(secrets, body, webhook.Sign(secrets, signedAt, body), signedAt); err != nil {
			t.Fatalf("our own signature does not pass: %v", err)
		}
	})
}
