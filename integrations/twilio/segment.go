package twilio

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// The GSM 7-bit alphabet of 3GPP TS 23.038, section 6.2.1, without the escape itself;
// what its extension table adds costs two septets.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "\f^{}\\[~]|€"
)

// The sizes of a text's parts: of one that stands alone, and of several, each of which
// loses six octets to a header that joins them.
const (
	gsmAlone, gsmJoined = 160, 153 // septets
	ucsAlone, ucsJoined = 70, 67   // UTF-16 units
)

// septets is what r costs in the GSM alphabet, 0 when it is not in it.
func septets(r rune) int {
	switch {
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case strings.ContainsRune(gsmExtended, r):
		return 2
	}
	return 0
}

// isGSM reports whether all of s is in the GSM alphabet. One rune outside makes the
// whole text UCS-2, with less than half the room.
func isGSM(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return septets(r) == 0 })
}

// segments is the number of parts that a text is sent and paid as. A rune is never
// split over two parts.
func segments(s string) int {
	alone, joined, cost := ucsAlone, ucsJoined, utf16.RuneLen
	if isGSM(s) {
		alone, joined, cost = gsmAlone, gsmJoined, septets
	}
	total, parts, filled := 0, 1, 0
	for _, r := range s {
		n := max(cost(r), 1)
		total += n
		if filled+n > joined {
			parts, filled = parts+1, 0
		}
		filled += n
	}
	if total <= alone {
		return 1
	}
	return parts
}

// lookAlikes keeps typographic characters, which editors put in unasked, from making a
// text UCS-2.
var lookAlikes = strings.NewReplacer(
	"‘", "'", "’", "'", "‚", "'", "“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "`", "'", "´", "'",
	"–", "-", "—", "-", "‑", "-", "−", "-", "…", "...", "•", "-", "·", "-", "→", "->", "←", "<-", "×", "x",
	"\u00a0", " ", "\u202f", " ", "\u2009", " ",
)

// clean puts text of strangers on one line: control characters, invisible ones and
// those that turn the direction of writing vanish, and so do pictures, which would
// cost half the room.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.C, r), r == unicode.ReplacementChar, isPicture(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(lookAlikes.Replace(s), ""))
	return strings.Join(strings.Fields(s), " ")
}

func isPicture(r rune) bool {
	return r >= 0x2190 && unicode.Is(unicode.So, r) || r >= 0x1F3FB && r <= 0x1F3FF || r == 0xFE0F || r == 0x20E3
}

// cut shortens s to at most n runes, at a word where one ends not far before.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	if n < 4 {
		return ""
	}
	short := string(r[:n-3])
	if i := strings.LastIndexByte(short, ' '); i > len(short)*2/3 {
		short = short[:i]
	}
	return strings.TrimRight(short, " ,;:-") + "..."
}
