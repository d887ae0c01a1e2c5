package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/integrations/jira/jirasim"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

// patient is an installation in which all is well until a test breaks it.
type patient struct {
	t     *testing.T
	env   map[string]string
	slack *slacksim.Workspace
	jira  *jirasim.Sim
	pool  *pgxpool.Pool
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	p := &patient{t: t, slack: slacksim.New(slacksim.Options{Scopes: bot.Scopes()}), jira: jirasim.New(jirasim.Options{}), pool: pgtest.DB(t)}
	p.listen(p.slack, p.jira)
	p.env = map[string]string{
		"SLACK_BOT_TOKEN": p.slack.BotToken(), "SLACK_APP_TOKEN": p.slack.AppToken(), "SLACK_API_URL": p.slack.APIURL(),
		"DATABASE_URL": p.pool.Config().ConnString(), "TOCSIN_DATA_DIR": t.TempDir(),
		"TOCSIN_HTTP_ADDR": "127.0.0.1:0", "TOCSIN_PUBLIC_URL": "https://tocsin.example.com",
		"JIRA_URL": p.jira.URL(), "JIRA_TOKEN": jirasim.DefaultToken, "JIRA_PROJECT": "OPS", "JIRA_WEBHOOK_SECRET": "a-webhook-secret",
	}
	return p
}

// listen lets simulators be reached until the test ends.
func (p *patient) listen(sims ...interface {
	Listen(string) error
	Close()
}) {
	p.t.Helper()
	for _, sim := range sims {
		if err := sim.Listen("127.0.0.1:0"); err != nil {
			p.t.Fatal(err)
		}
		p.t.Cleanup(sim.Close)
	}
}

// see runs the doctor and returns what it found; what it printed must hold no secret.
func (p *patient) see() (diagnosis, int) {
	p.t.Helper()
	out, errs, code := run(p.t, p.env, "doctor", "--json")
	var d diagnosis
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		p.t.Fatalf("%v\n%s%s", err, out, errs)
	}
	for _, name := range []string{"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "JIRA_TOKEN", "JIRA_WEBHOOK_SECRET"} {
		if secret := p.env[name]; len(secret) > 8 && strings.Contains(out+errs, secret) || strings.Contains(out+errs, "hunter22") {
			p.t.Errorf("output shows %s:\n%s%s", name, out, errs)
		}
	}
	return d, code
}

// isSound runs the doctor, who must find nothing wrong, and returns what it says.
func (p *patient) isSound() diagnosis {
	p.t.Helper()
	d, code := p.see()
	for _, f := range d.Findings {
		if f.Mark != markOK {
			p.t.Errorf("%+v", f)
		}
	}
	if code != exitOK || !d.OK {
		p.t.Errorf("exit code %d, ok %v", code, d.OK)
	}
	return d
}

// has runs the doctor, who must find an ailment of an area, fail for what is wrong alone,
// and tell what everything that is not fine means and what to do about it. The text of a
// mistaken setting says the latter itself.
func (p *patient) has(m mark, area, says string) {
	p.t.Helper()
	d, code := p.see()
	hit := slices.ContainsFunc(d.Findings, func(f finding) bool {
		return f.Mark == m && f.Area == area && strings.Contains(f.Text, says)
	})
	if !hit {
		p.t.Errorf("no %s in %s says %q:\n%+v", m, area, says, d.Findings)
	}
	if want := map[mark]int{markWrong: exitFailed, markWarning: exitOK}[m]; code != want {
		p.t.Errorf("exit code %d, want %d:\n%+v", code, want, d.Findings)
	}
	for _, f := range d.Findings {
		if f.Mark != markOK && (f.Meaning == "" || f.Remedy == "" && f.Area != "settings") {
			p.t.Errorf("does not say what it means and what to do: %+v", f)
		}
	}
}

func TestDoctorFindsNothingWrongWithASoundInstallation(t *testing.T) {
	t.Parallel()
	if d := newPatient(t).isSound(); len(d.Findings) < 12 {
		t.Errorf("%d findings", len(d.Findings))
	}
}

