package view

import (
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// Page is what a person, or a channel, is shown of a message that paging sends:
// a page with its buttons in fixed places, or any other kind as title and text.
func Page(m paging.Message) Message {
	m.Title, m.Text = incident.CleanText(m.Title), incident.CleanText(m.Text)
	lines := []string{pageHead(m), bold(said(m.Title, maxLine))}
	blocks := sections(parts("\n", lines...), quote(m.Text, pageText(m)))
	blocks = append(blocks, pageFoot(m)...)
	return Message{Text: Truncate(parts(" · ", pageGlance(m), said(m.Title, maxLine), pageCall(m)), MaxMessageText), Blocks: blocks}
}

// pageFoot is what stands below the text: a doubt, where to read more, the buttons.
func pageFoot(m paging.Message) []slack.Block {
	var blocks []slack.Block
	if m.Repeat {
		blocks = append(blocks, small(":repeat: This may be a repeat: Slack did not say whether the first one arrived."))
	}
	if m.Link != "" {
		blocks = append(blocks, section(pageLink(m)))
	}
	if row := pageButtons(m); len(row) > 0 {
		blocks = append(blocks, actions(row...))
	}
	return blocks
}

// pageText is the room for the text: the code of a verification and the list of a
// digest stand there, too.
func pageText(m paging.Message) int {
	if m.Kind == paging.MessageDigest {
		return maxQuote
	}
	return 2 * maxExcerpt
}

// pageHead says what is wanted, before what it is about: it is all that a lock
// screen shows.
func pageHead(m paging.Message) string {
	switch {
	case m.Kind == paging.MessagePage && m.Person == "":
		return parts(" ", ":rotating_light:", parts(" · ", "*Somebody is being paged*", pageGlance(m)))
	case m.Kind == paging.MessagePage && m.Urgency == "low":
		return parts(" ", ":bell:", parts(" · ", "*A page that can wait for the morning*", pageGlance(m)))
	case m.Kind == paging.MessagePage:
		return parts(" ", ":rotating_light:", parts(" · ", "*You are paged*", pageGlance(m)))
	case m.Kind == paging.MessageDigest:
		return parts(" ", ":rotating_light:", parts(" · ", "*Several pages in one*", pageGlance(m)))
	case m.Kind == paging.MessageCanary:
		return ":test_tube: *Only a test*"
	}
	return pageGlance(m)
}

// pageGlance is number and severity, as far as the message is about an incident.
func pageGlance(m paging.Message) string {
	if m.Incident == 0 {
		return ""
	}
	grade := ""
	if m.Severity.Valid() {
		grade = m.Severity.String()
	}
	return parts(" · ", m.Incident.String(), grade)
}

func pageCall(m paging.Message) string {
	switch {
	case m.Kind != paging.MessagePage && m.Kind != paging.MessageDigest:
		return said(m.Text, maxLine)
	case m.Person == "":
		return "somebody is being paged"
	case m.Repeat:
		return "you are paged; this may be a repeat"
	}
	return "you are paged"
}

func pageLink(m paging.Message) string {
	label := "Read more"
	if m.Incident != 0 {
		label = "Open " + m.Incident.String()
	}
	return linked(m.Link, label)
}

// pageActions are the actions that a page can carry, from left to right: each
// keeps its place, so that a thumb that is half asleep finds it.
var pageActions = []string{"ack", "escalate", "resolve", "awake"}

// pageButtons is the row of buttons. A button's value names the incident and the
// message, by its key.
func pageButtons(m paging.Message) []slack.BlockElement {
	var row []slack.BlockElement
	for _, name := range pageActions {
		for _, a := range m.Actions {
			if a.Name == name {
				row = append(row, pageButton(a, reference(m.Incident, m.Key)))
			}
		}
	}
	return row
}

func pageButton(a paging.Action, value string) *slack.ButtonBlockElement {
	b := button(a.Label, "page_"+a.Name, value)
	switch a.Name {
	case "ack":
		return primary(b)
	case "escalate":
		return confirmed(b, "Page the next step?", "Whoever comes next is paged now, and stays awake for it.", "Page them", "Not yet")
	case "resolve":
		return confirmed(b, "Is it over?", "Nobody is paged for it any more. Acknowledge it instead if you are still looking.", "It is over", "Not yet")
	}
	return b
}

// Became is what became of a page. The zero value is one that still asks for an
// answer.
type Became struct {
	By   incident.PersonID // who has it; "" for nobody
	Said string            // one safe line of what happened instead, when nobody has it
	Open bool              // somebody else still has to answer it
}

// Waits reports whether the page still asks for an answer.
func (b Became) Waits() bool { return b.By == "" && b.Said == "" }

func (b Became) line() string {
	switch {
	case b.By != "":
		return ":white_check_mark: Acknowledged by " + Mention(string(b.By))
	case b.Said != "":
		return b.Said
	}
	return ":rotating_light: *Waits for an answer*"
}

// PageAnswer is a page and what became of it, for the message that asked for it.
type PageAnswer struct {
	Became
	Incident *incident.Incident
	Subject  string // what was paged, as people say it
}

// PageAnswered is a page after somebody has answered it: what it was, who has it,
// and no buttons.
func PageAnswered(a PageAnswer) Message {
	line := a.line()
	lines := []string{line, glance(a.Incident) + " · " + title(a.Incident), parts(" · ", said(a.Subject, maxLine), whereTo(a.Incident))}
	return Message{Text: Truncate(parts(" · ", a.Incident.ID.String(), line), MaxMessageText), Blocks: []slack.Block{section(lines...)}}
}
