package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

// demoFolder is a data folder that a demo has not used yet. Everybody may enter it: run
// by root, Postgres is somebody else.
func demoFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tocsin-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // Postgres may be ending in it
	for _, folder := range []string{dir, filepath.Join(dir, "demo")} {
		if err := errorsOf(os.MkdirAll(folder, 0o755), os.Chmod(folder, 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func errorsOf(list ...error) error {
	if i := slices.IndexFunc(list, func(err error) bool { return err != nil }); i >= 0 {
		return list[i]
	}
	return nil
}

// openDemo runs a demo on a data folder, at a port of its own, until close, which waits.
func openDemo(t *testing.T, dir string) (d *demo, closes func()) {
	t.Helper()
	var root cli
	if _, _, err := root.parse([]string{"demo", "--addr", "127.0.0.1:0"}, streams{t.Output(), t.Output()}); err != nil {
		t.Fatal(err)
	}
	root.Config.load(func(flag string) bool { return flag == "addr" }, func(string) (string, bool) { return "", false })
	p := &process{streams{t.Output(), t.Output()}, &root.Config, slog.New(slog.DiscardHandler), os.LookupEnv}
	d = &demo{process: p, folder: filepath.Join(dir, "demo"), lasting: true}
	ctx, cancel := context.WithCancel(t.Context())
	if err := d.start(ctx); err != nil {
		cancel()
		t.Fatal(err, d.stop())
	}
	ran := make(chan error, 1)
	go func() { ran <- d.run(ctx, d.wait) }()
	closed := false
	closes = func() {
		if closed {
			return
		}
		closed = true
		cancel()
		if err := errorsOf(<-ran, d.stop()); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(closes)
	return d, closes
}

// asks gets a page of a demo, or posts to it what somebody does there, and decodes the
// answer.
func asks(t *testing.T, address string, did, answer any) {
	t.Helper()
	body, err := json.Marshal(did)
	if err != nil {
		t.Fatal(err)
	}
	method := http.MethodPost
	if did == nil {
		method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Workspace-Page", "1")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	var raw json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&raw); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s answered %d %s to %s (%v)", address, resp.StatusCode, raw, body, err)
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		t.Fatal(err)
	}
}

// shownItems are what the page shows on everybody's phones, by person and id.
func shownItems(t *testing.T, address string) map[string]item {
	t.Helper()
	var state struct{ People []reachable }
	asks(t, address+"/phones/state", nil, &state)
	shown := map[string]item{}
	for _, person := range state.People {
		for _, i := range person.Items {
			shown[person.ID+" "+i.ID] = i
		}
	}
	return shown
}

// itemOf is somebody's item of a medium.
func itemOf(t *testing.T, shown map[string]item, person, medium string) item {
	t.Helper()
	for key, i := range shown {
		if strings.HasPrefix(key, person+" ") && i.Medium == medium {
			return i
		}
	}
	t.Fatalf("%s has no %s: %+v", person, medium, shown)
	return item{}
}

// awaits looks again and again until it is so.
func awaits(t *testing.T, what string, isSo func() bool) {
	t.Helper()
	for began := time.Now(); !isSo(); pause(t.Context(), 50*time.Millisecond) {
		if time.Since(began) > 90*time.Second {
			t.Fatalf("%s: not within 90 s", what)
		}
	}
}

// texts asks the simulated Twilio for something to Carol.
func texts(t *testing.T, d *demo, place string, form url.Values) {
	t.Helper()
	form.Set("From", twiliosim.DefaultNumber)
	form.Set("To", "+15550100103")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.others.twilio.URL()+"/2010-04-01/Accounts/"+twiliosim.DefaultAccountSID+place, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(twiliosim.DefaultAccountSID, twiliosim.DefaultAuthToken)
	resp, err := d.others.twilio.HTTPClient().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // its status is enough
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("%s was answered %d", place, resp.StatusCode)
	}
}

// executesDemo runs the command until it is ready or has failed.
func executesDemo(t *testing.T, dir string, args ...string) (code int, said string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, problems lockedLog
	ended := make(chan int, 1)
	go func() {
		ended <- execute(ctx, append([]string{"demo", "--addr", "127.0.0.1:0"}, args...), streams{&out, &problems}, func(name string) (string, bool) {
			if name == "TOCSIN_DATA_DIR" {
				return dir, true
			}
			return "", false
		})
	}()
	awaits(t, "the demo is ready or has ended", func() bool {
		if strings.Contains(out.tail(), "ready") {
			cancel()
		}
		return len(ended) > 0
	})
	return <-ended, problems.all()
}
