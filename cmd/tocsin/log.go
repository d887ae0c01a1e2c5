package main

import (
	"context"
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"

	"github.com/tocsinhq/tocsin/integrations/secret"
)

// newLogger writes structured log lines to w in the given format (text or
// json). No line shows one of the secrets, or anything that looks like one.
func newLogger(w io.Writer, level slog.Leveler, format string, secrets ...Secret) *slog.Logger {
	opts := &slog.HandlerOptions{Level: level}
	var inner slog.Handler = slog.NewTextHandler(w, opts)
	if format == "json" {
		inner = slog.NewJSONHandler(w, opts)
	}
	return slog.New(redactor{inner, newRedaction(secrets)})
}

// redaction blanks out secrets in text.
type redaction struct{ known *strings.Replacer }

// A value shorter than this is not searched for: replacing every "abc" would
// make the log unreadable and tell more than it hides.
const shortestKnownSecret = 8

func newRedaction(secrets []Secret) redaction {
	var pairs []string
	for _, s := range secrets {
		if len(s) >= shortestKnownSecret {
			pairs = append(pairs, s.Reveal(), secret.Hidden)
		}
	}
	return redaction{strings.NewReplacer(pairs...)}
}

// What secrets look like even when nobody told us about them: Slack's tokens,
// incoming webhooks, authorisation headers, the password in a URL.
var lookalikes = []struct {
	form *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`\b(xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{3,}`), "$1-" + secret.Hidden},
	{regexp.MustCompile(`(hooks\.slack\.com/)[A-Za-z0-9/_-]+`), "$1" + secret.Hidden},
	{regexp.MustCompile(`(?i)\b(bearer|basic|token)(\s+|=|:\s*)[A-Za-z0-9._~+/=-]{8,}`), "$1$2" + secret.Hidden},
	{regexp.MustCompile(`(://[^\s/:@]*:)[^\s/@]+@`), "$1" + secret.Hidden + "@"},
	{regexp.MustCompile(`(?i)\b(password=)('[^']*'|\S+)`), "$1" + secret.Hidden},
}

func (r redaction) text(s string) string {
	s = r.known.Replace(s)
	for _, l := range lookalikes {
		s = l.form.ReplaceAllString(s, l.with)
	}
	return s
}

// redactor is a slog.Handler that cleans message and attributes before the
// inner handler sees them.
type redactor struct {
	inner slog.Handler
	clean redaction
}

// Enabled asks the inner handler.
func (r redactor) Enabled(ctx context.Context, level slog.Level) bool {
	return r.inner.Enabled(ctx, level)
}

// Handle cleans the record.
func (r redactor) Handle(ctx context.Context, record slog.Record) error {
	cleaned := slog.NewRecord(record.Time, record.Level, r.clean.text(record.Message), record.PC)
	record.Attrs(func(a slog.Attr) bool {
		cleaned.AddAttrs(r.clean.attr(a))
		return true
	})
	return r.inner.Handle(ctx, cleaned)
}

// WithAttrs cleans the attributes once.
func (r redactor) WithAttrs(attrs []slog.Attr) slog.Handler {
	return redactor{r.inner.WithAttrs(r.clean.attrs(attrs)), r.clean}
}

// WithGroup leaves the cleaning as it is.
func (r redactor) WithGroup(name string) slog.Handler {
	return redactor{r.inner.WithGroup(name), r.clean}
}

func (r redaction) attrs(attrs []slog.Attr) []slog.Attr {
	cleaned := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		cleaned[i] = r.attr(a)
	}
	return cleaned
}

func (r redaction) attr(a slog.Attr) slog.Attr {
	value := a.Value.Resolve()
	switch value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, r.text(value.String()))
	case slog.KindGroup:
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(r.attrs(value.Group())...)}
	case slog.KindAny:
		return r.anything(a.Key, value.Any())
	}
	return slog.Attr{Key: a.Key, Value: value} // numbers, times and the like
}

// anything turns a value into the text a handler would print, cleaned.
func (r redaction) anything(key string, value any) slog.Attr {
	switch v := value.(type) {
	case error:
		return slog.String(key, r.text(v.Error()))
	case fmt.Stringer:
		return slog.String(key, r.text(v.String()))
	case json.Marshaler, encoding.TextMarshaler:
		if text, err := json.Marshal(v); err == nil {
			return slog.String(key, r.text(strings.Trim(string(text), `"`)))
		}
	case []byte:
		return slog.String(key, r.text(string(v)))
	}
	return slog.String(key, r.text(fmt.Sprintf("%+v", value)))
}
