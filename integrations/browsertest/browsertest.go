// Package browsertest gives tests a headless Chromium.
//
// It is for tests of pages alone and knows none of them: what a page is and
// does stays with its test. One policy for all: without a browser a test is
// skipped with what to install, and fails where CI is set. Nothing is timed
// closely, since the machine may be busy with all the other tests.
package browsertest

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Patience is how long a page may take for one thing that a test waits for.
// It only has to tell a page that hangs from one on a machine that is busy.
const Patience = 2 * time.Minute

// programs are the names that Chromium is installed under.
var programs = []string{"chromium", "chromium-browser", "google-chrome", "chrome"}

// Window is one window of a browser of its own, 1280 by 800. It belongs to one
// goroutine.
type Window struct {
	t   *testing.T
	ctx context.Context
}

// Open starts a browser, with a profile of its own, that ends with the test.
// For it every name in .test is this machine, so a test has as many sites as
// it wants; unlike 127.0.0.1 these are no trustworthy origins without TLS. An
// error that no script of a page catches fails the test.
func Open(t *testing.T) *Window {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(program(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 800),
		chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1"), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...) // the test's context ends before its clean-up
	t.Cleanup(stop)
	ctx, quit := chromedp.NewContext(ctx)
	t.Cleanup(quit)
	w := &Window{t: t, ctx: ctx}
	late := time.AfterFunc(Patience, quit) // a context with a deadline would end the browser with it
	if err := chromedp.Listen(ctx, w.hears); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	late.Stop()
	w.Do(chromedp.EmulateViewport(1280, 800))
	return w
}

// program finds Chromium. A developer may do without; the gate may not.
func program(t *testing.T) string {
	t.Helper()
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const absent = "no Chromium is on the PATH, so no page can be tried in a browser; install one, as with apt-get install chromium"
	if os.Getenv("CI") != "" {
		t.Fatal(absent)
	}
	t.Skip(absent)
	return ""
}

func (w *Window) hears(event any) {
	if e, thrown := event.(*runtime.EventExceptionThrown); thrown {
		said, _ := json.Marshal(e.ExceptionDetails) // a description for people
		w.t.Errorf("the page threw: %s", said)
	}
}

// In is the same window for a subtest, whose failures are its own.
func (w *Window) In(t *testing.T) *Window { return &Window{t: t, ctx: w.ctx} }

// Try does all actions in turn and returns the error of the first that fails.
func (w *Window) Try(actions ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(w.ctx, Patience)
	defer cancel()
	return chromedp.Do(ctx, actions...)
}

// Do is Try for actions that must succeed.
func (w *Window) Do(actions ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	if err := w.Try(actions...); err != nil {
		w.Fatalf("%v", err)
	}
}

// Becomes waits until an expression is true on the page. It is computed again
// and again, so it may also act, as long as it tells when it has.
func (w *Window) Becomes(what, expression string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, Patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if err != nil {
			w.Fatalf("wait for %s: %v", what, err)
		}
		if holds {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			w.Fatalf("waited too long for %s", what)
		}
	}
}

// Read computes an expression that gives a text.
func (w *Window) Read(expression string) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, Patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		w.Fatalf("read %s: %v", expression, err)
	}
	return text
}

// Text is what people read in all elements of a selector.
func (w *Window) Text(selector string) string {
	w.t.Helper()
	return strings.TrimSpace(w.Read(texts(selector)))
}

func texts(selector string) string {
	return `[...document.querySelectorAll(` + Quoted(selector) + `)].map((e) => e.innerText).join("\n")`
}

// Quoted is a text as an expression of the page.
func Quoted(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // impossible for strings
	}
	return string(raw)
}

// Fatalf ends the test, with what the page says. With the flag -artifacts of go
// test it also keeps a picture of it.
func (w *Window) Fatalf(format string, args ...any) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 10*time.Second) // a help, not a result
	defer cancel()
	if png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot()); err == nil {
		_ = os.WriteFile(filepath.Join(w.t.ArtifactDir(), "window.png"), png, 0o600)
	}
	said, err := chromedp.Run(ctx, chromedp.Evaluate[string](texts("body")))
	if err != nil {
		said = err.Error()
	}
	w.t.Fatalf(format+"\nthe page says:\n%s", append(args, said)...)
}
