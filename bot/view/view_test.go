package view

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

func TestRoomName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		title string
		try   int
		want  string
	}{
		{"Checkout is down", 0, "inc-42-checkout-is-down"},
		{"Checkout is down", 1, "inc-42-checkout-is-down-2"},
		{"Checkout is down", 2, "inc-42-checkout-is-down-3"},
		{strings.Repeat("x", 200), 1, "inc-42-" + strings.Repeat("x", 71) + "-2"},
		{"🔥", 4, "inc-42-5"},
		{"مشكلة", 0, "inc-42-mshkl"},
	} {
		if got := RoomName(42, c.title, c.try); got != c.want || len(got) > MaxChannelName {
			t.Errorf("RoomName(%q, %d) = %q, want %q", c.title, c.try, got, c.want)
		}
	}
}

func TestRoomTopic(t *testing.T) {
	t.Parallel()
	tomorrow := ongoing()
	tomorrow.UpdateDueAt = noon.Add(24 * time.Hour)
	for _, c := range []struct {
		i    *incident.Incident
		name string
		want string
	}{
		{ongoing(), "alice", "SEV1 · active · IC @alice · next update 12:30 UTC"},
		{ongoing(), "@Alice A.", "SEV1 · active · IC @Alice A. · next update 12:30 UTC"},
		{tomorrow, "alice", "SEV1 · active · IC @alice · next update 22 Nov 12:00 UTC"},
		{fresh(), "", "SEV3 · active · no IC yet"},
		{over(incident.StatusClosed), "", "SEV1 · closed"},
		{ongoing(), "<!channel>", "SEV1 · active · IC @&lt;!channel&gt; · next update 12:30 UTC"},
	} {
		got := RoomTopic(c.i, c.name)
		if got != c.want || specials.MatchString(got) {
			t.Errorf("RoomTopic(%s, %q) = %q, want %q", c.i, c.name, got, c.want)
		}
	}
}

func TestBookmarksAreOnlyWhatExists(t *testing.T) {
	t.Parallel()
	want := []Bookmark{{"Ticket", "https://acme.atlassian.net/browse/OPS-7"}, {"Postmortem", "https://tocsin.example/postmortems/k3y"}}
	if diff := cmp.Diff(want, Bookmarks(situation(ongoing()))); diff != "" {
		t.Errorf("bookmarks (-want +got):\n%s", diff)
	}
	early := Situation{Incident: fresh(), Tickets: []Ticket{{Reason: "Jira does not answer"}}, PostmortemURL: "javascript:alert(1)"}
	if got := Bookmarks(early); len(got) != 0 {
		t.Errorf("bookmarks of what does not exist: %v", got)
	}
}

func TestOriginSurvivesTheForm(t *testing.T) {
	t.Parallel()
	m := &incident.Message{Channel: "C1", TS: "1.2", Author: alice, Text: "<b> & “tea”", Permalink: "https://x.example", PostedAt: noon, Files: []incident.File{{ID: "F1", Name: "graph.png", Size: 7}}}
	channel, got := DecodeOrigin(EncodeOrigin("C9", m))
	if diff := cmp.Diff(m, got); diff != "" || channel != "C9" {
		t.Errorf("channel %q, message (-put +got):\n%s", channel, diff)
	}
	if channel, got := DecodeOrigin(EncodeOrigin("", nil)); channel != "" || got != nil {
		t.Errorf("nothing became %q, %v", channel, got)
	}
	for _, junk := range []string{"", ":", "INC-42:C1", ":{", `{"channel":"C1"}`} {
		if channel, got := DecodeOrigin(junk); channel != "" || got != nil {
			t.Errorf("DecodeOrigin(%q) = %q, %v", junk, channel, got)
		}
	}
}

func TestOriginAlwaysFits(t *testing.T) {
	t.Parallel()
	d := dice{rand.New(rand.NewPCG(7, 7))}
	for range 300 {
		m := d.message()
		packed := EncodeOrigin("C1", &m)
		channel, got := DecodeOrigin(packed)
		if len(packed) > MaxPrivateMetadata || !strings.HasPrefix(packed, ":") || channel != "C1" {
			t.Fatalf("%d bytes, channel %q: %.80q", len(packed), channel, packed)
		}
		if len(m.Permalink) < 1_000 && (got == nil || got.TS != m.TS || got.Permalink != strings.ToValidUTF8(m.Permalink, "\ufffd")) {
			t.Fatalf("what identifies the message was lost: %+v", got)
		}
	}
}

func TestQuoteClosesCodeBlocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		max  int
		want string
	}{
		{"one\ntwo", 100, "> one\n> two"},
		{"  ", 100, ""},
		{"<@U1> & co", 100, "> @U1 &amp; co"},
		{"```a\nb```", 100, "```a\nb```"},
		{"```a\nb", 100, "```a\nb\n```"},
		{"```" + strings.Repeat("a", 50) + "```", 20, "```" + strings.Repeat("a", 12) + "…\n```"},
	} {
		if got := quote(c.in, c.max); got != c.want {
			t.Errorf("quote(%q, %d) = %q, want %q", c.in, c.max, got, c.want)
		}
	}
	if got := typed.Replace(said("a ```b\nc", 100)); got != "a ```b c" {
		t.Errorf("said = %q", got)
	}
}

func TestListCountsWhatItDoesNotShow(t *testing.T) {
	t.Parallel()
	raw := string(encode(t, List(slicesOf(ongoing(), 25), false, "/incident")))
	if n := strings.Count(raw, "*INC-42*"); n != 20 || !strings.Contains(raw, "and 5 more") {
		t.Errorf("%d of 25 are shown in %s", n, raw)
	}
}

func TestPrivateIncidentsSaySo(t *testing.T) {
	t.Parallel()
	i := ongoing()
	i.Private = true
	s := situation(i)
	for _, m := range []Message{Card(s), Status(s), Brief(s), Declared(i, nil, Paged{}, "/incident"), Duties(i, incident.Comms, "/incident")} {
		if !strings.Contains(string(encode(t, m)), ":lock: private") {
			t.Errorf("nothing says that it is private: %s", m.Text)
		}
	}
}

func TestStepsAreHiddenWhenAllIsInPlace(t *testing.T) {
	t.Parallel()
	s := situation(ongoing())
	if got := steps(s); len(got) != 0 {
		t.Errorf("steps = %q", got)
	}
	s.Steps = append(s.Steps, Step{Name: "topic", State: StepFailed, Reason: "the channel is archived"}, Step{Name: "invitations", State: StepSkipped})
	if diff := cmp.Diff([]string{":x: Not done: *channel topic*: the channel is archived"}, steps(s)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}
