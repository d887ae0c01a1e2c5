package view

import (
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// modal makes a form about an incident. Its private_metadata carries the incident
// and the channel in which it was opened.
func modal(callback, title, submit string, i *incident.Incident, channel string, blocks ...slack.Block) slack.ModalViewRequest {
	return form(callback, title, submit, reference(i.ID, "")+":"+channel, blocks...)
}

func form(callback, title, submit, private string, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, PrivateMetadata: private, Title: plain(title, MaxViewTitle),
		Submit: plain(submit, MaxViewButton), Close: plain("Cancel", MaxViewButton), Blocks: slack.Blocks{BlockSet: blocks},
	}
}

// input is one question of a form. The block's id is how the answer is read; the
// element's id is never needed.
func input(block, label string, element slack.BlockElement) *slack.InputBlock {
	return &slack.InputBlock{Type: slack.MBTInput, BlockID: block, Label: plain(label, MaxInputLabel), Element: element}
}

func optional(b *slack.InputBlock) *slack.InputBlock {
	b.Optional = true
	return b
}

func hinted(b *slack.InputBlock, hint string) *slack.InputBlock {
	b.Hint = plain(hint, MaxInputHint)
	return b
}

// typing is a text field of one line, or of several, that takes at most max code
// points and begins with text.
func typing(placeholder, text string, max int, multiline bool) *slack.PlainTextInputBlockElement {
	max = min(max, MaxInputText)
	return &slack.PlainTextInputBlockElement{Type: slack.METPlainTextInput, ActionID: "text", Placeholder: plain(placeholder, MaxPlaceholder),
		InitialValue: Truncate(plainly(text), max), MaxLength: max, Multiline: multiline}
}

// somebody is a menu of people; Slack refuses a form whose choice is no user id.
func somebody(placeholder string, chosen incident.PersonID) *slack.SelectBlockElement {
	m := &slack.SelectBlockElement{Type: slack.OptTypeUser, ActionID: "person", Placeholder: plain(placeholder, MaxPlaceholder)}
	if userIDs.MatchString(string(chosen)) {
		m.InitialUser = string(chosen)
	}
	return m
}

func several(placeholder string, chosen []incident.PersonID) *slack.MultiSelectBlockElement {
	m := &slack.MultiSelectBlockElement{Type: slack.MultiOptTypeUser, ActionID: "people", Placeholder: plain(placeholder, MaxPlaceholder)}
	for _, p := range chosen {
		if userIDs.MatchString(string(p)) {
			m.InitialUsers = append(m.InitialUsers, string(p))
		}
	}
	return m
}

// clock is a picker of date and time to the minute, empty for the zero time.
// Slack takes ten digits of Unix time, which is from 2001 to 2286.
func clock(suggestion time.Time) *slack.DateTimePickerBlockElement {
	p := &slack.DateTimePickerBlockElement{Type: slack.METDatetimepicker, ActionID: "time"}
	if at := suggestion.Truncate(time.Minute).Unix(); at >= 1e9 && at < 1e10 {
		p.InitialDateTime = at
	}
	return p
}

// severityOptions lists the grades with what they mean. rest goes before the grade
// in the value, for menus outside forms.
func severityOptions(prefix string) []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for _, s := range incident.Severities() {
		options = append(options, option(s.String()+" · "+s.Meaning(), prefix+severityValue(s)))
	}
	return options
}
