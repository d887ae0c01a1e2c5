package bot

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// typedDeclaration is what somebody typed after declare. doubt is a sentence about what
// was not understood: then nothing is declared unasked, and nothing typed is lost.
type typedDeclaration struct {
	incident.Declaration
	now     bool
	service view.Choice
	doubt   string
}

// readDeclaration takes severity, "private" and "now" off the front of what was
// typed, in any order; the rest is the title.
func readDeclaration(args string) (d typedDeclaration) {
	for {
		first, rest := splitWord(args)
		severity, after, isSeverity := readSeverity(args)
		switch {
		case d.Severity == 0 && d.doubt == "" && isSeverity && severity.Valid():
			d.Severity, rest = severity, after
		case d.Severity == 0 && d.doubt == "" && isSeverity:
			said := strings.TrimSpace(strings.TrimSuffix(args, after))
			d.doubt, rest = "There is no severity “"+said+"”: choose one from SEV1 (worst) to SEV5.", after
		case !d.Private && strings.EqualFold(first, "private"):
			d.Private = true
		case !d.now && strings.EqualFold(first, "now"):
			d.now = true
		default:
			d.Title = strings.TrimSpace(args)
			return d
		}
		args = rest
	}
}

// severityPattern is a severity as people write it at the front of a declaration.
// Written out, since S3 or a number may well be what is down; P1 to P5 are the words
// of other tools, and P0 is the worst in some of them.
var severityPattern = regexp.MustCompile(`(?i)^(?:sev(?:erity)?\s*-?\s*(\d{1,2})|p-?([0-5]))(?:[:,]|\s|$)`)

// readSeverity takes a severity off the front; one that there is none of is not Valid.
func readSeverity(text string) (s incident.Severity, rest string, ok bool) {
	text = strings.TrimSpace(text)
	m := severityPattern.FindStringSubmatch(text)
	if m == nil {
		return 0, text, false
	}
	s, err := incident.ParseSeverity(m[1] + m[2])
	if err != nil {
		s = 0
	}
	return s, strings.TrimSpace(text[len(m[0]):]), true
}

// readDeclarationOn is readDeclaration with "on <service>" among what comes before
// the title, in any order. Where there are services, "on" and none of them is a slip
// to ask about, since nobody would be paged; where there are none it is prose.
func readDeclarationOn(args string, services []pageable) typedDeclaration {
	d := readDeclaration(args)
	after, ok := cutWords(d.Title, "on")
	switch {
	case !ok || d.doubt != "":
		return d
	case after == "":
		d.Title, d.doubt = "", "Say what is broken, and after “on” the service."
		return d
	case len(services) == 0:
		return d
	}
	found, rest, ok := matchPageable(after, services)
	if !ok {
		first, _ := splitWord(after)
		d.doubt = "There is no service “" + cut(first, 60) + "”; " + meantOrAll(after, services) + " Without a service nobody is paged."
		return d
	}
	more := readDeclaration(rest)
	more.Severity, more.Private, more.now = cmp.Or(d.Severity, more.Severity), d.Private || more.Private, d.now || more.now
	more.Service, more.service = found.id, view.Choice{Text: found.title(), Value: found.id}
	return more
}
