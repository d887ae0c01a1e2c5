package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// servesForTest makes this test binary the program itself.
const servesForTest = "TOCSIN_TEST_SERVES"

// demosForTest makes it the demo, at a port of its own.
const demosForTest = "TOCSIN_TEST_DEMOS"

func TestMain(m *testing.M) {
	if raceDetector {
		runtime.GOMAXPROCS(1)
	}
	// Those who wait for a clock or a child leave the processor to the others.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	if _, ok := os.LookupEnv(servesForTest); ok {
		os.Exit(execute(context.Background(), []string{"serve"}, streams{os.Stdout, os.Stderr}, os.LookupEnv))
	}
	if _, ok := os.LookupEnv(demosForTest); ok {
		os.Exit(execute(context.Background(), []string{"demo", "--addr", "127.0.0.1:0"}, streams{os.Stdout, os.Stderr}, os.LookupEnv))
	}
	if url, ok := os.LookupEnv(escalatesForTest); ok {
		os.Exit(escalate(context.Background(), url))
	}
	os.Exit(m.Run())
}

// child is one running program.
type child struct {
	command *exec.Cmd
	log     lockedLog
	gone    chan struct{} // closed when the process has ended
}

// spawn starts the program with these settings and no others.
func spawn(t testing.TB, settings map[string]string) *child {
	t.Helper()
	return spawnAs(t, servesForTest, "1", settings)
}

// spawnAs starts this binary as what a variable and its value make of it.
func spawnAs(t testing.TB, role, value string, settings map[string]string) *child {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{command: exec.Command(binary), gone: make(chan struct{})}
	c.command.Env = append(c.command.Env, role+"="+value, "HOME="+t.TempDir(), "GOMAXPROCS=2")
	for name, value := range settings {
		c.command.Env = append(c.command.Env, name+"="+value)
	}
	c.command.Stdout, c.command.Stderr = &c.log, &c.log
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = c.command.Wait(); close(c.gone) }() // it is killed: that is no error
	return c
}

// kill ends the process with SIGKILL and waits until it is gone. Twice is once.
func (c *child) kill() {
	_ = c.command.Process.Kill() // it may be gone already
	<-c.gone
}

// pid tells processes apart, also on the jobs that they work.
func (c *child) pid() int { return c.command.Process.Pid }

// lockedLog is what a child wrote so far.
type lockedLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends to the log.
func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// tail is the end of the log, for a test that has failed.
func (l *lockedLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(l.text.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-25):], "\n")
}

// all is everything that was written.
func (l *lockedLog) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
