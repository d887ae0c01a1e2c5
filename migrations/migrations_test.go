package migrations_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/migrations"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

func TestFourReplicasMigrateAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.Empty(t)
	const replicas = 4
	results := make(chan error, replicas)
	pools := make([]*pgxpool.Pool, replicas)
	for i := range pools {
		pools[i] = open(t, url)
	}
	for _, pool := range pools {
		go func() { results <- migrations.Up(t.Context(), pool) }()
	}
	for range replicas {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if err := migrations.Check(t.Context(), pools[0]); err != nil {
		t.Error(err)
	}
}

func TestUpTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	pool := pgtest.DB(t)
	before := dump(t, pool)
	if err := migrations.Up(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	if after := dump(t, pool); after != before {
		t.Errorf("schema changed:\n%s", after)
	}
}

// TestUpNeedsNothingOfTheCallersPool has a pool of one busy connection and a
// time limit that no migration would keep.
func TestUpNeedsNothingOfTheCallersPool(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig(pgtest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 1
	config.ConnConfig.RuntimeParams["statement_timeout"] = "1ms"
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	busy, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Release()
	if err := migrations.Up(t.Context(), pool); err != nil {
		t.Error(err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	pool := pgtest.DB(t)
	_, err := pool.Exec(t.Context(), `
		INSERT INTO goose_db_version (version_id, is_applied)
		VALUES ($1, true)`, migrations.Version()+1)
	if err != nil {
		t.Fatal(err)
	}
	requireSentence(t, migrations.Check(t.Context(), pool), migrations.ErrTooNew, "start the newer release")
	requireSentence(t, migrations.Up(t.Context(), pool), migrations.ErrTooNew, "start the newer release")
}

func TestOlderSchemaIsRefused(t *testing.T) {
	t.Parallel()
	empty := open(t, pgtest.Empty(t))
	requireSentence(t, migrations.Check(t.Context(), empty), migrations.ErrTooOld, "tocsin migrate")

	behind := pgtest.DB(t)
	if _, err := behind.Exec(t.Context(), `DELETE FROM goose_db_version WHERE version_id = $1`, migrations.Version()); err != nil {
		t.Fatal(err)
	}
	requireSentence(t, migrations.Check(t.Context(), behind), migrations.ErrTooOld, "tocsin migrate")
}

func TestUnreachableDatabaseIsASentenceWithoutThePassword(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	pool := open(t, "postgres://someone:hunter2@127.0.0.1:1/none")
	for _, err := range []error{migrations.Check(ctx, pool), migrations.Up(ctx, pool)} {
		requireSentence(t, err, migrations.ErrUnreachable, "DATABASE_URL")
		if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
			t.Errorf("error = %q; want one line without the password", err)
		}
	}
}

func requireSentence(t *testing.T, err, reason error, part string) {
	t.Helper()
	if !errors.Is(err, reason) || !strings.Contains(err.Error(), part) {
		t.Errorf("error = %v; want %v with %q", err, reason, part)
	}
}

func open(t *testing.T, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}
