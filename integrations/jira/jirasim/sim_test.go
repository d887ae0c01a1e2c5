package jirasim_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
)

var people = []jirasim.User{{ID: "alice-id", Name: "Alice", Email: "alice@example.com"}, {ID: "gone-id", Name: "Gone", Gone: true}}

// site listens in memory until the test ends.
func site(t *testing.T, o jirasim.Options) *jirasim.Sim {
	t.Helper()
	o.People = append(o.People, people...)
	s := jirasim.New(o)
	s.ListenPipe()
	t.Cleanup(s.Close)
	return s
}

// send makes a call with a good login and returns the status and the answer.
func send(t *testing.T, s *jirasim.Sim, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+"/rest/api/2/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+jirasim.DefaultToken)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.HTTPClient().Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(b))
}

func file(t *testing.T, s *jirasim.Sim, fields string) string {
	t.Helper()
	status, body := send(t, s, "POST", "issue", `{"fields":{"project":{"key":"OPS"},"issuetype":{"name":"Task"},`+fields+`}}`)
	var made struct{ Key string }
	if err := json.Unmarshal([]byte(body), &made); err != nil || status != http.StatusCreated {
		t.Fatalf("create: %d %s", status, body)
	}
	return made.Key
}

func TestSaysNoLikeJira(t *testing.T) {
	t.Parallel()
	s := site(t, jirasim.Options{})
	file(t, s, `"summary":"x"`)
	s.HideField("Due date")
	for _, c := range []struct {
		fields string
		field  string
		want   string
	}{
		{`"summary":""`, "summary", "You must specify a summary of the issue."},
		{`"summary":"a\nb"`, "summary", "The summary is invalid because it contains newline characters."},
		{`"summary":"` + strings.Repeat("a", 255) + `"`, "summary", "Summary must be less than 255 characters."},
		{`"summary":7`, "summary", "Operation value must be a string"},
		{`"description":"` + strings.Repeat("a", 32768) + `"`, "description", "The entered text is too long. It exceeds the allowed limit of 32,767 characters."},
		{`"labels":"a"`, "labels", "data was not an array"},
		{`"labels":["a b"]`, "labels", "The label 'a b' contains spaces which is invalid."},
		{`"priority":{"name":"P1"}`, "priority", "The priority selected is invalid."},
		{`"issuetype":{"name":"Outage"}`, "issuetype", "The issue type selected is invalid."},
		{`"project":{"key":"NOPE"}`, "project", "valid project is required"},
		{`"assignee":{"name":"nobody"}`, "assignee", "User 'nobody' does not exist."},
		{`"assignee":{"name":"gone-id"}`, "assignee", "User 'gone-id' cannot be assigned issues."},
		{`"customfield_10011":{"value":"SEV9"}`, "customfield_10011", "Option value 'SEV9' is not valid"},
		{`"customfield_10012":{"value":"Checkout"}`, "customfield_10012", "data was not an array"},
		{`"customfield_10013":"many"`, "customfield_10013", "Operation value must be a number"},
		{`"duedate":"2026-01-02"`, "duedate", "Field 'duedate' cannot be set. It is not on the appropriate screen, or unknown."},
		{`"colour":"red"`, "colour", "Field 'colour' cannot be set. It is not on the appropriate screen, or unknown."},
	} {
		status, body := send(t, s, "PUT", "issue/OPS-1", `{"fields":{`+c.fields+`}}`)
		var got struct{ Errors map[string]string }
		if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusBadRequest {
			t.Errorf("%.60s: %d %.200s", c.fields, status, body)
			continue
		}
		if diff := cmp.Diff(map[string]string{c.field: c.want}, got.Errors); diff != "" {
			t.Errorf("%.60s (-want +got):\n%s", c.fields, diff)
		}
	}
	if card, _ := s.Card("OPS-1"); card.Summary != "x" || !card.Updated.Equal(card.Created) {
		t.Errorf("a refused edit changed the issue: %+v", card)
	}
}

