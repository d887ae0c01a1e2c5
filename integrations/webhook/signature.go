package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
)

// The headers of every webhook.
const (
	HeaderSignature = "Tocsin-Signature"
	HeaderKey       = "Idempotency-Key"
)

// ReplayWindow is how far the time of a signature may be from the receiver's clock, in
// either direction.
const ReplayWindow = 5 * time.Minute

// The ways in which a signature can be no good. They are for the receiver's log.
var (
	ErrNoSecret  = errors.New("webhook: no secret to check against")
	ErrMalformed = errors.New("webhook: the signature is not t=<seconds>,v1=<64 hex digits>")
	ErrTooOld    = errors.New("webhook: the signature's time is too far away")
	ErrWrong     = errors.New("webhook: the signature does not match the body")
)

// maxSignature bounds the header in bytes: room for a time and a dozen signatures.
const maxSignature = 1024

// Sign returns the value of the header Tocsin-Signature: the time in Unix seconds and,
// for each secret, a v1.
func Sign(secrets []Secret, at time.Time, body []byte) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	parts := []string{"t=" + seconds}
	for _, s := range secrets {
		parts = append(parts, "v1="+hex.EncodeToString(mac(s, seconds, body)))
	}
	return strings.Join(parts, ",")
}

// mac covers the time, a full stop and the body's bytes as they were sent.
func mac(secret Secret, seconds string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret.Reveal()))
	h.Write([]byte(seconds))
	h.Write([]byte{'.'})
	h.Write(body)
	return h.Sum(nil)
}

// Verify is how a receiver checks a webhook: body as it was read, before any JSON, and
// the header. It returns nil when a v1 fits one of the secrets, in constant time, and
// now is within ReplayWindow of the signed time. Fields that it does not know are
// ignored. A webhook that is repeated within the window passes again: its
// Idempotency-Key tells.
func Verify(secrets []Secret, body []byte, header string, now time.Time) error {
	if len(secrets) == 0 {
		return ErrNoSecret
	}
	seconds, given, err := parseSignature(header)
	if err != nil {
		return err
	}
	fits := false
	for _, s := range secrets {
		if s == "" {
			return ErrNoSecret
		}
		want := mac(s, seconds, body)
		for _, g := range given {
			fits = hmac.Equal(g, want) || fits
		}
	}
	if !fits {
		return ErrWrong
	}
	at, _ := strconv.ParseInt(seconds, 10, 64) // parseSignature read it
	if far := now.Sub(time.Unix(at, 0)); far > ReplayWindow || far < -ReplayWindow {
		return ErrTooOld
	}
	return nil
}

// parseSignature reads the header: one t, and at least one v1.
func parseSignature(header string) (seconds string, given [][]byte, err error) {
	if len(header) > maxSignature {
		return "", nil, ErrMalformed
	}
	for _, part := range strings.Split(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			if n, err := strconv.ParseUint(value, 10, 40); err != nil || seconds != "" || strconv.FormatUint(n, 10) != value {
				return "", nil, ErrMalformed
			}
			seconds = value
		case "v1":
			sum, err := hex.DecodeString(value)
			if err != nil || len(sum) != sha256.Size {
				return "", nil, ErrMalformed
			}
			given = append(given, sum)
		}
	}
	if seconds == "" || len(given) == 0 {
		return "", nil, ErrMalformed
	}
	return seconds, given, nil
}
