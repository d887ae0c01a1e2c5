package slacksim

import (
	"fmt"
	"regexp"
	"strings"
)

var named = regexp.MustCompile(`(^|[\s(])([@#])([a-z0-9][a-z0-9._-]*)`)

// escape turns @name and #channel into Slack's mentions. In slash commands
// (should_escape) mentions of people carry the name too.
func (w *Workspace) escape(text string, inCommand bool) string {
	return named.ReplaceAllStringFunc(text, func(s string) string {
		parts := named.FindStringSubmatch(s)
		name := strings.TrimRight(parts[3], ".")
		rest := parts[3][len(name):]
		if parts[2] == "#" {
			if c := w.channelNamed(name); c != nil {
				return fmt.Sprintf("%s<#%s|%s>%s", parts[1], c.ID, c.Name, rest)
			}
			return s
		}
		u := w.findUser(name)
		switch {
		case u == nil:
			return s
		case inCommand:
			return fmt.Sprintf("%s<@%s|%s>%s", parts[1], u.ID, u.Name, rest)
		}
		return fmt.Sprintf("%s<@%s>%s", parts[1], u.ID, rest)
	})
}

var (
	// markup is what stands in angle brackets in a message: <@U…>, <#C…|name>, <!here>, <https://…|text>.
	markup    = regexp.MustCompile(`<([@#!][^<>]+|https?://[^<>]+|mailto:[^<>]+)>`)
	bareURL   = regexp.MustCompile(`https?://[^\s<>]+`)
	escaped   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	unescaped = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
)

// typed is what a person typed as Slack keeps and delivers it, in messages as in
// slash commands (should_escape): mentions and addresses in angle brackets, any
// other &, < and > as entities.
func (w *Workspace) typed(text string, inCommand bool) string {
	text = w.escape(text, inCommand)
	var kept strings.Builder
	plain := func(s string) {
		at := 0
		for _, m := range bareURL.FindAllStringIndex(s, -1) {
			kept.WriteString(escaped.Replace(s[at:m[0]]) + "<" + escaped.Replace(s[m[0]:m[1]]) + ">")
			at = m[1]
		}
		kept.WriteString(escaped.Replace(s[at:]))
	}
	at := 0
	for _, m := range markup.FindAllStringIndex(text, -1) {
		plain(text[at:m[0]])
		kept.WriteString(text[m[0]:m[1]])
		at = m[1]
	}
	plain(text[at:])
	return kept.String()
}

// richText is the block Slack's editor makes of what a person types.
func richText(text string) []any {
	var parts []any
	say := func(s string) {
		if s != "" {
			parts = append(parts, object{"type": "text", "text": unescaped.Replace(s)})
		}
	}
	at := 0
	for _, m := range markup.FindAllStringSubmatchIndex(text, -1) {
		say(text[at:m[0]])
		parts = append(parts, richElement(text[m[2]:m[3]]))
		at = m[1]
	}
	say(text[at:])
	section := object{"type": "rich_text_section", "elements": parts}
	return []any{object{"type": "rich_text", "elements": []any{section}}}
}

// DirectChannel is the id of the person's direct messages with the app.
func (p *Person) DirectChannel() string {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c, _ := p.w.direct(p.ID, p.w.BotUserID())
	return c.ID
}

// richElement is one piece of markup in a rich text.
func richElement(inside string) object {
	target, label, _ := strings.Cut(inside, "|")
	switch target[0] {
	case '@':
		return object{"type": "user", "user_id": target[1:]}
	case '#':
		return object{"type": "channel", "channel_id": target[1:]}
	case '!':
		return object{"type": "broadcast", "range": target[1:]}
	}
	link := object{"type": "link", "url": unescaped.Replace(target)}
	if label != "" {
		link["text"] = unescaped.Replace(label)
	}
	return link
}
