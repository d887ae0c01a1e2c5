package page_test

import (
	"bufio"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/bot/slacksim/page"
	"github.com/tocsinhq/tocsin/integrations/browsertest"
)

// stream opens the stream of changes and returns its lines.
func stream(t *testing.T, server *httptest.Server) <-chan string {
	t.Helper()
	res, err := server.Client().Get(server.URL + "/api/events")
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(res.Body); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() {
		_ = res.Body.Close() // ends the reader
		for range lines {
		}
	})
	return lines
}

// next waits for a line that begins with prefix; false when the stream ended.
func next(t *testing.T, lines <-chan string, prefix string) bool {
	t.Helper()
	limit := time.After(browsertest.Patience)
	for {
		select {
		case line, open := <-lines:
			if !open || strings.HasPrefix(line, prefix) {
				return open
			}
		case <-limit:
			t.Fatalf("no %q on the stream", prefix)
		}
	}
}

func TestStreamOutlivesTheWriteDeadline(t *testing.T) {
	t.Parallel()
	w := slacksim.New(slacksim.Options{})
	w.AddPerson("alice", slacksim.PersonOptions{})
	server := httptest.NewUnstartedServer(page.New(page.Options{Workspace: w}))
	const deadline = 50 * time.Millisecond
	server.Config.WriteTimeout = deadline
	server.Start()
	defer server.Close()
	defer server.CloseClientConnections()
	lines := stream(t, server)
	next(t, lines, "event: hello")
	for start := time.Now(); time.Since(start) < 4*deadline; {
		w.Person("alice").Says("#incidents", "tick")
		if !next(t, lines, "event: change") {
			t.Fatal("the stream ended at the server's write deadline")
		}
	}
}

func TestStreamTellsManyChangesOnce(t *testing.T) {
	t.Parallel()
	w, server := serve(t, page.Options{})
	lines := stream(t, server)
	next(t, lines, "event: hello")
	const changes = 500
	began := time.Now()
	for range changes {
		w.Person("alice").Says("#incidents", "tick")
	}
	took := time.Since(began)
	next(t, lines, "data: ")
	told := 1
	quiet := time.After(500 * time.Millisecond)
	for open := true; open; {
		select {
		case line := <-lines:
			if strings.HasPrefix(line, "event: change") {
				told++
			}
		case <-quiet:
			open = false
		}
	}
	// On a machine that is busy the changes do not come that close together.
	if most := changes/10 + int(took/(20*time.Millisecond)); told > most {
		t.Errorf("%d changes in %v were told %d times; want at most %d", changes, took, told, most)
	}
}

func TestStreamEndsWhenTheServerCloses(t *testing.T) {
	t.Parallel()
	closing := make(chan struct{})
	_, server := serve(t, page.Options{Closing: closing})
	lines := stream(t, server)
	next(t, lines, "event: hello")
	close(closing)
	if next(t, lines, "no such line") {
		t.Error("the stream goes on")
	}
}
