package timeline_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// captured puts a message with files on record and returns its entry.
func (w *world) captured(id incident.ID, files ...incident.File) int64 {
	w.Helper()
	m := incident.Message{Channel: "C1", TS: "1.1", Text: "look", Files: files, PostedAt: incident.Now().Add(-1e9)}
	w.must(w.timeline.SetMark(w.Context(), id, timeline.Mark{Message: m, By: "U1", Via: timeline.ViaPin, Present: true, EventTS: "2.1"}))
	return w.entries(id)[0].ID
}

func TestAFileIsSavedOnce(t *testing.T) {
	w := newWorld(t)
	id, file := w.declare(), incident.File{ID: "F1", Name: "a.png", MediaType: "image/png", Size: 3}
	entry := w.captured(id, file)
	first, err := w.timeline.SaveFile(t.Context(), id, entry, file, "image/png", []byte("abc"), incident.System)
	w.must(err)
	again, err := w.timeline.SaveFile(t.Context(), id, entry, file, "text/html", []byte("other"), incident.System)
	w.must(err)
	w.must(w.timeline.FileFailed(t.Context(), id, entry, file, "late failure", incident.System))
	got, err := w.timeline.ReadFile(t.Context(), first)
	w.must(err)
	if got.SavedAt.IsZero() || again != first {
		t.Errorf("copies %d and %d, saved at %v", first, again, got.SavedAt)
	}
	got.SavedAt = got.SavedAt.Truncate(0)
	want := timeline.FileCopy{ID: first, Incident: id, Entry: entry, Name: "a.png", MediaType: "image/png", SavedAt: got.SavedAt, Content: []byte("abc")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := w.count(id, incident.KindFileSaved); n != 1 {
		t.Errorf("%d entries of it, want 1", n)
	}
}

func TestAFileThatFailedIsTakenAfterAll(t *testing.T) {
	w := newWorld(t)
	id, file := w.declare(), incident.File{ID: "F1", Name: "a.png"}
	entry := w.captured(id, file)
	for range 2 {
		w.must(w.timeline.FileFailed(t.Context(), id, entry, file, "Slack is down", incident.System))
	}
	lines, err := w.timeline.Lines(t.Context(), id)
	if err != nil || lines[0].Files[0].Error != "Slack is down" || w.count(id, incident.KindFileSaved) != 1 {
		t.Errorf("files = %+v, %v, %d entries", lines[0].Files, err, w.count(id, incident.KindFileSaved))
	}
	saved, err := w.timeline.SaveFile(t.Context(), id, entry, file, "image/png", nil, incident.System)
	w.must(err)
	lines, err = w.timeline.Lines(t.Context(), id)
	if diff := cmp.Diff([]timeline.SavedFile{{File: file, Copy: saved}}, lines[0].Files); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if got, err := w.timeline.ReadFile(t.Context(), saved); err != nil || len(got.Content) != 0 {
		t.Errorf("an empty file reads as %v, %v", got, err)
	}
}

func TestAFileThatIsTooLargeIsRefused(t *testing.T) {
	w := newWorld(t)
	id, file := w.declare(), incident.File{ID: "F1", Name: "core.dump"}
	entry := w.captured(id, file)
	_, err := w.timeline.SaveFile(t.Context(), id, entry, file, "", make([]byte, timeline.MaxFile+1), incident.System)
	if incident.CodeOf(err) != incident.Invalid || !strings.Contains(err.Error(), "core.dump has 26 MiB; copies are kept up to 25 MiB") {
		t.Errorf("SaveFile = %v", err)
	}
	content := bytes.Repeat([]byte("x"), timeline.MaxFile)
	largest, err := w.timeline.SaveFile(t.Context(), id, entry, file, "", content, incident.System)
	w.must(err)
	if got, err := w.timeline.ReadFile(t.Context(), largest); err != nil || !bytes.Equal(got.Content, content) {
		t.Errorf("the largest file comes back with %d bytes, %v", len(got.Content), err)
	}
	if err := w.timeline.FileFailed(t.Context(), id, entry, file, " ", incident.System); incident.CodeOf(err) != incident.Invalid {
		t.Errorf("a failure without a reason = %v", err)
	}
}
