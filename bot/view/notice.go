package view

import (
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// NotInvited says in the room who could not be brought in, and why.
func NotInvited(p incident.PersonID, reason string) Message {
	text := ":warning: " + Mention(string(p)) + " could not be invited" + because(reason) + "\nPlease bring them in by hand, or give their part to somebody else."
	return Message{Text: Truncate(text, MaxMessageText), Blocks: []slack.Block{section(text)}}
}

// Notice is a modal that only says something. The text is safe mrkdwn.
func Notice(text string) slack.ModalViewRequest {
	if text == "" {
		text = "Nothing to do."
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: "notice", Title: plain("Incident", MaxViewTitle), Close: plain("Close", MaxViewButton),
		Blocks: slack.Blocks{BlockSet: []slack.Block{section(text)}},
	}
}
