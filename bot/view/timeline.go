package view

import (
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// The lines of a timeline share what Slack lets one message hold; the fewer there
// are, the more of each is shown.
const (
	maxLines     = 40
	maxLinesText = 10_800 // of MaxBlocksText; the rest is for the title
	maxLineText  = 480    // of one line, its time and links included
)

// Timeline shows the given lines, oldest first, to the person who asked; more
// says how many older ones there are.
func Timeline(i *incident.Incident, lines []timeline.Line, more int) Message {
	blocks := []slack.Block{section("*Timeline of " + i.ID.String() + "*\n" + title(i))}
	more += max(0, len(lines)-maxLines)
	if more > 0 {
		blocks = append(blocks, small(count(more, "earlier entry", "earlier entries")+" not shown; an export has them all"))
	}
	lines = lines[max(0, len(lines)-maxLines):]
	var texts []string
	for _, l := range lines {
		texts = append(texts, lineText(l, min(maxLineText, maxLinesText/len(lines)-1)))
	}
	if len(texts) == 0 {
		texts = []string{"Nothing yet. Pin a message or write a note to put it here."}
	}
	return Message{Text: fallback(i, "timeline"), Blocks: append(blocks, packed(texts)...)}
}

// lineText is one entry in at most limit code points: when, who, what, and what
// became of it since. When it gets narrow, the words give way.
func lineText(l timeline.Line, limit int) string {
	head := moment(l.OccurredAt) + "  " + Truncate(who(l.By), 40) + ": "
	if l.Starred {
		head = ":star: " + head
	}
	tail := since(l)
	left := limit - utf8.RuneCountInString(head+tail)
	return head + Truncate(described(l.Event, l.Describe), max(left, 40)) + tail
}

// since is what happened to a captured message, and where it stands.
func since(l timeline.Line) string {
	tail := ""
	if n := len(l.Files); n > 0 {
		tail += " :paperclip: " + count(n, "file", "files")
	}
	if len(l.Edits) > 0 {
		tail += " _(edited)_"
	}
	if !l.Deleted.IsZero() {
		return tail + " _(deleted in Slack)_"
	}
	const most = 120 // Slack's own permalinks are shorter
	if m, ok := l.Event.(incident.MessageCaptured); ok && webAddress(m.Message.Permalink, most) {
		tail += " " + Link(m.Message.Permalink, "open")
	}
	return tail
}
