package view

import (
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/timeline"
)

// How many lines an explanation shows.
const maxWhy = 39 // of maxLine each, which stay below MaxBlocksText

// Spoken are the words for explanations in Slack: people are mentioned, what others
// wrote is escaped, and times are in the reader's zone.
func Spoken() timeline.Words {
	return timeline.Words{
		Name: func(p incident.PersonID) string { return Mention(string(p)) },
		Text: func(text string) string { return said(text, maxLine) },
		When: func(t time.Time) string { return moment(t) },
	}
}

// Explained shows an explanation line by line; the lines are safe mrkdwn.
func Explained(lines []string) Message {
	if more := len(lines) - maxWhy; more > 0 {
		lines = append(lines[:maxWhy:maxWhy], "and "+count(more, "more line", "more lines"))
	}
	var cut []string
	for _, l := range lines {
		cut = append(cut, Truncate(l, maxLine-10))
	}
	return Message{Text: Truncate(strings.Join(cut, "\n"), MaxMessageText), Blocks: packed(cut)}
}

// Delivered says what became of the messages of one page, a line each.
func Delivered(lines []paging.Line) (said []string) {
	for _, l := range lines {
		if l.Method == "" {
			said = append(said, ":warning: *no way to them*"+because(l.Reason))
			continue
		}
		line := wayWord(Way{Method: l.Method, State: l.State, Due: l.At, Reason: l.Reason, Repeat: l.Repeat})
		if l.State != paging.StatePlanned && !l.At.IsZero() {
			line += " at " + moment(l.At)
		}
		said = append(said, line)
	}
	return said
}
