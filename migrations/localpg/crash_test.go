package localpg

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childConfig makes this test binary a process that starts a cluster, says so
// and waits to be killed.
const childConfig = "LOCALPG_TEST_CHILD"

// order is what a child is told.
type order struct {
	Dir     string
	Durable bool
	Orphan  bool
}

// report is what a child answers.
type report struct {
	Dir     string
	URL     string
	Adopted bool
}

func TestMain(m *testing.M) {
	if told, ok := os.LookupEnv(childConfig); ok {
		if err := child(told); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(runInAFolder(m))
}

// runInAFolder lets what the library for downloads leaves behind go with the tests.
// Everybody may write to the folder, as to /tmp: servers run by another account.
func runInAFolder(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("/tmp", "localpg-")
	if err == nil {
		err = errors.Join(os.Chmod(dir, 0o777|os.ModeSticky), os.Setenv("TMPDIR", dir))
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // a rest of it harms nobody
	return m.Run()
}

func TestKilledParentIsSucceeded(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	parent, first := spawnChild(t, order{Dir: dir, Durable: true}, nil)
	execute(t, first.URL, `CREATE TABLE kept AS SELECT 42 AS answer`)
	busy(t, first.URL, 5)
	kill(t, parent)
	_, second := spawnChild(t, order{Dir: dir, Durable: true}, nil)
	if got := ask(t, second.URL, `SELECT answer::text FROM kept`); got != "42" {
		t.Errorf("kept data = %q; want 42", got)
	}
}

func TestServerDiesWithItsKilledParent(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a child with its parent")
	}
	dir := folder(t)
	parent, _ := spawnChild(t, order{Dir: dir, Durable: true}, nil)
	kill(t, parent)
	where := place{dir: dir}
	eventually(t, "the server stops cleanly", func() bool {
		_, ok := where.postmaster()
		return !ok
	})
}

func TestOrphanIsAdopted(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	parent, first := spawnChild(t, order{Dir: dir, Durable: true, Orphan: true}, nil)
	execute(t, first.URL, `CREATE TABLE kept AS SELECT 42 AS answer`)
	kill(t, parent)
	file, ok := place{dir: dir}.postmaster()
	if !ok {
		t.Fatal("the orphan is gone")
	}
	t.Cleanup(func() {
		_ = syscall.Kill(file.pid, syscall.SIGINT) // gone only when the test failed already
		eventually(t, "the orphan stops", func() bool { _, ok := place{dir: dir}.postmaster(); return !ok })
	})
	second := start(t, Config{Dir: dir, Durable: true})
	if !second.Adopted() {
		t.Error("the orphan is not adopted")
	}
	requireAnswer(t, second)
	stop(t, second)
	execute(t, first.URL, `SELECT`)
}

func TestTemporaryFolderGoesWithAKilledParent(t *testing.T) {
	t.Parallel()
	parent, first := spawnChild(t, order{}, nil)
	execute(t, first.URL, `SELECT`)
	kill(t, parent)
	eventually(t, "the folder is removed", func() bool {
		_, err := os.Stat(first.Dir)
		return errors.Is(err, fs.ErrNotExist)
	})
}

func TestNobodyCanRunIt(t *testing.T) {
	t.Parallel()
	nobody := requireRoot(t, "nobody")
	dir := folder(t)
	if err := os.Chown(dir, int(nobody.uid), int(nobody.gid)); err != nil {
		t.Fatal(err)
	}
	parent, first := spawnChild(t, order{Dir: dir, Durable: true}, &nobody)
	info, err := os.Stat(place{dir: dir}.pidFile())
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; owner != nobody.uid {
		t.Errorf("the server runs as %d; want %d", owner, nobody.uid)
	}
	execute(t, first.URL, `CREATE TABLE kept AS SELECT 42 AS answer`)
	kill(t, parent)
	requireAnswer(t, start(t, Config{Dir: dir, Durable: true})) // root takes over nobody's data
}

func TestRootUsesNobodyWhereThereIsNoPostgres(t *testing.T) {
	t.Parallel()
	nobody := requireRoot(t, "nobody")
	c := start(t, Config{Dir: folder(t), account: &nobody})
	execute(t, c.URL(), `SELECT`)
}

func TestRootsClosedFolderIsLeftForAnOpenOne(t *testing.T) {
	t.Parallel()
	as := requireRoot(t, "nobody")
	closed := folder(t)
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	where, err := settle(Config{Dir: closed + "/postgres", Log: slog.New(slog.NewTextHandler(&said, nil))}, as)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = os.Remove(where.dir)
		_ = os.Remove(systemDir) // stays when it holds something else
	})
	if !strings.HasPrefix(where.dir, systemDir) || !strings.Contains(said.String(), where.dir) {
		t.Errorf("dir = %s, said %q; want one below %s and told", where.dir, said.String(), systemDir)
	}
}

func requireRoot(t *testing.T, name string) account {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can run things as somebody else")
	}
	as, err := lookup(name)
	if err != nil {
		t.Skip(err)
	}
	return as
}

// spawnChild starts this test binary as another process, and as another
// account when one is given, and waits for its cluster.
func spawnChild(t *testing.T, what order, as *account) (*exec.Cmd, report) {
	t.Helper()
	told, err := json.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe")
	if runtime.GOOS != "linux" {
		cmd.Path = os.Args[0]
	}
	cmd.Env = append(os.Environ(), childConfig+"="+string(told))
	cmd.Dir = "/"
	if as != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: as.uid, Gid: as.gid}}
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(t, cmd) })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("child said %q: %v", line, err)
	}
	var answer report
	if err := json.Unmarshal([]byte(line), &answer); err != nil {
		t.Fatalf("child said %q", line)
	}
	return cmd, answer
}

func child(told string) error {
	var what order
	if err := json.Unmarshal([]byte(told), &what); err != nil {
		return err
	}
	c, err := Start(context.Background(), Config{Dir: what.Dir, Durable: what.Durable, orphans: what.Orphan})
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(report{Dir: c.Dir(), URL: c.URL(), Adopted: c.Adopted()}); err != nil {
		return err
	}
	<-c.Done()
	return nil
}

// kill ends a child the hard way; twice is once.
func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if cmd.ProcessState != nil {
		return
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // reports the kill
}

// patience only has to tell what hangs from a machine that is busy.
const patience = 2 * time.Minute

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-tick.C {
		if done() {
			return
		}
	}
	t.Errorf("waited in vain until %s", what)
}
