package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

const exampleOrganisation = "../../docs/organisation.yaml"

func TestOrganisationIsPlannedAppliedAndExported(t *testing.T) {
	t.Parallel()
	env := map[string]string{"DATABASE_URL": pgtest.Empty(t)}
	expect := func(want int, says string, args ...string) string {
		t.Helper()
		out, errs, code := run(t, env, args...)
		if code != want || !strings.Contains(out+errs, says) {
			t.Fatalf("tocsin %s: exit code %d, want %d and %q\n%s%s", strings.Join(args, " "), code, want, says, out, errs)
		}
		return out
	}
	expect(exitOK, "{}", "export")
	expect(exitDiffers, "+ people.alice", "plan", "-f", exampleOrganisation) // before there are tables
	expect(exitDiffers, "  dave: Pages of high urgency go by Slack alone; add a second contact method.", "plan", "-f", exampleOrganisation)
	expect(exitDiffers, "+ people.alice", "plan", exampleOrganisation) // as people type it
	expect(exitFailed, "two files are named, other.yaml and "+exampleOrganisation, "plan", "-f", exampleOrganisation, "other.yaml")
	expect(exitOK, "Applied.", "apply", "-f", exampleOrganisation)
	expect(exitOK, "Nothing differs.", "apply", "-f", exampleOrganisation)
	expect(exitOK, "  dave: Pages of high urgency go by Slack alone; add a second contact method.", "apply", "-f", exampleOrganisation)
	reapplied := expect(exitOK, "Nothing differs.", "plan", "-f", exampleOrganisation)
	if strings.Contains(reapplied, "is on call ") {
		t.Errorf("nobody's shifts change, and yet it tells how much people are on call:\n%s", reapplied)
	}
	expect(exitOK, "Nothing differs.", "plan", "-f", exampleOrganisation)

	exported := filepath.Join(t.TempDir(), "exported.yaml")
	if err := os.WriteFile(exported, []byte(expect(exitOK, "payments:", "export")), 0o600); err != nil {
		t.Fatal(err)
	}
	expect(exitOK, "Nothing differs.", "plan", "-f", exported)
	replaceIn(t, exported, "delay: 10m", "delay: 11m")
	expect(exitDiffers, "~ steps[2].delay: 10m -> 11m", "plan", "-f", exported)
	replaceIn(t, exported, "[alice, bob]", "[bob, alice]")
	changed := expect(exitDiffers, "Shifts of the next 60 days that change:", "plan", "-f", exported)
	if !strings.Contains(changed, "  payments: alice is on call ") {
		t.Errorf("it lacks how much alice is on call in what changes:\n%s", changed)
	}
}

func replaceIn(t *testing.T, file, old, becomes string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("the file does not hold %q:\n%s", old, text)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), old, becomes)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPlanThatCannotTellFails(t *testing.T) {
	t.Parallel()
	wrong := filepath.Join(t.TempDir(), "wrong.yaml")
	if err := os.WriteFile(wrong, []byte("people:\n  bob: {slack: U0BOB, name: Bob, zone: Europe/Berln}\nteam: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		says []string
	}{
		"mistakes in the file": {args: []string{"plan", "-f", wrong}, says: []string{
			"2 mistakes in " + wrong + "; nothing was changed:",
			wrong + ":2: people.bob.zone is not a time zone; did you mean Europe/Berlin?",
			wrong + ":3: team is not a key that belongs here; did you mean teams?"}},
		"mistakes when applied":    {args: []string{"apply", "-f", wrong}, says: []string{"2 mistakes in "}},
		"no file":                  {args: []string{"plan", "-f", "nowhere.yaml"}, says: []string{"nowhere.yaml", "name another with -f"}},
		"mistakes in the settings": {env: map[string]string{"DATABASE_URL": "nonsense"}, args: []string{"plan", "-f", exampleOrganisation}, says: []string{"DATABASE_URL"}},
		"no database":              {env: map[string]string{"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, args: []string{"plan", "-f", exampleOrganisation}, says: []string{"the database cannot be reached"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, errs, code := run(t, c.env, c.args...)
			if code != exitFailed || out != "" {
				t.Errorf("exit code %d, want %d; printed %q", code, exitFailed, out)
			}
			for _, want := range c.says {
				if !strings.Contains(errs, want) {
					t.Errorf("it lacks %q:\n%s", want, errs)
				}
			}
		})
	}
}

// TestOrganisationOfThePrivatePostgres needs no setting at all.
func TestOrganisationOfThePrivatePostgres(t *testing.T) {
	t.Parallel()
	env := map[string]string{"TOCSIN_DATA_DIR": t.TempDir()}
	if out, errs, code := run(t, env, "apply", "-f", exampleOrganisation); code != exitOK || !strings.Contains(out, "Applied.") {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	if out, errs, code := run(t, env, "plan", "-f", exampleOrganisation); code != exitOK {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
}
