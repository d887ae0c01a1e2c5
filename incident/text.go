package incident

import (
	"strings"
	"unicode"
)

// CleanText makes what somebody wrote fit to be kept: invalid UTF-8, control and
// direction-override characters go, line ends and tabs stay, space around it
// goes. The database cannot hold some of them, and others make a text read
// differently from what it says.
func CleanText(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return dropInvisible(r)
	}, strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n")))
}

// oneLine is CleanText with all white space folded into single spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(CleanText(s)), " ") }

// visible reports whether r leaves ink on the paper.
func visible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// dropInvisible removes control and direction-override characters, which could
// make a title read differently from what it is. White space survives.
func dropInvisible(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return ' '
	case r < 0x20, r == 0x7f, r >= 0x80 && r < 0xa0,
		r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff, r == 0x200b:
		return -1
	}
	return r
}
