package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// The ways in which a signature can be no good. They are for our log: the sender
// learns nothing but that it was refused.
var (
	ErrNoSignature    = errors.New("twilio callback: X-Twilio-Signature is missing")
	ErrWrongSignature = errors.New("twilio callback: X-Twilio-Signature does not match")
)

// Verify checks X-Twilio-Signature in constant time: base64 of HMAC-SHA1, by the
// account's token, over the address as Twilio called it and then each parameter of the
// form, sorted, name and value. A body that is no form is covered by its SHA-256 in
// the address (bodySHA256). Any of the tokens may have signed; an empty one never has.
//
// address is the public one, without fragment. Twilio's own signers differ over the
// port, so it counts with and without. Source: twilio.com/docs/usage/security.
func Verify(tokens []Secret, address string, form url.Values, body []byte, signature string) error {
	got, err := base64.StdEncoding.DecodeString(signature)
	if signature == "" {
		return ErrNoSignature
	}
	if err != nil || len(got) != sha1.Size {
		return ErrWrongSignature
	}
	u, err := url.Parse(address)
	if err != nil {
		return ErrWrongSignature
	}
	if digest := u.Query().Get("bodySHA256"); digest != "" {
		sum := sha256.Sum256(body)
		if !hmac.Equal([]byte(hex.EncodeToString(sum[:])), []byte(strings.ToLower(digest))) {
			return ErrWrongSignature
		}
		form = nil
	}
	valid := false
	for _, token := range tokens {
		for _, a := range spellings(address, u) {
			// All are computed, whichever matches.
			valid = hmac.Equal(got, sign(token, a, form)) && token != "" || valid
		}
	}
	if !valid {
		return ErrWrongSignature
	}
	return nil
}

// spellings are address as it is, without its port, and with the one that goes without
// saying.
func spellings(address string, u *url.URL) []string {
	port := u.Port()
	if port != "" {
		return []string{address, strings.Replace(address, ":"+port, "", 1)}
	}
	implied := ":443"
	if u.Scheme == "http" {
		implied = ":80"
	}
	return []string{address, strings.Replace(address, u.Host, u.Host+implied, 1)}
}

func sign(token Secret, address string, form url.Values) []byte {
	mac := hmac.New(sha1.New, []byte(token.Reveal()))
	mac.Write([]byte(address)) // a hash never fails
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(form[name]))) {
			mac.Write([]byte(name + value))
		}
	}
	return mac.Sum(nil)
}
