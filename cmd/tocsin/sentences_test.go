package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// sentenceOf is the reverse of form: a sentence as docs/scenarios.md writes it.
func sentenceOf(s sentence) string {
	return strings.NewReplacer(
		`^`, "", `$`, "", `\s+`, " ", `([a-z]+)`, "PERSON", `(#\S+)`, "CHANNEL", `"([^"]*)"`, "QUOTED", `(.+)`, "TEXT", `(\S+)`, "WORD", `(INC-\d+)`, "ID",
	).Replace(s.form.String())
}

func TestDocumentListsTheSentences(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| \\S").FindAllSubmatch(doc, -1) {
		listed[string(row[1])] = true
	}
	for _, s := range allSentences() {
		if !listed[sentenceOf(s)] {
			t.Errorf("docs/scenarios.md does not explain %q", sentenceOf(s))
		}
		delete(listed, sentenceOf(s))
	}
	for s := range listed {
		t.Errorf("docs/scenarios.md explains %q, which nobody understands", s)
	}
}

func TestNoSentenceHidesAnother(t *testing.T) {
	t.Parallel()
	example := strings.NewReplacer("PERSON", "alice", "CHANNEL", "#general", "QUOTED", `"some words"`, "WORD", "word", "ID", "INC-1", "TEXT", "some words")
	table := allSentences()
	for n, s := range table {
		line := example.Replace(sentenceOf(s))
		for _, earlier := range table[:n] {
			if earlier.form.MatchString(line) {
				t.Errorf("%q is taken for %q", sentenceOf(s), sentenceOf(earlier))
			}
		}
	}
}
