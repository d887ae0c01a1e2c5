package postmortem

import (
	"html"
	"strings"
	"testing"
	"unicode/utf8"
)

// shown renders Markdown and returns what a browser would show of it, once the
// one element that is expected around it is taken off.
func shown(t *testing.T, text, open, shut string) string {
	t.Helper()
	page, err := convert(text)
	if err != nil {
		t.Fatal(err)
	}
	body, opened := strings.CutPrefix(string(page), open)
	body, closed := strings.CutSuffix(body, shut)
	if !opened || !closed || strings.Contains(body, "<") {
		t.Fatalf("%q became %q; want only text inside %s…%s", text, page, open, shut)
	}
	return html.UnescapeString(body)
}

func FuzzEscapedTextIsNothingButText(f *testing.F) {
	for _, seed := range []string{
		"plain", "# heading", "- item", "1. item", "1) item", "> quote", "---", "===", "+ x", "~~~", "```", "    code",
		"<script>alert(1)</script>", "<!-- x", "[a](javascript:alert(1))", "![x](http://e.example/p)", "[x]: http://e.example",
		"| a | b |", "a|b", "*b* _i_ ~~s~~ `c`", "&lt;b&gt; &#60;", "\\", "a\\*b", "http://a_b_c.example/?x=1&y=2", "<http://x>",
		"a\nb\r\n# c", "\u202eevil", "line\u2028separator", "שלום", "\x00\xff", "!", "![", "a  \nb", "\u00a0nbsp", "123456789012. x", "\ufffd",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		safe, want := escape(s), fold(s)
		if strings.ContainsAny(safe, "\n\r") || !utf8.ValidString(safe) {
			t.Fatalf("escape(%q) = %q is not one line of text", s, safe)
		}
		if want == "" {
			return
		}
		for _, c := range []struct{ text, open, shut string }{
			{safe, "<p>", "</p>\n"},
			{"> " + safe, "<blockquote>\n<p>", "</p>\n</blockquote>\n"},
			{"- " + safe, "<ul>\n<li>", "</li>\n</ul>\n"},
			{"| h |\n| --- |\n| " + safe + " |", "<table>\n<thead>\n<tr>\n<th>h</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>", "</td>\n</tr>\n</tbody>\n</table>\n"},
		} {
			if got := shown(t, c.text, c.open, c.shut); got != want {
				t.Fatalf("%q is shown as %q; want %q", c.text, got, want)
			}
		}
	})
}

func TestLinksGoOnlyWhereReadersMaySafelyGo(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://a.example/x?y=1&z=2":       "[L](<https://a.example/x?y=1&amp;z=2>)",
		"https://a.example/a|b>c":           "[L](<https://a.example/a%7Cb%3Ec>)",
		"javascript:alert(1)":               "L",
		"JaVaScRiPt://x/%0aalert(1)":        "L",
		"data:text/html,<script>":           "L",
		"//evil.example":                    "L",
		"":                                  "L",
		"https://a.example/\nhttp://b":      "L",
		" https://a.example/p ":             "[L](<https://a.example/p>)",
		"ftp://a.example/":                  "L",
		"https://a.example/`x`\\y":          "[L](<https://a.example/%60x%60%5Cy>)",
		"https://user@a.example/(x)[y]*z*_": "[L](<https://user@a.example/(x)[y]*z*_>)",
	} {
		if got := link("L", address); got != want {
			t.Errorf("link to %q is %q; want %q", address, got, want)
		}
	}
}

func FuzzWrittenTextSwallowsNothing(f *testing.F) {
	for _, seed := range []string{"```\ncode", "~~~ go\n```", "> ```\n> x", "- ```\n  x", "<!-- x", "<pre>", "<?php", "<![CDATA[", "<!D", "- a\n\n      b", "[x]: <", "a\n===", "\t", "<div>\n\n<script>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if text := clean(s); !endsCleanly(closed(text)) {
			t.Errorf("%q is left open: %q", text, closed(text))
		}
	})
}

func TestPeopleCannotSwallowTheSectionsThatFollow(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"```\ncode", "~~~~ go\n```\nx\n~~~", "> ```\n> x", "a <!-- b", "<script>", "<pre>\nx", "* * *\n```sh\n# x", "- ```\n  x", "<!DOCTYPE x", "<![CDATA[ x", "<?php", "````\n```\n"} {
		d := drafted(quietFacts())
		if _, err := d.Write("trigger", text, ann, noon); err != nil {
			t.Fatal(err)
		}
		page, err := convert(Render(d))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range d.Parts {
			if !strings.Contains(string(page), "<h2>"+p.Title+"</h2>") {
				t.Errorf("after %q the section %q is not a section any more", text, p.Title)
			}
		}
	}
}

func TestThePageRunsNothingThatPeopleWrote(t *testing.T) {
	t.Parallel()
	d := drafted(disorderFacts())
	if _, err := d.Write("trigger", "<script>alert(1)</script> [x](javascript:alert(2)) <img src=x onerror=alert(3)>\n\n<iframe src=//e.example>", ann, noon); err != nil {
		t.Fatal(err)
	}
	page, err := HTML(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<iframe", "<img", `href="javascript`} {
		if strings.Contains(strings.ToLower(string(page)), bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	if !strings.Contains(string(page), "&lt;iframe src=//e.example&gt;") {
		t.Error("what a person wrote is not on the page")
	}
}

func TestCountsHaveTheRightPlural(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"0 updates": count(0, "update"), "1 update": count(1, "update"), "2 updates": count(2, "update"),
		"1 entry": count(1, "entry"), "3 entries": count(3, "entry"),
		"a": and([]string{"a"}), "a and b": and([]string{"a", "b"}), "a, b and c": and([]string{"a", "b", "c"}), "": and(nil),
	} {
		if got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
}
