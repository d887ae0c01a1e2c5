package view

import (
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// TaskModal asks for a task or an action item; text is what it begins with.
func TaskModal(i *incident.Incident, channel string, kind incident.TaskKind, text string) slack.ModalViewRequest {
	return modal("task", "Add work", "Add", i, channel,
		small(glance(i)+" · "+said(i.Title, maxLine)),
		hinted(input("text", "What is to be done?", typing("Add an alert on queue depth", text, incident.MaxTask, false)), "Start with a verb."),
		input("kind", "When?", kinds(kind)),
		optional(input("owner", "Owner", somebody("Nobody yet", ""))),
		optional(input("due", "Due", &slack.DatePickerBlockElement{Type: slack.METDatepicker, ActionID: "day"})))
}

func kinds(chosen incident.TaskKind) *slack.RadioButtonsBlockElement {
	now := option("Now: a task of this incident", string(incident.Todo))
	later := option("Afterwards: an action item, with a ticket", string(incident.ActionItem))
	r := &slack.RadioButtonsBlockElement{Type: slack.METRadioButtons, ActionID: "kind", Options: []*slack.OptionBlockObject{now, later}, InitialOption: now}
	if chosen == incident.ActionItem {
		r.InitialOption = later
	}
	return r
}
