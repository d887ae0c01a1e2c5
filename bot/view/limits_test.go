package view

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

func TestTruncate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		max      int
		want     string
	}{
		{"fits", "abc", 3, "abc"},
		{"cut", "abcd", 3, "ab…"},
		{"counts code points", "ääää", 4, "ääää"},
		{"cuts code points", "äöüßé", 4, "äöü…"},
		{"no room", "abc", 0, ""},
		{"negative room", "abc", -1, ""},
		{"room for the ellipsis", "abc", 1, "…"},
		{"no space before the ellipsis", "ab cd", 4, "ab…"},
		{"accent stays on its letter", "xe\u0301y", 3, "x…"},
		{"family stays together", "ab👩\u200d👩\u200d👧c", 5, "ab…"},
		{"skin tone stays", "a👍🏽b", 3, "a…"},
		{"flag stays whole", "🇩🇪🇫🇷", 4, "🇩🇪🇫🇷"},
		{"flags are cut between", "🇩🇪🇫🇷🇮🇹", 4, "🇩🇪…"},
		{"mention stays whole", "hi <@U123> there", 8, "hi…"},
		{"cut after a mention", "<@U1> hello", 7, "<@U1>…"},
		{"escape stays whole", "a&amp;b", 4, "a…"},
		{"a lone bracket is text", "a < bcdef", 6, "a < b…"},
		{"marks without end", "x" + strings.Repeat("\u0301", 50), 40, "x" + strings.Repeat("\u0301", 38) + "…"},
	} {
		if got := Truncate(c.in, c.max); got != c.want {
			t.Errorf("%s: Truncate(%q, %d) = %q, want %q", c.name, c.in, c.max, got, c.want)
		}
	}
}

