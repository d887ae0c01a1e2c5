// Package secret holds text that must never be shown: tokens, passwords, addresses that
// open doors.
//
// The one thing to know before changing it: people read logs, dumps of settings and
// errors to each other, so there must be no way to print it, right or wrong verb. It
// imports nothing of ours, and knows no vendor.
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// Text is a setting that must never be shown. However it is printed, logged
// or encoded, it shows ***; an empty one shows nothing, so that "not set" can
// be told from "set". Only Reveal gives the value.
type Text string

// Hidden is what is shown in the place of a secret.
const Hidden = "***"

// Reveal returns the value, to be handed to the client that needs it and to
// nothing else.
func (s Text) Reveal() string { return string(s) }

// String shows *** for a secret that is set.
func (s Text) String() string {
	if s == "" {
		return ""
	}
	return Hidden
}

// GoString shows the same, for %#v.
func (s Text) GoString() string { return fmt.Sprintf("%q", s.String()) }

// Format shows the same for every verb and flag, %x and %d too.
func (s Text) Format(f fmt.State, verb rune) {
	shown := s.String()
	if verb == 'q' || verb == 'v' && f.Flag('#') {
		shown = `"` + shown + `"`
	}
	_, _ = io.WriteString(f, shown) // fmt's own buffer: cannot fail
}

// MarshalText shows the same in JSON, YAML and every other encoding.
func (s Text) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON shows the same.
func (s Text) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// MarshalYAML shows the same.
func (s Text) MarshalYAML() (any, error) { return s.String(), nil }

// LogValue shows the same in the log.
func (s Text) LogValue() slog.Value { return slog.StringValue(s.String()) }
