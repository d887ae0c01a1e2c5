package postmortem

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

// TestNoDraftEverTouchesWhatPeopleWrote plays random edits and drafts against a
// simple model: the last text a person gave to a section is what readers see.
func TestNoDraftEverTouchesWhatPeopleWrote(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		d := Document{Incident: &incident.Incident{ID: 1}, State: Draft}
		keys := []string{"a", "b", "c", "d", "e"}
		written, generated := map[string]string{}, map[string]string{}
		for step := range 60 {
			now := after(float64(step))
			if step == 0 || random.IntN(3) == 0 {
				redraft(t, &d, keys, generated, random, now)
				continue
			}
			key := keys[random.IntN(len(keys))]
			if d.part(key) == nil {
				continue
			}
			text := [...]string{"", "one", "two\nlines", "  three  "}[random.IntN(4)]
			if _, err := d.Write(key, text, ann, now); err != nil {
				t.Fatal(err)
			}
			written[key] = strings.TrimSpace(text)
			check(t, d, written, generated)
		}
		check(t, d, written, generated)
	}
}

// redraft regenerates a random subset of sections with random texts.
func redraft(t *testing.T, d *Document, keys []string, generated map[string]string, random *rand.Rand, now time.Time) {
	t.Helper()
	var sections []Section
	clear(generated)
	for _, key := range keys {
		if random.IntN(6) > 0 {
			generated[key] = fmt.Sprintf("line\nmachine %d", random.IntN(3))
			sections = append(sections, Section{Key: key, Title: key, Text: generated[key]})
		}
	}
	version := d.Version
	events := d.Regenerate(sections, now)
	if (len(events) == 1) != (d.Version == version+1) {
		t.Fatalf("version went from %d to %d with %d events", version, d.Version, len(events))
	}
	if again := d.Regenerate(sections, now); len(again) != 0 {
		t.Fatalf("drafting the same again recorded %v", again)
	}
}

func check(t *testing.T, d Document, written, generated map[string]string) {
	t.Helper()
	want, got := map[string]string{}, map[string]string{}
	maps.Copy(want, generated)
	for key, text := range written {
		if text != "" {
			want[key] = text
		}
	}
	for _, p := range d.Parts {
		if p.Text() != "" { // a section given back that the machine no longer writes
			got[p.Key] = p.Text()
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("readers see something else (-want +got)\n%s", diff)
	}
}

// writtenOver is a document in which a person has replaced a machine's text,
// and the machine has something new to say.
func writtenOver(t *testing.T, before, now string) Part {
	t.Helper()
	d := Document{Incident: &incident.Incident{ID: 1}, State: Draft}
	d.Regenerate([]Section{{Key: "a", Text: before}}, noon)
	if _, err := d.Write("a", "mine", ann, noon); err != nil {
		t.Fatal(err)
	}
	d.Regenerate([]Section{{Key: "a", Text: now}}, after(1))
	return d.Parts[0]
}

func TestReadersAreToldWhatIsNewSinceAPersonWrote(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before, now string
		news        string
	}{
		{"- one", "- one", ""},
		{"- one", "- one\n- two", "> **The record has changed since this was written.** New is:\n>\n> - two"},
		{"- one\n- two", "- one", "> **The record has changed since this was written;** nothing was added."},
		{"| a |\n| --- |\n| 1 |", "| a |\n| --- |\n| 1 |\n| 2 · 3 |", "> **The record has changed since this was written.** New is:\n>\n> - 2 · 3"},
		{"- x\n- x", "- x\n- x\n- x", "> **The record has changed since this was written.** New is:\n>\n> - x"},
		{"", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl", "> **The record has changed since this was written.** New is:\n>\n> - a\n> - b\n> - c\n> - d\n> - e\n> - f\n> - g\n> - h\n> - i\n> - j\n> - and 2 more lines"},
	} {
		if diff := cmp.Diff(c.news, news(writtenOver(t, c.before, c.now))); diff != "" {
			t.Errorf("from %q to %q (-want +got)\n%s", c.before, c.now, diff)
		}
	}
}

func TestGivingASectionBackShowsTheMachinesTextAgain(t *testing.T) {
	t.Parallel()
	d := drafted(quietFacts())
	for step, text := range []string{"mine", "mine", " \r\n ", ""} {
		events, err := d.Write("trigger", text, ann, noon)
		if err != nil || (len(events) == 1) != (step == 0 || step == 2) {
			t.Fatalf("step %d: %v, %v", step, events, err)
		}
	}
	if diff := cmp.Diff(drafted(quietFacts()).Parts, d.Parts); diff != "" {
		t.Errorf("(-first draft +given back)\n%s", diff)
	}
}

func TestWritingIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	published := drafted(quietFacts())
	published.State = Published
	draft := drafted(quietFacts())
	for name, c := range map[string]struct {
		d         Document
		key, text string
		want      incident.Code
	}{
		"published": {published, "trigger", "x", incident.Conflict},
		"unknown":   {draft, "triger", "x", incident.NotFound},
		"too long":  {draft, "trigger", strings.Repeat("é", MaxText+1), incident.Invalid},
		"just fits": {draft, "trigger", strings.Repeat("é", MaxText), ""},
	} {
		d := c.d.copy()
		_, err := d.Write(c.key, c.text, ann, noon)
		if incident.CodeOf(err) != c.want || (err == nil) != (c.want == "") {
			t.Errorf("%s: %v; want code %q", name, err, c.want)
		}
	}
}

func TestTheReviewGoesThroughReview(t *testing.T) {
	t.Parallel()
	states := []State{Draft, InReview, Published}
	legal := map[[2]State]bool{{Draft, InReview}: true, {InReview, Draft}: true, {InReview, Published}: true, {Published, InReview}: true}
	for _, from := range states {
		for _, to := range append(states, "elsewhere") {
			d := Document{Incident: &incident.Incident{ID: 1}, State: from}
			events, err := d.Advance(to)
			switch {
			case from == to && (err != nil || len(events) != 0 || d.State != from):
				t.Errorf("staying %s: %v, %v", from, events, err)
			case legal[[2]State{from, to}] && (err != nil || len(events) != 1 || d.State != to):
				t.Errorf("%s to %s: %v, %v", from, to, events, err)
			case from != to && !legal[[2]State{from, to}] && (incident.CodeOf(err) == "" || d.State != from):
				t.Errorf("%s to %s is allowed: %v", from, to, err)
			}
		}
	}
}

func TestStatesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]State{"Draft": Draft, "in-review": InReview, " review ": InReview, "published": Published, "done": ""} {
		got, err := ParseState(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseState(%q) = %q, %v", typed, got, err)
		}
	}
}

func TestWhatIsPublishedStaysAsItIs(t *testing.T) {
	t.Parallel()
	d := Document{Incident: &incident.Incident{ID: 1}, State: Draft}
	d.Regenerate([]Section{{Key: "a", Text: "before"}}, noon)
	d.State = Published
	if events := d.Regenerate([]Section{{Key: "a", Text: "now"}}, after(1)); len(events) != 0 || d.Parts[0].Generated != "before" || d.Version != 1 {
		t.Errorf("published: %v, %+v", events, d)
	}
	d.State = InReview
	if events := d.Regenerate([]Section{{Key: "a", Text: "now"}}, after(2)); len(events) != 1 || d.Parts[0].Generated != "now" || d.Version != 2 {
		t.Errorf("taken back: %v, %+v", events, d)
	}
}
