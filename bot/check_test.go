package bot

import (
	"slices"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// servedWorkspace listens on the loopback and grants what the manifest asks for.
func servedWorkspace(t *testing.T) (*slacksim.Workspace, Access) {
	t.Helper()
	w := slacksim.New(slacksim.Options{Scopes: Scopes()})
	noError(t, w.Listen("127.0.0.1:0"))
	t.Cleanup(w.Close)
	return w, Access{BotToken: w.BotToken(), AppToken: w.AppToken(), APIURL: w.APIURL(), AnnounceChannel: "#incidents", HTTP: w.HTTPClient(), Connect: true}
}

func TestNothingIsWrongWithAWorkspaceMadeFromTheManifest(t *testing.T) {
	t.Parallel()
	w, access := servedWorkspace(t)
	found := access.Inspect(t.Context())
	for _, f := range found {
		if !f.Fine {
			t.Errorf("%+v", f)
		}
	}
	if len(found) < 4 {
		t.Errorf("only %d findings: %+v", len(found), found)
	}
	if names := w.Channels(); len(names) != 2 {
		t.Errorf("looking has made channels: %+v", names)
	}
}

func TestWhatIsWrongInSlackIsOneFinding(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		breaks func(*slacksim.Workspace, *Access)
		minor  bool
		text   string // part of it
	}{
		"wrong bot token": {func(_ *slacksim.Workspace, a *Access) { a.BotToken = "xoxb-1-wrong" }, false, "invalid_auth"},
		"wrong app token": {func(_ *slacksim.Workspace, a *Access) { a.AppToken = strings.Replace(a.AppToken, "-1-", "-2-", 1) }, false, "invalid_auth"},
		"removed app":     {func(w *slacksim.Workspace, a *Access) { w.Uninstall(); a.AppToken = "" }, false, "account_inactive"},
		"missing scope":   {func(w *slacksim.Workspace, _ *Access) { w.Revoke("pins:write") }, false, "lacks the scope pins:write"},
		"missing users":   {func(w *slacksim.Workspace, _ *Access) { w.Revoke("users:read") }, false, "lacks the scope users:read"},
		"missing command": {func(w *slacksim.Workspace, _ *Access) { w.Revoke("commands") }, false, "lacks the scope commands"},
		"extra scope":     {func(w *slacksim.Workspace, _ *Access) { w.Grant("admin") }, true, "does not use: admin"},
		"two apps": {func(w *slacksim.Workspace, a *Access) {
			other := slacksim.New(slacksim.Options{BotName: "another"})
			a.AppToken = other.AppToken()
		}, false, "two apps"},
		"Socket Mode off":   {func(w *slacksim.Workspace, _ *Access) { w.Chaos.Disconnect("link_disabled") }, false, "Socket Mode is switched off"},
		"WebSocket refused": {func(w *slacksim.Workspace, _ *Access) { w.Chaos.RefuseUpgrade(409, 1) }, false, "HTTP status 409"},
		"no channel":        {func(_ *slacksim.Workspace, a *Access) { a.AnnounceChannel = "#nowhere" }, false, "no open public channel #nowhere"},
		"no such id":        {func(_ *slacksim.Workspace, a *Access) { a.AnnounceChannel = "C0NOWHERE" }, false, "channel_not_found"},
		"not in the channel": {func(w *slacksim.Workspace, a *Access) {
			a.AnnounceChannel = w.AddChannel("elsewhere", w.AddPerson("alice", slacksim.PersonOptions{}).ID, false)
		}, false, "not in the announcement channel #elsewhere"},
		"archived": {func(w *slacksim.Workspace, a *Access) {
			alice := w.AddPerson("alice", slacksim.PersonOptions{})
			a.AnnounceChannel = w.AddChannel("elsewhere", alice.ID, false)
			if err := alice.Archives(a.AnnounceChannel); err != nil {
				panic(err)
			}
		}, false, "is archived"},
		"rate limit": {func(w *slacksim.Workspace, _ *Access) { w.Chaos.RateLimitNext("bots.info", 7e9, 1) }, true, "limits how often bots.info"},
		"page instead of an answer": {func(w *slacksim.Workspace, a *Access) {
			w.Chaos.HTTPStatus("apps.connections.open", 503, 1)
		}, false, "does not answer as Slack does"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, access := servedWorkspace(t)
			c.breaks(w, &access)
			found := access.Inspect(t.Context())
			bad := slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return f.Fine })
			hit := slices.ContainsFunc(bad, func(f Finding) bool { return strings.Contains(f.Text, c.text) && f.Minor == c.minor })
			if !hit {
				t.Errorf("no finding says %q (minor: %v):\n%+v", c.text, c.minor, found)
			}
			for _, f := range bad {
				for _, sentence := range []string{f.Text, f.Meaning, f.Remedy} {
					if !strings.HasSuffix(sentence, ".") {
						t.Errorf("%q is no sentence, in %+v", sentence, f)
					}
				}
			}
			assertNoToken(t, found, w)
		})
	}
}

func assertNoToken(t *testing.T, found []Finding, w *slacksim.Workspace) {
	t.Helper()
	for _, f := range found {
		if said := f.Text + f.Meaning + f.Remedy; strings.Contains(said, w.BotToken()) || strings.Contains(said, w.AppToken()) {
			t.Errorf("%q shows a token", said)
		}
	}
}

func TestASlackThatIsDownIsOneFindingForEachToken(t *testing.T) {
	t.Parallel()
	w, access := servedWorkspace(t)
	w.Chaos.Down(true)
	found := access.Inspect(t.Context())
	if len(found) != 2 || found[0].Fine || found[1].Fine || !strings.Contains(found[0].Text, access.APIURL) {
		t.Errorf("found %+v", found)
	}
}

func TestWithoutConnectNoConnectionIsOpened(t *testing.T) {
	t.Parallel()
	w, access := servedWorkspace(t)
	access.Connect = false
	w.Chaos.RefuseUpgrade(409, 1)
	for _, f := range access.Inspect(t.Context()) {
		if !f.Fine {
			t.Errorf("%+v", f)
		}
	}
}
