package bot

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

var methodName = regexp.MustCompile(`^(apps|auth|bookmarks|bots|canvases|chat|conversations|dnd|emoji|files|pins|reactions|reminders|team|usergroups|users|views)\.[A-Za-z.]+$`)

// calledMethods are the methods whose names our code hands to a function, as the
// outbound side does with every call.
func calledMethods(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				found = append(found, methodsAmong(call.Args)...)
			}
			return true
		})
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func methodsAmong(args []ast.Expr) (found []string) {
	for _, arg := range args {
		lit, ok := arg.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			continue
		}
		if text, err := strconv.Unquote(lit.Value); err == nil && methodName.MatchString(text) {
			found = append(found, text)
		}
	}
	return found
}

func TestEveryMethodWeCallHasItsScopesAndNoOther(t *testing.T) {
	t.Parallel()
	called := calledMethods(t)
	if len(called) < 20 {
		t.Fatalf("found only %d methods; the test looks in the wrong place", len(called))
	}
	for _, method := range called {
		if _, ok := methodScopes[method]; !ok {
			t.Errorf("%s is called, but methodScopes has no row for it", method)
		}
	}
	for method := range methodScopes {
		if !slices.Contains(called, method) {
			t.Errorf("methodScopes has a row for %s, which is never called: we would ask for a right we do not use", method)
		}
	}
}

func TestEveryEventHasItsScopesAndNoOther(t *testing.T) {
	t.Parallel()
	for _, event := range BotEvents() {
		if _, ok := eventScopes[event]; !ok {
			t.Errorf("we subscribe to %s, but eventScopes has no row for it", event)
		}
	}
	for event := range eventScopes {
		if !slices.Contains(BotEvents(), event) {
			t.Errorf("eventScopes has a row for %s, to which we do not subscribe", event)
		}
	}
}

func TestScopesAreThoseOfSlacksDefinitions(t *testing.T) {
	t.Parallel()
	dir := sharedSlack(t)
	for method, scopes := range methodScopes {
		raw, err := os.ReadFile(filepath.Join(dir, method+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var definition struct {
			Scope struct{ Bot []string } `json:"scope"`
		}
		if err := json.Unmarshal(raw, &definition); err != nil {
			t.Fatal(err)
		}
		if len(scopes) == 0 && len(definition.Scope.Bot) > 0 {
			t.Errorf("%s needs one of %v", method, definition.Scope.Bot)
		}
		for _, s := range scopes {
			if !slices.Contains(definition.Scope.Bot, s) && s != "users:read" {
				t.Errorf("%s does not take %s; Slack wants one of %v", method, s, definition.Scope.Bot)
			}
		}
	}
}

func TestManifestIsAcceptedBySlacksSchema(t *testing.T) {
	t.Parallel()
	compiler := jsonschema.NewCompiler()
	compiler.UseRegexpEngine(withoutLookahead)
	schema, err := compiler.Compile(filepath.Join(sharedSlack(t), "..", "manifest", "manifest.schema.2.0.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(encoded(t, Manifest("/incident", "Tocsin")))))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Error(err)
	}
}

var lookahead = regexp.MustCompile(`\(\?![^)]*\)`)

// withoutLookahead compiles a pattern of the schema; Go has no lookahead, and
// those there only concern domains, of which we name none.
func withoutLookahead(pattern string) (jsonschema.Regexp, error) {
	return regexp.Compile(lookahead.ReplaceAllString(pattern, ""))
}

func TestManifestIsAcceptedByTheWorkspace(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Tocsin", "Ops Bot (EU)", "警報", strings.Repeat("é", 50)} {
		if err := slacksim.ValidateManifest(encoded(t, Manifest("/störung", name))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManifestHoldsWhatIsHandled(t *testing.T) {
	t.Parallel()
	m := Manifest("/sev", "Tocsin")
	if got := m.Features.Commands; len(got) != 1 || got[0].Command != "/sev" || !got[0].Escape || !strings.HasPrefix(got[0].Hint, "declare ") {
		t.Errorf("commands = %+v", got)
	}
	if len(m.Features.Shortcuts) != len(shortcuts()) {
		t.Errorf("%d shortcuts, want %d", len(m.Features.Shortcuts), len(shortcuts()))
	}
	if !m.Settings.SocketMode || !m.Settings.Interactivity.Enabled || !m.Features.Home.HomeTab || m.Settings.TokenRotation {
		t.Errorf("settings = %+v, home = %+v", m.Settings, m.Features.Home)
	}
	if !slices.Equal(m.OAuth.Scopes.Bot, Scopes()) || !slices.Equal(m.Settings.Events.Bot, BotEvents()) {
		t.Errorf("scopes %v, events %v", m.OAuth.Scopes.Bot, m.Settings.Events.Bot)
	}
}

func encoded(t *testing.T, m AppManifest) []byte {
	t.Helper()
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
