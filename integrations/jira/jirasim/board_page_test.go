package jirasim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// boardSite is a site with one ticket, whose board page is mounted under /jira/.
func boardSite(t *testing.T) (*Sim, *httptest.Server) {
	t.Helper()
	s := New(Options{})
	s.mu.Lock()
	s.state.Issues = append(s.state.Issues, &issue{
		ID: "1", Key: "OPS-1", Type: "Task", Status: "To Do", Created: time.Unix(0, 0), Updated: time.Unix(0, 0),
		Fields: map[string]any{"summary": "<b>Checkout</b> is down"},
	})
	s.mu.Unlock()
	server := httptest.NewServer(http.StripPrefix("/jira", s.BoardPage()))
	t.Cleanup(server.Close)
	return s, server
}

func boardAct(t *testing.T, server *httptest.Server, body string, header map[string]string) int {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, server.URL+"/jira/act", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for k, v := range header {
		r.Header.Set(k, v)
	}
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close() // only the status counts
	return res.StatusCode
}

func TestBoardPageMovesAndAssignsAsSomebodyButTheAPI(t *testing.T) {
	t.Parallel()
	s, server := boardSite(t)
	if status := boardAct(t, server, `{"Key":"OPS-1","Column":"In Progress"}`, nil); status != http.StatusOK {
		t.Fatalf("moving = %d", status)
	}
	if c, _ := s.Card("OPS-1"); c.Status != "In Progress" {
		t.Errorf("the card is in %q", c.Status)
	}
	if status := boardAct(t, server, `{"Key":"OPS-1","Assign":"`+visitor.ID+`"}`, nil); status != http.StatusOK {
		t.Fatalf("assigning = %d", status)
	}
	if c, _ := s.Card("OPS-1"); c.Assignee.ID != visitor.ID {
		t.Errorf("the card belongs to %+v", c.Assignee)
	}
	for _, u := range s.people() {
		if u.ID == botID {
			t.Error("the API's account acts on the board")
		}
	}
}

func TestBoardPageRefuses(t *testing.T) {
	t.Parallel()
	s, server := boardSite(t)
	for name, c := range map[string]struct {
		body   string
		header map[string]string
		want   int
	}{
		"no such column": {`{"Key":"OPS-1","Column":"Nowhere"}`, nil, http.StatusUnprocessableEntity},
		"no such issue":  {`{"Key":"OPS-9","Column":"Done"}`, nil, http.StatusUnprocessableEntity},
		"not JSON":       {`?`, nil, http.StatusBadRequest},
		"a form":         {`{"Key":"OPS-1","Column":"Done"}`, map[string]string{"Content-Type": "text/plain"}, http.StatusBadRequest},
		"a foreign page": {`{"Key":"OPS-1","Column":"Done"}`, map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
	} {
		if got := boardAct(t, server, c.body, c.header); got != c.want {
			t.Errorf("%s = %d; want %d", name, got, c.want)
		}
	}
	if c, _ := s.Card("OPS-1"); c.Status != "To Do" {
		t.Errorf("a refused act moved the card to %q", c.Status)
	}
}

func TestBoardPageShowsThreeColumnsToItsOwnOriginOnly(t *testing.T) {
	t.Parallel()
	_, server := boardSite(t)
	res, err := server.Client().Get(server.URL + "/jira/board")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	var board struct {
		Columns []struct {
			Name  string
			Cards []struct{ Key, Summary string }
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&board); err != nil {
		t.Fatal(err)
	}
	if len(board.Columns) != 3 || len(board.Columns[0].Cards) != 1 || board.Columns[0].Cards[0].Summary != "<b>Checkout</b> is down" {
		t.Errorf("the board is %+v", board)
	}
	if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'self'") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
}
