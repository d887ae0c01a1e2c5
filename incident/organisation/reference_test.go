package organisation

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the reference of keys into docs/organisation.md")

const referenceFile = "../../docs/organisation.md"

// TestReferenceNamesEveryKey keeps the tables of the documentation equal to the
// tags. After changing one, run `go test ./incident/organisation -update`.
func TestReferenceNamesEveryKey(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), "<!-- reference -->\n")
	_, after, ends := strings.Cut(rest, "<!-- end -->")
	if !begins || !ends {
		t.Fatal("the page has no part marked reference")
	}
	want := before + "<!-- reference -->\n" + reference() + "<!-- end -->" + after
	if *update {
		if err := os.WriteFile(referenceFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(text), want); d != "" {
		t.Errorf("docs/organisation.md is not what the tags say; run `go test ./incident/organisation -update` (-file +tags):\n%s", d)
	}
}

// reference is a table of every group of keys, outermost first.
func reference() string {
	var b strings.Builder
	table(&b, "The file", reflect.TypeFor[Document]())
	return b.String()
}

func table(b *strings.Builder, path string, t reflect.Type) {
	fmt.Fprintf(b, "\n### %s\n\n| key | is | default | meaning |\n|---|---|---|---|\n", path)
	type group struct {
		path string
		kind reflect.Type
	}
	var below []group
	for i, f := range fieldsOf(t) {
		kind, inner := written(t.Field(i).Type)
		if inner != nil {
			below = append(below, group{standing(path, f.key, t.Field(i).Type), inner})
		}
		def := f.def
		if f.need {
			def = "required"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.key, kind, def, strings.ReplaceAll(f.help, "|", `\|`))
	}
	for _, g := range below {
		table(b, g.path, g.kind)
	}
}

// standing is where the keys of a group stand.
func standing(path, key string, t reflect.Type) string {
	if path == "The file" {
		path = ""
	}
	switch t.Kind() {
	case reflect.Map:
		return join(path, key) + ".NAME"
	case reflect.Slice:
		return join(path, key) + "[]"
	}
	return join(path, key)
}

// written says in words what a key holds; inner is the group below it, if any.
func written(t reflect.Type) (kind string, inner reflect.Type) {
	switch {
	case t == reflect.TypeFor[*Duration]():
		return "duration", nil
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		return "group", t.Elem()
	case t.Kind() == reflect.Pointer:
		return "number", nil
	case t.Kind() == reflect.Map:
		return "groups by name", t.Elem()
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return "list of groups", t.Elem()
	case t.Kind() == reflect.Slice:
		return "list", nil
	}
	return "text", nil
}

// TestExampleShowsEveryKey keeps the commented example complete.
func TestExampleShowsEveryKey(t *testing.T) {
	t.Parallel()
	_, l := decode(example(t))
	shown := map[string]bool{}
	for path := range l.lines {
		shown[path[strings.LastIndex(path, ".")+1:]] = true
	}
	var keys func(reflect.Type)
	keys = func(t0 reflect.Type) {
		for i, f := range fieldsOf(t0) {
			if !shown[f.key] {
				t.Errorf("docs/organisation.yaml does not show the key %s of a %s", f.key, t0.Name())
			}
			if f.help == "" {
				t.Errorf("the key %s of a %s has no help", f.key, t0.Name())
			}
			if _, inner := written(t0.Field(i).Type); inner != nil {
				keys(inner)
			}
		}
	}
	keys(reflect.TypeFor[Document]())
}
