package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// lint runs the linter and returns what it found.
func lint(t *testing.T, env map[string]string, args ...string) (d diagnosis, code int) {
	t.Helper()
	out, errs, code := run(t, env, append([]string{"lint", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	return d, code
}

func (d diagnosis) says(weight mark, text string) bool {
	return slices.ContainsFunc(d.Findings, func(f finding) bool { return f.Mark == weight && strings.Contains(f.Text, text) })
}

// everyMethod adds settings under which every method of the example can be sent.
func everyMethod(env map[string]string) map[string]string {
	env["TWILIO_ACCOUNT_SID"], env["TWILIO_AUTH_TOKEN"], env["TWILIO_FROM"] = "AC"+strings.Repeat("0", 32), "hunter22hunter22", "+15550100123"
	env["SMTP_URL"], env["MAIL_FROM"] = "smtp://mail.example.com:587", "tocsin@example.com"
	env["NTFY_URL"], env["TOCSIN_WEBHOOK_SECRET"] = "https://ntfy.example.com", "0123456789abcdef0123456789abcdef"
	return env
}

func TestLintNamesWhatSurprisesAtNight(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		breaks func(*testing.T, *pgxpool.Pool, map[string]string)
		mark   mark
		says   string
	}{
		"nothing":     {func(*testing.T, *pgxpool.Pool, map[string]string) {}, markOK, "payments: alice is on call"},
		"Slack alone": {func(*testing.T, *pgxpool.Pool, map[string]string) {}, markWarning, "dave: Pages of high urgency go by Slack alone"},
		"gaps": {does(`INSERT INTO schedule (id, definition, user_group) VALUES ('office', '{"zone": "UTC", "layers": [{"person": "U02BOB0002", "windows": [{"days": ["mon"], "start": "09:00", "end": "17:00"}]}]}', '')`),
			markWarning, "office: Nobody is on call in"},
		"empty step": {does(`INSERT INTO policy (id, definition) VALUES ('half', '{"steps": [{"targets": [{"kind": "person", "id": "U02DAVE004"}], "delay": 60000000000}, {"targets": [{"kind": "user_group", "id": "S0NONE"}], "delay": 60000000000}], "fallback": [{"kind": "person", "id": "U02DAVE004"}]}')`),
			markWarning, "Step 2 of the policy half has nobody (user group S0NONE)."},
		"orphan service":  {does(`INSERT INTO service (id, definition) VALUES ('orphan', '{}')`), markWrong, "Nobody can be paged for the service orphan."},
		"team of service": {does(`UPDATE team SET definition = definition - 'policy' WHERE id = 'payments'`), markWarning, "The service checkout has no policy, and neither has its team."},
		"no way at all": {does(`UPDATE contact_method SET disabled_at = '2026-01-01', disabled_reason = 'it bounced' WHERE person = 'U02ALICE01'`),
			markWrong, "payments: alice cannot be paged ("},
		"nobody at all": {does(`INSERT INTO policy (id, definition) VALUES ('void', '{"steps": [{"targets": [{"kind": "team", "id": "gone"}], "delay": 60000000000}]}')`),
			markWrong, "The policy void would page nobody at all now."},
		"empty team": {does(`UPDATE team SET definition = definition - 'members' WHERE id = 'payments'`), markWrong, "names the team payments, which has no members"},
		"out of reach by age": {does(`UPDATE policy SET definition = jsonb_set(definition, '{auto_resolve}', '120000000000') WHERE id = 'payments'`),
			markWrong, "policies.payments.steps[2] can never run"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool, env := organised(t)
			c.breaks(t, pool, everyMethod(env))
			d, code := lint(t, env)
			if !d.says(c.mark, c.says) {
				t.Errorf("no %s says %q:\n%+v", c.mark, c.says, d.Findings)
			}
			if want := map[bool]int{true: exitFailed, false: exitOK}[c.mark == markWrong]; code != want || d.OK != (code == exitOK) {
				t.Errorf("exit code %d, want %d:\n%+v", code, want, d.Findings)
			}
		})
	}
}

func does(statements ...string) func(*testing.T, *pgxpool.Pool, map[string]string) {
	return func(t *testing.T, pool *pgxpool.Pool, _ map[string]string) {
		t.Helper()
		for _, s := range statements {
			if done, err := pool.Exec(t.Context(), s); err != nil || done.RowsAffected() == 0 {
				t.Fatalf("%s: %v, %v", s, done, err)
			}
		}
	}
}

func TestLintOfAFile(t *testing.T) {
	t.Parallel()
	env := map[string]string{"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"} // it must not matter
	if d, code := lint(t, env, "-f", exampleOrganisation); code != exitOK || !d.says(markWarning, "dave: Pages of high urgency go by Slack alone; add a second contact method.") || !d.says(markOK, "payments: alice is on call") {
		t.Errorf("exit code %d:\n%+v", code, d.Findings)
	}
	text, err := os.ReadFile(exampleOrganisation)
	if err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.yaml")
	if err := os.WriteFile(wrong, []byte(strings.Replace(string(text), "auto_resolve: 2d", "auto_resolve: 2m", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"-f", wrong}, {wrong}} {
		d, code := lint(t, env, args...)
		if code != exitFailed || !d.says(markWrong, "policies.payments.steps[2] can never run") {
			t.Errorf("exit code %d:\n%+v", code, d.Findings)
		}
		if !slices.ContainsFunc(d.Findings, func(f finding) bool { return strings.HasPrefix(f.Text, wrong+":") }) {
			t.Errorf("no line is named:\n%+v", d.Findings)
		}
	}
	if out, errs, code := run(t, env, "lint", "-f", "nowhere.yaml"); code != exitFailed || !strings.Contains(errs, "nowhere.yaml") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if out, errs, code := run(t, env, "lint"); code != exitFailed || !strings.Contains(errs, "cannot be reached") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}
