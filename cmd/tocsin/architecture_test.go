package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the import path that every package of ours starts with.
const module = "github.com/tocsinhq/tocsin/"

// The folders that may stand at the top, next to dot folders.
var topLevel = []string{"cmd", "bot", "incident", "timeline", "postmortem", "integrations", "migrations", "docs"}

// source is one Go file: its path from the module's root, and its text.
type source struct{ path, text string }

// parsed is what the rules look at.
type parsed struct {
	path    string // bot/view/card.go
	dir     string // bot/view
	test    bool   // *_test.go
	files   *token.FileSet
	syntax  *ast.File
	imports []imported
}

type imported struct {
	path string // as written
	ours string // "incident/oncall" for ours, else empty
	name string // the name it goes by in this file
	pos  token.Pos
}

// violation is one broken rule with its place and its reason.
type violation struct{ where, what, why string }

func (v violation) String() string { return fmt.Sprintf("%s: %s\n\twhy: %s", v.where, v.what, v.why) }

// rules holds every rule that is about one file. Each returns what it found.
var rules = []func(parsed) []violation{
	arrowsRunOneWay,
	islandsImportNothingOfOurs,
	integrationsStandAlone,
	simulatorsServeTestsAndCommands,
	browsersBelongToTests,
	vendorsHaveOneHome,
	databaseHasItsFiles,
	viewsArePure,
	packagesHaveNames,
	testsDoNotSleep,
	nothingHappensBeforeMain,
}

func TestArchitecture(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	sources, err := goFiles(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 10 {
		t.Fatalf("found only %d Go files under %s; the test looks in the wrong place", len(sources), root)
	}
	folders, err := topFolders(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range append(checkSources(sources), checkFolders(folders)...) {
		t.Error(v)
	}
}

// goFiles reads every Go file of the module.
func goFiles(root string) ([]source, error) {
	var found []source
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // vanished while we walked: an editor's temporary file
		}
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && file != root && (name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".")) {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		found = append(found, source{filepath.ToSlash(rel), string(text)})
		return err
	})
	return found, err
}

func topFolders(root string) ([]string, error) {
	entries, err := os.ReadDir(root)
	var folders []string
	for _, e := range entries {
		if e.IsDir() {
			folders = append(folders, e.Name())
		}
	}
	return folders, err
}

// checkFolders allows the folders of the plan, dot folders, and bin, which git ignores.
func checkFolders(folders []string) []violation {
	var found []violation
	for _, f := range folders {
		if f == "bin" || strings.HasPrefix(f, ".") || slices.Contains(topLevel, f) {
			continue
		}
		found = append(found, violation{f + "/", "is not one of the folders at the top",
			"the top level is fixed so that a newcomer finds everything: " + strings.Join(topLevel, " ")})
	}
	return found
}

// checkSources runs every rule over every file. A file that does not parse is
// a violation too: a rule that cannot look must not pass.
func checkSources(sources []source) []violation {
	var found []violation
	for _, s := range sources {
		p, err := parseSource(s)
		if err != nil {
			found = append(found, violation{s.path, err.Error(), "what cannot be read cannot be checked"})
			continue
		}
		for _, rule := range rules {
			found = append(found, rule(p)...)
		}
	}
	return found
}

func parseSource(s source) (parsed, error) {
	p := parsed{path: s.path, dir: path.Dir(s.path), test: strings.HasSuffix(s.path, "_test.go"), files: token.NewFileSet()}
	var err error
	p.syntax, err = parser.ParseFile(p.files, s.path, s.text, parser.SkipObjectResolution)
	if err != nil {
		return p, err
	}
	for _, spec := range p.syntax.Imports {
		at, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return p, err
		}
		i := imported{path: at, name: path.Base(at), pos: spec.Pos()}
		if rest, ok := strings.CutPrefix(at, module); ok {
			i.ours = rest
		}
		if spec.Name != nil {
			i.name = spec.Name.Name
		}
		p.imports = append(p.imports, i)
	}
	return p, nil
}

// imports reports whether p imports the package under exactly this path.
func (p parsed) importsPackage(at string) (imported, bool) {
	for _, i := range p.imports {
		if i.path == at {
			return i, true
		}
	}
	return imported{}, false
}

// at is a violation at one place of the file.
func (p parsed) at(pos token.Pos, why, format string, args ...any) violation {
	where := fmt.Sprintf("%s:%d", p.path, p.files.Position(pos).Line)
	return violation{where, fmt.Sprintf(format, args...), why}
}

// within reports whether a package path is the folder or lies below it.
func within(dir, folder string) bool {
	return dir == folder || strings.HasPrefix(dir, folder+"/")
}

// withinAny reports whether dir lies in one of the folders.
func withinAny(dir string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return within(dir, f) })
}
