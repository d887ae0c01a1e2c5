package timeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Line is what a reader sees of one entry after everything said about it later.
type Line struct {
	Entry
	Text     string // present text of a captured message; empty for other entries
	Starred  bool
	Edits    []Edit
	Deleted  time.Time // when it was deleted in Slack, zero if not
	Files    []SavedFile
	Quiet    bool // of interest only to whoever looks for details
	Withdraw bool // taken off the timeline; only in FoldAll
}

// Edit is one change of a message's text.
type Edit struct {
	At   time.Time
	From string
	To   string
}

// SavedFile is our copy of an attachment, or why there is none.
type SavedFile struct {
	incident.File
	Copy  int64
	Error string
}

// Fold computes the timeline that a reader sees: amendments are applied to
// their entries, and withdrawn entries are left out. entries are in order.
func Fold(entries []Entry) []Line {
	var seen []Line
	for _, l := range FoldAll(entries) {
		if !l.Withdraw {
			seen = append(seen, l)
		}
	}
	return seen
}

// FoldAll is Fold with withdrawn entries kept and marked. Amendments count in the
// order in which they were recorded, whatever the clocks of the recorders say.
func FoldAll(entries []Entry) []Line {
	lines := make([]Line, 0, len(entries))
	at := make(map[int64]int, len(entries))
	var amendments []Entry
	for _, e := range entries {
		if _, amends := e.Event.(incident.About); amends {
			amendments = append(amendments, e)
			continue
		}
		at[e.ID] = len(lines)
		lines = append(lines, newLine(e))
	}
	slices.SortStableFunc(amendments, func(a, b Entry) int { return cmp.Compare(a.ID, b.ID) })
	for _, e := range amendments {
		if n, ok := at[e.Event.(incident.About).Subject()]; ok {
			lines[n].apply(e)
		}
	}
	return lines
}

func newLine(e Entry) Line {
	l := Line{Entry: e, Quiet: quiet(e.Event)}
	switch ev := e.Event.(type) {
	case incident.MessageCaptured:
		l.Text, l.Starred = ev.Message.Text, ev.Key
		for _, f := range ev.Message.Files {
			l.Files = append(l.Files, SavedFile{File: f})
		}
	case incident.NoteAdded:
		l.Starred = ev.Key
	}
	return l
}

func (l *Line) apply(e Entry) {
	switch ev := e.Event.(type) {
	case incident.MessageEdited:
		l.edit(Edit{At: ev.At, From: ev.From, To: ev.To})
	case incident.MessageDeleted:
		l.Deleted = ev.At
	case incident.EntryWithdrawn:
		l.Withdraw = true
	case incident.EntryRestored:
		l.Withdraw = false
	case incident.EntryStarred:
		l.Starred = true
	case incident.EntryUnstarred:
		l.Starred = false
	case incident.FileSaved:
		l.saved(ev)
	}
}

// edit keeps the history in order of time; the text is that of the last edit.
func (l *Line) edit(e Edit) {
	l.Edits = append(l.Edits, e)
	for n := len(l.Edits) - 1; n > 0 && l.Edits[n].At.Before(l.Edits[n-1].At); n-- {
		l.Edits[n], l.Edits[n-1] = l.Edits[n-1], l.Edits[n]
	}
	l.Text = l.Edits[len(l.Edits)-1].To
}

func (l *Line) saved(ev incident.FileSaved) {
	for n := range l.Files {
		if l.Files[n].ID == ev.File.ID {
			l.Files[n].Copy, l.Files[n].Error = ev.Copy, ev.Error
			return
		}
	}
	l.Files = append(l.Files, SavedFile{File: ev.File, Copy: ev.Copy, Error: ev.Error})
}

// quiet entries are kept for those who look for details; summaries skip them.
func quiet(e incident.Event) bool {
	switch e.(type) {
	case incident.StepDone, incident.PersonJoined, incident.PersonLeft, incident.UpdateFellDue,
		incident.UpdateSettled, incident.TaskAmended, incident.PostmortemWritten, incident.RoomRenamed:
		return true
	}
	return false
}
