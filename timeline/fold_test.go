package timeline

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

func TestFoldAppliesAmendments(t *testing.T) {
	t.Parallel()
	message := incident.Message{Text: "one", Files: []incident.File{{ID: "F1", Name: "a"}}}
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	entries := []Entry{
		{ID: 1, Event: incident.MessageCaptured{Message: message, Key: true}},
		{ID: 2, Event: incident.NoteAdded{Text: "n"}},
		{ID: 3, Event: incident.MessageEdited{Entry: 1, From: "one", To: "two", At: at(1)}},
		{ID: 4, Event: incident.EntryUnstarred{Entry: 1}},
		{ID: 5, Event: incident.EntryWithdrawn{Entry: 2}},
		{ID: 6, Event: incident.FileSaved{Entry: 1, File: message.Files[0], Error: "too big"}},
		{ID: 7, Event: incident.FileSaved{Entry: 1, File: message.Files[0], Copy: 9}},
		{ID: 8, Event: incident.FileSaved{Entry: 1, File: incident.File{ID: "F2", Name: "b"}, Copy: 10}},
		{ID: 9, Event: incident.MessageDeleted{Entry: 1, At: at(5)}},
		{ID: 10, Event: incident.EntryStarred{Entry: 99}}, // about an entry that is not there
		{ID: 11, Event: incident.StepDone{Step: "room"}},
	}
	want := []Line{
		{Entry: entries[0], Text: "two", Edits: []Edit{{At: at(1), From: "one", To: "two"}}, Deleted: at(5),
			Files: []SavedFile{{File: message.Files[0], Copy: 9}, {File: incident.File{ID: "F2", Name: "b"}, Copy: 10}}},
		{Entry: entries[10], Quiet: true},
	}
	if diff := cmp.Diff(want, Fold(entries)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if all := FoldAll(entries); len(all) != 3 || !all[1].Withdraw {
		t.Errorf("FoldAll = %+v; want the note, marked as withdrawn", all)
	}
}

func TestEditsOutOfOrderEndWithTheLatest(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	texts := []string{"a", "b", "c", "d", "e"}
	for range 50 {
		entries := []Entry{{ID: 1, Event: incident.MessageCaptured{Message: incident.Message{Text: "a"}}}}
		for n, k := range r.Perm(len(texts) - 1) {
			entries = append(entries, Entry{ID: int64(n + 2), Event: incident.MessageEdited{
				Entry: 1, From: texts[k], To: texts[k+1], At: noon.Add(time.Duration(k) * time.Second)}})
		}
		line := Fold(entries)[0]
		if line.Text != "e" || len(line.Edits) != len(texts)-1 || !slices.IsSortedFunc(line.Edits, func(a, b Edit) int { return a.At.Compare(b.At) }) {
			t.Fatalf("text %q, history %v", line.Text, line.Edits)
		}
		if text, _, _ := textOf(entries); text != "e" {
			t.Fatalf("textOf = %q", text)
		}
	}
}

func TestAmendmentsCountAsRecordedWhateverTheClocksSay(t *testing.T) {
	t.Parallel()
	entries := []Entry{
		{ID: 3, OccurredAt: noon.Add(-time.Second), Event: incident.EntryRestored{Entry: 1}}, // from a replica whose clock is behind
		{ID: 1, OccurredAt: noon, Event: incident.NoteAdded{Text: "n"}},
		{ID: 2, OccurredAt: noon.Add(time.Second), Event: incident.EntryWithdrawn{Entry: 1}},
	}
	if lines := Fold(entries); len(lines) != 1 {
		t.Errorf("Fold = %v; want the note back", lines)
	}
}

func TestFoldAgreesWithWhatADecisionSees(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		entries := []Entry{{ID: 1, Event: incident.NoteAdded{Key: r.IntN(2) == 0}}}
		for n := range r.IntN(8) {
			about := []incident.Event{incident.EntryStarred{Entry: 1}, incident.EntryUnstarred{Entry: 1}, incident.EntryWithdrawn{Entry: 1}, incident.EntryRestored{Entry: 1}}
			entries = append(entries, Entry{ID: int64(n + 2), Event: about[r.IntN(4)]})
		}
		line, state := FoldAll(entries)[0], stateOf(entries)
		if line.Starred != state.starred || line.Withdraw != state.withdrawn {
			t.Fatalf("a reader sees %+v, a decision %+v", line, state)
		}
	}
}

func TestEncodeDropsNULOnly(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"a\x00\x00b": "ab", `a\u0000b`: `a\u0000b`, "\\\x00": `\`, `\\u0000`: `\\u0000`, "\x00": ""} {
		raw, err := Encode(incident.NoteAdded{Text: in})
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(incident.KindNoteAdded, raw)
		if err != nil || got.(incident.NoteAdded).Text != want {
			t.Errorf("%q becomes %q, %v; want %q", in, got.(incident.NoteAdded).Text, err, want)
		}
	}
}
