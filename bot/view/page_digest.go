package view

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// PageLine is one of the pages that a digest tells, and what became of it.
type PageLine struct {
	Became
	Page paging.Demand
}

// maxDigest bounds the lines of a digest; the rest is counted.
const maxDigest = 20

// DigestAnswered is a digest after some of its pages were answered: a line for each
// says what became of it. The buttons stay while one still waits; the message is then
// about the worst that waits.
func DigestAnswered(m paging.Message, lines []PageLine) Message {
	mark, head, waiting := digestHead(lines)
	if len(waiting) == 0 {
		blocks := append([]slack.Block{section(mark + " " + bold(head))}, packed(digestLines(lines))...)
		return Message{Text: head, Blocks: blocks}
	}
	worst := waiting[0].Page
	for _, l := range waiting {
		if l.Page.Severity.WorseThan(worst.Severity) {
			worst = l.Page
		}
	}
	m.Incident, m.Severity = worst.Incident, worst.Severity
	blocks := append(sections(parts("\n", pageHead(m), bold(head))), packed(digestLines(lines))...)
	return Message{Text: parts(" · ", pageGlance(m), head), Blocks: append(blocks, pageFoot(m)...)}
}

// digestHead says in a sentence how much is left to do, and lists it. What somebody
// else still has to answer is not called taken care of.
func digestHead(lines []PageLine) (mark, head string, waiting []PageLine) {
	open := false
	for _, l := range lines {
		open = open || l.Open
		if l.Waits() {
			waiting = append(waiting, l)
		}
	}
	switch {
	case len(waiting) == 1:
		return ":rotating_light:", fmt.Sprintf("1 of %d pages still waits for you", len(lines)), waiting
	case len(waiting) > 1:
		return ":rotating_light:", fmt.Sprintf("%d of %d pages still wait for you", len(waiting), len(lines)), waiting
	case open:
		return ":heavy_minus_sign:", fmt.Sprintf("None of these %d pages asks you for an answer any more.", len(lines)), nil
	}
	return ":white_check_mark:", fmt.Sprintf("All %d pages are taken care of.", len(lines)), nil
}

// digestLines are the pages in the order in which they were told. When they are too
// many, those that still wait are shown rather than the others.
func digestLines(lines []PageLine) []string {
	chosen, more := told(lines)
	var texts []string
	for _, l := range chosen {
		grade := ""
		if l.Page.Severity.Valid() {
			grade = l.Page.Severity.String()
		}
		what := parts(" ", said(l.Page.Title, 150), inBrackets(said(l.Page.Subject, 80)))
		texts = append(texts, parts(" · ", strings.TrimSuffix(l.line(), "."), l.Page.Incident.String(), grade, what))
	}
	if len(more) == 0 {
		return texts
	}
	last, waiting := fmt.Sprintf("and %d more", len(more)), 0
	for _, l := range more {
		if l.Waits() {
			waiting++
		}
	}
	if waiting > 0 {
		last += fmt.Sprintf(", of which %d wait for an answer", waiting)
	}
	return append(texts, last)
}

// told parts the lines that are shown from those that are counted.
func told(lines []PageLine) (chosen, more []PageLine) {
	room := maxDigest
	shown := make([]bool, len(lines))
	for _, waits := range []bool{true, false} {
		for n, l := range lines {
			if l.Waits() == waits && room > 0 {
				shown[n], room = true, room-1
			}
		}
	}
	for n, l := range lines {
		if shown[n] {
			chosen = append(chosen, l)
			continue
		}
		more = append(more, l)
	}
	return chosen, more
}

func inBrackets(safe string) string {
	if safe == "" {
		return ""
	}
	return "(" + safe + ")"
}
