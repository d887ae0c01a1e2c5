package slacksim

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shape is what Slack was seen answering: JSON types by path.
type shape map[string]map[string]bool

var dynamicKey = regexp.MustCompile(`^[A-Z][A-Z0-9_]{3,}$`)

func kindOfJSON(x any) string {
	switch x.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case string:
		return "string"
	case float64:
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

// walk visits every value with its path; ids used as keys become *.
func walk(path string, x any, visit func(path string, x any) bool) {
	if !visit(path, x) {
		return
	}
	switch x := x.(type) {
	case object:
		for key, value := range x {
			if dynamicKey.MatchString(key) {
				key = "*"
			}
			walk(path+"."+key, value, visit)
		}
	case []any:
		for _, value := range x {
			walk(path+"[]", value, visit)
		}
	}
}

func (s shape) learn(x any) {
	walk("", x, func(path string, x any) bool {
		if s[path] == nil {
			s[path] = map[string]bool{}
		}
		s[path][kindOfJSON(x)] = true
		return true
	})
}

// opaque are the parts that apps or people wrote, which Slack passes on.
var opaque = regexp.MustCompile(`\.(blocks|attachments|event_payload|values|args)$|\.view\.(title|submit|close)$|\.emoji$`)

func (s shape) unseen(x any) []string {
	var found []string
	walk("", x, func(path string, x any) bool {
		kind := kindOfJSON(x)
		if kind == "null" || path == "" {
			return kind != "null"
		}
		if !s[path][kind] && !(opaque.MatchString(path) && len(s[path]) > 0) {
			found = append(found, path+" ("+kind+")")
			return false
		}
		return !opaque.MatchString(path)
	})
	return found
}

type definition struct {
	Output struct {
		Properties map[string]struct{ Type string } `json:"properties"`
	} `json:"output"`
	Errors   map[string]any `json:"errors"`
	Examples map[string]struct {
		Example any `json:"example"`
	} `json:"examples"`
}

// knownAnswers is the shape of a method's answers and the errors it may give.
func knownAnswers(t *testing.T, method string) (shape, map[string]bool) {
	t.Helper()
	seen, errors := shape{}, map[string]bool{}
	folder := slackData(t)
	for _, name := range []string{method + ".json", method + ".full.json"} {
		raw, err := os.ReadFile(filepath.Join(folder, "responses", name))
		if err != nil {
			continue
		}
		var recorded any
		if err := json.Unmarshal(raw, &recorded); err != nil {
			t.Fatal(err)
		}
		seen.learn(recorded)
	}
	seen.borrow(t, method)
	var d definition
	readSlackData(t, &d, "methods", method+".json")
	for _, e := range d.Examples {
		seen.learn(e.Example)
	}
	for name, p := range d.Output.Properties {
		if kind := map[string]string{"integer": "number", "boolean": "bool"}[p.Type]; kind != "" {
			seen["."+name] = map[string]bool{kind: true}
		} else if p.Type != "" {
			seen["."+name] = map[string]bool{p.Type: true}
		}
	}
	var common struct {
		Errors map[string]any `json:"errors"`
	}
	readSlackData(t, &common, "methods", "_common_errors.json")
	for _, list := range []map[string]any{d.Errors, common.Errors} {
		for code := range list {
			errors[code] = true
		}
	}
	return seen, errors
}

// borrowed says where else Slack returns messages as conversations.history
// does: the recordings of these methods met few kinds of message.
var borrowed = map[string]func(message any) any{
	"conversations.replies": func(m any) any { return object{"messages": []any{m}} },
	"pins.list":             func(m any) any { return object{"items": []any{object{"message": m}}} },
	"chat.update":           func(m any) any { return object{"message": m} },
}

func (s shape) borrow(t *testing.T, method string) {
	in, borrows := borrowed[method]
	if !borrows {
		return
	}
	var history struct {
		Messages []any `json:"messages"`
	}
	readSlackData(t, &history, "responses", "conversations.history.json")
	for _, m := range history.Messages {
		s.learn(in(m))
	}
}

// unlisted are errors that Slack is known to give without listing them.
var unlisted = map[string]string{"conversations.unarchive": "not_in_channel"}

// envelopeFields may stand in every answer (Slack's protocol, not a method's).
var envelopeFields = map[string]string{
	".warning": "string", ".response_metadata": "object", ".response_metadata.warnings": "array", ".response_metadata.warnings[]": "string",
	".response_metadata.messages": "array", ".response_metadata.messages[]": "string", ".errors": "array", ".errors[]": "string",
	".needed": "string", ".provided": "string", ".ok": "bool", ".error": "string",
}

// conforms holds everything the workspace answered against what Slack is known
// to answer.
func conforms(t *testing.T, w *Workspace) {
	t.Helper()
	told := map[string]bool{}
	for _, c := range w.Calls("") {
		if _, known := methods[c.Method]; !known {
			continue
		}
		seen, errors := knownAnswers(t, c.Method)
		for path, kind := range envelopeFields {
			if seen[path] == nil {
				seen[path] = map[string]bool{}
			}
			seen[path][kind] = true
		}
		var answer object
		raw, err := json.Marshal(c.Answer)
		if err != nil || json.Unmarshal(raw, &answer) != nil {
			t.Fatal(err)
		}
		if code, _ := answer["error"].(string); code != "" && !errors[code] && code != "invalid_arguments" && unlisted[c.Method] != code {
			t.Errorf("%s answered %q, which Slack does not list", c.Method, code)
		}
		if strange := seen.unseen(answer); len(strange) > 0 && !told[c.Method] {
			told[c.Method] = true
			t.Errorf("%s answered what Slack was never seen answering: %s", c.Method, strings.Join(strange, ", "))
		}
	}
}
