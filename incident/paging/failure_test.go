package paging

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"
)

// TestFailuresAreSortedAsTheySay asks how deliveries go on after each kind of failure,
// also when a notifier has wrapped it.
func TestFailuresAreSortedAsTheySay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		failure   error
		permanent bool
		wait      time.Duration
	}{
		{Refusedf("No mailbox %s.", "bob"), true, 0},
		{Limitedf(7*time.Second, "Too many for %s.", "bob"), false, 7 * time.Second},
		{Unavailablef(io.ErrUnexpectedEOF, "Not there for %s.", "bob"), false, 0},
	} {
		for _, err := range []error{c.failure, fmt.Errorf("send: %w", c.failure)} {
			if isPermanent(err) != c.permanent || waitOf(err) != c.wait {
				t.Errorf("%v: permanent %v, waits %v; want %v, %v", err, isPermanent(err), waitOf(err), c.permanent, c.wait)
			}
		}
		if got := c.failure.Error(); got[len(got)-4:] != "bob." {
			t.Errorf("the sentence is %q", got)
		}
	}
	if err := error(Unavailablef(io.ErrUnexpectedEOF, "Not there.")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost for the log")
	}
}
