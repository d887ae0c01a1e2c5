package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen at once.
const patience = 20 * time.Second

// logged is a log that can be read while others write it.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// started runs a server on a free port until the test ends, and returns its
// base URL and what stops it early and waits.
func started(t *testing.T, c Config, prepare func(*Server)) (base string, stop func() error) {
	t.Helper()
	c.Addr = "127.0.0.1:0"
	s := New(c)
	if prepare != nil {
		prepare(s)
	}
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return "http://" + s.Addr(), stop
}

// client keeps no connections, so that stopping a server waits for none.
func client() *http.Client {
	return &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
}

// ask makes one request and reads the whole answer.
func ask(t *testing.T, method, url string, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

func says(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
}

func TestHandlersAreBehindSecurityHeaders(t *testing.T) {
	t.Parallel()
	base, _ := started(t, Config{}, func(s *Server) {
		s.Handle("GET /page", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'")
			_, _ = io.WriteString(w, "hello")
		}))
	})
	answer, text := ask(t, "GET", base+"/page", nil)
	if answer.StatusCode != http.StatusOK || text != "hello" {
		t.Errorf("answer %d %q", answer.StatusCode, text)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		"Content-Security-Policy": "default-src 'self'", "Cache-Control": "no-store",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	answer, _ = ask(t, "GET", base+"/nowhere", nil)
	if answer.StatusCode != http.StatusNotFound || !strings.HasPrefix(answer.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("unknown path: %d, policy %q", answer.StatusCode, answer.Header.Get("Content-Security-Policy"))
	}
	if answer, _ = ask(t, "POST", base+"/page", nil); answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("wrong method: %d", answer.StatusCode)
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	base, _ := started(t, Config{}, func(s *Server) { s.Handle("POST /act", says("done")) })
	if answer, _ := ask(t, "POST", base+"/act", nil, "Origin", "https://evil.example"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("another site's request: %d, want 403", answer.StatusCode)
	}
	for _, header := range [][]string{nil, {"Origin", base}, {"Sec-Fetch-Site", "same-origin"}} {
		if answer, _ := ask(t, "POST", base+"/act", nil, header...); answer.StatusCode != http.StatusOK {
			t.Errorf("with %v: %d, want 200", header, answer.StatusCode)
		}
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	base, _ := started(t, Config{}, func(s *Server) {
		s.Handle("POST /in", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, err := io.Copy(io.Discard, r.Body)
			var large *http.MaxBytesError
			if errors.As(err, &large) {
				http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			}
		}))
	})
	const limit = 1 << 20
	for name, c := range map[string]struct {
		size    int
		chunked bool
		want    int
	}{
		"at the limit":            {limit, false, 200},
		"over":                    {limit + 1, false, 413},
		"over, length not told":   {limit + 1, true, 413},
		"at limit, length hidden": {limit, true, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var body io.Reader = bytes.NewReader(make([]byte, c.size))
			if c.chunked {
				body = io.MultiReader(body)
			}
			if answer, _ := ask(t, "POST", base+"/in", body); answer.StatusCode != c.want {
				t.Errorf("status %d, want %d", answer.StatusCode, c.want)
			}
		})
	}
}

func TestSlowBodyIsCutOffAndSlowHandlerIsNot(t *testing.T) {
	t.Parallel()
	const limit = 3 * time.Second // for a request to arrive, also on a machine that is busy
	read := make(chan error, 1)
	base, _ := started(t, Config{ReadTimeout: limit}, func(s *Server) {
		s.Handle("POST /slow", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(r.Body)
			read <- err
		}))
		s.Handle("POST /work", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(r.Body)
			select {
			case <-r.Context().Done():
				http.Error(w, "cancelled", http.StatusInternalServerError)
			case <-time.After(limit + limit/4):
			}
		}))
	})
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-read:
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("reading a body that stops arriving = %v, want a timeout", err)
		}
	case <-time.After(patience):
		t.Fatal("a body that stops arriving holds its handler for ever")
	}
	if answer, text := ask(t, "POST", base+"/work", strings.NewReader("all at once")); answer.StatusCode != http.StatusOK {
		t.Errorf("a handler longer than the time for reading: %d %s", answer.StatusCode, text)
	}
}

func TestPanicShowsAReferenceThatIsInTheLog(t *testing.T) {
	t.Parallel()
	var log logged
	base, _ := started(t, Config{Log: slog.New(slog.NewTextHandler(&log, nil))}, func(s *Server) {
		s.Handle("GET /boom", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("the cellar is on fire") }))
		s.Handle("GET /half", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half an ans")
			panic("torn")
		}))
	})
	answer, text := ask(t, "GET", base+"/boom", nil)
	reference := regexp.MustCompile(`reference ([A-Z2-7]{8})`).FindStringSubmatch(text)
	if answer.StatusCode != http.StatusInternalServerError || reference == nil {
		t.Fatalf("answer %d %q", answer.StatusCode, text)
	}
	if strings.Contains(text, "cellar") || strings.Contains(text, "goroutine") {
		t.Errorf("the answer shows the inside: %q", text)
	}
	for _, want := range []string{reference[1], "the cellar is on fire", "web_test.go", "path=/boom"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log lacks %q: %s", want, log.String())
		}
	}
	if answer, err := client().Get(base + "/half"); err == nil {
		_, err = io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err == nil {
			t.Error("half an answer looks whole")
		}
	}
}

