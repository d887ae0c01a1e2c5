package slacksim

import (
	"math"
	"regexp"
)

var (
	userIDs      = regexp.MustCompile(`^[UW][A-Z0-9]+$`)
	groupIDs     = regexp.MustCompile(`^S[A-Z0-9]+$`)
	teamIDs      = regexp.MustCompile(`^T[A-Z0-9]+$`)
	channelIDs   = regexp.MustCompile(`^[CG][A-Z0-9]+$`)
	sixHexDigits = regexp.MustCompile(`^#?[0-9a-fA-F]{6}$`)
)

var (
	mustUserID    = mustMatch(userIDs, "a user id")
	mustChannelID = mustMatch(channelIDs, "a channel id")
)

var richStyle = mustObject("", fields{
	"bold": mustBool, "italic": mustBool, "strike": mustBool, "underline": mustBool, "code": mustBool,
	"highlight": mustBool, "client_highlight": mustBool, "unlink": mustBool,
}, func(v *validation, at string, m map[string]any) {
	if len(m) == 0 {
		v.say(at, "must provide at least 1 items")
	}
})

func richLeaf(required string, more fields) rule {
	return mustObject(required, with(fields{"type": anything, "style": richStyle}, more), counted("text"))
}

var mustRichLeaf = mustBeTyped("leaf/", "text", "link", "user", "usergroup", "team", "channel", "emoji", "broadcast", "color", "date")

var mustRichElement = mustBeTyped("rich/", "rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")

// richShapes is the grammar of rich text, below the block.
var richShapes = map[string]rule{
	"leaf/text":      richLeaf("text", fields{"text": mustString(0, math.MaxInt)}),
	"leaf/link":      richLeaf("url", fields{"url": mustURL(3000), "text": mustString(0, math.MaxInt), "unsafe": mustBool}),
	"leaf/user":      richLeaf("user_id", fields{"user_id": mustUserID}),
	"leaf/usergroup": richLeaf("usergroup_id", fields{"usergroup_id": mustMatch(groupIDs, "a user group id")}),
	"leaf/team":      richLeaf("team_id", fields{"team_id": mustMatch(teamIDs, "a team id")}),
	"leaf/channel":   richLeaf("channel_id", fields{"channel_id": mustChannelID}),
	"leaf/emoji":     richLeaf("name", fields{"name": mustString(1, 255), "skin_tone": mustBeWhole(1, 6), "unicode": mustString(1, 255)}),
	"leaf/broadcast": richLeaf("range", fields{"range": mustBeOneOf("here", "channel", "everyone")}),
	"leaf/color":     richLeaf("value", fields{"value": mustMatch(sixHexDigits, "a hex colour")}),
	"leaf/date": richLeaf("timestamp format", fields{
		"timestamp": mustBeWhole(0, math.MaxInt64), "format": mustString(1, 3000),
		"url": mustURL(3000), "fallback": mustString(0, 3000),
	}),
	"rich/rich_text_section": mustObject("elements", fields{"type": anything, "elements": mustList(0, math.MaxInt, mustRichLeaf)}),
	"rich/rich_text_quote": mustObject("elements", fields{
		"type": anything, "elements": mustList(0, math.MaxInt, mustRichLeaf), "border": mustBeWhole(0, 1),
	}),
	"rich/rich_text_preformatted": mustObject("elements", fields{
		"type": anything, "elements": mustList(0, math.MaxInt, mustRichLeaf), "border": mustBeWhole(0, 1), "language": mustString(1, 255),
	}),
	"rich/rich_text_list": mustObject("style elements", fields{
		"type": anything, "style": mustBeOneOf("bullet", "ordered"),
		"elements": mustList(1, math.MaxInt, mustBeTyped("rich/", "rich_text_section")),
		"indent":   mustBeWhole(0, math.MaxInt64), "offset": mustBeWhole(0, math.MaxInt64), "border": mustBeWhole(0, 1),
	}),
}
