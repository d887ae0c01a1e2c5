package page_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// emojiCode is an emoji as Slack's texts name it.
var emojiCode = regexp.MustCompile(`:([a-z][a-z0-9_+-]*):`)

// noEmoji are texts between two colons that are something else.
var noEmoji = map[string]bool{"write": true} // the end of a scope's name

// Every code that the bot writes has a picture on the page, or people read the code.
func TestEachEmojiOfTheBotHasAPicture(t *testing.T) {
	t.Parallel()
	known := knownEmoji(t)
	said := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "slacksim" {
			return errorOrSkip(err)
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		for _, code := range emojiIn(t, path) {
			if said++; !known[code] {
				t.Errorf("%s says :%s:, which static/emoji.js does not know", path, code)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if said < 50 {
		t.Errorf("%d codes were found; the bot writes more", said)
	}
}

func errorOrSkip(err error) error {
	if err != nil {
		return err
	}
	return fs.SkipDir
}

// knownEmoji are the names of the page's table.
func knownEmoji(t *testing.T) map[string]bool {
	t.Helper()
	script, err := os.ReadFile("static/emoji.js")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(script), "const table = `")
	table, _, _ := strings.Cut(rest, "`;")
	words := strings.Fields(table)
	if len(words)%2 != 0 || len(words) == 0 {
		t.Fatalf("the table has %d words, so a name lacks its picture", len(words))
	}
	known := map[string]bool{}
	for n := 0; n < len(words); n += 2 {
		known[words[n]] = true
	}
	return known
}

// emojiIn are the codes in the texts of a Go file.
func emojiIn(t *testing.T, path string) (codes []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range emojiCode.FindAllStringSubmatch(text, -1) {
			if !noEmoji[found[1]] {
				codes = append(codes, found[1])
			}
		}
		return true
	})
	return codes
}
