package timeline

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

func exportMarkdown(w io.Writer, x ExportData) error {
	var b bytes.Buffer
	i := x.Incident
	fmt.Fprintf(&b, "# %s: %s\n\n", i.ID, EscapeMarkdown(i.Title))
	fmt.Fprintf(&b, "%s, %s. Declared %s. Exported %s.\n\n", i.Severity, i.Status, utc(i.DeclaredAt), utc(x.At))
	if x.Zone == time.UTC {
		b.WriteString("| Time (UTC) | Kind | Who | What |\n|---|---|---|---|\n")
	} else {
		fmt.Fprintf(&b, "| Time (UTC) | %s | Kind | Who | What |\n|---|---|---|---|---|\n", EscapeMarkdown(x.Zone.String()))
	}
	for _, l := range FoldAll(x.Entries) {
		x.markdownRow(&b, l)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("export timeline as Markdown: %w", err)
	}
	return nil
}

func (x ExportData) markdownRow(b *bytes.Buffer, l Line) {
	fmt.Fprintf(b, "| %s |", utc(l.OccurredAt))
	if x.Zone != time.UTC {
		fmt.Fprintf(b, " %s |", local(l.OccurredAt, x.Zone))
	}
	fmt.Fprintf(b, " %s | %s | %s |\n", KindLabel(l.Event.Kind()), EscapeMarkdown(x.actor(l.By)), x.markdownWhat(l))
}

func (x ExportData) markdownWhat(l Line) string {
	parts := []string{EscapeMarkdown(x.full().line(l))}
	if l.Starred {
		parts[0] = "★ " + parts[0]
	}
	if l.Withdraw {
		parts[0] = "~~" + parts[0] + "~~ (withdrawn)"
	}
	if m, ok := l.Event.(incident.MessageCaptured); ok && strings.HasPrefix(m.Message.Permalink, "https://") {
		parts[0] += " <" + strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", " ", "%20").Replace(m.Message.Permalink) + ">"
	}
	for _, e := range l.Edits {
		parts = append(parts, fmt.Sprintf("edited %s, before: “%s”", utc(e.At), EscapeMarkdown(x.full().text(e.From))))
	}
	if !l.Deleted.IsZero() {
		parts = append(parts, "deleted in Slack "+utc(l.Deleted))
	}
	for _, f := range l.Files {
		parts = append(parts, EscapeMarkdown(describeFile(f)))
	}
	return strings.Join(parts, "<br>")
}

func describeFile(f SavedFile) string {
	switch {
	case f.Copy != 0:
		return fmt.Sprintf("file %s, copy %d", f.Name, f.Copy)
	case f.Error != "":
		return fmt.Sprintf("file %s, no copy: %s", f.Name, f.Error)
	}
	return fmt.Sprintf("file %s, not copied yet", f.Name)
}

// markup are the characters that mean something within a line of Markdown.
var markup = regexp.MustCompile("[\\\\`*_{}\\[\\]<>#|~!&]")

// EscapeMarkdown makes text read in Markdown as it is written: no emphasis,
// link, picture, HTML or table cell can come out of it. Line ends become spaces.
func EscapeMarkdown(s string) string {
	return markup.ReplaceAllString(strings.Join(strings.Fields(s), " "), `\${0}`)
}
