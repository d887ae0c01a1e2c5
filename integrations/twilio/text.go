package twilio

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// What a text may cost. A part is paid and sent for itself, one a second from a long
// code, so a page is two of them; where the script makes them small, four.
const (
	gsmParts  = 2
	ucsParts  = 4
	maxBody   = 1600 // Twilio's limit in characters
	maxLink   = 200  // a longer link is left out: it would push out the rest
	maxTitle  = 100  // of a title in runes, once the whole does not fit
	headLeast = 20   // runes of a title that are said at any price
)

// noReply are the prefixes of countries where our number cannot be answered, and noLink
// of those that drop texts with links. Neither list is complete.
var (
	noReply = []string{"+91", "+86", "+502", "+506", "+507", "+84"}
	noLink  = []string{"+86"}
)

// body writes a message as a text. Reply codes, link and mark stay whole; text is cut
// first, then the title.
func body(m paging.Message) string {
	end := ending(m)
	title, text := clean(m.Title), clean(m.Text)
	for _, n := range []int{4 * maxBody, 300, 200, 150, 100, 60, 30, 0} {
		if s := join(opening(m)+title, cut(text, n), end); fits(s) {
			return s
		}
		title = cut(title, maxTitle)
	}
	for n := maxTitle; n > headLeast; n -= 5 {
		if s := join(opening(m)+cut(title, n), "", end); fits(s) {
			return s
		}
	}
	return join(opening(m)+cut(title, headLeast), "", end)
}

func fits(s string) bool {
	parts := ucsParts
	if isGSM(s) {
		parts = gsmParts
	}
	return segments(s) <= parts && len([]rune(s)) <= maxBody
}

// opening is what stands before the title.
func opening(m paging.Message) string {
	var b strings.Builder
	if m.Repeat {
		b.WriteString("Repeat: ")
	}
	if m.Severity.Valid() {
		b.WriteString(m.Severity.String() + " ")
	}
	if m.Incident > 0 {
		b.WriteString(m.Incident.String() + ": ")
	}
	return b.String()
}

// ending is what is never cut: how to answer, where to read on, and the mark.
func ending(m paging.Message) string {
	var parts []string
	if hint := hint(m); hint != "" {
		parts = append(parts, hint)
	}
	if link := clean(m.Link); link != "" && len(link) <= maxLink && !hasPrefix(m.To, noLink) {
		parts = append(parts, link)
	}
	return strings.Join(append(parts, mark(m.Key)), " ")
}

// hint tells the codes of the reply: Reply 12a ack, 12e escalate.
func hint(m paging.Message) string {
	if hasPrefix(m.To, noReply) {
		return ""
	}
	var codes []string
	for _, a := range m.Actions {
		if a.Code != "" {
			codes = append(codes, clean(a.Code+" "+a.Name))
		}
	}
	if len(codes) == 0 {
		return ""
	}
	return "Reply " + strings.Join(codes, ", ") + "."
}

func hasPrefix(to string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(to, p) {
			return true
		}
	}
	return false
}

// join puts the parts of a text together, each ended as a sentence.
func join(head, text, end string) string {
	return strings.Join(strings.Fields(sentence(head)+" "+sentence(text)+" "+end), " ")
}

func sentence(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?:") {
		return s
	}
	return s + "."
}

// markLetters leave out vowels, so that no mark is a word, and digits, so that none is
// taken for a reply code.
const markLetters = "bcdfghjkmnpqrstvwxz"

// mark is made of a message's key and ends its text. It is the only thing of ours that
// Twilio's list of messages gives back. Of 2.4 million marks two are the same; looked
// for among one phone's texts of a day, that does not happen.
func mark(key string) string {
	sum := sha256.Sum256([]byte(key))
	letters := make([]byte, 5)
	for i := range letters {
		letters[i] = markLetters[int(sum[i])%len(markLetters)]
	}
	return fmt.Sprintf("#%s", letters)
}
