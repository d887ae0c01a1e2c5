package page_test

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// types enters text into the message field and sends it.
func (b *browser) types(text string) {
	b.t.Helper()
	b.enters("#composer textarea", text)
	b.Do(press(kb.Enter))
}

// enters types text into a field without sending it.
func (b *browser) enters(selector, text string) {
	b.t.Helper()
	b.onceStill(selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// press presses a key that is no letter. Unlike a person's keyboard, the char
// event that the library adds gets through where the page took the key down, so
// it is left out.
func press(key string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		for _, event := range kb.Encode([]rune(key)[0]) {
			if event.Type == kb.KeyChar {
				continue
			}
			if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, *event); err != nil {
				return chromedp.Void{}, err
			}
		}
		return chromedp.Void{}, nil
	}
}
