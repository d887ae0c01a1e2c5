package timeline

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs; look, then run with -update (-want +got):\n%s", path, diff)
	}
}

// exportSample is a small incident with all that an export must show.
func exportSample(t testing.TB) ExportData {
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	entry := func(id int64, occurred, recorded int, by incident.Actor, e incident.Event) Entry {
		return Entry{ID: id, Incident: 1, By: by, OccurredAt: at(occurred), RecordedAt: at(recorded), Event: e}
	}
	alice, bob := incident.By("U1"), incident.By("U2")
	message := incident.Message{Channel: "C1", TS: "1773489900.000100", Author: "U2", Text: "=cmd|' /C calc'!A0 *bold* <https://x.y|graph>", PostedAt: at(5),
		Permalink: "https://example.slack.com/archives/C1/p1773489900000100", Files: []incident.File{{ID: "F1", Name: "graph|1.png", MediaType: "image/png", Size: 3}, {ID: "F2", Name: "huge.log"}}}
	return ExportData{
		Incident: &incident.Incident{ID: 1, Title: "Checkout *errors* <!channel>", Severity: incident.SEV1, Status: incident.StatusResolved, DeclaredAt: noon,
			Milestones: incident.Milestones{Detected: noon, Resolved: at(40)}},
		Zone: zone(t, "Europe/Berlin"), Name: nameOf, At: at(60),
		Entries: []Entry{
			entry(1, 0, 0, alice, incident.Declared{Title: "Checkout *errors* <!channel>", Severity: incident.SEV3, Status: incident.StatusActive}),
			entry(2, 1, 1, incident.System, incident.RoomOpened{Channel: "C1", Name: "inc-1-checkout-errors"}),
			entry(3, 6, 6, alice, incident.SeverityChanged{From: incident.SEV3, To: incident.SEV1}),
			entry(4, 5, 7, alice, incident.MessageCaptured{Message: message, Via: "star", Key: true}),
			entry(5, -20, 8, bob, incident.NoteAdded{Text: "+1 deploy\nof \"api\", then nothing", At: at(-20)}),
			entry(6, 9, 9, bob, incident.MessageEdited{Entry: 4, From: message.Text, To: "it was the | deploy", At: at(9)}),
			entry(7, 10, 10, incident.System, incident.FileSaved{Entry: 4, File: message.Files[0], Copy: 77}),
			entry(8, 10, 10, incident.System, incident.FileSaved{Entry: 4, File: message.Files[1], Error: "it is larger than 25 MiB"}),
			entry(9, 11, 11, alice, incident.EntryWithdrawn{Entry: 5}),
			entry(10, 12, 12, bob, incident.MessageDeleted{Entry: 4, At: at(12)}),
			entry(12, 40, 40, alice, incident.Resolved{ImpactEnd: at(40), Cause: "a deploy"}),
			entry(11, 40, 40, incident.ByIntegration("jira"), incident.TicketFiled{Task: 0, Key: "OPS-1", URL: "https://jira.example.com/browse/OPS-1"}),
		},
	}
}

func export(t *testing.T, f Format, x ExportData) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Export(&b, f, x); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestExportGolden(t *testing.T) {
	t.Parallel()
	for _, f := range Formats() {
		golden(t, "export."+f.Extension(), export(t, f, exportSample(t)))
	}
}

func TestExportDoesNotDependOnTheOrderGiven(t *testing.T) {
	t.Parallel()
	for _, f := range Formats() {
		turned := exportSample(t)
		slices.Reverse(turned.Entries)
		if diff := cmp.Diff(string(export(t, f, exportSample(t))), string(export(t, f, turned))); diff != "" {
			t.Errorf("%s depends on the order of the entries:\n%s", f, diff)
		}
	}
}

func TestExportOfNothing(t *testing.T) {
	t.Parallel()
	for _, f := range Formats() {
		got := string(export(t, f, ExportData{Incident: &incident.Incident{ID: 7, Title: "x"}, Name: nameOf}))
		if f == JSON && !strings.Contains(got, `"entries": []`) || f != JSON && strings.Contains(got, "Berlin") || got == "" {
			t.Errorf("%s of an empty timeline:\n%s", f, got)
		}
	}
}

func TestExportedCSVIsSafeAndReadable(t *testing.T) {
	t.Parallel()
	x := exportSample(t)
	rows, err := csv.NewReader(bytes.NewReader(export(t, CSV, x))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(x.Entries)+1 {
		t.Errorf("%d rows, want a head and %d", len(rows), len(x.Entries))
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("cell %q would be run by a spreadsheet", cell)
			}
		}
	}
}

func TestDefuse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "a=1": "a=1", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\t=1": "'\t=1", "＝1": "'＝1", "É": "É"} {
		if got := defuse(in); got != want {
			t.Errorf("defuse(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestExportedJSONHoldsTheWholeRecord(t *testing.T) {
	t.Parallel()
	x := exportSample(t)
	var got struct {
		Entries, Amendments []struct {
			ID   int64           `json:"id"`
			Kind incident.Kind   `json:"kind"`
			Data json.RawMessage `json:"data"`
		}
	}
	if err := json.Unmarshal(export(t, JSON, x), &got); err != nil {
		t.Fatal(err)
	}
	read := map[int64]incident.Event{}
	for _, e := range append(got.Entries, got.Amendments...) {
		event, err := Decode(e.Kind, e.Data)
		if err != nil {
			t.Fatal(err)
		}
		read[e.ID] = event
	}
	for _, e := range x.Entries {
		if diff := cmp.Diff(e.Event, read[e.ID]); diff != "" {
			t.Errorf("entry %d (-recorded +exported):\n%s", e.ID, diff)
		}
	}
}

func TestParseFormat(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Format{"": Markdown, "md": Markdown, "Markdown": Markdown, " JSON ": JSON, ".csv": CSV} {
		if got, err := ParseFormat(in); err != nil || got != want {
			t.Errorf("ParseFormat(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	if f, err := ParseFormat("pdf"); incident.CodeOf(err) != incident.Invalid || !strings.Contains(err.Error(), "markdown, json or csv") {
		t.Errorf("ParseFormat(pdf) = %q, %v", f, err)
	}
	if err := Export(&bytes.Buffer{}, "pdf", exportSample(t)); err == nil {
		t.Error("Export as pdf gave no error")
	}
}

func TestEscapeMarkdown(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"a*b_c": `a\*b\_c`, "a\n| b": `a \| b`, "<b>&amp;": `\<b\>\&amp;`, "[x](y)": `\[x\](y)`, `\`: `\\`} {
		if got := EscapeMarkdown(in); got != want {
			t.Errorf("EscapeMarkdown(%q) = %q, want %q", in, got, want)
		}
	}
}