func TestRefusalsWithoutFields(t *testing.T) {
	t.Parallel()
	s, cloud := site(t, jirasim.Options{}), site(t, jirasim.Options{Cloud: true})
	file(t, s, `"summary":"x"`)
	for _, c := range []struct {
		site         *jirasim.Sim
		method, path string
		body         string
		status       int
		want         string
	}{
		{s, "GET", "issue/OPS-9", "", 404, `{"errorMessages":["Issue does not exist or you do not have permission to see it."],"errors":{}}`},
		{s, "POST", "issue", `{`, 400, "Invalid request payload"},
		{s, "POST", "issue/OPS-1/transitions", `{}`, 400, "Missing 'transition' identifier"},
		{s, "POST", "issue/OPS-1/transitions", `{"transition":{"id":"99"}}`, 400, "Transition id '99' is not valid for this issue."},
		{s, "POST", "issue/OPS-1/comment", `{"body":""}`, 400, "Comment body can not be empty!"},
		{s, "POST", "issue/OPS-1/remotelink", `{"object":{}}`, 400, "'url' is required."},
		{s, "GET", "project/NOPE", "", 404, "No project could be found with key 'NOPE'."},
		{s, "GET", "user/search", "", 400, "required"},
		{s, "GET", "mypermissions?permissions=FLY", "", 400, "Unrecognized permission: FLY"},
		{s, "GET", "search?jql=colour%3Dred", "", 400, "Field 'colour' does not exist"},
		{s, "GET", "search?jql=key+in+(OPS-1,OPS-9)", "", 400, "An issue with key 'OPS-9' does not exist for field 'key'."},
		{s, "GET", "search/jql?jql=key=OPS-1", "", 404, "null for uri"},
		{s, "GET", "issue/createmeta", "", 404, "Issue does not exist"},
		{s, "GET", "nothing", "", 404, "null for uri"},
		{cloud, "GET", "myself", "", 401, "Client must be authenticated"},
	} {
		status, body := send(t, c.site, c.method, c.path, c.body)
		if status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s %s = %d %.200s; want %d %s", c.method, c.path, status, body, c.status, c.want)
		}
	}
}

func TestUpdateVerbs(t *testing.T) {
	t.Parallel()
	s := site(t, jirasim.Options{})
	file(t, s, `"summary":"x","labels":["a","b"]`)
	if status, body := send(t, s, "PUT", "issue/OPS-1", `{"update":{"labels":[{"add":"c"},{"add":"a"},{"remove":"b"}],"summary":[{"set":"y"}]}}`); status != http.StatusNoContent {
		t.Fatalf("edit: %d %s", status, body)
	}
	card, _ := s.Card("OPS-1")
	if diff := cmp.Diff([]string{"a", "c"}, card.Labels); diff != "" || card.Summary != "y" {
		t.Errorf("summary %q, labels (-want +got):\n%s", card.Summary, diff)
	}
	if status, _ := send(t, s, "DELETE", "issue/OPS-1", ""); status != http.StatusNoContent {
		t.Errorf("delete: %d", status)
	}
	if status, _ := send(t, s, "GET", "issue/OPS-1", ""); status != http.StatusNotFound {
		t.Errorf("get of a deleted issue: %d", status)
	}
}

func TestSearchUnderstandsOurQueries(t *testing.T) {
	t.Parallel()
	s := site(t, jirasim.Options{})
	file(t, s, `"summary":"one","labels":["a","b\"c"]`)
	file(t, s, `"summary":"two","labels":["b"]`)
	if err := s.Move("OPS-2", "Done", "alice-id"); err != nil {
		t.Fatal(err)
	}
	for jql, want := range map[string][]string{
		`labels = a`:                               {"OPS-1"},
		`labels = "b\"c"`:                          {"OPS-1"},
		`labels in (a, b) ORDER BY created`:        {"OPS-1", "OPS-2"},
		`labels not in (a)`:                        {"OPS-2"},
		`project = OPS AND statusCategory != Done`: {"OPS-1"},
		`key in (OPS-2) and issuetype = "Task"`:    {"OPS-2"},
		`status = "In Progress"`:                   nil,
		``:                                         {"OPS-1", "OPS-2"},
	} {
		in, err := json.Marshal(map[string]any{"jql": jql, "maxResults": 50})
		if err != nil {
			t.Fatal(err)
		}
		status, body := send(t, s, "POST", "search", string(in))
		var out struct{ Issues []struct{ Key string } }
		if err := json.Unmarshal([]byte(body), &out); err != nil || status != 200 {
			t.Errorf("%s: %d %s", jql, status, body)
			continue
		}
		var got []string
		for _, i := range out.Issues {
			got = append(got, i.Key)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", jql, diff)
		}
	}
}

