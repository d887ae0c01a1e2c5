package localpg

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func nothingInstalled() []string { return nil }

func TestNothingInstalledAndNothingToDownloadIsASentence(t *testing.T) {
	t.Parallel()
	mirror := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(mirror.Close)
	cache := folder(t)
	_, err := Start(t.Context(), Config{Dir: folder(t), Durable: true, Cache: cache, Mirror: mirror.URL, search: nothingInstalled})
	if err == nil || !strings.Contains(err.Error(), "set DATABASE_URL") || !strings.Contains(err.Error(), "install") {
		t.Errorf("Start = %v; want a sentence that says what to install or set", err)
	}
	eventually(t, "the cache is clean", func() bool {
		left, err := os.ReadDir(cache)
		return err == nil && len(left) == 0
	})
}

func TestSilentMirrorIsGivenUp(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	config := Config{
		Dir: folder(t), Durable: true, Cache: folder(t), search: nothingInstalled,
		Mirror: "http://" + silent.Addr().String(), DownloadTimeout: 200 * time.Millisecond,
	}
	began := time.Now()
	_, err = Start(t.Context(), config)
	if err == nil || !strings.Contains(err.Error(), "did not finish in 200ms") {
		t.Errorf("Start = %v; want the time limit named", err)
	}
	if took := time.Since(began); took > patience {
		t.Errorf("gave up after %s", took)
	}
}

func TestCachedBinariesAreUsed(t *testing.T) {
	t.Parallel()
	real := installed()
	cache := folder(t)
	var bin binaries
	for _, dir := range real {
		if found, ok := inspect(t.Context(), dir); ok {
			bin = found
		}
	}
	if bin.dir == "" {
		t.Skip("no PostgreSQL on this machine")
	}
	home := filepath.Join(cache, string(releases[newest]))
	if err := os.Mkdir(home, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(bin.dir, filepath.Join(home, "bin")); err != nil {
		t.Fatal(err)
	}
	c := start(t, Config{Dir: folder(t), Cache: cache, search: nothingInstalled})
	execute(t, c.URL(), `SELECT`)
}

func TestNumberOrdersVersionsByValue(t *testing.T) {
	t.Parallel()
	if number("/usr/lib/postgresql/9.6/bin") >= number("/usr/lib/postgresql/15/bin") {
		t.Error("9.6 sorts before 15")
	}
}
