package timeline

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Format is how a timeline is written down for use elsewhere.
type Format string

// The formats of an export.
const (
	Markdown Format = "markdown"
	JSON     Format = "json"
	CSV      Format = "csv"
)

// Formats lists all formats, the default first.
func Formats() []Format { return []Format{Markdown, JSON, CSV} }

// ParseFormat reads a format's name or file extension; nothing means Markdown.
func ParseFormat(s string) (Format, error) {
	switch strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), ".") {
	case "", "markdown", "md":
		return Markdown, nil
	case "json":
		return JSON, nil
	case "csv":
		return CSV, nil
	}
	return "", incident.Errorf(incident.Invalid, "%s is not an export format; use markdown, json or csv.", quoted(s))
}

// Extension returns the end of a file name, without the dot.
func (f Format) Extension() string {
	if f == Markdown {
		return "md"
	}
	return string(f)
}

// MediaType returns the format's media type with its character set.
func (f Format) MediaType() string {
	switch f {
	case JSON:
		return "application/json"
	case CSV:
		return "text/csv; charset=utf-8; header=present"
	}
	return "text/markdown; charset=utf-8"
}

// ExportData is what an export tells. Entries is the whole record, in any order.
type ExportData struct {
	Incident *incident.Incident
	Entries  []Entry
	Name     func(incident.PersonID) string // what people are called
	Zone     *time.Location                 // times are also shown in it; nil means UTC only
	At       time.Time                      // when the export was made
}

// Export writes the whole record of an incident to w, ordered by event time,
// then by insertion: withdrawn entries are marked, edits keep their history. The
// same data always gives the same bytes.
func Export(w io.Writer, format Format, x ExportData) error {
	if x.Zone == nil {
		x.Zone = time.UTC
	}
	x.Entries = slices.Clone(x.Entries)
	slices.SortFunc(x.Entries, func(a, b Entry) int {
		return cmp.Or(a.OccurredAt.Compare(b.OccurredAt), cmp.Compare(a.ID, b.ID))
	})
	switch format {
	case Markdown:
		return exportMarkdown(w, x)
	case JSON:
		return exportJSON(w, x)
	case CSV:
		return exportCSV(w, x)
	}
	return fmt.Errorf("export timeline: unknown format %q", format)
}

// actor names who did something.
func (x ExportData) actor(a incident.Actor) string {
	if p := a.Person(); p != "" {
		return x.Name(p)
	}
	return a.ID
}

// utc and local print an instant as RFC 3339; the zero time is empty.
func utc(t time.Time) string { return local(t, time.UTC) }

func local(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339)
}

// full says what happened without cutting anything.
func (x ExportData) full() teller { return teller{name: x.Name} }
