//go:build unix && !linux

package localpg

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// deathSignal is none: only Linux can end a child with its parent. A server
// that outlives its parent is adopted at the next Start.
func deathSignal(Config) syscall.Signal { return 0 }

func setDeathSignal(*syscall.SysProcAttr, syscall.Signal) {}

// serves reports whether the process is a live Postgres. Whether it serves
// the data folder shows when it answers.
func serves(pid int, _ string) bool {
	out, err := exec.Command("ps", "-o", "stat=,comm=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return false
	}
	state, name, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return !strings.HasPrefix(state, "Z") && filepath.Base(strings.TrimSpace(name)) == "postgres"
}
