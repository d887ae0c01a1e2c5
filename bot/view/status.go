package view

import "github.com/slack-go/slack"

// Status is how things stand, for the person who asked: what the card shows, and
// where to go on.
func Status(s Situation) Message {
	i := s.Incident
	blocks := append([]slack.Block{section(headline(i), briefRoom(i))}, standing(s)...)
	value := reference(i.ID, "")
	blocks = append(blocks, actions(button("Brief me", "show_brief", value), button("Timeline", "show_timeline", value)))
	return Message{Text: fallback(i, commandedBy(i)), Blocks: blocks}
}
