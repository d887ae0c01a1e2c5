package twilio

import (
	"crypto/sha256"
	"slices"
	"strings"
	"unicode"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// What a text may cost in parts: each is paid and sent for itself, one a second from a
// long code. In scripts outside the GSM alphabet a part holds less than half.
const (
	gsmParts = 2
	ucsParts = 4
	maxLink  = 120 // bytes; a longer link would push out the title
)

// noReply are the prefixes of countries where our number cannot be answered, and noLink
// of those that drop texts with links. Neither list is complete.
var (
	noReply = []string{"+91", "+86", "+502", "+506", "+507", "+84"}
	noLink  = []string{"+86"}
)

// body writes a message as a text that ends with its mark.
func body(m paging.Message) string {
	m.Title, m.Text = clean(m.Title), lines(m.Text, "\n")
	if startsWith(m.To, noReply) {
		m.Actions = nil
	}
	m.Link = clean(m.Link)
	if len(m.Link) > maxLink || startsWith(m.To, noLink) {
		m.Link = ""
	}
	m.Link = strings.TrimSpace(m.Link + " " + mark(m.Key))
	short := paging.SMS(m, gsmParts)
	if _, _, ucs2 := paging.Segments(short); ucs2 {
		return paging.SMS(m, ucsParts)
	}
	return short
}

func startsWith(to string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(to, p) })
}

// markLetters leave out vowels, so that no mark is a word, and digits, so that none is
// taken for a reply code.
const markLetters = "bcdfghjkmnpqrstvwxz"

// mark is made of a message's key and ends its text. It is the only thing of ours that
// Twilio's list of messages gives back: the words of two messages to one person can be
// the same. There are 2.4 million marks, looked for among one phone's texts of a day.
func mark(key string) string {
	sum := sha256.Sum256([]byte(key))
	letters := make([]byte, 5)
	for i := range letters {
		letters[i] = markLetters[int(sum[i])%len(markLetters)]
	}
	return "#" + string(letters)
}

// clean puts text of strangers on one line: control characters, invisible ones and
// those that turn the direction of writing vanish, and so do pictures, which would
// cost half the room of a text and are no words in a call.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.C, r), r == unicode.ReplacementChar, isPicture(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// lines cleans a text line by line and joins what is left: a digest is a list.
func lines(s, between string) string {
	var kept []string
	for line := range strings.Lines(s) {
		if line = clean(line); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, between)
}

// isPicture reports whether r is an emoji, or changes the look of one.
func isPicture(r rune) bool {
	return r >= 0x2190 && unicode.Is(unicode.So, r) || r >= 0x1F3FB && r <= 0x1F3FF || r == 0xFE0F || r == 0x20E3
}

// cut shortens s to at most n runes, at a word where one ends not far before.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	short := string(r[:max(n-3, 0)])
	if i := strings.LastIndexByte(short, ' '); i > len(short)*2/3 {
		short = short[:i]
	}
	return strings.TrimRight(short, " ,;:-") + "..."
}

// sentence ends s with a full stop where it has no end of its own.
func sentence(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?:") {
		return s
	}
	return s + "."
}
