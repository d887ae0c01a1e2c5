package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	namedTest = regexp.MustCompile("`(Test\\w+)(?:/([\\w]+)/([\\w ]+))?`")
	promise   = regexp.MustCompile(`(?m)^- (?:.+\n?(?:  .+\n)*)`)
)

// TestEveryGuaranteeNamesATestThatExists keeps docs/guarantees.md honest.
func TestEveryGuaranteeNamesATestThatExists(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	known := allTests(t)
	promises := promise.FindAllString(string(text), -1)
	if len(promises) == 0 {
		t.Fatal("docs/guarantees.md promises nothing")
	}
	for _, p := range promises {
		tests := namedTest.FindAllStringSubmatch(p, -1)
		if len(tests) == 0 {
			t.Errorf("no test shows: %s", p)
		}
		for _, name := range tests {
			if !strings.Contains(known, "\nfunc "+name[1]+"(") {
				t.Errorf("there is no test %s, which is to show: %s", name[1], p)
			}
			if name[2] != "" && !hasPlay(t, name[2], name[3]) {
				t.Errorf("there is no scenario %s/%s, which is to show: %s", name[2], name[3], p)
			}
		}
	}
}

// allTests is the text of every test file of the project.
func allTests(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, folder := range []string{"cmd", "bot", "incident", "timeline", "postmortem", "integrations", "migrations"} {
		err := filepath.WalkDir(filepath.Join("..", "..", folder), func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			all.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

func hasPlay(t *testing.T, file, play string) bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "scenarios", file+".txtar"))
	return err == nil && strings.Contains(string(text), "\n-- "+play+" --\n")
}
