package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

var update = flag.Bool("update", false, "write the golden files and the tables of the README anew")

// golden compares got with a file that people review, or writes it with -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; look, then run go test ./cmd/tocsin -update (-file +now):\n%s", path, diff)
	}
}

func TestManifestIsPrintedAsYAML(t *testing.T) {
	t.Parallel()
	out, errs, code := run(t, nil, "manifest")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if err := slacksim.ValidateManifest([]byte(out)); err != nil {
		t.Error(err)
	}
	golden(t, filepath.Join("testdata", "manifest.yaml"), out)
}

func TestManifestFollowsTheSettings(t *testing.T) {
	t.Parallel()
	out, errs, code := run(t, map[string]string{"TOCSIN_COMMAND": "/outage"}, "manifest", "--json", "--app-name", "On: call")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	for _, want := range []string{`"command": "/outage"`, `"name": "On: call"`, `"display_name": "on-call"`} {
		if !strings.Contains(out, want) {
			t.Errorf("manifest lacks %s:\n%s", want, out)
		}
	}
	if err := slacksim.ValidateManifest([]byte(out)); err != nil {
		t.Error(err)
	}
	if _, errs, code := run(t, map[string]string{"TOCSIN_COMMAND": "outage"}, "manifest"); code != exitUsage || !strings.Contains(errs, "TOCSIN_COMMAND") {
		t.Errorf("a wrong command: exit code %d, %s", code, errs)
	}
}
