// Package view turns our types into Slack blocks. Everything here is a pure
// function: no clock, no network, no Slack client.
//
// Before changing a view, know that Slack refuses a whole message or modal for
// one string that is too long: cut with Truncate and the limits of this file,
// and pass every text that people or other systems wrote through Escape.
package view

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gosimple/slug"
)

// Limits of messages and views (docs.slack.dev: Block Kit "blocks" and "views").
const (
	MaxMessageBlocks   int = 50
	MaxViewBlocks      int = 100     // modal and App Home
	MaxViewBytes       int = 250_000 // views.open: view_too_large above 250 KB
	MaxBlocksText      int = 12_000  // all blocks of a message; measured: msg_blocks_too_long above some 13,000
	MaxMessageText     int = 4_000   // chat.postMessage recommends, chat.update refuses more
	MaxAckBytes        int = 20_479  // Socket Mode closes the connection at frames above 20,480
	MaxViewTitle       int = 24
	MaxViewButton      int = 24 // submit and close
	MaxPrivateMetadata int = 3_000
	MaxCallbackID      int = 255
	MaxExternalID      int = 255
	MaxModalStack      int = 3 // views.push: push_limit_reached
)

// Limits of blocks and elements, in Unicode code points or items
// (docs.slack.dev: Block Kit reference).
const (
	MaxBlockID            int = 255
	MaxActionID           int = 255
	MaxText               int = 3_000 // a text object and so a section
	MaxSectionFields      int = 10
	MaxFieldText          int = 2_000
	MaxHeaderText         int = 150
	MaxContextElements    int = 10
	MaxActionsElements    int = 25
	MaxInputLabel         int = 2_000
	MaxInputHint          int = 2_000
	MaxInputText          int = 3_000 // plain_text_input min_length and max_length
	MaxPlaceholder        int = 150
	MaxMarkdown           int = 12_000 // over all markdown blocks of a message
	MaxTableRows          int = 100
	MaxTableCells         int = 20
	MaxImageURL           int = 3_000
	MaxAltText            int = 2_000
	MaxButtonText         int = 75
	MaxButtonValue        int = 2_000
	MaxButtonURL          int = 3_000
	MaxAccessibilityLabel int = 75
	MaxOptionText         int = 75
	MaxOptionValue        int = 150
	MaxOptionDescription  int = 75
	MaxOptions            int = 100 // of a menu; also option groups, and options per group
	MaxOptionGroupLabel   int = 75
	MaxChoices            int = 10 // checkboxes and radio buttons
	MaxOverflowOptions    int = 5
	MaxConfirmTitle       int = 100
	MaxConfirmText        int = 300
	MaxConfirmButton      int = 30
)

// Limits of conversations (Slack's method definitions of 2026).
const (
	MaxChannelName   int = 80
	MaxTopic         int = 250 // conversations.setTopic and setPurpose: too_long
	MaxInvites       int = 100 // users in one conversations.invite
	MaxBookmarkTitle int = 256
	MaxBookmarkLink  int = 2_048
)

const ellipsis = '…'

// whole matches what must not be cut apart in mrkdwn: <entities> and &escapes;.
var whole = regexp.MustCompile(`<[^<>]+>|&(?:amp|lt|gt);`)

// Truncate shortens s to at most max code points, the last of which is then an
// ellipsis. It cuts before an mrkdwn entity rather than inside it, and does not
// part a letter from its accents or an emoji from its modifiers. What fits is
// returned as it is; a max below 1 leaves nothing. What Literal disarmed stays so.
func Truncate(s string, max int) string {
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	if max < 1 {
		return ""
	}
	cut := byteOffset(s, max-1)
	for _, span := range whole.FindAllStringIndex(s, -1) {
		if span[0] < cut && cut < span[1] {
			cut = span[0]
		}
	}
	return strings.TrimRightFunc(beforeMark(s[:clusterStart(s, cut)]), unicode.IsSpace) + string(ellipsis)
}

// byteOffset is where the code point with index n begins.
func byteOffset(s string, n int) int {
	for offset := range s {
		if n == 0 {
			return offset
		}
		n--
	}
	return len(s)
}

// clusterStart moves a cut back to where the character people see begins. A
// heap of more than 32 marks on one letter is nobody's language and is cut.
func clusterStart(s string, cut int) int {
	at := cut
	for range 32 {
		next, _ := utf8.DecodeRuneInString(s[at:])
		before, size := utf8.DecodeLastRuneInString(s[:at])
		if size == 0 || !joined(s[:at], before, next) {
			return at
		}
		at -= size
	}
	return cut
}

