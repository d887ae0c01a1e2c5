package view

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
)

// question is what a button asks before its click counts: plain text, but for its
// text, which Slack also takes as mrkdwn.
type question struct{ Title, Text, Confirm, Deny struct{ Type, Text string } }

// questions are those of all buttons of a view.
func questions(t *testing.T, v any) []question {
	t.Helper()
	var drawn any
	if err := json.Unmarshal(encode(t, v), &drawn); err != nil {
		t.Fatal(err)
	}
	var all []question
	var look func(any)
	look = func(x any) {
		switch x := x.(type) {
		case []any:
			for _, one := range x {
				look(one)
			}
		case map[string]any:
			for key, one := range x {
				if _, is := one.(map[string]any); is && key == "confirm" && x["type"] != nil {
					all = append(all, readQuestion(t, one))
				}
				look(one)
			}
		}
	}
	look(drawn)
	return all
}

func readQuestion(t *testing.T, x any) (q question) {
	t.Helper()
	raw, err := json.Marshal(x)
	if err == nil {
		err = json.Unmarshal(raw, &q)
	}
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// everywhere puts what somebody wrote wherever a view with such buttons has room for it.
func everywhere(wrote string) map[string]any {
	i := ongoing()
	i.Title, i.Summary, i.Cause = wrote, wrote, wrote
	i.Roles = incident.Roles{incident.Commander: {incident.PersonID(wrote)}}
	m, calendars := aPerson(), someCalendars()
	m.Note, m.Warnings = wrote, []string{wrote}
	for n := range m.Contacts {
		m.Contacts[n].Address, m.Contacts[n].Reason = wrote, wrote
	}
	calendars.Names = map[string]string{"payments": wrote}
	page := aPage()
	page.Title, page.Text, page.Person = wrote, wrote, incident.PersonID(wrote)
	override := oncall.Planned{Override: oncall.Override{ID: 7, Action: oncall.Set, Person: incident.PersonID(wrote), From: noon, Until: noon}, Reason: wrote}
	return map[string]any{
		"card": Card(situation(i)), "triage": Triage(situation(i)), "update due": UpdateDue(i), "me": MeModal(m), "calendars": CalendarsModal(calendars),
		"page": Page(page), "overrides": Overrides(wrote, berlin, []oncall.Planned{override}, "/incident"),
	}
}

var mentions = regexp.MustCompile(`<@[UW][A-Z0-9]+>`)

// TestQuestionsSayNothingThatOthersCanForge: of what people wrote only an escaped id of
// whoever holds a role gets into the question of a button, so that nobody can make it
// read otherwise, wake a channel or show a link.
func TestQuestionsSayNothingThatOthersCanForge(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	for _, wrote := range append([]string{"U0ALICE", "It says *Yes*, <https://evil.example|press it> & <!here>"}, nasty...) {
		for name, v := range everywhere(wrote) {
			for _, q := range questions(t, v) {
				asked[q.Title.Text] = true
				for part, kind := range map[string]string{"title": q.Title.Type, "confirm": q.Confirm.Type, "deny": q.Deny.Type} {
					if kind != "plain_text" {
						t.Errorf("%s: the %s of %q is %s", name, part, q.Title.Text, kind)
					}
				}
				if left := mentions.ReplaceAllString(q.Text.Text, ""); strings.ContainsAny(left, "<>") || specials.MatchString(left) || forged.MatchString(q.Text.Text) {
					t.Errorf("%s: %q asks with markup: %q", name, q.Title.Text, q.Text.Text)
				}
			}
		}
	}
	want := []string{"Accept it?", "Back to the usual order?", "Disable it?", "Is it over?", "Is the impact contained?", "No further update?",
		"Page the next step?", "Remove it?", "Revoke it?", "Take over command?"}
	if got := slices.Sorted(maps.Keys(asked)); !slices.Equal(got, want) {
		t.Errorf("the questions are %q; want %q", got, want)
	}
}
