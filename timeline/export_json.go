package timeline

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// ExportSchema names the fields below. It changes only when one of them is
// removed or changes its meaning; fields may be added at any time.
const ExportSchema = "tocsin.timeline/1"

// The JSON export. Times are RFC 3339 in UTC; the _local ones are the same
// instant in "zone". A time that is not known is left out.
type (
	jsonExport struct {
		Schema     string       `json:"schema"`
		ExportedAt time.Time    `json:"exported_at"`
		Zone       string       `json:"zone"`
		Incident   jsonIncident `json:"incident"`
		Entries    []jsonEntry  `json:"entries"`
		Amendments []jsonRaw    `json:"amendments"` // what was said later about entries, as it was recorded
	}
	jsonIncident struct {
		ID            string    `json:"id"`
		Title         string    `json:"title"`
		Severity      string    `json:"severity"`
		Status        string    `json:"status"`
		DeclaredAt    time.Time `json:"declared_at"`
		ImpactStarted time.Time `json:"impact_started_at,omitzero"`
		Detected      time.Time `json:"detected_at,omitzero"`
		Acknowledged  time.Time `json:"acknowledged_at,omitzero"`
		Mitigated     time.Time `json:"mitigated_at,omitzero"`
		Resolved      time.Time `json:"resolved_at,omitzero"`
		Closed        time.Time `json:"closed_at,omitzero"`
	}
	jsonRaw struct {
		ID            int64           `json:"id"`
		About         int64           `json:"about,omitempty"` // the entry that an amendment is about
		Kind          incident.Kind   `json:"kind"`
		Label         string          `json:"label"`
		By            jsonActor       `json:"by"`
		OccurredAt    time.Time       `json:"occurred_at"`
		OccurredLocal string          `json:"occurred_at_local"`
		RecordedAt    time.Time       `json:"recorded_at"`
		Sentence      string          `json:"sentence"`
		Data          json.RawMessage `json:"data"` // the event as it was recorded
	}
	jsonEntry struct {
		jsonRaw
		Text      string     `json:"text,omitempty"` // present text of a captured message
		KeyEvent  bool       `json:"key_event"`
		Withdrawn bool       `json:"withdrawn"`
		DeletedAt time.Time  `json:"deleted_at,omitzero"` // the message was deleted in Slack
		Edits     []jsonEdit `json:"edits,omitempty"`
		Files     []jsonFile `json:"files,omitempty"`
	}
	jsonActor struct {
		Kind incident.ActorKind `json:"kind"`
		ID   string             `json:"id"`
		Name string             `json:"name"`
	}
	jsonEdit struct {
		At   time.Time `json:"at"`
		From string    `json:"from"`
		To   string    `json:"to"`
	}
	jsonFile struct {
		incident.File
		Copy  int64  `json:"copy,omitempty"`  // id of our copy
		Error string `json:"error,omitempty"` // why there is none
	}
)

func exportJSON(w io.Writer, x ExportData) error {
	out := jsonExport{Schema: ExportSchema, ExportedAt: x.At.UTC(), Zone: x.Zone.String(), Incident: incidentJSON(x.Incident),
		Entries: []jsonEntry{}, Amendments: []jsonRaw{}}
	for _, l := range FoldAll(x.Entries) {
		entry, err := x.lineJSON(l)
		if err != nil {
			return err
		}
		out.Entries = append(out.Entries, entry)
	}
	for _, e := range x.Entries {
		about, amends := e.Event.(incident.About)
		if !amends {
			continue
		}
		raw, err := x.entryJSON(e, x.full().tell(e.Event))
		if err != nil {
			return err
		}
		raw.About = about.Subject()
		out.Amendments = append(out.Amendments, raw)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("export timeline as JSON: %w", err)
	}
	return nil
}

func (x ExportData) entryJSON(e Entry, sentence string) (jsonRaw, error) {
	data, err := Encode(e.Event)
	return jsonRaw{
		ID: e.ID, Kind: e.Event.Kind(), Label: KindLabel(e.Event.Kind()),
		By:         jsonActor{Kind: e.By.Kind, ID: e.By.ID, Name: x.actor(e.By)},
		OccurredAt: e.OccurredAt.UTC(), OccurredLocal: local(e.OccurredAt, x.Zone), RecordedAt: e.RecordedAt.UTC(),
		Sentence: sentence, Data: data,
	}, err
}

func (x ExportData) lineJSON(l Line) (jsonEntry, error) {
	raw, err := x.entryJSON(l.Entry, x.full().line(l))
	entry := jsonEntry{jsonRaw: raw, Text: l.Text, KeyEvent: l.Starred, Withdrawn: l.Withdraw, DeletedAt: l.Deleted}
	for _, e := range l.Edits {
		entry.Edits = append(entry.Edits, jsonEdit{At: e.At.UTC(), From: e.From, To: e.To})
	}
	for _, f := range l.Files {
		entry.Files = append(entry.Files, jsonFile(f))
	}
	return entry, err
}

func incidentJSON(i *incident.Incident) jsonIncident {
	ms := i.Milestones
	return jsonIncident{
		ID: i.ID.String(), Title: i.Title, Severity: i.Severity.String(), Status: string(i.Status), DeclaredAt: i.DeclaredAt.UTC(),
		ImpactStarted: ms.ImpactStarted, Detected: ms.Detected, Acknowledged: ms.Acknowledged,
		Mitigated: ms.Mitigated, Resolved: ms.Resolved, Closed: ms.Closed,
	}
}
