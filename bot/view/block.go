package view

import (
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

func markdown(text string) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.MarkdownType, Text: Truncate(text, MaxText)}
}

// plain is for words of ours only: what people wrote goes through said.
func plain(text string, max int) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: Truncate(text, max)}
}

func section(lines ...string) *slack.SectionBlock {
	return &slack.SectionBlock{Type: slack.MBTSection, Text: markdown(parts("\n", lines...))}
}

// sections makes a section of each text that is not empty.
func sections(texts ...string) []slack.Block {
	var blocks []slack.Block
	for _, text := range texts {
		if text != "" {
			blocks = append(blocks, section(text))
		}
	}
	return blocks
}

// sectionWith puts a button or a menu beside the text.
func sectionWith(element slack.BlockElement, lines ...string) *slack.SectionBlock {
	s := section(lines...)
	s.Accessory = slack.NewAccessory(element)
	return s
}

// small is a line in small grey letters.
func small(text string) *slack.ContextBlock {
	return slack.NewContextBlock("", markdown(text))
}

func header(text string) *slack.HeaderBlock {
	return &slack.HeaderBlock{Type: slack.MBTHeader, Text: plain(text, MaxHeaderText)}
}

func divider() *slack.DividerBlock { return slack.NewDividerBlock() }

func actions(elements ...slack.BlockElement) *slack.ActionBlock {
	return slack.NewActionBlock("", elements...)
}

// packed puts lines into as few sections as Slack's limit allows; no line is cut
// that fits a section by itself.
func packed(lines []string) []slack.Block {
	var blocks []slack.Block
	text := ""
	for _, line := range lines {
		if text != "" && utf8.RuneCountInString(text)+1+utf8.RuneCountInString(line) > MaxText {
			blocks = append(blocks, section(text))
			text = ""
		}
		text = parts("\n", text, line)
	}
	if text != "" {
		blocks = append(blocks, section(text))
	}
	return blocks
}

// reference is a button's value: the incident, and what else its handler needs.
func reference(id incident.ID, rest string) string {
	if rest == "" {
		return id.String()
	}
	return id.String() + ":" + rest
}

func button(label, action, value string) *slack.ButtonBlockElement {
	return &slack.ButtonBlockElement{Type: slack.METButton, Text: plain(label, MaxButtonText), ActionID: action, Value: value}
}

func primary(b *slack.ButtonBlockElement) *slack.ButtonBlockElement {
	b.Style = slack.StylePrimary
	return b
}

// linkButton opens an address. Slack reports the click too; "link" acks it.
func linkButton(label, address, suffix string) *slack.ButtonBlockElement {
	b := button(label, "link:"+suffix, "")
	b.URL = address
	return b
}

// confirmed asks before a click counts. The text is safe mrkdwn.
func confirmed(b *slack.ButtonBlockElement, title, text, yes, no string) *slack.ButtonBlockElement {
	b.Confirm = &slack.ConfirmationBlockObject{
		Title:   plain(title, MaxConfirmTitle),
		Text:    &slack.TextBlockObject{Type: slack.MarkdownType, Text: Truncate(text, MaxConfirmText)},
		Confirm: plain(yes, MaxConfirmButton),
		Deny:    plain(no, MaxConfirmButton),
	}
	return b
}

func option(text, value string) *slack.OptionBlockObject {
	return &slack.OptionBlockObject{Text: plain(text, MaxOptionText), Value: value}
}

func menu(action, placeholder string, options []*slack.OptionBlockObject, chosen string) *slack.SelectBlockElement {
	m := &slack.SelectBlockElement{Type: slack.OptTypeStatic, ActionID: action,
		Placeholder: plain(placeholder, MaxPlaceholder), Options: options}
	for _, o := range options {
		if o.Value == chosen {
			m.InitialOption = o
		}
	}
	return m
}

// webAddress reports whether Slack accepts an address behind a button or bookmark.
func webAddress(address string, max int) bool {
	return Link(address, "x") != "x" && !strings.ContainsAny(address, "<>| ") && utf8.RuneCountInString(address) <= max
}
