package localpg

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// deathKill ends a helper with its parent.
	deathKill = syscall.SIGKILL

	// killWait is how long a server may take to obey SIGQUIT.
	killWait = 5 * time.Second

	// keptLines of what a process said are quoted in errors.
	keptLines = 8
)

// process is a child whose last words are kept.
type process struct {
	cmd  *exec.Cmd
	pid  int
	done chan struct{}
	err  error // how it ended; read after done
	says *lines
}

// spawn starts cmd. The kernel sends death to the child when the thread that
// started it ends, so a thread of its own waits for it.
func spawn(cmd *exec.Cmd, log *slog.Logger, death syscall.Signal) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{}), says: &lines{log: log}}
	cmd.Stdout, cmd.Stderr = p.says, p.says
	cmd.WaitDelay = time.Second // children of a killed server keep the pipe open
	setDeathSignal(cmd.SysProcAttr, death)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with its child
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	p.pid = cmd.Process.Pid
	return p, nil
}

// end asks with the signal and waits; when ctx ends it insists.
func (p *process) end(ctx context.Context, how syscall.Signal) error {
	_ = p.cmd.Process.Signal(how) // fails only when it is gone, which is what we want
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		p.kill()
		return fmt.Errorf("the private Postgres was killed because it did not stop in time: %w", context.Cause(ctx))
	}
}

// kill ends the process at once. SIGQUIT lets a server remove its shared
// memory; SIGKILL would leave it behind.
func (p *process) kill() {
	_ = p.cmd.Process.Signal(syscall.SIGQUIT) // fails only when it is gone
	select {
	case <-p.done:
	case <-time.After(killWait):
		_ = p.cmd.Process.Kill() // fails only when it is gone
		<-p.done
	}
}

func (p *process) said() string { return p.says.String() }

// lines is a writer that logs line by line and keeps the last few.
type lines struct {
	log     *slog.Logger
	mu      sync.Mutex
	partial []byte
	kept    []string
}

// Write never fails: a server must not stop because nobody listens.
func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, b...)
	for {
		line, rest, found := bytes.Cut(l.partial, []byte("\n"))
		if !found {
			return len(b), nil
		}
		l.keep(string(line))
		l.partial = rest
	}
}

func (l *lines) keep(line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	l.log.Debug("postgres: " + line)
	l.kept = append(l.kept, line)
	if len(l.kept) > keptLines {
		l.kept = l.kept[len(l.kept)-keptLines:]
	}
}

// String is the last lines as one.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(append(append([]string(nil), l.kept...), string(l.partial)), " | ")
}
