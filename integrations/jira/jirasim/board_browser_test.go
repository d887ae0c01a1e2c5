package jirasim_test

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
)

// board opens the board's page in a headless browser.
func board(t *testing.T, s *jirasim.Sim) context.Context {
	t.Helper()
	server := httptest.NewServer(s.BoardPage())
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, quit := chromedp.NewContext(ctx)
	t.Cleanup(quit)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1000, 700), chromedp.Navigate(server.URL), chromedp.WaitVisible(chromedp.CSS("article"))); err != nil {
		t.Fatal(err)
	}
	return ctx
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no chromium is installed; the board cannot be tested")
	}
	t.Skip("no chromium is installed, so the board is not tested in a browser")
	return ""
}

// columnOf waits until the board shows an issue in a column.
func columnOf(t *testing.T, ctx context.Context, key, column string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for {
		shown, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector('[data-key="`+key+`"]')?.closest("section").dataset.column ?? "nowhere"`))
		if err != nil {
			t.Fatal(err)
		}
		if shown == column {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("the board shows %s in %q, want %q", key, shown, column)
		}
	}
}

func TestBoardMovesIssuesAndShowsWhatOthersMove(t *testing.T) {
	t.Parallel()
	s := jirasim.New(jirasim.Options{Project: "OPS", Cloud: true})
	s.ListenPipe()
	t.Cleanup(s.Close)
	client, err := jira.New(jira.Config{URL: s.URL(), User: "tocsin@example.com", Token: jirasim.DefaultToken, Project: "OPS", IssueType: "Task"}, s.HTTPClient().Transport)
	if err != nil {
		t.Fatal(err)
	}
	for _, summary := range []string{"Checkout is down", "<b>Watch</b> & learn"} {
		if _, err := client.Create(t.Context(), jira.NewIssue{Summary: summary}); err != nil {
			t.Fatal(err)
		}
	}
	ctx := board(t, s)
	columnOf(t, ctx, "OPS-1", "To Do")
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`[aria-label="Move OPS-1 to In Progress"]`))); err != nil {
		t.Fatal(err)
	}
	columnOf(t, ctx, "OPS-1", "In Progress")
	if card, _ := s.Card("OPS-1"); card.Status != "In Progress" {
		t.Errorf("Jira has OPS-1 in %q", card.Status)
	}
	if err := client.Transition(t.Context(), "OPS-2", jira.Done); err != nil { // somebody else, elsewhere
		t.Fatal(err)
	}
	columnOf(t, ctx, "OPS-2", "Done")
	said, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector('[data-key="OPS-2"] .summary').innerText`))
	if err != nil || said != "<b>Watch</b> & learn" {
		t.Errorf("the board says %q, %v", said, err)
	}
}
