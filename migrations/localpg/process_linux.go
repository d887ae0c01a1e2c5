package localpg

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// deathSignal is what the server gets when this process dies: a quick clean
// stop, or for a throwaway cluster an immediate one. Never SIGKILL, which
// leaves shared memory behind.
func deathSignal(config Config) syscall.Signal {
	switch {
	case config.orphans:
		return 0
	case config.Durable:
		return syscall.SIGINT
	}
	return syscall.SIGQUIT
}

func setDeathSignal(attr *syscall.SysProcAttr, death syscall.Signal) { attr.Pdeathsig = death }

// serves reports whether the process is a live Postgres working in the data
// folder. A process id alone proves nothing: ids are reused, and a killed
// server that nobody reaped still has one.
func serves(pid int, data string) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, name, _ := bytes.Cut(stat, []byte("("))
	closing := bytes.LastIndex(name, []byte(") "))
	if closing < 0 || closing+2 >= len(name) || string(name[:closing]) != "postgres" {
		return false
	}
	if state := name[closing+2]; state == 'Z' || state == 'X' {
		return false
	}
	works, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	return err != nil || sameFolder(works, data)
}
