package page_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browse opens the page as somebody in a headless browser.
func (o *office) browse(person string) *browser {
	o.t.Helper()
	path := chromium(o.t)
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.UserDataDir(o.t.TempDir()), chromedp.WindowSize(1280, 800), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.NoFirstRun, chromedp.Flag("disable-sync", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	o.t.Cleanup(stop)
	ctx, quit := chromedp.NewContext(ctx)
	o.t.Cleanup(quit)
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	o.t.Cleanup(cancel)
	b := &browser{office: o, ctx: ctx}
	if err := chromedp.Listen(ctx, b.hears); err != nil {
		o.t.Fatal(err)
	}
	b.run(chromedp.EmulateViewport(1280, 800), chromedp.Navigate(o.url+"/#"+person))
	b.sees("#composer textarea")
	return b
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no chromium is installed; the page cannot be tested")
	}
	t.Skip("no chromium is installed, so the page is not tested in a browser")
	return ""
}

// browser is one window on the page.
type browser struct {
	*office
	ctx context.Context
}

// hears fails the test over an error that no script of the page caught.
func (b *browser) hears(event any) {
	if e, thrown := event.(*runtime.EventExceptionThrown); thrown {
		said, _ := json.Marshal(e.ExceptionDetails) // a description for people
		b.t.Errorf("the page threw: %s", said)
	}
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatalf("%v\nthe page says:\n%s", err, b.text("body"))
	}
}

// sees waits for an element, given by selector, to be visible.
func (b *browser) sees(selector string) {
	b.t.Helper()
	b.run(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// reads waits for an element to say something.
func (b *browser) reads(selector, words string) {
	b.t.Helper()
	b.becomes(selector+" to say "+words, `[...document.querySelectorAll(`+quoted(selector)+`)].some((e) => e.innerText.includes(`+quoted(words)+`))`)
}

// becomes waits for an expression to be true on the page.
func (b *browser) becomes(what, expression string) {
	b.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for {
		holds, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if err != nil {
			b.t.Fatalf("wait for %s: %v", what, err)
		}
		if holds {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			b.picture("/tmp/slacksim-page-failed.png")
			b.t.Fatalf("waited too long for %s; the page says:\n%s", what, b.text("body"))
		}
	}
}

func quoted(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // impossible for strings
	}
	return string(raw)
}

// click waits for an element and clicks it with the mouse.
func (b *browser) click(selector string) {
	b.t.Helper()
	b.onceStill(selector, chromedp.Click(chromedp.CSS(selector)))
}

// onceStill acts on an element. One that the page drew anew in between was not acted on
// yet, so it is tried again.
func (b *browser) onceStill(selector string, act chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for range 10 {
		err := chromedp.Do(b.ctx, act)
		if err == nil {
			return
		}
		if !strings.Contains(strings.ToLower(err.Error()), "node") {
			b.t.Fatalf("%s: %v\nthe page says:\n%s", selector, err, b.text("body"))
		}
	}
	b.t.Fatalf("%s never stood still; the page says:\n%s", selector, b.text("body"))
}

func (b *browser) text(selector string) string {
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`[...document.querySelectorAll(`+quoted(selector)+`)].map((e) => e.innerText).join("\n")`))
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(text)
}

// picture keeps what the window looks like, for whoever reads a failure.
func (b *browser) picture(file string) {
	if png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot()); err == nil {
		_ = os.WriteFile(file, png, 0o600) // a picture is a help, not a result
	}
}
