package postmortem

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestDocumentsReadAsInTheGoldenFiles keeps every word of the draft: whoever
// changes one sees in the difference how it reads.
func TestDocumentsReadAsInTheGoldenFiles(t *testing.T) {
	t.Parallel()
	edited := drafted(richFacts(t))
	if _, err := edited.Write("trigger", "A deploy at 12:40 halved the pool.\n\n```\npool: 10", bo, after(2100)); err != nil {
		t.Fatal(err)
	}
	if _, err := edited.Write("actions", "See the board. Someone should have seen it.", cy, after(2101)); err != nil {
		t.Fatal(err)
	}
	more := richFacts(t)
	more.Tasks = append(more.Tasks, richTasks()[2])
	edited.Regenerate(Sections(more), after(2200))
	for name, d := range map[string]Document{
		"quiet": drafted(quietFacts()), "rich": drafted(richFacts(t)), "disorder": drafted(disorderFacts()),
		"private": drafted(privateFacts(t)), "edited": edited,
	} {
		golden(t, name+".md", Render(d))
	}
	page, err := HTML(edited)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "edited.html", string(page))
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s has changed (-want +got); if it is meant, run with -update:\n%s", name, diff)
	}
}