const zeroWidthJoiner = '\u200d'

// joined tells whether next continues the visible character that ends with before.
func joined(head string, before, next rune) bool {
	switch {
	case unicode.Is(unicode.M, next), next == zeroWidthJoiner, before == zeroWidthJoiner:
		return true
	case next >= 0x1f3fb && next <= 0x1f3ff: // skin tones
		return true
	}
	return isFlagHalf(next) && trailingFlagHalves(head)%2 == 1
}

func isFlagHalf(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

func trailingFlagHalves(s string) int {
	return utf8.RuneCountInString(s) - utf8.RuneCountInString(strings.TrimRightFunc(s, isFlagHalf))
}

var (
	escaper    = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	broadcasts = regexp.MustCompile(`(?i)@(channel|here|everyone)`)
)

// Escape makes untrusted text safe for mrkdwn: nobody is mentioned, no link is
// faked, no channel is woken, not even where Slack resolves bare @channel. Call
// it once, on the raw text: a second call shows the first one's escapes.
func Escape(s string) string {
	return escaper.Replace(broadcasts.ReplaceAllString(strings.ToValidUTF8(s, "\uFFFD"), "@"+string(zeroWidthJoiner)+"$1"))
}

var (
	userIDs    = regexp.MustCompile(`^[UW][A-Z0-9]+$`)
	channelIDs = regexp.MustCompile(`^[CGD][A-Z0-9]+$`)
)

// Mention names and notifies a person by Slack user id. Anything else than an
// id comes back as harmless text.
func Mention(user string) string {
	if !userIDs.MatchString(user) {
		return Escape(user)
	}
	return "<@" + user + ">"
}

var linkEscaper = strings.NewReplacer("|", "%7C", "<", "%3C", ">", "%3E", " ", "%20", "&", "&amp;")

// Link shows label, or the address when there is no label, as a link to an
// http or https address. With any other address it is the label as plain text.
func Link(address, label string) string {
	label = strings.Join(strings.Fields(label), " ")
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		if label == "" {
			label = address
		}
		return Escape(label)
	}
	if label == "" {
		return "<" + linkEscaper.Replace(u.String()) + ">"
	}
	return "<" + linkEscaper.Replace(u.String()) + "|" + Escape(label) + ">"
}

// Date shows an instant in each reader's own time zone. Where Slack cannot,
// readers see the fallback, or the time in UTC when fallback is empty. The zero
// time shows the fallback alone.
func Date(t time.Time, fallback string) string {
	fallback = strings.NewReplacer("^", " ", "|", " ").Replace(fallback)
	if t.IsZero() {
		return Escape(fallback)
	}
	if fallback == "" {
		fallback = t.UTC().Format("2006-01-02 15:04 UTC")
	}
	return "<!date^" + strconv.FormatInt(t.Unix(), 10) + "^{date_short_pretty} at {time}|" + Escape(fallback) + ">"
}

// ChannelSlug names the channel of a numbered thing: prefix-number-title, as
// Slack wants it: at most 80 lower-case letters, digits and hyphens. Titles in
// any script are transliterated and cut at a word; one without a letter or a
// digit is left out. An empty prefix is "inc".
func ChannelSlug(prefix string, number int64, title string) string {
	head := hyphenated(prefix, 20)
	if head == "" {
		head = "inc"
	}
	head += "-" + strconv.FormatUint(uint64(max(number, 0)), 10)
	tail := hyphenated(title, MaxChannelName-len(head)-1)
	return strings.TrimSuffix(head+"-"+tail, "-")
}

// hyphenated transliterates and cuts to at most limit characters, between words
// when there are words.
func hyphenated(s string, limit int) string {
	const enough = 1000 // code points: the slug of a long text is cut anyway
	s = strings.ReplaceAll(slug.Make(s[:byteOffset(s, enough)]), "_", "-")
	parts := slices.DeleteFunc(strings.Split(s, "-"), func(part string) bool { return part == "" })
	s = strings.Join(parts, "-")
	if len(s) <= limit {
		return s
	}
	if end := strings.LastIndexByte(s[:limit+1], '-'); end > 0 {
		return s[:end]
	}
	return s[:limit]
}

// Topic joins the parts that are not blank into a channel topic of one line,
// within Slack's 250 characters.
func Topic(parts ...string) string {
	var lines []string
	for _, part := range parts {
		if line := strings.Join(strings.Fields(part), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return Truncate(strings.Join(lines, " · "), MaxTopic)
}
