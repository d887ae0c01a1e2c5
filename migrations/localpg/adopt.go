package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	// settlePause is how long an adopted server must keep answering: a server
	// whose parent was just killed answers for a moment before it obeys the
	// death signal.
	settlePause = 50 * time.Millisecond

	// watchPause is the time between two looks at an adopted server.
	watchPause = 500 * time.Millisecond
)

// postmaster is what postmaster.pid says about the server of a data folder.
type postmaster struct {
	pid    int
	socket string
	ready  bool
}

// postmaster reads postmaster.pid: line 1 the process, line 5 the socket's
// folder, line 8 the state. It reports false when there is none.
func (p place) postmaster() (postmaster, bool) {
	content, err := os.ReadFile(p.pidFile())
	if err != nil {
		return postmaster{}, false
	}
	lines := strings.Split(string(content), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 0 {
		return postmaster{}, false
	}
	found := postmaster{pid: pid}
	if len(lines) >= 5 {
		found.socket = strings.TrimSpace(lines[4])
	}
	if len(lines) >= 8 {
		found.ready = strings.TrimSpace(lines[7]) == "ready"
	}
	return found, true
}

// adopt takes a server that already runs on the folder. It waits for one that
// is starting or shutting down, and cleans up after one that is gone.
func (c *Cluster) adopt(ctx context.Context) (bool, error) {
	for {
		file, ok := c.place.postmaster()
		if !ok {
			return false, nil
		}
		if !serves(file.pid, c.place.data()) {
			return false, c.place.forget()
		}
		if file.ready && c.steady(ctx, file) {
			c.adopted, c.socket = true, file.socket
			c.log.Info("using the private Postgres that already runs", "dir", c.place.dir, "pid", file.pid)
			return true, nil
		}
		if err := pause(ctx, settlePause); err != nil {
			return false, fmt.Errorf("process %d holds the private Postgres in %s and does not answer: stop it with `kill -INT %d` and start again", file.pid, c.place.dir, file.pid)
		}
	}
}

func (c *Cluster) steady(ctx context.Context, file postmaster) bool {
	if answers(ctx, file.socket, c.place.data()) != nil || pause(ctx, settlePause) != nil {
		return false
	}
	return answers(ctx, file.socket, c.place.data()) == nil
}

// watch closes done when the adopted server is gone or Stop was called.
func (c *Cluster) watch() {
	ctx, cancel := context.WithCancel(context.Background())
	c.stop = cancel
	go func() {
		defer close(c.done)
		for {
			file, ok := c.place.postmaster()
			if !ok || !serves(file.pid, c.place.data()) || pause(ctx, watchPause) != nil {
				return
			}
		}
	}()
}

// forget removes the lock files of a server that does not run any more. Left
// alone they would block the start where the old process id was reused, as
// happens in containers.
func (p place) forget() error {
	for _, file := range []string{p.pidFile(), filepath.Join(p.socket, socketFile+".lock")} {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the lock file of a dead Postgres cannot be removed: %w", err)
		}
	}
	return nil
}
