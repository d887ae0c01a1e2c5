package twilio_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/url"
	"testing"

	"github.com/tocsinhq/tocsin/integrations/twilio"
)

func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	var file struct {
		Vectors []struct {
			ID        string
			Token     twilio.Secret `json:"auth_token"`
			URL       string
			Form      [][2]string
			Signature string
		}
	}
	sharedJSON(t, "oncall/twilio_signatures.json", &file)
	if len(file.Vectors) == 0 {
		t.Fatal("the file has no vectors")
	}
	for _, v := range file.Vectors {
		form := url.Values{}
		for _, pair := range v.Form {
			form.Add(pair[0], pair[1])
		}
		if err := twilio.Verify([]twilio.Secret{"another token", v.Token}, v.URL, form, nil, v.Signature); err != nil {
			t.Errorf("%s: %v", v.ID, err)
		}
		form.Set("Body", form.Get("Body")+" ")
		if err := twilio.Verify([]twilio.Secret{v.Token}, v.URL, form, nil, v.Signature); err == nil {
			t.Errorf("%s: a changed form verifies", v.ID)
		}
	}
}

func TestPublishedSignatureVectors(t *testing.T) {
	t.Parallel()
	type vector struct {
		Token           twilio.Secret `json:"auth_token"`
		URL, Body, Note string
		Params          map[string]string
		Signature       string
		Valid           bool
	}
	var file struct {
		Form     []vector `json:"form_cases"`
		JSON     []vector `json:"json_cases"`
		Emulator []vector `json:"emulator_cases"`
	}
	sharedJSON(t, "specs/vectors/twilio-signature.json", &file)
	if len(file.Form) != 5 || len(file.JSON) != 2 || len(file.Emulator) != 5 {
		t.Fatalf("%d, %d and %d cases; want 5, 2 and 5", len(file.Form), len(file.JSON), len(file.Emulator))
	}
	check := func(v vector, form url.Values) {
		t.Helper()
		err := twilio.Verify([]twilio.Secret{v.Token}, v.URL, form, []byte(v.Body), v.Signature)
		if (err == nil) != v.Valid {
			t.Errorf("%s %s: %v; want valid %v", v.URL, v.Note, err, v.Valid)
		}
	}
	for _, v := range file.Form {
		form := url.Values{}
		for name, value := range v.Params {
			form.Set(name, value)
		}
		check(v, form)
	}
	for _, v := range file.JSON {
		check(v, nil)
		v.Body += " "
		v.Valid = false
		check(v, nil)
	}
	for _, v := range file.Emulator {
		form, err := url.ParseQuery(v.Body)
		if err != nil {
			t.Fatal(err)
		}
		check(v, form)
	}
}

func TestNoTokenVerifiesNothing(t *testing.T) {
	t.Parallel()
	mac := hmac.New(sha1.New, nil)
	mac.Write([]byte(publicURL))
	made := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, signature := range []string{"", made, "not base64", "AAAA"} {
		if err := twilio.Verify([]twilio.Secret{"", ""}, publicURL, nil, nil, signature); err == nil {
			t.Errorf("%q verifies without a token", signature)
		}
	}
}
