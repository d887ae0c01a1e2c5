package jira_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
)

func TestIssueLivesItsLife(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o)
		ctx := t.Context()
		made, err := s.Create(ctx, jira.NewIssue{
			Summary: "Checkout is down", Description: "h2. What\nNobody can pay.", Labels: []string{"tocsin-inc-1"},
			Assignee: "alice-id", Due: time.Date(2026, 12, 24, 23, 0, 0, 0, time.UTC),
		})
		if err != nil || len(made.Warnings) > 0 {
			t.Fatalf("Create = %+v, %v", made, err)
		}
		if made.Key != "OPS-1" || made.URL != s.URL()+"/browse/OPS-1" {
			t.Errorf("Create = %+v; want OPS-1 with its address", made)
		}
		for range 2 {
			if err := s.RemoteLink(ctx, made.Key, "tocsin:INC-1", "https://tocsin.example.com/1", "INC-1"); err != nil {
				t.Fatal(err)
			}
			if err := s.Transition(ctx, made.Key, jira.Done); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Update(ctx, made.Key, map[string]any{"summary": "Checkout was down"}); err != nil {
			t.Fatal(err)
		}
		if id, err := s.Client.Comment(ctx, made.Key, "Resolved."); err != nil || id == "" {
			t.Fatalf("Comment = %q, %v", id, err)
		}
		got, err := s.Get(ctx, made.Key)
		if err != nil {
			t.Fatal(err)
		}
		want := jira.Issue{
			Key: "OPS-1", ID: made.ID, URL: made.URL, Project: "OPS", Type: "Incident", Summary: "Checkout was down", Status: "Done", Category: jira.Done,
			Assignee: jira.Person{ID: "alice-id", Name: "Alice", Email: "alice@example.com"}, Resolution: "Done", Labels: []string{"tocsin-inc-1"}, Updated: got.Updated,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Get (-want +got):\n%s", diff)
		}
		if time.Since(got.Updated) > time.Minute {
			t.Errorf("Updated = %s; want just now", got.Updated)
		}
		card, _ := s.Card("OPS-1")
		if len(card.Links) != 1 || len(card.Comments) != 1 || card.Due != "2026-12-24" {
			t.Errorf("card = %+v; want one link, one comment, due on 24 December", card)
		}
	})
}

