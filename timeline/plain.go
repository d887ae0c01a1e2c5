package timeline

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
)

// reference is Slack's angle-bracket markup: <@U1>, <#C1|name>, <!here>, <https://…|label>.
var reference = regexp.MustCompile(`<([^<>]*)>`)

// entities undoes the three escapes that Slack applies to every text.
var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// Plain turns text as Slack stores it into text that reads the same anywhere:
// mentions become names, links their label and address, escapes characters.
// Angle brackets that mean nothing to Slack stay as they are.
func Plain(text string, name func(incident.PersonID) string) string {
	text = reference.ReplaceAllStringFunc(text, func(found string) string {
		target, label, _ := strings.Cut(found[1:len(found)-1], "|")
		switch {
		case strings.HasPrefix(target, "@"):
			return "@" + strings.TrimPrefix(name(incident.PersonID(target[1:])), "@")
		case strings.HasPrefix(target, "#"):
			return "#" + cmp.Or(label, target[1:])
		case strings.HasPrefix(target, "!"):
			word, _, _ := strings.Cut(target[1:], "^")
			return cmp.Or(label, "@"+word)
		case !strings.Contains(target, ":"):
			return found
		}
		return link(target, label)
	})
	return entities.Replace(text)
}

// mention is Slack's markup for a person, with or without the name.
var mention = regexp.MustCompile(`<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>`)

// Named turns mentions into names and leaves all else as it is. It is for text that
// is plain already: to make that plain again would change what looks like an escape.
func Named(text string, name func(incident.PersonID) string) string {
	return mention.ReplaceAllStringFunc(text, func(found string) string {
		return "@" + strings.TrimPrefix(name(incident.PersonID(mention.FindStringSubmatch(found)[1])), "@")
	})
}

func link(target, label string) string {
	_, address, _ := strings.Cut(target, ":")
	switch label {
	case "":
		return target
	case target, address, strings.TrimPrefix(address, "//"):
		return label
	}
	return label + " (" + target + ")"
}
