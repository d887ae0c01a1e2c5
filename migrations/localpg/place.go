package localpg

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// longestSocket is the longest path of a Unix socket, in bytes; 104 on
	// macOS, 108 on Linux, both with the closing zero.
	longestSocket = 103

	// socketFile is the name Postgres gives its socket.
	socketFile = ".s.PGSQL." + port

	// unfinished begins the name of a data folder that initdb is working on.
	unfinished = "unfinished-"

	// systemDir is where the data of root's cluster goes when the account it
	// runs as may not enter the folder asked for.
	systemDir = "/var/lib/tocsin"

	lockPause = 20 * time.Millisecond
)

// place is where a cluster lives on disk.
type place struct {
	dir       string
	socket    string
	temporary bool
}

func (p place) data() string    { return filepath.Join(p.dir, "data") }
func (p place) pidFile() string { return filepath.Join(p.data(), "postmaster.pid") }

// major is the Postgres version that made the data, 0 when there is none.
func (p place) major() int {
	content, err := os.ReadFile(filepath.Join(p.data(), "PG_VERSION"))
	if err != nil {
		return 0
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return 0
	}
	return major
}

// settle makes the folders, owned by the account and closed to others.
func settle(config Config, as account) (place, error) {
	if config.Dir == "" {
		return settleTemporary(as)
	}
	dir, err := filepath.Abs(config.Dir)
	if err != nil {
		return place{}, fmt.Errorf("the data folder %q has no absolute path: %w", config.Dir, err)
	}
	if !as.mayEnter(filepath.Dir(dir)) {
		moved := elsewhere(dir)
		config.Log.Warn("the private Postgres keeps its data elsewhere, because it cannot run as root and its account may not enter the folder",
			"asked", dir, "uses", moved, "account", as.name)
		dir = moved
	}
	if err := as.makePrivate(dir); err != nil {
		return place{}, err
	}
	socket, err := socketFolder(dir, as)
	return place{dir: dir, socket: socket}, err
}

// elsewhere is where root's data goes when dir is closed to the server's
// account. It is the same for the same dir.
func elsewhere(dir string) string {
	if absolute, err := filepath.Abs(dir); err == nil {
		dir = absolute
	}
	return filepath.Join(systemDir, filepath.Base(dir)+"-"+fingerprint(dir))
}

func settleTemporary(as account) (place, error) {
	base := os.TempDir()
	if !as.mayEnter(base) || len(base) > longestSocket/2 {
		base = "/tmp"
	}
	dir, err := os.MkdirTemp(base, "tocsin-pg-")
	if err != nil {
		return place{}, fmt.Errorf("no temporary folder for a private Postgres: %w", err)
	}
	return place{dir: dir, socket: dir, temporary: true}, as.makePrivate(dir)
}

// socketFolder is dir, or a short one where the path would be too long for a
// socket. It is the same for the same dir.
func socketFolder(dir string, as account) (string, error) {
	if len(dir)+1+len(socketFile) <= longestSocket {
		return dir, nil
	}
	short := filepath.Join("/tmp", "tocsin-"+fingerprint(dir))
	return short, as.makePrivate(short)
}

func fingerprint(path string) string {
	sum := sha256.Sum256([]byte(path))
	return fmt.Sprintf("%x", sum[:4])
}

// sweep removes what killed attempts to create the data left behind.
func (p place) sweep() error {
	left, err := filepath.Glob(filepath.Join(p.dir, unfinished+"*"))
	if err != nil {
		return fmt.Errorf("list %s: %w", p.dir, err)
	}
	for _, dir := range left {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("an unfinished data folder cannot be removed: %w", err)
		}
	}
	if _, err := os.Stat(p.data()); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s exists and is not a Postgres data folder: move it away and start again", p.data())
	}
	return nil
}

// lock keeps other processes out of Start until unlock. The kernel releases
// it when this process dies.
func (p place) lock(ctx context.Context) (unlock func(), err error) {
	file, err := os.OpenFile(filepath.Join(p.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the private Postgres in %s cannot be locked: %w", p.dir, err)
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = file.Close() }, nil // closing releases; it holds no data
		}
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			_ = file.Close() // the lock's error matters more
			return nil, fmt.Errorf("the private Postgres in %s cannot be locked: %w", p.dir, err)
		}
		if err := pause(ctx, lockPause); err != nil {
			_ = file.Close() // the lock's error matters more
			return nil, fmt.Errorf("another process is still starting the private Postgres in %s: %w", p.dir, err)
		}
	}
}
