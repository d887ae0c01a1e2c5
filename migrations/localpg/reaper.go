package localpg

import (
	"fmt"
	"io"
	"os/exec"
)

// reaper is a small process that removes a temporary cluster after this
// process, even when this process is killed: its standard input ends then.
type reaper struct {
	cmd   *exec.Cmd
	leash io.Closer
}

// script waits for the end of its input, stops the server if it still runs
// (SIGQUIT, so that it frees its shared memory), and removes its folder. It
// runs as the account of the server and can reach nothing else.
const script = `cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
[ -n "$pid" ] && kill -QUIT "$pid" 2>/dev/null
n=0
while [ -e "$1/data/postmaster.pid" ] && kill -0 "$pid" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done
rm -rf "$1" || { sleep 1; rm -rf "$1"; }`

func setReaper(c *Cluster) (*reaper, error) {
	cmd := c.command("/bin/sh", "-c", script, "sh", c.place.dir)
	cmd.Dir = "/"
	leash, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("tie the cleaner of a temporary Postgres: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the cleaner of a temporary Postgres: %w", err)
	}
	return &reaper{cmd: cmd, leash: leash}, nil
}

// dismiss lets the reaper finish and waits for it. A nil reaper has none.
func (r *reaper) dismiss() {
	if r == nil {
		return
	}
	_ = r.leash.Close() // its only purpose is to end
	_ = r.cmd.Wait()    // it has nothing left to do, so nothing to report
}
