package pgtest_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/migrations"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

func TestDBIsMigratedAndOurs(t *testing.T) {
	t.Parallel()
	one, two := pgtest.DB(t), pgtest.DB(t)
	for _, pool := range []*pgxpool.Pool{one, two} {
		if err := migrations.Check(t.Context(), pool); err != nil {
			t.Error(err)
		}
	}
	if _, err := one.Exec(t.Context(), `CREATE TABLE mine (x int)`); err != nil {
		t.Fatal(err)
	}
	if tableExists(t, two, "mine") {
		t.Error("a table of one database is seen in another")
	}
}

func TestTxIsRolledBack(t *testing.T) {
	t.Parallel()
	t.Run("write", func(t *testing.T) {
		if _, err := pgtest.Tx(t).Exec(t.Context(), `CREATE TABLE written_by_tx (x int)`); err != nil {
			t.Fatal(err)
		}
	})
	var found bool
	err := pgtest.Tx(t).QueryRow(t.Context(), `SELECT to_regclass('written_by_tx') IS NOT NULL`).Scan(&found)
	if err != nil || found {
		t.Errorf("written_by_tx found = %v, %v; want it rolled back", found, err)
	}
}

func tableExists(t *testing.T, pool *pgxpool.Pool, name string) bool {
	t.Helper()
	var found bool
	if err := pool.QueryRow(t.Context(), `SELECT to_regclass($1) IS NOT NULL`, name).Scan(&found); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestCallsInsideABubbleAreRefused: they would start goroutines and sockets
// that the bubble waits for in vain.
func TestCallsInsideABubbleAreRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := &listener{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			pgtest.URL(refused)
		}()
		<-done
		if !strings.Contains(refused.said, "before synctest.Test") {
			t.Errorf("URL inside a bubble said %q; want what to do instead", refused.said)
		}
	})
}

// listener hears a fatal message without failing the test.
type listener struct {
	testing.TB
	said string
}

func (l *listener) Fatal(args ...any) {
	l.said = fmt.Sprint(args...)
	runtime.Goexit()
}
