package notifiertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// hostile is what an attacker may put into a title through an alert.
const hostile = `<!channel> <@U02BOB> <https://evil.example|Acknowledge> *x* &lt; </b><script>alert(1)</script> Checkout`

func hostileTitleDoesNothing(ctx context.Context, b bench) error {
	m := b.page("delivery-1")
	m.Title, m.Text = hostile, hostile
	got, _, err := b.deliver(ctx, m)
	if err != nil {
		return err
	}
	if got.Hijacked != "" {
		return fmt.Errorf("a hostile title %s", got.Hijacked)
	}
	if !sees(got.Text, "Checkout") {
		return fmt.Errorf("a hostile title hides the rest of itself:\n%s", got.Text)
	}
	return nil
}

func controlCharactersVanish(ctx context.Context, b bench) error {
	m := b.page("delivery-1")
	m.Title = "Checkout\x00 \x1b[31mreturns\r\nBcc: mallory@evil.example\r\n\r\nerrors\u202e\u2066"
	m.Text = "line one\nline two\x07\x00"
	got, _, err := b.deliver(ctx, m)
	if err != nil {
		return err
	}
	if !utf8.ValidString(got.Text) {
		return fmt.Errorf("the text is not valid UTF-8: %q", got.Text)
	}
	for _, r := range got.Text {
		if r < 0x20 && !strings.ContainsRune("\n\r\t", r) || r == 0x7f || r == 0x202e || r == 0x2066 {
			return fmt.Errorf("the text has a control character %U:\n%q", r, got.Text)
		}
	}
	if got.To != b.To {
		return fmt.Errorf("a line end in a title sent the message to %q", got.To)
	}
	return nil
}

func longTextIsCut(ctx context.Context, b bench) error {
	m := b.page("delivery-1")
	m.Title, m.Text = strings.Repeat("a", 10_000), strings.Repeat("long text ", 1_000)
	got, _, err := b.deliver(ctx, m)
	if err != nil {
		return err
	}
	limit := b.MaxText
	if limit == 0 {
		limit = 4000
	}
	if n := utf8.RuneCountInString(got.Text); n > limit {
		return fmt.Errorf("the message has %d characters; the vendor's limit is %d", n, limit)
	}
	if b.Spoken || b.Bare {
		return nil
	}
	if !slices.Contains(got.Links, m.Link) {
		return fmt.Errorf("a long title cut the link off: %v", got.Links)
	}
	for _, a := range m.Actions {
		if !slices.Contains(got.Actions, a.Name) && !slices.Contains(got.Actions, a.Code) {
			return fmt.Errorf("a long title cut %q off: %v", a.Name, got.Actions)
		}
	}
	return nil
}

func otherScriptsArrive(ctx context.Context, b bench) error {
	for n, title := range []string{"الدفع متوقف Checkout", "🔥🔥 Checkout 👩‍🚒", "Zażółć gęślą jaźń Checkout", "支付失败 Checkout"} {
		m := b.page(fmt.Sprintf("delivery-%d", n))
		m.Title = title
		got, _, err := b.deliver(ctx, m)
		if err != nil {
			return err
		}
		if !utf8.ValidString(got.Text) || !sees(got.Text, "Checkout") {
			return fmt.Errorf("%q came out as\n%q", title, got.Text)
		}
	}
	return nil
}
