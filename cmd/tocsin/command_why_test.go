package main

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
	"github.com/tocsinhq/tocsin/timeline"
)

// organised is a database that the example organisation was applied to.
func organised(t *testing.T) (*pgxpool.Pool, map[string]string) {
	t.Helper()
	pool := pgtest.DB(t)
	env := map[string]string{"DATABASE_URL": pool.Config().ConnString()}
	if out, errs, code := run(t, env, "apply", "-f", exampleOrganisation); code != exitOK {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	return pool, env
}

func TestWhyForetells(t *testing.T) {
	t.Parallel()
	pool, env := organised(t)
	if _, err := pool.Exec(t.Context(), `INSERT INTO policy (id, definition) VALUES ('nobody', '{"steps": [{"targets": [{"kind": "schedule", "id": "gone"}], "delay": 60000000000}]}')`); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"a service at night": {[]string{"--service", "checkout", "--severity", "sev2", "--at", "2026-11-25 03:00", "--zone", "Europe/Berlin"}, exitOK, []string{
			"Paging Checkout, Wed 2026-11-25 03:00:00 CET, goes by the policy Payments on call, with low urgency: it is outside the service's hours.",
			"Step 1, Wed 2026-11-25 03:00:00 CET, pages the schedule payments (@", "Low urgency climbs no further; it resolves itself at Fri 2026-11-27 03:00:00 CET, by its age."}},
		"a service that is down": {[]string{"--service", "checkout", "--severity", "1", "--at", "2026-11-25 03:00", "--zone", "Europe/Berlin"}, exitOK, []string{
			"with high urgency: by the severity SEV1.", "then it waits 5 minutes.", "Step 2, Wed 2026-11-25 03:05:00 CET, pages whoever is next in the schedule payments (@", "the channel #payments",
			"Step 3, Wed 2026-11-25 03:15:00 CET, pages the team payments (@alice, @bob)", "(pass 3)", "If nobody has answered by Wed 2026-11-25 04:30:00 CET"}},
		"a policy, now":       {[]string{"--policy", "platform"}, exitOK, []string{"goes by the policy Platform on call", "the webhook at status.example.com"}},
		"nobody":              {[]string{"--policy", "nobody"}, exitFailed, []string{"Nobody at all is paged.", "nobody at all would be paged; tocsin lint says more"}},
		"no such service":     {[]string{"--service", "none"}, exitFailed, []string{"tocsin: There is no service none; name another one."}},
		"no such incident":    {[]string{"INC-404"}, exitFailed, []string{"INC-404"}},
		"nothing":             {nil, exitUsage, []string{"name one thing to explain"}},
		"two things":          {[]string{"INC-1", "--policy", "platform"}, exitUsage, []string{"name one thing to explain"}},
		"no incident":         {[]string{"incident"}, exitUsage, []string{"is not an incident number"}},
		"no time":             {[]string{"--policy", "platform", "--at", "soon"}, exitUsage, []string{"is not a time"}},
		"more than a time":    {[]string{"--policy", "platform", "--at", "10:00 sharp"}, exitUsage, []string{`"10:00 sharp" is more than a time; leave "sharp" out`}},
		"a time of the past":  {[]string{"--policy", "platform", "--at", "2026-11-20 03:00:10", "--zone", "UTC"}, exitOK, []string{"Fri 2026-11-20 03:00:10 UTC"}},
		"a time without zone": {[]string{"--policy", "platform", "--at", "2026-11-20 03:00"}, exitOK, []string{"--at is Fri 2026-11-20 03:00:00 ", ", by the clock of this machine; --zone "}},
		"no zone":             {[]string{"--policy", "platform", "--zone", "Berln"}, exitUsage, []string{"is not a time zone"}},
		"no severity":         {[]string{"--service", "checkout", "--severity", "bad"}, exitUsage, []string{"is not a severity"}},
		"time of an incident": {[]string{"INC-1", "--at", "10m ago"}, exitUsage, []string{"an incident has its own"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, errs, code := run(t, env, append([]string{"why"}, c.args...)...)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, want := range c.says {
				if !strings.Contains(out+errs, want) {
					t.Errorf("it does not say %q:\n%s%s", want, out, errs)
				}
			}
		})
	}
}

