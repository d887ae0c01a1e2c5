package timeline

import (
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Via says how a message was put on record.
type Via string

// The ways to capture a message. A star also makes it a key event.
const (
	ViaPin      Via = "pin"      // a real Slack pin
	ViaEmoji    Via = "emoji"    // the timeline emoji
	ViaStar     Via = "star"     // the key event emoji
	ViaShortcut Via = "shortcut" // the message shortcut
	ViaAction   Via = "action"   // the action item emoji; it captures nothing
)

// Mark is one person's word about one message: present or taken back. EventTS
// is Slack's own time of that word; of two words the later one counts, in
// whichever order they arrive.
type Mark struct {
	Message incident.Message
	By      incident.PersonID
	Via     Via
	Present bool
	EventTS string
}

// owner is whose word a mark is. A pin belongs to the message, whoever set it:
// anybody may remove it.
func (m Mark) owner() incident.PersonID {
	if m.Via == ViaPin {
		return ""
	}
	return m.By
}

// actor is whoever said it; of a pin found on a message nobody knows who.
func (m Mark) actor() incident.Actor {
	if m.By == "" {
		return incident.System
	}
	return incident.By(m.By)
}

// captureState is what is known of a message when a mark changes.
type captureState struct {
	known     bool  // it is on record, perhaps withdrawn
	entry     int64 // its entry
	withdrawn bool
	starred   bool
}

// decideCapture is the rule: a message is on the timeline while anybody's mark
// of any kind is on it, and a key event while anybody's star is. marks
// are those that the message carries after m. Only what m itself says is done,
// so that a mark does not undo what somebody did to the entry by hand.
func decideCapture(s captureState, marks map[Via]bool, m Mark) []incident.Event {
	kept := marks[ViaPin] || marks[ViaEmoji] || marks[ViaStar] || marks[ViaShortcut]
	switch {
	case !s.known && !kept:
		return nil
	case !s.known:
		return []incident.Event{incident.MessageCaptured{Message: m.Message, Via: string(m.Via), Key: marks[ViaStar]}}
	}
	var events []incident.Event
	switch {
	case !m.Present && !kept && !s.withdrawn:
		events = append(events, incident.EntryWithdrawn{Entry: s.entry})
	case m.Present && s.withdrawn:
		events = append(events, incident.EntryRestored{Entry: s.entry})
	}
	switch {
	case m.Via == ViaStar && marks[ViaStar] && !s.starred:
		events = append(events, incident.EntryStarred{Entry: s.entry})
	case m.Via == ViaStar && !marks[ViaStar] && s.starred:
		events = append(events, incident.EntryUnstarred{Entry: s.entry})
	}
	return events
}

// stateOf folds an entry and its amendments into what a mark needs to know.
func stateOf(entries []Entry) captureState {
	l := newLine(entries[0])
	for _, e := range entries[1:] {
		l.apply(e)
	}
	return captureState{known: true, entry: l.ID, withdrawn: l.Withdraw, starred: l.Starred}
}

// textOf returns the present text of a captured message, when it was last
// changed, and whether it was deleted in Slack.
func textOf(entries []Entry) (text string, changed time.Time, deleted bool) {
	if m, ok := entries[0].Event.(incident.MessageCaptured); ok {
		text, changed = m.Message.Text, m.Message.EditedAt
	}
	for _, e := range entries[1:] {
		switch ev := e.Event.(type) {
		case incident.MessageEdited:
			if !ev.At.Before(changed) {
				text, changed = ev.To, ev.At
			}
		case incident.MessageDeleted:
			deleted = true
		}
	}
	return text, changed, deleted
}
