package timeline_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// markKey is whose word about which message a mark is. A pin is the message's own.
type markKey struct {
	ts  string
	by  incident.PersonID
	via timeline.Via
}

func keyOf(m timeline.Mark) markKey {
	k := markKey{m.Message.TS, m.By, m.Via}
	if m.Via == timeline.ViaPin {
		k.by = ""
	}
	return k
}

// visible is what the model expects a reader to see of a message.
type visible struct {
	TS      string
	Starred bool
}

// model says what marks amount to, however they arrive: of each word the latest
// counts, any present one shows the message, any star makes it key.
func model(marks []timeline.Mark) []visible {
	latest := map[markKey]timeline.Mark{}
	for _, m := range marks {
		if old, ok := latest[keyOf(m)]; !ok || old.EventTS < m.EventTS {
			latest[keyOf(m)] = m
		}
	}
	seen := map[string]visible{}
	for _, m := range latest {
		if m.Present {
			seen[m.Message.TS] = visible{m.Message.TS, m.Via == timeline.ViaStar || seen[m.Message.TS].Starred}
		}
	}
	var list []visible
	for _, v := range seen {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b visible) int { return cmpString(a.TS, b.TS) })
	return list
}

func cmpString(a, b string) int { return slices.Compare([]byte(a), []byte(b)) }

// randomMarks makes words of three people about two messages, then shuffles and
// repeats them, as Slack may deliver them.
func randomMarks(r *rand.Rand) []timeline.Mark {
	var marks []timeline.Mark
	for n := range 2 + r.IntN(10) {
		ts := fmt.Sprintf("1773489900.00010%d", r.IntN(2))
		marks = append(marks, timeline.Mark{
			Message: incident.Message{Channel: "C1", TS: ts, Text: "text of " + ts, PostedAt: time.Unix(1773489900, 0).UTC()},
			By:      incident.PersonID(fmt.Sprintf("U%d", 1+r.IntN(3))),
			Via:     []timeline.Via{timeline.ViaPin, timeline.ViaEmoji, timeline.ViaStar, timeline.ViaShortcut}[r.IntN(4)],
			Present: r.IntN(5) < 3, EventTS: fmt.Sprintf("1773490000.%06d", n),
		})
	}
	for range r.IntN(4) {
		marks = append(marks, marks[r.IntN(len(marks))])
	}
	r.Shuffle(len(marks), func(a, b int) { marks[a], marks[b] = marks[b], marks[a] })
	return marks
}

func (w *world) seen(id incident.ID) []visible {
	w.Helper()
	lines, err := w.timeline.Lines(w.Context(), id)
	w.must(err)
	var list []visible
	for _, l := range lines {
		if m, ok := l.Event.(incident.MessageCaptured); ok {
			list = append(list, visible{m.Message.TS, l.Starred})
		}
	}
	slices.SortFunc(list, func(a, b visible) int { return cmpString(a.TS, b.TS) })
	return list
}

func TestMarksConvergeInAnyOrderAndNumber(t *testing.T) {
	w := newWorld(t)
	r := rand.New(rand.NewPCG(9, 10))
	for round := range 60 {
		id, marks := w.declare(), randomMarks(r)
		for _, m := range marks {
			w.must(w.timeline.SetMark(t.Context(), id, m))
		}
		if diff := cmp.Diff(model(marks), w.seen(id), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("round %d: %+v (-model +timeline):\n%s", round, marks, diff)
		}
		before := len(w.entries(id))
		for _, m := range marks {
			w.must(w.timeline.SetMark(t.Context(), id, m))
		}
		if after := len(w.entries(id)); after != before {
			t.Fatalf("round %d: the same marks again added %d entries", round, after-before)
		}
	}
}

func TestAPinIsTheMessagesOwn(t *testing.T) {
	w := newWorld(t)
	id, m := w.declare(), incident.Message{Channel: "C1", TS: "1.1", Text: "x"}
	w.must(w.timeline.SetMark(t.Context(), id, timeline.Mark{Message: m, By: "U1", Via: timeline.ViaPin, Present: true, EventTS: "2.1"}))
	w.must(w.timeline.SetMark(t.Context(), id, timeline.Mark{Message: m, By: "U2", Via: timeline.ViaPin, Present: false, EventTS: "2.2"}))
	if seen := w.seen(id); len(seen) != 0 {
		t.Errorf("after somebody else removed the pin: %v, want nothing", seen)
	}
}

