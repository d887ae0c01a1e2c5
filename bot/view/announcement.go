package view

import "github.com/tocsinhq/tocsin/incident"

// Announcement is the post in the channel where everybody looks, edited in place.
// Updates follow as its replies.
func Announcement(s Situation) Message {
	i := s.Incident
	if i.Status == incident.StatusTriage {
		return Triage(s)
	}
	blocks := sections(headline(i), parts("\n", commander(i), impact(i), nextUpdate(i), whereTo(i)),
		quote(i.Summary, maxQuote), cause(i), publicLinks(s))
	blocks = append(blocks, actions(button("I’m not in: brief me", "show_brief", reference(i.ID, ""))))
	return Message{Text: fallback(i, commandedBy(i)), Blocks: blocks}
}

// publicLinks leaves out what is not for everybody: a draft of the postmortem, and
// why there is no ticket yet.
func publicLinks(s Situation) string {
	if t, ok := s.TicketOf(0); !ok || t.Key == "" {
		return began(s.Incident)
	}
	return parts("   ", ticket(s), began(s.Incident))
}
