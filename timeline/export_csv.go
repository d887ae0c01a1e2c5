package timeline

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
)

// csvColumns heads the CSV export: one row for each entry and each amendment.
// "about" is the id of the entry that an amendment is about.
var csvColumns = []string{
	"id", "about", "occurred_at", "occurred_at_local", "recorded_at", "kind", "label", "actor_kind", "actor", "sentence",
	"text", "permalink", "key_event", "withdrawn", "deleted_at", "files",
}

// exportCSV writes RFC 4180: comma, CRLF, quotes where needed, UTF-8.
func exportCSV(w io.Writer, x ExportData) error {
	lines := map[int64]Line{}
	for _, l := range FoldAll(x.Entries) {
		lines[l.ID] = l
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{csvColumns}
	for _, e := range x.Entries {
		row := x.csvAmendment(e)
		if l, ok := lines[e.ID]; ok {
			row = x.csvLine(l)
		}
		for n := range row {
			row[n] = defuse(row[n])
		}
		rows = append(rows, row)
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("export timeline as CSV: %w", err)
	}
	return nil
}

func (x ExportData) csvEntry(e Entry, about, sentence string) []string {
	return []string{
		strconv.FormatInt(e.ID, 10), about, utc(e.OccurredAt), local(e.OccurredAt, x.Zone), utc(e.RecordedAt),
		string(e.Event.Kind()), KindLabel(e.Event.Kind()), string(e.By.Kind), x.actor(e.By), sentence,
	}
}

func (x ExportData) csvLine(l Line) []string {
	permalink, files := "", make([]string, len(l.Files))
	if m, ok := l.Event.(incident.MessageCaptured); ok {
		permalink = m.Message.Permalink
	}
	for n, f := range l.Files {
		files[n] = f.Name
	}
	return append(x.csvEntry(l.Entry, "", x.full().line(l)),
		l.Text, permalink, strconv.FormatBool(l.Starred), strconv.FormatBool(l.Withdraw), utc(l.Deleted), strings.Join(files, "; "))
}

func (x ExportData) csvAmendment(e Entry) []string {
	about, text := "", ""
	if a, ok := e.Event.(incident.About); ok {
		about = strconv.FormatInt(a.Subject(), 10)
	}
	if edit, ok := e.Event.(incident.MessageEdited); ok {
		text = edit.To
	}
	return append(x.csvEntry(e, about, x.full().tell(e.Event)), text, "", "", "", "", "")
}

// defuse keeps a spreadsheet from running what somebody wrote: a cell that would
// begin a formula gets an apostrophe in front (OWASP, CSV Injection).
func defuse(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}
