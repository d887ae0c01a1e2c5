package view

import (
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// ResolveModal asks when the impact was and what caused it. It suggests the start
// that is known and now as the end.
func ResolveModal(i *incident.Incident, channel string, now time.Time) slack.ModalViewRequest {
	start := i.Milestones.ImpactStarted
	startHint := "When did customers begin to feel it? Often earlier than the declaration."
	if start.IsZero() {
		start = i.Milestones.Detected
		startHint = "Suggested: when it was detected. Customers often felt it earlier; correct it if you know."
	}
	return modal("resolve", "Resolve "+i.ID.String(), "Resolve", i, channel,
		small(glance(i)+" · "+said(i.Title, maxLine)),
		hinted(optional(input("impact_start", "Impact began", clock(start))), startHint),
		hinted(optional(input("impact_end", "Impact ended", clock(now))), "Left empty, it is now. You can correct all times later."),
		hinted(optional(input("cause", "Cause, in one sentence", typing("A deploy removed the index on orders", i.Cause, 1_000, true))),
			"As far as it is known. What failed, not who."),
	)
}

// ReopenModal asks why it is not over after all.
func ReopenModal(i *incident.Incident, channel string) slack.ModalViewRequest {
	return modal("reopen", "Reopen "+i.ID.String(), "Reopen", i, channel,
		section(headline(i)),
		hinted(optional(input("reason", "What happened?", typing("Errors are back since the cache filled up", "", 1_000, true))),
			"It becomes active again and everybody is told."))
}

// CancelModal asks why it was no incident.
func CancelModal(i *incident.Incident, channel string) slack.ModalViewRequest {
	m := modal("cancel", "Cancel "+i.ID.String(), "Cancel incident", i, channel,
		section(headline(i)),
		section(":warning: Cancel only what was *no incident*: a false alarm or a duplicate. If it was real and is over, resolve it."),
		hinted(optional(input("reason", "Why was it none?", typing("False alarm: the probe was broken", "", 1_000, true))),
			"The record stays, no postmortem is written, and it can be reopened."))
	m.Close = plain("Keep it", MaxViewButton)
	return m
}

// CloseModal shows what is left before the paperwork ends. It warns and never
// keeps anybody from closing.
func CloseModal(s Situation, channel string) slack.ModalViewRequest {
	i := s.Incident
	blocks := []slack.Block{section(headline(i))}
	left := unfinished(s)
	if len(left) == 0 {
		left = []string{":white_check_mark: Nothing is left open."}
	} else {
		left = append(left, "You can close it all the same; open work stays on its owners’ lists.")
	}
	return modal("close", "Close "+i.ID.String(), "Close incident", i, channel, append(blocks, packed(left)...)...)
}

// unfinished lists what people usually want done before they close.
func unfinished(s Situation) []string {
	var lines []string
	todo, items := openTasks(s.Tasks)
	if todo > 0 {
		lines = append(lines, ":white_large_square: "+count(todo, "task is", "tasks are")+" open")
	}
	if items > 0 {
		lines = append(lines, ":white_large_square: "+count(items, "action item is", "action items are")+" open")
	}
	if n := unfiled(s.Tickets); n > 0 {
		lines = append(lines, ":hourglass_flowing_sand: "+count(n, "ticket is", "tickets are")+" still waiting to be filed")
	}
	if s.PostmortemURL == "" {
		lines = append(lines, ":page_facing_up: There is no postmortem yet")
	}
	if s.Incident.Milestones.ImpactStarted.IsZero() {
		lines = append(lines, ":clock3: Nobody said when the impact began")
	}
	if s.Incident.Cause == "" {
		lines = append(lines, ":mag: Nobody said what the cause was")
	}
	return lines
}

func unfiled(tickets []Ticket) int {
	n := 0
	for _, t := range tickets {
		if t.Key == "" {
			n++
		}
	}
	return n
}
