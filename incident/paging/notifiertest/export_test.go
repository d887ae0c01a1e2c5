package notifiertest

import (
	"context"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// Check runs one check of the suite and returns what it complains about.
func Check(t *testing.T, name string, open func(t *testing.T, in paging.Inbox) Harness) error {
	t.Helper()
	for _, c := range checks() {
		if c.name == name {
			in := &inbox{}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			return c.do(ctx, bench{Harness: open(t, in), in: in})
		}
	}
	t.Fatalf("there is no check %s", name)
	return nil
}