func TestOneAddressIsPacedAndHealthIsNot(t *testing.T) {
	t.Parallel()
	base, _ := started(t, Config{Rate: 0.001, Burst: 3}, func(s *Server) { s.Handle("GET /x", says("x")) })
	for i, want := range []int{200, 200, 200, 429, 429} {
		answer, _ := ask(t, "GET", base+"/x", nil)
		if answer.StatusCode != want {
			t.Errorf("request %d: %d, want %d", i+1, answer.StatusCode, want)
		}
		if want == 429 && answer.Header.Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if answer, _ := ask(t, "GET", base+path, nil); answer.StatusCode != http.StatusOK {
			t.Errorf("%s while paced: %d", path, answer.StatusCode)
		}
	}
}

func TestReadinessNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	base, _ := started(t, Config{}, func(s *Server) {
		s.Ready("database", func(context.Context) error { return nil })
		s.Ready("slack", func(context.Context) error { return errors.New("no frame for 40s") })
		s.Ready("clock", func(context.Context) error { panic("no clock") })
		s.Ready("jira", func(ctx context.Context) error { select {} }) // ignores its context
	})
	answer, text := ask(t, "GET", base+"/readyz", nil)
	var got readiness
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if answer.StatusCode != http.StatusServiceUnavailable || got.Ready || len(got.Checks) != 4 {
		t.Fatalf("answer %d %s", answer.StatusCode, text)
	}
	for i, want := range []checkResult{
		{"database", true, ""}, {"slack", false, "no frame for 40s"},
		{"clock", false, "the check itself failed"}, {"jira", false, "no answer within 2s"},
	} {
		if got.Checks[i] != want {
			t.Errorf("check %d is %+v, want %+v", i, got.Checks[i], want)
		}
	}
	if answer, text := ask(t, "GET", base+"/healthz", nil); answer.StatusCode != http.StatusOK || text != "alive\n" {
		t.Errorf("health of a process that is not ready: %d %q", answer.StatusCode, text)
	}
}

func TestMetricsCountByRoute(t *testing.T) {
	t.Parallel()
	base, _ := started(t, Config{}, func(s *Server) { s.Handle("GET /things/{id}", says("x")) })
	for _, path := range []string{"/things/1", "/things/2", "/wp-login.php"} {
		ask(t, "GET", base+path, nil)
	}
	_, text := ask(t, "GET", base+"/metrics", nil)
	for _, want := range []string{
		`tocsin_http_request_seconds_count{route="GET /things/{id}",status="200"} 2`,
		`tocsin_http_request_seconds_count{route="none",status="404"} 1`,
		"go_goroutines ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if strings.Contains(text, "wp-login") {
		t.Error("a path that anybody can choose became a metric")
	}
}

func TestStoppingLetsRequestsEndAndStreamsKnow(t *testing.T) {
	t.Parallel()
	under, finish := make(chan struct{}), make(chan struct{})
	base, stop := started(t, Config{}, func(s *Server) {
		s.Handle("GET /work", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(under)
			<-s.Closing()
			close(finish)
			_, _ = io.WriteString(w, "finished")
		}))
	})
	answered := make(chan string, 1)
	go func() {
		answer, err := client().Get(base + "/work")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer func() { _ = answer.Body.Close() }()
		text, _ := io.ReadAll(answer.Body)
		answered <- string(text)
	}()
	<-under
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	<-finish
	if got := <-answered; got != "finished" {
		t.Errorf("a request under way got %q", got)
	}
	if _, err := client().Get(base + "/healthz"); err == nil {
		t.Error("a stopped server still answers")
	}
}

func TestStoppingCutsOffWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	under := make(chan struct{})
	base, stop := started(t, Config{Grace: 50 * time.Millisecond}, func(s *Server) {
		s.Handle("GET /stuck", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(under)
			<-r.Context().Done()
		}))
	})
	failed := make(chan error, 1)
	go func() {
		answer, err := client().Get(base + "/stuck")
		if err == nil {
			_ = answer.Body.Close()
		}
		failed <- err
	}()
	<-under
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err == nil {
		t.Error("a request that never ends was answered")
	}
}

func TestTakenAddressIsASentence(t *testing.T) {
	t.Parallel()
	base, _ := started(t, Config{}, nil)
	second := New(Config{Addr: strings.TrimPrefix(base, "http://")})
	err := second.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "TOCSIN_HTTP_ADDR") || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("Run on a taken address = %v", err)
	}
}
