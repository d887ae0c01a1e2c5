package incident

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCleanTitle(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Checkout is down":             "Checkout is down",
		"  a \n\t b\r\n":               "a b",
		"الدفع معطل":                   "الدفع معطل",
		"\u202eevil\u202c abc":         "evil abc",
		"🔥🔥👩‍🚒":                        "🔥🔥👩‍🚒",
		"<!channel> wake up":           "<!channel> wake up",
		"a\x00b\x07c\x7f\u0085\u200bd": "abcd",
		"bad \xff utf8":                "bad \ufffd utf8",
		strings.Repeat("é", 200):       strings.Repeat("é", 200),
	} {
		if got, err := CleanTitle(in); err != nil || got != want {
			t.Errorf("CleanTitle(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"":                          "An incident needs a title",
		" \t\n":                     "An incident needs a title",
		"\u200b\u202e\x00":          "An incident needs a title",
		"\u200d\u2060\u00ad":        "An incident needs a title",
		strings.Repeat("x", 10_000): "That title has 10,000 characters; keep it to 200 and put the rest into the summary.",
		strings.Repeat("🔥", 201):    "That title has 201 characters",
	} {
		got, err := CleanTitle(in)
		if CodeOf(err) != Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("CleanTitle of %d bytes = %q, %v; want %q", len(in), got, err, want)
		}
	}
}

func FuzzCleanTitle(f *testing.F) {
	for _, seed := range []string{"a", "\u202ea", "🔥", "a\x00\xff", strings.Repeat("x", 300)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		title, err := CleanTitle(in)
		if err != nil {
			return
		}
		again, err := CleanTitle(title)
		if err != nil || again != title || !utf8.ValidString(title) || strings.ContainsAny(title, "\x00\n\t\u202e") || utf8.RuneCountInString(title) > MaxTitle {
			t.Errorf("CleanTitle(%q) = %q; again %q, %v", in, title, again, err)
		}
	})
}

func TestCleanText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", " a\n\tb \r\n": "a\n\tb", "a\r\nb\rc": "a\nb c", "a\x00\x1bb": "ab", "\xff": "\ufffd", "\u202eabc": "abc",
	} {
		if got := CleanText(in); got != want {
			t.Errorf("CleanText(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDeclareChecksWhatItIsGiven(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]Declaration{
		"no title":     {},
		"long summary": {Title: "x", Summary: strings.Repeat("x", MaxSummary+1)},
		"severity 6":   {Title: "x", Severity: 6},
		"severity -1":  {Title: "x", Severity: -1},
	} {
		if i, events, err := Declare(d, System, noon); CodeOf(err) != Invalid || i != nil || events != nil {
			t.Errorf("%s: %v, %v, %v; want a sentence", name, i, events, err)
		}
	}
	i, events, err := Declare(Declaration{Title: " x ", Summary: " s "}, By("U1"), noon)
	if err != nil || i.Severity != DefaultSeverity || i.Status != StatusActive || i.Milestones.Detected != noon || i.Summary != "s" || len(events) != 1 {
		t.Errorf("Declare = %+v, %v, %v", i, events, err)
	}
	i, events, err = Declare(Declaration{Title: "x", Commander: "U2"}, By("U1"), noon)
	if err != nil || i.Holder(Commander) != "U2" || i.Milestones.Acknowledged != noon || len(events) != 2 || events[1] != (RoleAssigned{Role: Commander, To: "U2"}) {
		t.Errorf("Declare with a commander = %+v, %v, %v", i, events, err)
	}
}

func TestParseID(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]ID{"INC-42": 42, "inc-42": 42, "#42": 42, " 42 ": 42, "INC-#7": 7} {
		if got, err := ParseID(in); err != nil || got != want {
			t.Errorf("ParseID(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "INC-", "0", "-1", "+1", "4.2", "forty", "99999999999999999999", "9223372036854775808"} {
		if got, err := ParseID(in); CodeOf(err) != Invalid {
			t.Errorf("ParseID(%q) = %v, %v; want a sentence", in, got, err)
		}
	}
}

func TestParseSeverityAndStatus(t *testing.T) {
	t.Parallel()
	for _, s := range Severities() {
		for _, in := range []string{s.String(), strings.ToLower(s.String()), s.String()[3:], "s" + s.String()[3:], "SEV-" + s.String()[3:]} {
			if got, err := ParseSeverity(in); err != nil || got != s {
				t.Errorf("ParseSeverity(%q) = %v, %v; want %v", in, got, err, s)
			}
		}
		if s.Meaning() == "" {
			t.Errorf("%s has no meaning", s)
		}
	}
	for _, in := range []string{"", "sev0", "sev6", "sev+1", "-1", "high", "p1"} {
		if got, err := ParseSeverity(in); CodeOf(err) != Invalid {
			t.Errorf("ParseSeverity(%q) = %v, %v; want a sentence", in, got, err)
		}
	}
	for _, s := range Statuses() {
		if got, err := ParseStatus(strings.ToUpper(string(s))); err != nil || got != s {
			t.Errorf("ParseStatus(%q) = %v, %v", s, got, err)
		}
	}
	if got, err := ParseStatus("broken"); CodeOf(err) != Invalid {
		t.Errorf("ParseStatus(broken) = %v, %v; want a sentence", got, err)
	}
}
