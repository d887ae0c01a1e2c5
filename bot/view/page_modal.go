package view

import (
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// Choice is an option of a menu that is looked up while somebody types.
type Choice struct{ Text, Value string }

// Suggestions is the answer to what somebody types into a menu.
type Suggestions struct {
	Options []*slack.OptionBlockObject `json:"options"` // none is an empty list, never left out
}

// Options are choices as Slack wants them; what is beyond its limit is left out.
func Options(choices []Choice) Suggestions {
	r := Suggestions{Options: []*slack.OptionBlockObject{}}
	for _, c := range choices {
		if len(r.Options) < MaxOptions && c.Value != "" && len(c.Value) <= MaxOptionValue {
			r.Options = append(r.Options, option(c.Text, c.Value))
		}
	}
	return r
}

// lookup is a menu whose options are asked for as soon as it opens, since there may
// be more than Slack lets us list.
func lookup(action, placeholder string, chosen Choice) *slack.SelectBlockElement {
	immediately := 0
	m := &slack.SelectBlockElement{Type: slack.OptTypeExternal, ActionID: action, Placeholder: plain(placeholder, MaxPlaceholder), MinQueryLength: &immediately}
	if chosen.Value != "" {
		m.InitialOption = option(chosen.Text, chosen.Value)
	}
	return m
}

// PageModal asks whom to page, and why. Without an incident the page begins one, in
// triage, that is called by the reason.
func PageModal(i *incident.Incident, channel string) slack.ModalViewRequest {
	var blocks []slack.Block
	private, reason := ":"+channel, "It is what the new incident is called."
	if i != nil {
		private = reference(i.ID, "") + ":" + channel
		reason = "It stands in what they get."
		blocks = append(blocks, small(glance(i)+" · "+said(i.Title, maxLine)))
	}
	why := input("reason", "What for?", typing("Payments fail, and nobody here knows the queue", "", incident.MaxTitle, false))
	if i != nil {
		why = optional(why)
	}
	blocks = append(blocks,
		hinted(optional(input("people", "People", several("Whom to wake", nil))), "All of them are asked at once."),
		hinted(optional(input("what", "or whoever is on call for", lookup("pageable", "A service, team, schedule or policy", Choice{}))), "Step by step, until somebody acknowledges."),
		hinted(why, reason),
		input("urgency", "How urgent is it?", menu("urgency", "Urgency", []*slack.OptionBlockObject{
			option("Now: wake them", "high"), option("It can wait for the morning", "low")}, "high")))
	return form("page", "Page somebody", "Page", private, blocks...)
}