func TestAMarkDoesNotUndoWhatWasDoneByHand(t *testing.T) {
	w := newWorld(t)
	id, m := w.declare(), incident.Message{Channel: "C1", TS: "1.1", Text: "x", PostedAt: incident.Now().Add(-time.Hour)}
	mark := func(by incident.PersonID, via timeline.Via, present bool, ts string) {
		w.must(w.timeline.SetMark(t.Context(), id, timeline.Mark{Message: m, By: by, Via: via, Present: present, EventTS: ts}))
	}
	mark("U1", timeline.ViaPin, true, "2.1")
	entry := w.entries(id)[0].ID
	w.must(w.timeline.Star(t.Context(), id, entry, true, bob))
	mark("U2", timeline.ViaEmoji, true, "2.2")
	if diff := cmp.Diff([]visible{{"1.1", true}}, w.seen(id)); diff != "" {
		t.Errorf("an emoji took a star away:\n%s", diff)
	}
	w.must(w.timeline.Withdraw(t.Context(), id, entry, true, bob))
	mark("U2", timeline.ViaEmoji, false, "2.3")
	if seen := w.seen(id); len(seen) != 0 {
		t.Errorf("taking an emoji back put a withdrawn entry on the timeline: %v", seen)
	}
}

func TestAnEditThatIsOlderThanWhatWasReadChangesNothing(t *testing.T) {
	w := newWorld(t)
	id, ctx := w.declare(), t.Context()
	posted := incident.Now().Add(-time.Hour)
	at := func(minute int) time.Time { return posted.Add(time.Duration(minute) * time.Minute) }
	m := incident.Message{Channel: "C1", TS: "1.1", Author: "U2", Text: "two", PostedAt: posted, EditedAt: at(2)}
	w.must(w.timeline.SetMark(ctx, id, timeline.Mark{Message: m, By: "U1", Via: timeline.ViaPin, Present: true, EventTS: "2.1"}))
	w.must(w.timeline.MessageEdited(ctx, id, "C1", "1.1", "one", at(1), bob)) // its event was late
	w.must(w.timeline.MessageEdited(ctx, id, "C1", "1.1", "two", at(2), bob))
	lines, err := w.timeline.Lines(ctx, id)
	w.must(err)
	if l := lines[0]; l.Text != "two" || len(l.Edits) != 0 {
		t.Errorf("line = %+v, want what was read", l)
	}
	w.must(w.timeline.MessageEdited(ctx, id, "C1", "1.1", "three", at(3), bob))
	if lines, err = w.timeline.Lines(ctx, id); err != nil || lines[0].Text != "three" {
		t.Errorf("after a later edit: %+v, %v", lines, err)
	}
}

func TestEditsAndDeletionsAreFollowed(t *testing.T) {
	w := newWorld(t)
	id, ctx := w.declare(), t.Context()
	m := incident.Message{Channel: "C1", TS: "1.1", Author: "U2", Text: "one", PostedAt: incident.Now().Add(-time.Hour)}
	at := func(minute int) time.Time { return m.PostedAt.Add(time.Duration(minute) * time.Minute) }
	w.must(w.timeline.MessageEdited(ctx, id, "C1", "1.1", "zero", at(0), bob)) // not on record yet
	w.must(w.timeline.SetMark(ctx, id, timeline.Mark{Message: m, By: "U1", Via: timeline.ViaPin, Present: true, EventTS: "2.1"}))
	for range 2 {
		w.must(w.timeline.MessageEdited(ctx, id, "C1", "1.1", "three", at(3), bob))
		w.must(w.timeline.MessageEdited(ctx, id, "C1", "1.1", "two", at(2), bob)) // late
		w.must(w.timeline.MessageDeleted(ctx, id, "C1", "1.1", at(4), bob))
		w.must(w.timeline.MessageEdited(ctx, id, "C1", "1.1", "five", at(5), bob)) // after the deletion
	}
	lines, err := w.timeline.Lines(ctx, id)
	w.must(err)
	l := lines[0]
	if l.Text != "three" || !l.Deleted.Equal(at(4)) || len(l.Edits) != 1 || l.Edits[0].From != "one" || len(w.entries(id)) != 4 {
		t.Errorf("line = %+v of %d entries", l, len(w.entries(id)))
	}
	if on, err := w.timeline.Captured(ctx, id, "C1", "1.1"); err != nil || !on {
		t.Errorf("Captured = %v, %v", on, err)
	}
}
