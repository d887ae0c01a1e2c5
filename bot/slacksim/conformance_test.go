package slacksim_test

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestConformance runs Slack's official Node clients, unchanged, against the
// simulator: the suite in conformance/, told where to find its worlds.
func TestConformance(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			skipOrFail(t, "the official Slack clients need %s: %v", tool, err)
		}
	}
	installClients(t)
	suites, err := filepath.Glob("conformance/*.test.mjs")
	if err != nil || len(suites) == 0 {
		t.Fatalf("no suites found: %v", err)
	}
	control := httptest.NewServer(newWorlds(t))
	t.Cleanup(control.Close)

	args := []string{"--test", "--test-reporter=tap", "--test-timeout=60000"}
	for _, suite := range suites {
		args = append(args, filepath.Base(suite))
	}
	out, err := runIn(t, "conformance", []string{"SLACKSIM_CONTROL=" + control.URL}, "node", args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// skipOrFail skips on a developer's machine and fails where CI=true.
func skipOrFail(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

func installClients(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("conformance/node_modules/@slack/bolt"); err == nil {
		return
	}
	if out, err := runIn(t, "conformance", nil, "npm", "ci", "--no-audit", "--no-fund"); err != nil {
		skipOrFail(t, "npm ci: %v\n%s", err, out)
	}
}

func runIn(t *testing.T, folder string, env []string, name string, args ...string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), env...)
	return cmd.CombinedOutput()
}