func TestBoardSurvivesSaveAndLoad(t *testing.T) {
	t.Parallel()
	s := site(t, jirasim.Options{})
	file(t, s, `"summary":"one","labels":["a"],"customfield_10012":[{"value":"Checkout"}]`)
	file(t, s, `"summary":"two"`)
	send(t, s, "POST", "issue/OPS-1/comment", `{"body":"hello"}`)
	send(t, s, "POST", "issue/OPS-1/remotelink", `{"globalId":"g","object":{"url":"https://example.com","title":"t"}}`)
	for _, err := range []error{s.Move("OPS-1", "In Progress", "alice-id"), s.Assign("OPS-1", "alice-id", "alice-id")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var saved bytes.Buffer
	if err := s.Save(&saved); err != nil {
		t.Fatal(err)
	}
	again := site(t, jirasim.Options{})
	if err := again.Load(strings.NewReader("nonsense")); err == nil {
		t.Error("Load of nonsense succeeded")
	}
	if err := again.Load(&saved); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.Board(), again.Board()); diff != "" {
		t.Errorf("board (-saved +loaded):\n%s", diff)
	}
	if key := file(t, again, `"summary":"three"`); key != "OPS-3" {
		t.Errorf("the next issue is %s; want OPS-3", key)
	}
}

func TestSubscribersHearOfEveryChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := site(t, jirasim.Options{})
		changes, cancel := s.Subscribe()
		heard := func() bool {
			synctest.Wait()
			select {
			case <-changes:
				return true
			default:
				return false
			}
		}
		file(t, s, `"summary":"x"`)
		if !heard() {
			t.Error("nothing heard of a new issue")
		}
		if err := s.Move("OPS-1", "To Do", "alice-id"); err != nil || heard() {
			t.Errorf("heard of a move to where it was (%v)", err)
		}
		if err := s.Move("OPS-1", "Done", "alice-id"); err != nil || !heard() {
			t.Errorf("nothing heard of a move (%v)", err)
		}
		cancel()
		if err := s.Delete("OPS-1", "alice-id"); err != nil || heard() {
			t.Errorf("heard of a change after cancel (%v)", err)
		}
	})
}

func TestPeopleCannotDoTheImpossible(t *testing.T) {
	t.Parallel()
	s := site(t, jirasim.Options{})
	file(t, s, `"summary":"x"`)
	s.Forbid("To Do", "Done")
	for name, err := range map[string]error{
		"unknown column": s.Move("OPS-1", "Later", "alice-id"),
		"no way":         s.Move("OPS-1", "Done", "alice-id"),
		"unknown issue":  s.Delete("OPS-9", "alice-id"),
		"unknown person": s.Delete("OPS-1", "nobody"),
		"bad value":      s.Edit("OPS-1", map[string]any{"priority": "urgent"}, "alice-id"),
		"gone assignee":  s.Assign("OPS-1", "gone-id", "alice-id"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// inbox records deliveries and answers them with the next of its statuses, then 200.
type inbox struct {
	mu       sync.Mutex
	statuses []int
	got      []*http.Request
	at       []time.Time
}

func (i *inbox) RoundTrip(r *http.Request) (*http.Response, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.got, i.at = append(i.got, r), append(i.at, time.Now())
	status := 200
	if len(i.statuses) > 0 {
		status, i.statuses = i.statuses[0], i.statuses[1:]
	}
	if status == 0 {
		return nil, errors.New("connection refused")
	}
	w := httptest.NewRecorder()
	w.WriteHeader(status)
	return w.Result(), nil
}

func TestWebhooksAreRetriedLikeJira(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		statuses []int
		attempts int
		after    time.Duration // from the first attempt to the last
	}{
		{"taken", nil, 1, 0},
		{"down, refused, busy, then taken", []int{503, 0, 429}, 4, 31 * time.Second},
		{"never taken", []int{500, 500, 500, 500, 500}, 4, 31 * time.Second},
		{"refused for good", []int{401}, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := site(t, jirasim.Options{})
				in := &inbox{statuses: c.statuses}
				s.SetWebhook("http://tocsin.localhost/webhooks/jira", "hush", &http.Client{Transport: in})
				file(t, s, `"summary":"x"`)
				time.Sleep(time.Minute)
				synctest.Wait()
				in.mu.Lock()
				defer in.mu.Unlock()
				if len(in.got) != c.attempts || in.at[len(in.at)-1].Sub(in.at[0]) != c.after {
					t.Fatalf("%d attempts at %v; want %d within %s", len(in.got), in.at, c.attempts, c.after)
				}
				for n, r := range in.got {
					if id := r.Header.Get("X-Atlassian-Webhook-Identifier"); id == "" || id != in.got[0].Header.Get("X-Atlassian-Webhook-Identifier") {
						t.Errorf("attempt %d has the identifier %q", n, id)
					}
					if retry := r.Header.Get("X-Atlassian-Webhook-Retry"); n > 0 && retry != fmt.Sprint(n) || n == 0 && retry != "" {
						t.Errorf("attempt %d says retry %q", n, retry)
					}
				}
			})
		})
	}
}

func TestCloseGivesUpWebhooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := site(t, jirasim.Options{RetryPauses: []time.Duration{time.Hour}})
		in := &inbox{statuses: []int{503}}
		s.SetWebhook("http://tocsin.localhost/webhooks/jira", "", &http.Client{Transport: in})
		file(t, s, `"summary":"x"`)
		synctest.Wait()
		start := time.Now()
		s.Close()
		s.Close()
		in.mu.Lock()
		defer in.mu.Unlock()
		if time.Since(start) != 0 || len(in.got) != 1 {
			t.Errorf("Close took %s after %d attempts; want it at once after the first", time.Since(start), len(in.got))
		}
	})
}

func TestDelayEndsWithTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := site(t, jirasim.Options{})
		s.Delay(time.Minute)
		start := time.Now()
		if status, _ := send(t, s, "GET", "serverInfo", ""); status != 200 || time.Since(start) != time.Minute {
			t.Errorf("answered %d after %s; want 200 after a minute", status, time.Since(start))
		}
		c := s.HTTPClient()
		c.Timeout = time.Second
		if _, err := c.Get(s.URL() + "/rest/api/2/serverInfo"); err == nil {
			t.Error("the impatient caller got an answer")
		}
		synctest.Wait()
		if n := len(s.Requests()); n != 1 {
			t.Errorf("%d requests are recorded; want the one that was answered", n)
		}
	})
}

func TestSiteOnTheNetwork(t *testing.T) {
	t.Parallel()
	s := jirasim.New(jirasim.Options{})
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	resp, err := http.Get(s.URL() + "/rest/api/2/serverInfo")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var info struct{ BaseURL string }
	if err := json.NewDecoder(resp.Body).Decode(&info); err != nil || info.BaseURL != s.URL() {
		t.Errorf("serverInfo says %q, %v; want %q", info.BaseURL, err, s.URL())
	}
	if err := s.Listen("256.0.0.1:0"); err == nil {
		t.Error("listening on nonsense succeeded")
	}
}

func TestManyAtOnceGetKeysOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := site(t, jirasim.Options{})
	var wait sync.WaitGroup
	keys := make(chan string, 20)
	for range cap(keys) {
		wait.Go(func() {
			keys <- file(t, s, `"summary":"x"`)
			s.Board()
		})
	}
	wait.Wait()
	close(keys)
	seen := map[string]bool{}
	for k := range keys {
		seen[k] = true
	}
	if len(seen) != cap(keys) {
		t.Errorf("%d different keys; want %d", len(seen), cap(keys))
	}
}

func TestPageOfATicketIsSafe(t *testing.T) {
	t.Parallel()
	s := site(t, jirasim.Options{})
	file(t, s, `"summary":"<script>alert(1)</script>"`)
	resp, err := s.HTTPClient().Get(s.URL() + "/browse/OPS-1")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || strings.Contains(string(b), "<script") || !strings.Contains(string(b), "&lt;script") {
		t.Errorf("page: %s, %v", b, err)
	}
}