func TestDoctorNamesWhatIsBroken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		breaks func(*patient)
		mark   mark
		area   string
		says   string
	}{
		"wrong bot token": {func(p *patient) { p.env["SLACK_BOT_TOKEN"] = "xoxb-1-of-another-workspace" }, markWrong, "Slack", "invalid_auth"},
		"wrong app token": {func(p *patient) { p.env["SLACK_APP_TOKEN"] = "xapp-1-A000-of-nobody" }, markWrong, "Slack", "app-level token"},
		"swapped tokens": {func(p *patient) {
			p.env["SLACK_BOT_TOKEN"], p.env["SLACK_APP_TOKEN"] = p.env["SLACK_APP_TOKEN"], p.env["SLACK_BOT_TOKEN"]
		}, markWrong, "settings", "swap the two"},
		"token forgotten":     {func(p *patient) { delete(p.env, "SLACK_APP_TOKEN") }, markWrong, "settings", "SLACK_APP_TOKEN is not set"},
		"missing scope":       {func(p *patient) { p.slack.Revoke("bookmarks:write") }, markWrong, "Slack", "lacks the scope bookmarks:write"},
		"superfluous scope":   {func(p *patient) { p.slack.Grant("admin.users:write") }, markWarning, "Slack", "admin.users:write"},
		"Socket Mode off":     {func(p *patient) { p.slack.Chaos.Disconnect("link_disabled") }, markWrong, "Slack", "Socket Mode is switched off"},
		"channel missing":     {func(p *patient) { p.env["TOCSIN_ANNOUNCE_CHANNEL"] = "#nowhere" }, markWrong, "Slack", "#nowhere"},
		"Slack down":          {func(p *patient) { p.slack.Chaos.Down(true) }, markWrong, "Slack", "does not answer"},
		"Jira type missing":   {func(p *patient) { p.env["JIRA_ISSUE_TYPE"] = "Outage" }, markWrong, "Jira", "Outage"},
		"Jira field required": {func(p *patient) { p.jira.RequireField("Team") }, markWrong, "Jira", "Team"},
		"Jira permission":     {func(p *patient) { p.jira.Deny("CREATE_ISSUES") }, markWrong, "Jira", "Create issues"},
		"Jira token":          {func(p *patient) { p.env["JIRA_TOKEN"] = "not-the-token" }, markWrong, "Jira", ""},
		"Jira project":        {func(p *patient) { p.env["JIRA_PROJECT"] = "NOPE" }, markWrong, "Jira", "NOPE"},
		"Jira down":           {func(p *patient) { p.jira.Close() }, markWrong, "Jira", ""},
		"Jira without hook":   {func(p *patient) { delete(p.env, "JIRA_WEBHOOK_SECRET") }, markWarning, "Jira", "JIRA_WEBHOOK_SECRET"},
		"database too new":    {func(p *patient) { p.sql(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`) }, markWrong, "database", "newer"},
		"database too old": {func(p *patient) {
			p.sql(`DELETE FROM goose_db_version WHERE version_id > 1`)
		}, markWarning, "database", "too old"},
		"database read-only": {func(p *patient) {
			p.env["DATABASE_URL"] += "&default_transaction_read_only=on"
		}, markWrong, "database", "read-only"},
		"database down":  {func(p *patient) { p.env["DATABASE_URL"] = "postgres://u:hunter22@127.0.0.1:1/x?connect_timeout=2" }, markWrong, "database", "cannot be reached"},
		"address taken":  {func(p *patient) { p.env["TOCSIN_HTTP_ADDR"] = p.server(http.NotFoundHandler()) }, markWrong, "HTTP", "not Tocsin"},
		"only loopback":  {func(p *patient) { delete(p.env, "TOCSIN_PUBLIC_URL") }, markWarning, "HTTP", "only this machine"},
		"not encrypted":  {func(p *patient) { p.env["TOCSIN_PUBLIC_URL"] = "http://tocsin.example.com" }, markWarning, "HTTP", "not encrypted"},
		"no data folder": {func(p *patient) { p.env["TOCSIN_DATA_DIR"] = p.file() }, markWarning, "machine", "cannot be written"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t)
			c.breaks(p)
			p.has(c.mark, c.area, c.says)
		})
	}
}

func (p *patient) sql(statement string) {
	p.t.Helper()
	if _, err := p.pool.Exec(p.t.Context(), statement); err != nil {
		p.t.Fatal(err)
	}
}

func (p *patient) server(h http.Handler) (addr string) {
	p.t.Helper()
	s := httptest.NewServer(h)
	p.t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// file is a file where a folder should be: not even root can write below it.
func (p *patient) file() string {
	p.t.Helper()
	name := filepath.Join(p.t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return name
}

func TestDoctorLeavesARunningTocsinAlone(t *testing.T) {
	t.Parallel()
	for ready, want := range map[int]int{http.StatusOK: exitOK, http.StatusServiceUnavailable: exitFailed} {
		p := newPatient(t)
		mux := http.NewServeMux()
		mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })
		mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(ready) })
		p.env["TOCSIN_HTTP_ADDR"] = p.server(mux)
		p.slack.Chaos.RefuseUpgrade(http.StatusConflict, 1) // shows an attempt to connect
		if d, code := p.see(); code != want {
			t.Errorf("readiness %d: exit code %d, want %d\n%+v", ready, code, want, d.Findings)
		}
	}
}

func TestDoctorListsEveryMistakeAndStillLooksAtTheRest(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.env["TOCSIN_LOG_LEVEL"], p.env["TOCSIN_COMMAND"], p.env["DATABASE_URL"] = "loud", "incident", "mysql://nowhere"
	d, code := p.see()
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	areas := map[string]int{}
	for _, f := range d.Findings {
		areas[f.Area]++
	}
	if areas["settings"] != 3 || areas["database"] != 0 || areas["Slack"] < 3 || areas["Jira"] < 1 {
		t.Errorf("findings by area: %v", areas)
	}
}

func TestDoctorStartsAndStopsThePrivatePostgres(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	delete(p.env, "DATABASE_URL")
	d, code := p.see()
	if code != exitOK {
		t.Errorf("exit code %d\n%+v", code, d.Findings)
	}
	left, err := filepath.Glob(filepath.Join(p.env["TOCSIN_DATA_DIR"], "postgres", "*", "postmaster.pid"))
	if err != nil || len(left) != 0 {
		t.Errorf("a server is left behind: %v, %v", left, err)
	}
}

func TestDoctorPrintsAlignedLines(t *testing.T) {
	t.Parallel()
	d := diagnose([]finding{
		fine("HTTP", "The address is free."),
		{markWrong, "database", "It is away.", "Nothing works\nat all.", "Bring it back."},
	}, strings.ToUpper)
	var b strings.Builder
	if err := d.write(&b); err != nil {
		t.Fatal(err)
	}
	want := "ok       HTTP      THE ADDRESS IS FREE.\n" +
		"wrong    database  IT IS AWAY. NOTHING WORKS AT ALL. BRING IT BACK.\n" +
		"\n1 ok, 0 warning(s), 1 wrong\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	if d.OK || d.err() == nil {
		t.Error("what is wrong does not fail")
	}
}

func TestDoctorNoticesAClockThatIsOff(t *testing.T) {
	t.Parallel()
	pool := pgtest.DB(t)
	for off, want := range map[time.Duration]mark{0: markOK, time.Second: markOK, 3 * time.Second: markWrong, -time.Hour: markWrong} {
		got := examineClock(t.Context(), pool, func() time.Time { return time.Now().Add(off) })
		if got.Mark != want {
			t.Errorf("%v off: %+v", off, got)
		}
	}
}

func TestDoctorNoticesMissingTimeZones(t *testing.T) {
	t.Parallel()
	if got := examineZones(func(string) (*time.Location, error) { return nil, errors.New("unknown time zone") }); got.Mark != markWrong {
		t.Errorf("%+v", got)
	}
}

func TestDoctorNamesEachMissingScope(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.slack.Revoke(bot.Scopes()[1:]...) // a token always has one
	d, _ := p.see()
	if n := len(slices.DeleteFunc(d.Findings, func(f finding) bool { return !strings.Contains(f.Text, "lacks the scope") })); n != len(bot.Scopes())-1 {
		t.Errorf("%d scopes are said to be missing, want %d", n, len(bot.Scopes())-1)
	}
}
