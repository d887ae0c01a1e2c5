package main

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a setting that must never be shown. However it is printed, logged
// or encoded, it shows ***; an empty one shows nothing, so that "not set" can
// be told from "set". Only Reveal gives the value.
type Secret string

const hidden = "***"

// Reveal returns the value, to be handed to the client that needs it and to
// nothing else.
func (s Secret) Reveal() string { return string(s) }

// String shows *** for a secret that is set.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString shows the same, for %#v.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// Format shows the same for every verb and flag, %x and %d too.
func (s Secret) Format(f fmt.State, verb rune) {
	shown := s.String()
	if verb == 'q' || verb == 'v' && f.Flag('#') {
		shown = `"` + shown + `"`
	}
	_, _ = io.WriteString(f, shown) // fmt's own buffer: cannot fail
}

// MarshalText shows the same in JSON, YAML and every other encoding.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON shows the same.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// MarshalYAML shows the same.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// LogValue shows the same in the log.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
