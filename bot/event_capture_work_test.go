package bot

import (
	"testing"

	"github.com/tocsinhq/tocsin/incident"
)

func TestAFileWithoutWordsIsWorkToo(t *testing.T) {
	t.Parallel()
	files := []incident.File{{Name: "graph.png"}, {Name: "log.txt"}}
	for want, m := range map[string]incident.Message{
		"See to graph.png, log.txt": {Text: " \n", Files: files},
		"Look here":                 {Text: " Look here ", Files: files},
		"":                          {},
	} {
		if got := workOf(m); got != want {
			t.Errorf("workOf(%+v) = %q; want %q", m, got, want)
		}
	}
}
