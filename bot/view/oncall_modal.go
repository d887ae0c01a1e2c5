package view

import (
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// OverrideModal asks who is on call instead, and when.
func OverrideModal(schedule Choice, person incident.PersonID, from time.Time) slack.ModalViewRequest {
	goes := somebody("Nobody in particular", "")
	goes.ActionID = "replaced" // Slack wants no two elements of one name
	return form("override", "Override", "Save", "",
		input("schedule", "Schedule", lookup("schedule", "Which schedule", schedule)),
		input("action", "What changes?", menu("action", "What changes?", []*slack.OptionBlockObject{
			option("This person alone is on call", "set"), option("This person is on call as well", "add"),
			option("This person stands in for another", "replace"), option("The other person is not on call", "remove")}, "set")),
		optional(input("person", "Who comes?", somebody("Who is on call", person))),
		hinted(optional(input("replaced", "Who goes?", goes)), "Only where somebody is stood in for, or not on call."),
		input("from", "From", clock(from)), input("until", "Until", clock(time.Time{})),
		optional(input("reason", "Why?", typing("Doctor’s appointment", "", incident.MaxTitle, false))))
}

// CoverModal asks for which span others are asked to stand in; it begins with the
// person's next shift.
func CoverModal(schedule Choice, from, until time.Time) slack.ModalViewRequest {
	return form("cover", "Ask for cover", "Ask", "",
		input("schedule", "Schedule", lookup("schedule", "Which schedule", schedule)),
		input("from", "From", clock(from)), hinted(input("until", "Until", clock(until)), "Only your own shifts within it are asked for."),
		optional(input("reason", "Why?", typing("My sister’s wedding", "", incident.MaxTitle, false))))
}
