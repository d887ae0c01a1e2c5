package postmortem

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// closed ends what a person left open, a code block or HTML, so that it cannot
// swallow the sections that follow, in our page or in anybody's viewer.
func closed(written string) string {
	if endsCleanly(written) {
		return written
	}
	enders := append(openFence.FindAllString(written, -1), "-->", "?>", ">", "]]>", "</pre>", "</script>", "</style>", "</textarea>")
	for _, end := range enders {
		ended := written + "\n" + strings.TrimSpace(end)
		if endsCleanly(ended) {
			return ended
		}
	}
	return escape(written)
}

var openFence = regexp.MustCompile("(?m)^ {0,3}(?:`{3,}|~{3,})")

// endsCleanly reports whether a heading after the text would be a heading.
func endsCleanly(written string) bool {
	source := []byte(written + "\n\n# end\n")
	root := goldmark.DefaultParser().Parse(text.NewReader(source))
	last, ok := root.LastChild().(*ast.Heading)
	return ok && last.Level == 1 && string(last.Lines().Value(source)) == "end"
}
