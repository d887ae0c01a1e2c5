package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// run executes a command line and returns what it wrote and its exit code.
func run(t *testing.T, env map[string]string, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = execute(t.Context(), args, streams{&stdout, &stderr}, func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	})
	return stdout.String(), stderr.String(), code
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		code int
		says string
	}{
		"version":         {args: []string{"version"}, code: exitOK, says: "tocsin "},
		"version flag":    {args: []string{"--version"}, code: exitOK, says: "tocsin "},
		"settings table":  {args: []string{"settings-table"}, code: exitOK, says: "| `SLACK_APP_TOKEN` |"},
		"help":            {args: []string{"--help"}, code: exitOK, says: "$SLACK_APP_TOKEN"},
		"nothing":         {code: exitOK, says: "Usage: tocsin"},
		"unknown command": {args: []string{"sevre"}, code: exitUsage, says: "tocsin: unexpected argument sevre"},
		"unknown flag":    {args: []string{"version", "--fresch"}, code: exitUsage, says: "tocsin: unknown flag --fresch"},
		"wrong settings": {env: map[string]string{"TOCSIN_HTTP_ADDR": "x", "DATABASE_URL": "mysql://u:hunter2@db"}, args: []string{"migrate"},
			code: exitUsage, says: "2 mistake(s) in the settings"},
		"no database": {env: map[string]string{"DATABASE_URL": "postgres://u:hunter2@127.0.0.1:1/x?connect_timeout=2"}, args: []string{"migrate"},
			code: exitFailed, says: "tocsin: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, errs, code := run(t, c.env, c.args...)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if !strings.Contains(out+errs, c.says) {
				t.Errorf("output lacks %q:\n%s%s", c.says, out, errs)
			}
			if strings.Contains(out+errs, "hunter2") || strings.Contains(out+errs, "goroutine") {
				t.Errorf("output shows a secret or a stack:\n%s%s", out, errs)
			}
		})
	}
}

func TestMigrateNeedsNothingConfiguredAndTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	env := map[string]string{"TOCSIN_DATA_DIR": t.TempDir()}
	for range 2 {
		out, errs, code := run(t, env, "migrate")
		if code != exitOK || !strings.Contains(out, "the database has schema version") {
			t.Fatalf("exit code %d\n%s%s", code, out, errs)
		}
	}
}

func TestInterruptedMigrateEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	code := execute(ctx, []string{"migrate", "--data-dir", t.TempDir()}, streams{&out, &out}, func(string) (string, bool) { return "", false })
	if code != exitFailed {
		t.Errorf("exit code %d, want %d\n%s", code, exitFailed, out.String())
	}
}
