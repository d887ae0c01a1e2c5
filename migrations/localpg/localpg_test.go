package localpg

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestColdStartThenWarmStartKeepsData(t *testing.T) {
	t.Parallel()
	config := Config{Dir: folder(t), Durable: true}
	first := start(t, config)
	if first.Adopted() {
		t.Error("a new cluster is adopted")
	}
	execute(t, first.URL(), `CREATE TABLE kept AS SELECT 42 AS answer`)
	stop(t, first)
	stop(t, first) // stopping twice is stopping once
	if err := answers(t.Context(), first.socket, first.place.data()); err == nil {
		t.Fatal("the server answers after Stop")
	}
	requireAnswer(t, start(t, config))
}

func TestDurableClusterIsDurable(t *testing.T) {
	t.Parallel()
	c := start(t, Config{Dir: folder(t), Durable: true})
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		if got := ask(t, c.URL(), `SHOW `+setting); got != "on" {
			t.Errorf("%s = %s; want on", setting, got)
		}
	}
	if got := ask(t, c.URL(), `SHOW listen_addresses`); got != "" {
		t.Errorf("listen_addresses = %q; want none", got)
	}
	info, err := os.Stat(filepath.Dir(filepath.Join(c.socket, socketFile)))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("socket folder mode = %v, %v; want 0700", info.Mode(), err)
	}
}

func TestKilledServerWithClientsRecovers(t *testing.T) {
	t.Parallel()
	config := Config{Dir: folder(t), Durable: true}
	first := start(t, config)
	execute(t, first.URL(), `CREATE TABLE kept AS SELECT 42 AS answer`)
	busy(t, first.URL(), 10)
	if err := syscall.Kill(first.server.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	second := start(t, config)
	if second.Adopted() {
		t.Error("a dead server is adopted")
	}
	requireAnswer(t, second)
}

func TestTwoStartersShareOneServer(t *testing.T) {
	t.Parallel()
	config := Config{Dir: folder(t), Durable: true, account: ordinary(t)}
	type result struct {
		c   *Cluster
		err error
	}
	results := make(chan result, 2)
	for range 2 {
		go func() {
			c, err := Start(t.Context(), config)
			results <- result{c, err}
		}()
	}
	adopted := 0
	for range 2 {
		r := <-results
		if r.err != nil {
			t.Fatal(r.err)
		}
		t.Cleanup(func() { stop(t, r.c) })
		execute(t, r.c.URL(), `SELECT`)
		if r.c.Adopted() {
			adopted++
		}
	}
	if adopted != 1 {
		t.Errorf("%d of 2 adopted; want 1", adopted)
	}
}

func TestAdopterNeitherStopsNorMissesTheEnd(t *testing.T) {
	t.Parallel()
	config := Config{Dir: folder(t), Durable: true}
	owner := start(t, config)
	guest, watcher := start(t, config), start(t, config)
	stop(t, guest)
	execute(t, owner.URL(), `SELECT`)
	stop(t, owner)
	select {
	case <-watcher.Done():
	case <-time.After(patience):
		t.Error("an adopted server ended and Done is not closed")
	}
}

func TestStalePidFileOfAnotherProcessIsRemoved(t *testing.T) {
	t.Parallel()
	config := Config{Dir: folder(t), Durable: true}
	first := start(t, config)
	execute(t, first.URL(), `CREATE TABLE kept AS SELECT 42 AS answer`)
	stop(t, first)
	// A container restart hands the old number to another process: ours.
	lie := strings.ReplaceAll("PID\nDATA\n1\n5432\nSOCKET\n\n1 1\nready\n", "PID", "1")
	lie = strings.NewReplacer("DATA", first.place.data(), "SOCKET", first.socket).Replace(lie)
	if err := os.WriteFile(first.place.pidFile(), []byte(lie), 0o600); err != nil {
		t.Fatal(err)
	}
	requireAnswer(t, start(t, config))
}

func TestTemporaryFolderIsRemoved(t *testing.T) {
	t.Parallel()
	c := start(t, Config{})
	execute(t, c.URL(), `SELECT`)
	stop(t, c)
	if _, err := os.Stat(c.Dir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("temporary folder after Stop: %v; want it gone", err)
	}
}

func TestLongFolderGetsAShortSocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("long", 30))
	c := start(t, Config{Dir: dir})
	t.Cleanup(func() { _ = os.RemoveAll(c.socket) })
	if length := len(filepath.Join(c.socket, socketFile)); length > longestSocket {
		t.Errorf("socket path has %d bytes", length)
	}
	execute(t, c.URL(), `SELECT`)
}

func TestOtherMajorVersionIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	version := filepath.Join(dir, "data", "PG_VERSION")
	if err := os.Mkdir(filepath.Dir(version), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(version, []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir, Durable: true, account: ordinary(t)})
	if err == nil || !strings.Contains(err.Error(), "made by version 9") || !strings.Contains(err.Error(), "not touched") {
		t.Errorf("Start on version 9 = %v; want a sentence", err)
	}
	if content, err := os.ReadFile(version); err != nil || string(content) != "9\n" {
		t.Errorf("data folder was changed: %q, %v", content, err)
	}
}

func TestForeignDataFolderIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	precious := filepath.Join(dir, "data", "precious")
	if err := os.MkdirAll(filepath.Dir(precious), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(precious, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir, Durable: true, account: ordinary(t)})
	if err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("Start over foreign data = %v; want a sentence", err)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

func TestUnfinishedDataIsStartedAfresh(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	left := filepath.Join(dir, unfinished+"1")
	if err := os.Mkdir(left, 0o700); err != nil {
		t.Fatal(err)
	}
	execute(t, start(t, Config{Dir: dir}).URL(), `SELECT`)
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("leftover: %v; want it gone", err)
	}
}

func TestDurableNeedsAFolder(t *testing.T) {
	t.Parallel()
	if _, err := Start(t.Context(), Config{Durable: true}); err == nil || !strings.Contains(err.Error(), "TOCSIN_DATA_DIR") {
		t.Errorf("Start = %v; want a sentence that names TOCSIN_DATA_DIR", err)
	}
}

// folder is one that an unprivileged account can reach, unlike t.TempDir.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "localpg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		where := place{dir: dir}
		eventually(t, "the server leaves "+dir, func() bool {
			file, ok := where.postmaster()
			return !ok || !serves(file.pid, where.data())
		})
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// ordinary is the account that Start chooses for an empty folder.
func ordinary(t *testing.T) *account {
	t.Helper()
	as, err := Config{}.chooseAccount()
	if err != nil {
		t.Fatal(err)
	}
	return &as
}

func start(t *testing.T, config Config) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, c) })
	return c
}

func stop(t *testing.T, c *Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func execute(t *testing.T, url, statement string) {
	t.Helper()
	if _, err := connect(t, url).Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, url, query string) string {
	t.Helper()
	var answer string
	if err := connect(t, url).QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func requireAnswer(t *testing.T, c *Cluster) {
	t.Helper()
	if got := ask(t, c.URL(), `SELECT answer::text FROM kept`); got != "42" {
		t.Errorf("kept data = %q; want 42", got)
	}
}

// busy keeps clients in the middle of a query while the server dies.
func busy(t *testing.T, url string, clients int) {
	t.Helper()
	for range clients {
		conn := connect(t, url)
		go func() { _, _ = conn.Exec(t.Context(), `SELECT pg_sleep(30)`) }() // fails: its server is killed
	}
}
