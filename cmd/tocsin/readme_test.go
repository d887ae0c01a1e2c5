package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const readmePath = "../../README.md"

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// between returns what stands between <!-- name --> and the next <!-- end -->.
func between(t *testing.T, text, name string) (before, inside, after string) {
	t.Helper()
	before, rest, found := strings.Cut(text, "<!-- "+name+" -->\n")
	inside, after, ended := strings.Cut(rest, "<!-- end -->")
	if !found || !ended {
		t.Fatalf("the README has no part marked %q", name)
	}
	return before + "<!-- " + name + " -->\n", inside, "<!-- end -->" + after
}

func TestREADMETablesAreTrue(t *testing.T) {
	t.Parallel()
	text := readme(t)
	for name, table := range map[string]string{"commands": commandTable(), "emoji": emojiTable(), "settings": settingsTable()} {
		before, _, after := between(t, text, name)
		text = before + table + after
	}
	golden(t, readmePath, text)
}

var quoted = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")

func TestREADMEMapsTheFolders(t *testing.T) {
	t.Parallel()
	_, list, _ := between(t, readme(t), "folders")
	var named []string
	for _, match := range quoted.FindAllStringSubmatch(list, -1) {
		named = append(named, match[1])
		if info, err := os.Stat(filepath.Join("..", "..", match[1])); err != nil || !info.IsDir() {
			t.Errorf("the README names the folder %s, which is not there", match[1])
		}
	}
	for _, folder := range foldersToMap(t) {
		if !slices.ContainsFunc(named, func(n string) bool { return n == folder || strings.HasPrefix(n, folder+"/") }) {
			t.Errorf("the README does not say what %s is for", folder)
		}
	}
}

// foldersToMap are those of the first and second level that hold Go, SQL or prose.
func foldersToMap(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, top := range topLevel {
		all = append(all, top)
		below, err := os.ReadDir(filepath.Join("..", "..", top))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range below {
			if e.IsDir() && e.Name() != "testdata" && !strings.HasPrefix(e.Name(), ".") {
				all = append(all, top+"/"+e.Name())
			}
		}
	}
	return all
}

var (
	gateCall  = regexp.MustCompile(`(?m)^\.ci/run ([a-z ]+?) *(?:#.*)?$`)
	makeCall  = regexp.MustCompile(`(?m)^make ([a-z]+)`)
	ownCall   = regexp.MustCompile("(?:`|\\s)(?:bin/tocsin|go run ./cmd/tocsin|tocsin) ([a-z]+)(?: --([a-z]+))?[`\\s]")
	testCall  = regexp.MustCompile(`go test (\./[^ \n]*) -run '([^']+)'`)
	linkedDoc = regexp.MustCompile(`\]\(([^):]+)\)`)
)

func TestREADMENamesWhatIsThere(t *testing.T) {
	t.Parallel()
	text := readme(t)
	gate, makefile := read(t, "../../.ci/run"), read(t, "../../Makefile")
	for _, m := range gateCall.FindAllStringSubmatch(text, -1) {
		for step := range strings.FieldsSeq(m[1]) {
			if !strings.Contains(gate, "\n"+strings.ReplaceAll(step, "-", "_")+"() {") {
				t.Errorf(".ci/run has no step %s", step)
			}
		}
	}
	for _, m := range makeCall.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(makefile, "\n"+m[1]+":") {
			t.Errorf("the Makefile has no target %s", m[1])
		}
	}
	if !strings.Contains(makefile, "go test ./...") || !strings.Contains(gate, "go test -race -timeout 12m ./...") {
		t.Error("go test ./... is not what make test and the gate run")
	}
	calls := ownCall.FindAllStringSubmatch(text, -1)
	for _, m := range calls {
		out, _, code := run(t, nil, m[1], "--help")
		if code != exitOK || m[2] != "" && !strings.Contains(out, "--"+m[2]) {
			t.Errorf("there is no command: tocsin %s --%s", m[1], m[2])
		}
	}
	if len(calls) < 6 {
		t.Errorf("found only %d calls of tocsin: %v", len(calls), calls)
	}
}

func TestREADMELinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"README.md", "docs/architecture.md", "docs/design.md", "integrations/README.md"} {
		for _, m := range linkedDoc.FindAllStringSubmatch(read(t, "../../"+name), -1) {
			if filepath.Ext(m[1]) == ".png" {
				continue // a picture of the demo, made apart from the tests
			}
			if _, err := os.Stat(filepath.Join("..", "..", filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
	}
}

func TestREADMEAsksForTestsThatExist(t *testing.T) {
	t.Parallel()
	tests := read(t, "readme_test.go") + read(t, "command_manifest_test.go")
	for _, m := range testCall.FindAllStringSubmatch(readme(t), -1) {
		for name := range strings.SplitSeq(m[2], "|") {
			if !strings.Contains(tests, "func "+name) {
				t.Errorf("no test begins with %s", name)
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
