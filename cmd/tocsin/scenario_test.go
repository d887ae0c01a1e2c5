package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// TestScenarios plays every script of testdata/scenarios on the whole product.
// Each file of an archive is one play with a world of its own; the archive's
// comment says in prose what they are about. The race detector makes each play five
// times as long, so it looks at every eighth; the gate plays them all without it, too.
func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios found: %v", err)
	}
	book := newLedger(t)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for n, play := range archive.Files {
			if raceDetector && n%8 > 0 {
				continue
			}
			name := strings.TrimSuffix(filepath.Base(file), ".txtar") + "/" + play.Name
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				inSlowWorld(t, pollOf(string(play.Data)), func(t *testing.T, w *world) {
					stage := w.stage()
					stage.used = book.note
					if err := stage.play(t.Context(), string(play.Data)); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

var waits = regexp.MustCompile(`(?m)^after\s+(\S+)`)

// pollOf is how often the queues are looked at in a play: each look is a query, so
// in one that waits for long they are looked at less.
func pollOf(script string) time.Duration {
	var all time.Duration
	for _, m := range waits.FindAllStringSubmatch(script, -1) {
		if d, err := time.ParseDuration(m[1]); err == nil { // playing says what is wrong with it
			all += d
		}
	}
	if all >= 10*time.Minute {
		return 5 * time.Second
	}
	return 500 * time.Millisecond
}

// noListener is a web server's address in a bubble, where nobody connects:
// requests are handed to the handler itself.
type noListener struct{ closed chan struct{} }

// Accept waits until the listener is closed.
func (l noListener) Accept() (net.Conn, error) {
	<-l.closed
	return nil, net.ErrClosed
}

// Close lets Accept return.
func (l noListener) Close() error {
	close(l.closed)
	return nil
}

// Addr is a name that nobody dials.
func (noListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080} }

// handlerClient calls a handler directly.
func handlerClient(h http.Handler) *http.Client {
	return &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		recorder := httptest.NewRecorder()
		h.ServeHTTP(recorder, r)
		answer := recorder.Result()
		answer.Request = r
		return answer, nil
	})}
}

type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip calls f.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
