package view

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Room for texts inside views, in code points after escaping. They are chosen so
// that the fullest view stays below MaxBlocksText.
const (
	maxLine    = 300   // a title, a task or a reason
	maxQuote   = 2_900 // the one long text of a view
	maxExcerpt = 700   // a long text in a view that has several
)

// fence begins and ends a code block.
const fence = "```"

// said is what somebody wrote as one safe line, as they typed it: no links, no
// mentions, and no marks for bold or code, which could swallow what follows.
func said(text string, max int) string {
	return Truncate(Literal(oneLine(text)), max)
}

// reasoned is a sentence of Tocsin's own as one safe line: what it marks as code is
// code. A fence would swallow the lines that follow.
func reasoned(text string, max int) string {
	return Truncate(Escape(strings.ReplaceAll(oneLine(text), fence, "`")), max)
}

// typeable is what somebody wrote, for a command that is shown as code to be copied.
func typeable(text string, max int) string {
	return Truncate(Escape(strings.ReplaceAll(oneLine(text), "`", "'")), max)
}

func oneLine(text string) string { return strings.Join(strings.Fields(plainly(text)), " ") }

// quote is what somebody wrote as a block quote that keeps its lines. A text with
// code blocks is not marked as a quote, since the marks would show in the code.
func quote(text string, max int) string {
	safe := Escape(strings.TrimSpace(plainly(text)))
	switch {
	case safe == "":
		return ""
	case !strings.Contains(safe, fence):
		return Truncate("> "+strings.ReplaceAll(safe, "\n", "\n> "), max)
	}
	safe = Truncate(safe, max-len("\n"+fence))
	if strings.Count(safe, fence)%2 == 1 {
		safe += "\n" + fence
	}
	return safe
}

// plainly makes ids of mentions, which reach us in names that others chose. All else
// is plain already and shown as it is, even when it looks like an escape.
func plainly(text string) string {
	return timeline.Named(text, func(p incident.PersonID) string { return string(p) })
}

// bold makes a safe line bold, unless it has a star of its own, which would end
// the bold part early.
func bold(safe string) string {
	if safe == "" || strings.Contains(safe, "*") {
		return safe
	}
	return "*" + safe + "*"
}

// who names an actor: people by mention, other systems by name.
func who(a incident.Actor) string {
	switch {
	case a.Person() != "":
		return Mention(a.ID)
	case a.Kind == incident.ActorSystem || a.ID == "":
		return "Tocsin"
	}
	return said(strings.ToUpper(a.ID[:1])+a.ID[1:], maxLine)
}

// linked is a link short enough to stand beside others; a longer address, which no
// system of ours has, leaves the label.
func linked(address, label string) string {
	const most = 600
	label = Truncate(label, 60)
	if utf8.RuneCountInString(address) > most {
		address = ""
	}
	return Link(address, label)
}

// How many people one line names.
const maxNamed = 10

// people mentions up to ten people and counts the rest.
func people(list []incident.PersonID) string {
	var names []string
	for _, p := range list[:min(len(list), maxNamed)] {
		names = append(names, Mention(string(p)))
	}
	if more := len(list) - maxNamed; more > 0 {
		names = append(names, count(more, "more person", "more people"))
	}
	return strings.Join(names, ", ")
}

// moment shows an instant in the reader's own time zone, or says that it is unknown.
func moment(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return Date(t, "")
}

// count says how many: "1 task", "3 tasks".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// parts joins what is not empty.
func parts(separator string, list ...string) string {
	var kept []string
	for _, s := range list {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, separator)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}
