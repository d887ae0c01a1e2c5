package jirasim_test

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tocsinhq/tocsin/integrations/browsertest"
	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
)

// board opens the board's page in a headless browser.
func board(t *testing.T, s *jirasim.Sim) *browsertest.Window {
	t.Helper()
	server := httptest.NewServer(s.BoardPage())
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	w := browsertest.Open(t)
	w.Do(chromedp.Navigate(server.URL), chromedp.WaitVisible(chromedp.CSS("article")))
	return w
}

// columnOf waits until the board shows an issue in a column.
func columnOf(t *testing.T, w *browsertest.Window, key, column string) {
	t.Helper()
	w.Becomes(key+" to be in "+column, `document.querySelector('[data-key="`+key+`"]')?.closest("section").dataset.column === `+browsertest.Quoted(column))
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
	w := board(t, s)
	columnOf(t, w, "OPS-1", "To Do")
	w.Do(chromedp.Click(chromedp.CSS(`[aria-label="Move OPS-1 to In Progress"]`)))
	columnOf(t, w, "OPS-1", "In Progress")
	if card, _ := s.Card("OPS-1"); card.Status != "In Progress" {
		t.Errorf("Jira has OPS-1 in %q", card.Status)
	}
	if err := client.Transition(t.Context(), "OPS-2", jira.Done); err != nil { // somebody else, elsewhere
		t.Fatal(err)
	}
	columnOf(t, w, "OPS-2", "Done")
	if said := w.Text(`[data-key="OPS-2"] .summary`); said != "<b>Watch</b> & learn" {
		t.Errorf("the board says %q", said)
	}
}
