package view

import (
	"strings"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// MilestonesModal corrects times that were noted wrongly, or not at all. Each
// block's id is the milestone's name with underscores.
func MilestonesModal(i *incident.Incident, channel string) slack.ModalViewRequest {
	blocks := []slack.Block{small(glance(i) + " · " + said(i.Title, maxLine) + " · times are in your own time zone")}
	for _, m := range incident.MilestoneNames() {
		label := strings.ToUpper(string(m[:1])) + string(m[1:])
		blocks = append(blocks, hinted(optional(input(strings.ReplaceAll(string(m), " ", "_"), label, clock(i.Milestones.At(m)))), milestoneHint(m)))
	}
	blocks = append(blocks, hinted(optional(input("reason", "Why the correction?", typing("The graphs show errors from 14:02", "", 1_000, true))),
		"Old value and reason stay on record."))
	return modal("milestones", "Correct times", "Save", i, channel, blocks...)
}

func milestoneHint(m incident.Milestone) string {
	switch m {
	case incident.ImpactStarted:
		return "Customers began to feel it."
	case incident.Detected:
		return "An alert fired, or somebody noticed."
	case incident.Acknowledged:
		return "Somebody took it on."
	case incident.Mitigated:
		return "It stopped getting worse for customers."
	}
	return "Customers no longer felt it. Only for incidents that are resolved."
}