// TestWhyTakesTheComingTime as the command in Slack does.
func TestWhyTakesTheComingTime(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 21, 21, 8, 0, 0, berlin)
	for typed, want := range map[string]string{
		"03:00":                     "Sun 2026-11-22 03:00",
		"22:00":                     "Sat 2026-11-21 22:00",
		"mon 9am":                   "Mon 2026-11-23 09:00",
		"03:00 UTC":                 "Sun 2026-11-22 04:00",
		"22:00 +00:00":              "Sat 2026-11-21 23:00",
		"yesterday 14:05":           "Fri 2026-11-20 14:05",
		"today 03:00":               "Sat 2026-11-21 03:00",
		"2026-11-25 03:00":          "Wed 2026-11-25 03:00",
		"2026-11-20T03:00:00+01:00": "Fri 2026-11-20 03:00",
		"10m ago":                   "Sat 2026-11-21 20:58",
		"in 2 hours":                "Sat 2026-11-21 23:08",
		"now":                       "Sat 2026-11-21 21:08",
	} {
		at, err := readAt(typed, now, berlin)
		if got := at.In(berlin).Format("Mon 2006-01-02 15:04"); err != nil || got != want {
			t.Errorf("%q is %s, %v; want %s", typed, got, err, want)
		}
	}
	for _, typed := range []string{"soon", "03:00:00", "2026-10-25 02:30", "10m ago or so"} {
		if at, err := readAt(typed, now, berlin); err == nil {
			t.Errorf("%q is %s; want a refusal", typed, at)
		}
	}
}

func TestWhyOfAnIncident(t *testing.T) {
	t.Parallel()
	pool, env := organised(t)
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	s := pagers(pool)
	s.Incidents.Recorder = &timeline.Recorder{Jobs: jobs, Reactions: timeline.Reactions{}}
	i, err := s.Incidents.Declare(t.Context(), incident.Declaration{Title: "Checkout is down", Severity: incident.SEV1}, incident.By("U02DAVE004"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Begin(t.Context(), i.ID, escalation.Request{Subject: "@carol", Targets: []escalation.Target{{Kind: escalation.TargetPerson, ID: "U02CAROL03"}}}, incident.System)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Acknowledge(t.Context(), e.ID, escalation.Ack{Person: "U02CAROL03", Via: "slack"}, incident.By("U02CAROL03")); err != nil {
		t.Fatal(err)
	}
	before := stored(t, pool)
	for _, c := range []struct {
		who  string
		says string
	}{
		{"@carol", "@carol was asked once for INC-1; no message is planned yet.\nStep 1 of @carol asked @carol at "},
		{"U02CAROL03", "  Its messages are not planned yet."},
		{"dave", "@dave was not asked for INC-1.\nStep 1 of @carol at "},
		{"", "Acknowledged by @carol via Slack."},
	} {
		out, errs, code := run(t, env, append([]string{"why", "INC-1", "--zone", "UTC"}, strings.Fields(c.who)...)...)
		if code != exitOK || !strings.Contains(out, c.says) {
			t.Errorf("%q: exit code %d, want %q:\n%s%s", c.who, code, c.says, out, errs)
		}
	}
	if after := stored(t, pool); before != after {
		t.Errorf("asking changed the database from %s to %s", before, after)
	}
	if out, errs, code := run(t, env, "why", "INC-1", "@nobody"); code != exitFailed || !strings.Contains(errs, "Nobody is called @nobody") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}

// stored sums up what asking must not touch.
func stored(t *testing.T, pool *pgxpool.Pool) (sum string) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), `
			SELECT (SELECT md5(string_agg(e::text, '' ORDER BY id)) FROM escalation e) || ' ' || (SELECT count(*) FROM page) || ' '
				|| (SELECT count(*) FROM timeline_entry) || ' ' || (SELECT count(*) FROM river_job)`).Scan(&sum)
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}
