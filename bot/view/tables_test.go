package view

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/incident"
)

// table reads the names that begin the rows of one of the bot's tables. The bot
// draws with this package, so its tables cannot be imported here.
func table(t *testing.T, path string) map[string]bool {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, row := range regexp.MustCompile(`\{"([a-z_]+)", \(\*Bot\)\.`).FindAllSubmatch(source, -1) {
		names[string(row[1])] = true
	}
	if len(names) < 5 {
		t.Fatalf("%s has only %d rows that could be read", path, len(names))
	}
	return names
}

func TestEveryClickAndFormHasAHandler(t *testing.T) {
	t.Parallel()
	actions, forms := table(t, "../interactions.go"), table(t, "../modals.go")
	for name, v := range goldens() {
		var view map[string]any
		if err := json.Unmarshal(encode(t, v), &view); err != nil {
			t.Fatal(err)
		}
		if callback, isModal := view["callback_id"].(string); isModal && !forms[callback] {
			t.Errorf("%s: no row for the form %q", name, callback)
		}
		for _, e := range clickables(view["blocks"]) {
			action, _, _ := strings.Cut(e["action_id"].(string), ":")
			if !actions[action] {
				t.Errorf("%s: no row for the action %q", name, action)
			}
			mustNameIncident(t, name, e)
		}
	}
}

func TestEveryRowOfTheTablesIsEmitted(t *testing.T) {
	t.Parallel()
	emitted := map[string]bool{}
	for _, v := range goldens() {
		var view map[string]any
		if err := json.Unmarshal(encode(t, v), &view); err != nil {
			t.Fatal(err)
		}
		if callback, isModal := view["callback_id"].(string); isModal {
			emitted[callback] = true
		}
		for _, e := range clickables(view["blocks"]) {
			action, _, _ := strings.Cut(e["action_id"].(string), ":")
			emitted[action] = true
		}
	}
	for _, path := range []string{"../interactions.go", "../modals.go"} {
		for name := range table(t, path) {
			if !emitted[name] {
				t.Errorf("%s: no view has %q; the row can go, or a golden is missing", path, name)
			}
		}
	}
}

// clickables are the elements outside inputs.
func clickables(x any) []map[string]any {
	var found []map[string]any
	switch x := x.(type) {
	case []any:
		for _, each := range x {
			found = append(found, clickables(each)...)
		}
	case map[string]any:
		if x["type"] == "input" {
			return nil
		}
		if _, ok := x["action_id"]; ok {
			return append(found, x)
		}
		for _, each := range x {
			found = append(found, clickables(each)...)
		}
	}
	return found
}

// mustNameIncident wants the incident's number in the value, but for what is about
// no incident.
func mustNameIncident(t *testing.T, view string, e map[string]any) {
	t.Helper()
	values := []any{e["value"]}
	if options, ok := e["options"].([]any); ok {
		values = values[:0]
		for _, o := range options {
			values = append(values, o.(map[string]any)["value"])
		}
	}
	for _, v := range values {
		value, _ := v.(string)
		number, _, _ := strings.Cut(value, ":")
		if _, err := incident.ParseID(number); err != nil && e["action_id"] != "open_declare" && !strings.HasPrefix(value, ":") && !strings.HasPrefix(e["action_id"].(string), "page_") && e["url"] == nil {
			t.Errorf("%s: the value %q of %s names no incident", view, value, e["action_id"])
		}
	}
}

func TestFormsRememberIncidentAndChannel(t *testing.T) {
	t.Parallel()
	for name, v := range goldens() {
		var view struct {
			Callback string `json:"callback_id"`
			Private  string `json:"private_metadata"`
		}
		if err := json.Unmarshal(encode(t, v), &view); err != nil {
			t.Fatal(err)
		}
		switch view.Callback {
		case "", "notice":
		case "override", "cover", "me_add", "me_verify", "me_rules", "me_outcomes": // about no incident
		case "page":
			if !regexp.MustCompile(`^(INC-4[23])?:C0ROOM$`).MatchString(view.Private) {
				t.Errorf("%s remembers %q", name, view.Private)
			}
		case "declare":
			if channel, _ := DecodeOrigin(view.Private); channel != "C0OPS" {
				t.Errorf("%s remembers %q", name, view.Private)
			}
		default:
			if !regexp.MustCompile(`^INC-4[23]:C0ROOM$`).MatchString(view.Private) {
				t.Errorf("%s remembers %q", name, view.Private)
			}
		}
	}
}

// places are the actions of a row of buttons, from left to right.
func places(t *testing.T, m Message, row int) []string {
	t.Helper()
	var view struct {
		Blocks []struct {
			Type     string
			Elements []struct {
				ActionID string `json:"action_id"`
			}
		}
	}
	if err := json.Unmarshal(encode(t, m), &view); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, b := range view.Blocks {
		if b.Type != "actions" {
			continue
		}
		if row--; row == 0 {
			for _, e := range b.Elements {
				found = append(found, e.ActionID)
			}
		}
	}
	return found
}

func TestCardButtonsKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	first := map[int][]string{1: places(t, Card(situation(ongoing())), 1), 2: places(t, Card(situation(ongoing())), 2)}
	if got := strings.Join(first[1], " "); got != "take_command open_roles open_update mitigate open_resolve" {
		t.Errorf("the first row is %s", got)
	}
	instead := map[string]string{"take_command": "open_reopen", "mitigate": "open_postmortem", "open_resolve": "open_close"}
	for _, status := range incident.Statuses() {
		i := over(status)
		for row, want := range first {
			for place, got := range places(t, Card(situation(i)), row) {
				if got != want[place] && got != instead[want[place]] {
					t.Errorf("%s: %s stands in the place of %s", status, got, want[place])
				}
			}
		}
	}
}
