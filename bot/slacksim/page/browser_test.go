package page_test

import (
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/tocsinhq/tocsin/integrations/browsertest"
)

// browser is one window on the page.
type browser struct {
	*browsertest.Window
	*office
}

// browse opens the page as somebody in a headless browser.
func (o *office) browse(person string) *browser {
	o.t.Helper()
	b := &browser{browsertest.Open(o.t), o}
	b.Do(chromedp.Navigate(o.url + "/#" + person))
	b.sees("#composer textarea")
	return b
}

// sees waits for an element, given by selector, to be visible.
func (b *browser) sees(selector string) {
	b.t.Helper()
	b.Do(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// reads waits for an element to say something.
func (b *browser) reads(selector, words string) {
	b.t.Helper()
	b.Becomes(selector+" to say "+words, `[...document.querySelectorAll(`+quoted(selector)+`)].some((e) => e.innerText.includes(`+quoted(words)+`))`)
}

func quoted(s string) string { return browsertest.Quoted(s) }

// click waits for an element and clicks it with the mouse.
func (b *browser) click(selector string) {
	b.t.Helper()
	b.onceStill(selector, chromedp.Click(chromedp.CSS(selector)))
}

// onceStill acts on an element. One that the page drew anew in between was not acted on
// yet, so it is tried again.
func (b *browser) onceStill(selector string, act chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for began := time.Now(); time.Since(began) < browsertest.Patience; {
		err := b.Try(act)
		if err == nil {
			return
		}
		if !strings.Contains(strings.ToLower(err.Error()), "node") {
			b.Fatalf("%s: %v", selector, err)
		}
	}
	b.Fatalf("%s never stood still", selector)
}
