package timeline

import (
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // people name zones; a bare container knows none

	"github.com/tocsinhq/tocsin/incident"
)

var (
	// signedForm is what only an offset looks like, right behind a time of day;
	// offsetForm are those that can be read.
	signedForm = regexp.MustCompile(`^(?:UTC|GMT)?[+-]\d[\d:]*$`)
	offsetForm = regexp.MustCompile(`^(?:UTC|GMT)?([+-])(\d{1,2})(?::(\d{2})|(\d{2}))?$`)

	// areas begin the names of time zones in the IANA database.
	areas = []string{"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil", "Canada", "Chile", "Etc", "Europe",
		"Indian", "Mexico", "Pacific", "US"}

	// placeForm is written like a zone: two names of places, neither an acronym.
	placeForm = regexp.MustCompile(`^[A-Z][a-z]+(?:[_-][A-Za-z]+)*/[A-Z][a-z]+(?:[_/-][A-Za-z]+)*$`)

	// abbreviations are typed often but mean several zones, or another one in
	// summer, so that they cannot be trusted for a record.
	abbreviations = []string{"ACDT", "ACST", "AEDT", "AEST", "AKDT", "AKST", "AST", "AWST", "BRT", "BST", "CDT", "CEST", "CET", "CST", "EDT", "EEST",
		"EET", "EST", "HKT", "HST", "IST", "JST", "KST", "MDT", "MESZ", "MEZ", "MSK", "MST", "NZDT", "NZST", "PDT", "PST", "SAST", "SGT", "WEST", "WET"}
)

// parseZone reads "UTC", "+02:00", "+2", "UTC+2" or "Europe/Berlin". It returns nil for
// a word that is not meant as a zone. What is written like one and is none, such as
// "Mars/Phobos", is refused: as text it would date the entry wrongly, unnoticed.
func parseZone(word string) (*time.Location, error) {
	upper := strings.ReplaceAll(strings.ToUpper(word), "−", "-")
	area, _, named := strings.Cut(word, "/")
	switch {
	case upper == "UTC" || upper == "GMT" || upper == "Z":
		return time.UTC, nil
	case signedForm.MatchString(upper):
		return fixedZone(upper)
	case slices.Contains(abbreviations, word):
		return nil, incident.Errorf(incident.Invalid, "%s can mean more than one time zone; write UTC, an offset like +02:00, or a name like Europe/Berlin.", word)
	case named && slices.ContainsFunc(areas, func(a string) bool { return strings.EqualFold(a, area) }), placeForm.MatchString(word):
		return namedZone(word)
	}
	return nil, nil
}

func fixedZone(word string) (*time.Location, error) {
	p := offsetForm.FindStringSubmatch(word)
	if p == nil || len(p[2]) == 1 && p[4] != "" || number(p[2]) > 14 || number(p[3]+p[4]) > 59 {
		return nil, incident.Errorf(incident.Invalid, "%q is not an offset from UTC; write it like +02:00. If it is part of the text, begin the text with a word.", word)
	}
	seconds := number(p[2])*3600 + number(p[3]+p[4])*60
	if p[1] == "-" {
		seconds = -seconds
	}
	return time.FixedZone(word, seconds), nil
}

// namedZone looks a name up as it was typed, then with capitals set right.
func namedZone(word string) (*time.Location, error) {
	for _, name := range []string{word, capitalised(word)} {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, incident.Errorf(incident.Invalid, "%s is not a time zone; write UTC, an offset like +02:00, or a name like Europe/Berlin. If it is part of the text, begin the text with another word.", quoted(word))
}

// capitalised writes a zone's name as the database does: America/New_York.
func capitalised(name string) string {
	out, start := []rune(strings.ToLower(name)), true
	for n, r := range out {
		if start {
			out[n] = []rune(strings.ToUpper(string(r)))[0]
		}
		start = r == '/' || r == '_' || r == '-'
	}
	return string(out)
}
