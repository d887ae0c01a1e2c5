package view

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// shaped are texts that Slack would show in another shape than letters.
var shaped = []*regexp.Regexp{
	regexp.MustCompile(`(?:^|[^\pL\pN*])\*[^\s\x{200b}*](?:[^*\n]*[^\s\x{200b}*])?\*(?:$|[^\pL\pN*])`),
	regexp.MustCompile(`(?:^|[^\pL\pN_])_[^\s\x{200b}_](?:[^\n]*?[^\s\x{200b}_])?_(?:$|[^\pL\pN_])`),
	regexp.MustCompile(`(?:^|[^\pL\pN~])~[^\s\x{200b}~](?:[^~\n]*[^\s\x{200b}~])?~(?:$|[^\pL\pN~])`),
	regexp.MustCompile("`[^`\\n]+`"),
}

// address is a link to Slack, in which no mark counts.
var address = regexp.MustCompile(`https?://\S*`)

// typed undoes what Literal did, as an eye does.
var typed = strings.NewReplacer(string(zeroWidthSpace), "", string(graveAccent), "`")

func TestLiteralIsReadAsItWasTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"plain words", "plain words"},
		{"db_primary_1 and 2*3*4", "db_primary_1 and 2*3*4"},
		{"https://acme.example/_a_/~user?b=*c", "https://acme.example/_a_/~user?b=*c"},
		{"*bold*", "\u200b*\u200bbold\u200b*\u200b"},
		{"**x", "\u200b*\u200b*\u200bx"},
		{"`rm`", "\u200bˋ\u200brm\u200bˋ\u200b"},
		{"*<!here>*", "\u200b*\u200b&lt;!here&gt;\u200b*\u200b"},
		{"*https://acme.example/x*", "\u200b*\u200bhttps://acme.example/x\u200b*\u200b"},
	} {
		if got := Literal(c.in); got != c.want {
			t.Errorf("Literal(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestNoLineThatSomebodyTypedTakesShape(t *testing.T) {
	t.Parallel()
	alphabet := []string{"*", "_", "~", "`", " ", "a", "b1", "ä", ".", "https://a.example/_b_", "\n", "<", "&", "@here", "👩\u200d👩", "-"}
	for seed := range uint64(4000) {
		d := dice{rand.New(rand.NewPCG(seed, 3))}
		var b strings.Builder
		for range d.IntN(24) {
			b.WriteString(alphabet[d.IntN(len(alphabet))])
		}
		text := b.String()
		if got, want := typed.Replace(Literal(text)), Escape(text); got != want {
			t.Fatalf("Literal(%q) reads as %q, want %q", text, got, want)
		}
		shown := "*Ours:* " + said(text, 1+d.IntN(60)) + " · *ours*"
		rest := strings.Replace(strings.TrimSuffix(shown, " · *ours*"), "*Ours:*", "", 1)
		rest = address.ReplaceAllString(rest, "there")
		for _, shape := range shaped {
			if found := shape.FindString(rest + " "); found != "" {
				t.Fatalf("%q is shown as %q, in which %q has a shape", text, rest, found)
			}
		}
	}
}
