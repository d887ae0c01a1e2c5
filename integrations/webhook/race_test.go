//go:build race

package webhook_test

import (
	"os"
	"runtime"
	"testing"
)

// TestMain keeps bubbles on one processor: on two, timers of one bubble crash the
// race detector (Go 1.26, runtime/time.go, unlockAndRun).
func TestMain(m *testing.M) {
	runtime.GOMAXPROCS(1)
	os.Exit(m.Run())
}
