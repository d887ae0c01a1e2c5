package postmortem

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// escape makes text that others wrote harmless in one line of Markdown: it
// reads as it was written and can be no heading, list, table cell, link, image
// or HTML. White space folds to single blanks; invisible characters go.
func escape(s string) string {
	s = fold(s)
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for at, r := range s {
		if strings.ContainsRune("\\`*_[]<>|~&", r) || at == 0 && strings.ContainsRune("#+-=!:", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return escapeNumber(b.String())
}

var listNumber = regexp.MustCompile(`^(\d{1,9})([.)])`)

// escapeNumber keeps "1. first" from starting a list.
func escapeNumber(s string) string { return listNumber.ReplaceAllString(s, `$1\$2`) }

// fold brings text to one line without invisible characters.
func fold(s string) string {
	return strings.Join(strings.Fields(strings.Map(visible, strings.ToValidUTF8(s, "\uFFFD"))), " ")
}

// visible drops control and direction characters, which could make text read
// differently from what it is.
func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return ' '
	case r < 0x20, r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff, r == 0x200b:
		return -1
	}
	return r
}

// excerpt is the beginning of text in at most n code points.
func excerpt(s string, n int) string {
	s = fold(s)
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n-1])) + "…"
}

// quote shows what somebody wrote as a block of its own, line by line.
func quote(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if text := escape(line); text != "" {
			lines = append(lines, "> "+text)
		}
	}
	return strings.Join(lines, "\\\n")
}

// link is a Markdown link, or the label alone when the address is not one that
// a reader may safely follow.
func link(label, address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return escape(label)
	}
	return "[" + escape(label) + "](<" + safeURL.Replace(u.String()) + ">)"
}

var safeURL = strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", "\\", "%5C", "`", "%60", " ", "%20", "\n", "", "\r", "", "&", "&amp;")

// table draws rows of escaped cells; without rows there is no table.
func table(head []string, rows [][]string) string {
	if len(rows) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| " + strings.Join(head, " | ") + " |\n|" + strings.Repeat(" --- |", len(head)))
	for _, r := range rows {
		b.WriteString("\n| " + strings.Join(r, " | ") + " |")
	}
	return b.String()
}

// bullets draws a list of escaped items.
func bullets(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return "- " + strings.Join(items, "\n- ")
}

// blocks joins paragraphs, lists and tables, leaving out those that are empty.
func blocks(parts ...string) string {
	var full []string
	for _, p := range parts {
		if p != "" {
			full = append(full, p)
		}
	}
	return strings.Join(full, "\n\n")
}

// count is a number with its noun: "1 update", "3 updates".
func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(noun, "y"))
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// and lists words as people say them: "a", "a and b", "a, b and c".
func and(words []string) string {
	n := len(words) - 1
	if n < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:n], ", ") + " and " + words[n]
}