func TestEscape(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Fish & chips":        "Fish &amp; chips",
		"<!channel>":          "&lt;!channel&gt;",
		"<@U123>":             "&lt;@U123&gt;",
		"<https://evil|ok>":   "&lt;https://evil|ok&gt;",
		"@channel look":       "@\u200dchannel look",
		"@HERE and @Everyone": "@\u200dHERE and @\u200dEveryone",
		"a@b.example":         "a@b.example",
		"bad \xff byte":       "bad \uFFFD byte",
		"ごみ":                  "ごみ",
	} {
		if got := Escape(in); got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMention(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"U012AB3CD": "<@U012AB3CD>", "W1": "<@W1>", "!channel": "!channel", "U1>": "U1&gt;", "": ""} {
		if got := Mention(in); got != want {
			t.Errorf("Mention(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ address, label, want string }{
		{"https://a.example/x", "Runbook", "<https://a.example/x|Runbook>"},
		{"https://a.example/?a=1&b=2", "", "<https://a.example/?a=1&amp;b=2>"},
		{"https://a.example/a|b>c", "x", "<https://a.example/a%7Cb%3Ec|x>"},
		{"https://a.example", "<!here> & co\nmore", "<https://a.example|&lt;!here&gt; &amp; co more>"},
		{"javascript:alert(1)", "Click", "Click"},
		{"slack://open", "Open <b>", "Open &lt;b&gt;"},
		{"mailto:a@b.example", "", "mailto:a@b.example"},
		{"https://", "Nowhere", "Nowhere"},
		{"://", "", "://"},
	} {
		if got := Link(c.address, c.label); got != c.want {
			t.Errorf("Link(%q, %q) = %q, want %q", c.address, c.label, got, c.want)
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 9, 5, 0, 0, time.FixedZone("CET", 3600))
	for _, c := range []struct {
		at             time.Time
		fallback, want string
	}{
		{at, "", "<!date^1795248300^{date_short_pretty} at {time}|2026-11-21 08:05 UTC>"},
		{at, "this|morning^>", "<!date^1795248300^{date_short_pretty} at {time}|this morning &gt;>"},
		{time.Time{}, "n/a", "n/a"},
	} {
		if got := Date(c.at, c.fallback); got != c.want {
			t.Errorf("Date(%v, %q) = %q, want %q", c.at, c.fallback, got, c.want)
		}
	}
}

func TestChannelSlug(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		prefix string
		number int64
		title  string
		want   string
	}{
		{"inc", 42, "Checkout is down", "inc-42-checkout-is-down"},
		{"inc", 1, "", "inc-1"},
		{"inc", 1, "🔥🔥", "inc-1"},
		{"inc", 1, "  --__  ", "inc-1"},
		{"", 7, "x", "inc-7-x"},
		{"Inc!", 7, "Zahlung für Österreich", "inc-7-zahlung-fur-osterreich"},
		{"inc", 2, "数据库宕机", "inc-2-shu-ju-ku-dang-ji"},
		{"inc", 3, "Платежи не работают", "inc-3-platezhi-ne-rabotaiut"},
		{"inc", 4, "<!channel> PAY", "inc-4-channel-pay"},
		{"inc", 5, strings.Repeat("word ", 2000), "inc-5" + strings.Repeat("-word", 15)},
		{"inc", 6, strings.Repeat("x", 200), "inc-6-" + strings.Repeat("x", 74)},
		{"inc", -6, "x", "inc-0-x"},
	} {
		if got := ChannelSlug(c.prefix, c.number, c.title); got != c.want {
			t.Errorf("ChannelSlug(%q, %d, %.30q) = %q, want %q", c.prefix, c.number, c.title, got, c.want)
		}
	}
}

func TestTopic(t *testing.T) {
	t.Parallel()
	if got, want := Topic("SEV1", "", "IC\n<@U1>", " "), "SEV1 · IC <@U1>"; got != want {
		t.Errorf("Topic = %q, want %q", got, want)
	}
	if n := utf8.RuneCountInString(Topic(strings.Repeat("ä", 300))); n != MaxTopic {
		t.Errorf("a long topic has %d characters, want %d", n, MaxTopic)
	}
}

var slackNames = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func FuzzChannelSlug(f *testing.F) {
	f.Add("inc", int64(42), "Checkout is down")
	f.Add("", int64(-1), "مشكلة في الدفع 🔥")
	f.Add("_", int64(1)<<62, "\xff\x00|`'ß@&")
	f.Fuzz(func(t *testing.T, prefix string, number int64, title string) {
		name := ChannelSlug(prefix, number, title)
		if !slackNames.MatchString(name) || len(name) > MaxChannelName {
			t.Errorf("ChannelSlug(%q, %d, %q) = %q", prefix, number, title, name)
		}
	})
}

func FuzzEscapeThenTruncate(f *testing.F) {
	f.Add("<!channel> @here & <@U1>", 7)
	f.Add("👩\u200d👩\u200d👧🇩🇪e\u0301", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit %= 100
		safe := Truncate(Escape(s), limit)
		if n := utf8.RuneCountInString(safe); n > max(limit, 0) || !utf8.ValidString(safe) {
			t.Errorf("%d characters of %d: %q", n, limit, safe)
		}
		rest := regexp.MustCompile(`&(amp|lt|gt);`).ReplaceAllString(safe, "")
		if strings.ContainsAny(rest, "<>&") || broadcasts.MatchString(safe) {
			t.Errorf("Escape(%q) leaves %q", s, safe)
		}
	})
}

// TestLimitsAreSlacks holds our limits against a workspace that refuses what
// Slack refuses: at the limit a text fits, one character more does not.
func TestLimitsAreSlacks(t *testing.T) {
	t.Parallel()
	plain := func(n int) string { return `{"type":"plain_text","text":"` + strings.Repeat("ä", n) + `"}` }
	menu := func(option string) string {
		return `[{"type":"actions","elements":[{"type":"static_select","options":[` + option + `]}]}]`
	}
	for name, c := range map[string]struct {
		max int
		of  func(n int) string
	}{
		"text":   {MaxText, func(n int) string { return `[{"type":"section","text":` + plain(n) + `}]` }},
		"field":  {MaxFieldText, func(n int) string { return `[{"type":"section","fields":[` + plain(n) + `]}]` }},
		"header": {MaxHeaderText, func(n int) string { return `[{"type":"header","text":` + plain(n) + `}]` }},
		"button": {MaxButtonText, func(n int) string {
			return `[{"type":"actions","elements":[{"type":"button","text":` + plain(n) + `}]}]`
		}},
		"option": {MaxOptionText, func(n int) string { return menu(`{"value":"v","text":` + plain(n) + `}`) }},
		"description": {MaxOptionDescription, func(n int) string {
			return menu(`{"value":"v","text":` + plain(1) + `,"description":` + plain(n) + `}`)
		}},
		"value": {MaxOptionValue, func(n int) string {
			return menu(`{"value":"` + strings.Repeat("v", n) + `","text":` + plain(1) + `}`)
		}},
		"blocks":   {MaxMessageBlocks, func(n int) string { return `[` + strings.Repeat(`{"type":"divider"},`, n-1) + `{"type":"divider"}]` }},
		"block_id": {MaxBlockID, func(n int) string { return `[{"type":"divider","block_id":"` + strings.Repeat("b", n) + `"}]` }},
	} {
		if err := slacksim.ValidateMessage([]byte(c.of(c.max))); err != nil {
			t.Errorf("%s of %d: %v", name, c.max, err)
		}
		if slacksim.ValidateMessage([]byte(c.of(c.max+1))) == nil {
			t.Errorf("%s of %d is accepted", name, c.max+1)
		}
	}
}
