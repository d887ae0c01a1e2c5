package view

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	zeroWidthSpace = '\u200b'
	graveAccent    = '\u02cb' // looks like a backquote and marks nothing
)

// marks are web addresses, in which a mark marks nothing, and the marks of mrkdwn.
var marks = regexp.MustCompile("https?://\\S*[^\\s*_~`]|[*_~`]")

// Literal is Escape for text that is shown as it was typed: *bold*, _italic_, ~struck~
// and `code` stay letters. Slack has no escape for these marks and takes one beside a
// space for a letter, so each gets spaces that have no width; a backquote, which marks
// beside spaces too, becomes an accent that looks like it. Marks within words and
// addresses are left, so that these are found and followed.
func Literal(s string) string {
	safe := Escape(s)
	var b strings.Builder
	end := 0
	for _, at := range marks.FindAllStringIndex(safe, -1) {
		mark := safe[at[0]:at[1]]
		if len(mark) > 1 || mark != "`" && withinWord(safe, at[0]) {
			continue
		}
		b.WriteString(safe[end:at[0]])
		if !strings.HasSuffix(b.String(), string(zeroWidthSpace)) {
			b.WriteRune(zeroWidthSpace)
		}
		b.WriteString(strings.ReplaceAll(mark, "`", string(graveAccent)))
		b.WriteRune(zeroWidthSpace)
		end = at[1]
	}
	return b.String() + safe[end:]
}

// withinWord reports whether the mark at an offset stands between letters or digits.
func withinWord(s string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	after, _ := utf8.DecodeRuneInString(s[at+1:])
	return isWord(before) && isWord(after)
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// beforeMark leaves a mark out that Literal disarmed and a cut armed again.
func beforeMark(head string) string {
	mark, size := utf8.DecodeLastRuneInString(head)
	if strings.ContainsRune("*_~", mark) && strings.HasSuffix(head[:len(head)-size], string(zeroWidthSpace)) {
		return head[:len(head)-size]
	}
	return head
}
