package paging

import (
	"strings"
	"unicode/utf8"
)

// gsm is the basic alphabet of 3GPP TS 23.038; a character of gsmPairs takes two
// places, since an escape stands before it.
const (
	gsm      = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmPairs = "\f^{}\\[~]|€"
)

// The sizes of an SMS: alone, and as one part of several, which carry a header.
const (
	gsmAlone, gsmPart   = 160, 153
	ucs2Alone, ucs2Part = 70, 67
)

// Segments counts the parts in which a text is sent, and the units of its
// encoding: septets when all of it fits the GSM alphabet, else UTF-16 units. One
// character outside the alphabet makes all of it UCS-2. An escaped or surrogate
// pair is never split over two parts.
func Segments(text string) (parts, units int, ucs2 bool) {
	sizes := make([]int, 0, len(text))
	for _, r := range text {
		size, ok := gsmSize(r)
		ucs2 = ucs2 || !ok
		sizes = append(sizes, size)
	}
	alone, part := gsmAlone, gsmPart
	if ucs2 {
		alone, part = ucs2Alone, ucs2Part
		sizes = sizes[:0]
		for _, r := range text {
			sizes = append(sizes, utf16Size(r))
		}
	}
	room := 0
	for _, size := range sizes {
		units += size
		if size > room {
			parts, room = parts+1, part
		}
		room -= size
	}
	if units <= alone {
		parts = 1
	}
	return parts, units, ucs2
}

func gsmSize(r rune) (size int, ok bool) {
	switch {
	case strings.ContainsRune(gsm, r):
		return 1, true
	case strings.ContainsRune(gsmPairs, r):
		return 2, true
	}
	return 1, false
}

func utf16Size(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// alike are characters that have a look-alike in the GSM alphabet: one of them
// would halve what fits into a message.
var alike = strings.NewReplacer(
	"’", "'", "‘", "'", "`", "'", "´", "'", "“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`,
	"–", "-", "—", "-", "‐", "-", "‑", "-", "−", "-", "…", "...", "•", "*", "·", ".", "×", "x", "→", "->",
	"\u00a0", " ", "\u2009", " ", "\u202f", " ", "\t", " ", "\u200d", "", "\ufe0f", "",
)

// PlainSMS replaces typographic characters by look-alikes of the GSM alphabet.
func PlainSMS(text string) string { return alike.Replace(text) }

// FitSMS puts head, title and tail together so that the whole takes at most so many
// parts, by cutting the title alone: link and reply codes are in the tail. A title
// that is cut ends in "...". What does not fit without any title is returned whole.
func FitSMS(head, title, tail string, parts int) string {
	title = PlainSMS(title)
	if n, _, _ := Segments(head + title + tail); n <= parts {
		return head + title + tail
	}
	runes := []rune(title)
	low, high := 0, len(runes)
	for low < high {
		middle := (low + high + 1) / 2
		if n, _, _ := Segments(head + cutAt(runes, middle) + tail); n <= parts {
			low = middle
		} else {
			high = middle - 1
		}
	}
	if low == 0 {
		return head + tail
	}
	return head + cutAt(runes, low) + tail
}

func cutAt(runes []rune, n int) string {
	return strings.TrimRight(string(runes[:n]), " .,:;-") + "..."
}

// SMS writes a message for a phone in at most so many parts: what it is about,
// how to answer, and where to read more.
func SMS(m Message, parts int) string {
	var head, tail strings.Builder
	if m.Repeat {
		head.WriteString("Again: ")
	}
	if m.Incident != 0 {
		head.WriteString(m.Incident.String() + " ")
		if m.Severity.Valid() {
			head.WriteString(m.Severity.String() + " ")
		}
	}
	var replies []string
	for _, a := range m.Actions {
		if a.Code != "" {
			replies = append(replies, a.Code+" "+a.Name)
		}
	}
	switch {
	case len(replies) > 0:
		tail.WriteString("\nReply " + strings.Join(replies, ", "))
	case len(m.Actions) > 0:
		tail.WriteString("\nAnswer in Slack")
	}
	if m.Link != "" {
		tail.WriteString("\n" + m.Link)
	}
	body := m.Title
	if m.Text != "" {
		body = strings.TrimSpace(m.Title + "\n" + m.Text)
	}
	if !utf8.ValidString(body) {
		body = strings.ToValidUTF8(body, "?")
	}
	return FitSMS(head.String(), body, tail.String(), parts)
}
