package email

import (
	"strings"

	"github.com/tocsinhq/tocsin/incident"
)

// oneLine cleans s and puts it on one line, so that it can stand in a header.
func oneLine(s string) string { return strings.Join(strings.Fields(incident.CleanText(s)), " ") }

// cut bounds s to at most limit runes, with an ellipsis where something is missing.
func cut(s string, limit int) string {
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	return strings.TrimRight(string(r[:limit-1]), " \n\t") + "…"
}