func TestLostAnswerIsFoundByLabel(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o)
		s.DropAnswer(1)
		_, err := s.Create(t.Context(), jira.NewIssue{Summary: "Checkout is down", Labels: []string{`tocsin-"1"\`}})
		if err == nil {
			t.Fatal("Create succeeded although its answer was cut off")
		}
		if _, refused := errors.AsType[*jira.Refused](err); refused {
			t.Errorf("Create = %v; want a passing error", err)
		}
		found, err := s.FindByLabel(t.Context(), `tocsin-"1"\`)
		if err != nil || len(found) != 1 || found[0].Summary != "Checkout is down" {
			t.Errorf("FindByLabel = %+v, %v; want the issue whose answer was lost", found, err)
		}
		if none, err := s.FindByLabel(t.Context(), "tocsin-2"); err != nil || len(none) != 0 {
			t.Errorf("FindByLabel of an unused label = %+v, %v; want nothing", none, err)
		}
	})
}

func TestRecentIssueIsFoundBeforeTheIndexKnowsIt(t *testing.T) {
	t.Parallel()
	s := newSite(t, jirasim.Options{Cloud: true})
	s.IndexLag(time.Hour)
	made := s.file(t, "Checkout is down", "tocsin-1")
	if late, err := s.FindByLabel(t.Context(), "tocsin-1"); err != nil || len(late) != 0 {
		t.Fatalf("FindByLabel = %+v, %v; want nothing, since the index lags", late, err)
	}
	if found, err := s.FindByLabel(t.Context(), "tocsin-1", made.ID); err != nil || len(found) != 1 {
		t.Errorf("FindByLabel with the id = %+v, %v; want the issue", found, err)
	}
}

func TestSearchFallsBackToTheOneThatTheSiteHas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, claims string
		cloud        bool
	}{{"cloud that calls itself a server", "Server", true}, {"server that calls itself cloud", "Cloud", false}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, jirasim.Options{Cloud: c.cloud})
			s.file(t, "Checkout is down", "tocsin-1")
			s.FailNext("GET", "serverInfo", 200, map[string]any{"deploymentType": c.claims})
			for range 2 {
				if found, err := s.FindByLabel(t.Context(), "tocsin-1"); err != nil || len(found) != 1 {
					t.Fatalf("FindByLabel = %+v, %v; want the issue", found, err)
				}
			}
			searches := 0
			for _, r := range s.Requests() {
				if strings.Contains(r.Path, "/search") {
					searches++
				}
			}
			if searches != 3 {
				t.Errorf("%d searches were sent; want 3: one that fails, and from then on the right one", searches)
			}
		})
	}
}

func TestGetManyLeavesOutWhatIsGone(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o)
		var keys []string
		for range 60 {
			keys = append(keys, s.file(t, "Checkout is down").Key)
		}
		all, err := s.GetMany(t.Context(), keys)
		if err != nil || len(all) != 60 {
			t.Fatalf("GetMany = %d issues, %v; want 60", len(all), err)
		}
		if err := s.Delete("OPS-7", "alice-id"); err != nil {
			t.Fatal(err)
		}
		rest, err := s.GetMany(t.Context(), []string{"OPS-6", "OPS-7", "OPS-8"})
		if err != nil || len(rest) != 2 {
			t.Errorf("GetMany = %+v, %v; want OPS-6 and OPS-8", rest, err)
		}
		if none, err := s.GetMany(t.Context(), nil); err != nil || len(none) != 0 {
			t.Errorf("GetMany of nothing = %v, %v; want nothing", none, err)
		}
	})
}

func TestTransitionTakesWhatTheIssueOffers(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o)
		s.Forbid("To Do", "Done")
		key := s.file(t, "Checkout is down").Key
		err := s.Transition(t.Context(), key, jira.Done)
		if _, refused := errors.AsType[*jira.Refused](err); !refused {
			t.Fatalf("Transition = %v; want it refused", err)
		}
		if want := "Jira offers no way for OPS-1 from “To Do” to a status that counts as “done”; it offers “To Do”, “In Progress”."; !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Transition = %q; want %q …", err, want)
		}
		for _, to := range []jira.Category{jira.Doing, jira.Done, jira.ToDo} {
			if err := s.Transition(t.Context(), key, to); err != nil {
				t.Fatalf("Transition to %s: %v", to, err)
			}
			if got, err := s.Get(t.Context(), key); err != nil || got.Category != to {
				t.Errorf("after Transition to %s: %+v, %v", to, got, err)
			}
		}
	})
}

func TestUnknownAssigneeLeavesTheIssueFiled(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o)
		made, err := s.Create(t.Context(), jira.NewIssue{Summary: "Checkout is down", Assignee: "nobody-id"})
		if err != nil || made.Key != "OPS-1" {
			t.Fatalf("Create = %+v, %v", made, err)
		}
		want := []string{"The issue is filed but nobody is assigned. Jira refused field “Assignee”: User 'nobody-id' does not exist."}
		if diff := cmp.Diff(want, made.Warnings); diff != "" {
			t.Errorf("warnings (-want +got):\n%s", diff)
		}
	})
}

func TestAssignIsVerified(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o)
		key := s.file(t, "Checkout is down").Key
		for _, who := range []string{"alice-id", "bob-id", ""} {
			if err := s.Client.Assign(t.Context(), key, who); err != nil {
				t.Fatalf("Assign(%q): %v", who, err)
			}
			if got, err := s.Get(t.Context(), key); err != nil || got.Assignee.ID != who {
				t.Errorf("after Assign(%q): %+v, %v", who, got.Assignee, err)
			}
		}
		s.FailNext("PUT", "issue/*/assignee", 204, nil)
		if err := s.Client.Assign(t.Context(), key, "alice-id"); err == nil || !strings.Contains(err.Error(), "did not keep it") {
			t.Errorf("Assign that Jira ignored = %v; want it noticed", err)
		}
	})
}

func TestFindUser(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		o.People = append(o.People, jirasim.User{ID: "carol-id", Name: "Carol", Email: "carol+on.call@example.com"}, jirasim.User{ID: "dan-id", Name: "Dan", Email: "dan@example.com", Gone: true})
		s := newSite(t, o)
		for _, c := range []struct{ email, want string }{
			{"alice@example.com", "alice-id"},
			{" ALICE@example.com ", "alice-id"},
			{"carol+on.call@example.com", "carol-id"},
			{"alice@example.com&maxResults=1", ""},
			{"ali", ""},
			{"dan@example.com", ""},
			{"nobody@example.com", ""},
			{"", ""},
		} {
			p, ok, err := s.FindUser(t.Context(), c.email)
			if err != nil || ok != (c.want != "") || p.ID != c.want {
				t.Errorf("FindUser(%q) = %+v, %v, %v; want %q", c.email, p, ok, err, c.want)
			}
		}
	})
}

func TestHiddenAddressIsFoundByTheSearchAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t, jirasim.Options{Cloud: true})
	hidden := []map[string]any{{"accountId": "erin-id", "displayName": "Erin", "active": true, "accountType": "atlassian"}}
	s.FailNext("GET", "user/search", 200, hidden)
	if p, ok, err := s.FindUser(t.Context(), "erin@example.com"); err != nil || !ok || p.ID != "erin-id" {
		t.Errorf("FindUser = %+v, %v, %v; want Erin", p, ok, err)
	}
	s.FailNext("GET", "user/search", 200, append(hidden, map[string]any{"accountId": "eric-id", "active": true}))
	if p, ok, err := s.FindUser(t.Context(), "er@example.com"); err != nil || ok {
		t.Errorf("FindUser = %+v, %v, %v; want nobody, since it could be either", p, ok, err)
	}
}

func TestMyselfIsTheAccountOfTheToken(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o)
		me, err := s.Myself(t.Context())
		if err != nil || me.Name != "Tocsin" || me.ID == "" {
			t.Errorf("Myself = %+v, %v", me, err)
		}
	})
}

func TestKeysThatAreNoneNeverReachJira(t *testing.T) {
	t.Parallel()
	s := newSite(t, jirasim.Options{})
	for _, key := range []string{"", "ops-1", "OPS", "OPS-1/../../myself", "../../2/myself", "OPS-1?x=y", "OPS-1) OR (project = X", "O-1"} {
		calls := map[string]func() error{
			"Get":        func() error { _, err := s.Get(t.Context(), key); return err },
			"GetMany":    func() error { _, err := s.GetMany(t.Context(), []string{key}); return err },
			"Update":     func() error { return s.Update(t.Context(), key, nil) },
			"Comment":    func() error { _, err := s.Client.Comment(t.Context(), key, "x"); return err },
			"RemoteLink": func() error { return s.RemoteLink(t.Context(), key, "a", "b", "c") },
			"Assign":     func() error { return s.Client.Assign(t.Context(), key, "x") },
			"Transition": func() error { return s.Transition(t.Context(), key, jira.Done) },
		}
		for name, call := range calls {
			if _, refused := errors.AsType[*jira.Refused](call()); !refused {
				t.Errorf("%s(%q) was not refused", name, key)
			}
		}
	}
	if sent := s.Requests(); len(sent) > 0 {
		t.Errorf("%d requests were sent, first %s %s; want none", len(sent), sent[0].Method, sent[0].Path)
	}
}

func TestLongAndOddTextIsMadeToFit(t *testing.T) {
	t.Parallel()
	s := newSite(t, jirasim.Options{Cloud: true})
	for _, summary := range []string{strings.Repeat("🔥", 10_000), "two\nlines\tand  spaces", "مشكلة في الدفع", "<!channel> \"quoted\" \\"} {
		if _, err := s.Create(t.Context(), jira.NewIssue{Summary: summary, Description: strings.Repeat("ß", 50_000)}); err != nil {
			t.Errorf("Create(%.20q…): %v", summary, err)
		}
	}
	if card, _ := s.Card("OPS-2"); card.Summary != "two lines and spaces" {
		t.Errorf("summary = %q", card.Summary)
	}
}

func TestSlowSiteIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, jirasim.Options{}, func(c *jira.Config) { c.Timeout = 3 * time.Second })
		s.Delay(time.Minute)
		start := time.Now()
		_, err := s.Get(t.Context(), "OPS-1")
		if kindOf(err) != "passing" || err == nil || time.Since(start) != 3*time.Second {
			t.Errorf("Get = %v after %s; want a passing error after 3 s", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Get(ctx, "OPS-1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Get with a deadline = %v", err)
		}
	})
}

func TestTransitionAnswersWhatTheScreenAsks(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o)
		s.AskResolution()
		key := s.file(t, "Checkout is down").Key
		if err := s.Transition(t.Context(), key, jira.Done); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get(t.Context(), key); err != nil || got.Resolution != "Done" {
			t.Errorf("Get = %+v, %v; want it resolved as Done", got, err)
		}
	})
}

func TestTransitionThatAsksTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, jirasim.Options{Cloud: true})
	key := s.file(t, "Checkout is down").Key
	ask := func(name string) map[string]any {
		return map[string]any{"key": name, "name": name, "required": true, "operations": []string{"set"}, "schema": map[string]any{"type": "string"}}
	}
	s.FailNext("GET", "issue/*/transitions", 200, map[string]any{"transitions": []any{map[string]any{
		"id": "31", "name": "Close", "to": map[string]any{"name": "Closed", "statusCategory": map[string]any{"key": "done"}},
		"fields": map[string]any{"customfield_1": ask("Root cause"), "customfield_2": ask("Approver")},
	}}})
	err := s.Transition(t.Context(), key, jira.Done)
	want := "OPS-1 cannot be moved to “done” by us: “Close” asks for “Approver”, “Root cause”. Move it by hand, or take the field off that transition's screen."
	if kindOf(err) != "refused" || err.Error() != want {
		t.Errorf("Transition = %v; want %q", err, want)
	}
}

func TestSearchReadsEveryPage(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, o jirasim.Options) {
		s := newSite(t, o)
		for range 120 {
			s.file(t, "Checkout is down", "tocsin-1")
		}
		found, err := s.FindByLabel(t.Context(), "tocsin-1")
		keys := map[string]bool{}
		for _, i := range found {
			keys[i.Key] = true
		}
		if err != nil || len(found) != 120 || len(keys) != 120 {
			t.Errorf("FindByLabel = %d issues, %d of them different, %v; want 120", len(found), len(keys), err)
		}
	})
}

func TestTypeMayBeNamedByID(t *testing.T) {
	t.Parallel()
	s := newSite(t, jirasim.Options{}, func(c *jira.Config) { c.IssueType = "10102" })
	if card, _ := s.Card(s.file(t, "x").Key); card.Type != "Bug" {
		t.Errorf("type = %q; want Bug", card.Type)
	}
	if found, err := s.CheckFields(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("CheckFields = %v, %v; want nothing", found, err)
	}
}

func TestLabelIsOneWord(t *testing.T) {
	t.Parallel()
	if got := jira.Label(" payments  team\t"); got != "payments-team" {
		t.Errorf("Label = %q", got)
	}
	if got := jira.Label(strings.Repeat("é", 300)); len([]rune(got)) != 255 {
		t.Errorf("Label has %d characters; want 255", len([]rune(got)))
	}
}
