// Package migrations brings a database to the schema this program was built
// for: River's tables first, then the numbered SQL files beside this one.
//
// The one thing to know before changing it: migrations only go forward, and
// each must leave the previous release working, because two releases run side
// by side during every deployment. Never edit a file that was released; add
// the next number.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed 0*.sql
var files embed.FS

const (
	// lockKey is the session advisory lock that one migrating replica holds
	// while the others wait. The number only has to differ from other uses.
	lockKey int64 = 0x746f6373696e0001

	// riverVersion is River's newest schema version as of river v0.51.0. A
	// later one becomes a new numbered Go migration with its own target.
	riverVersion = 8

	// connections is what Up needs at once: the lock, goose and River.
	connections = 3
)

// Up migrates the database to Version. Replicas may call it at the same time:
// one works, the others wait for it. On a database that is up to date it
// changes nothing; on one that is newer it changes nothing and returns
// ErrTooNew. It opens connections of its own, with the pool's settings but
// without its time limits, so a small or busy pool does not matter.
func Up(ctx context.Context, pool *pgxpool.Pool) error {
	own, err := unlimited(ctx, pool)
	if err != nil {
		return err
	}
	defer own.Close()
	if err := checkServer(ctx, own); err != nil {
		return err
	}
	unlock, err := lock(ctx, own)
	if err != nil {
		return err
	}
	defer unlock()
	return up(ctx, own)
}

// up applies what is missing. The caller holds the lock.
func up(ctx context.Context, pool *pgxpool.Pool) error {
	db := stdlib.OpenDBFromPool(pool)
	defer func() { _ = db.Close() }() // closes a view of the pool: nothing can be lost
	provider, err := newProvider(db, pool)
	if err != nil {
		return err
	}
	have, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if have > Version() {
		return tooNew(have)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	return nil
}

// Version is the highest schema version this program knows.
func Version() int64 {
	highest := int64(1)
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // an embedded folder cannot be missing
	}
	for _, entry := range entries {
		if v, err := goose.NumericComponent(entry.Name()); err == nil {
			highest = max(highest, v)
		}
	}
	return highest
}

func newProvider(db *sql.DB, pool *pgxpool.Pool) (*goose.Provider, error) {
	river := goose.NewGoMigration(1, &goose.GoFunc{
		RunDB: func(ctx context.Context, _ *sql.DB) error { return riverUp(ctx, pool) },
	}, nil)
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithGoMigrations(river),
		goose.WithDisableGlobalRegistry(true),
		goose.WithSlog(slog.New(slog.NewTextHandler(io.Discard, nil))))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, nil
}

// riverUp brings River's own tables to riverVersion. It runs on the pool
// because rivermigrate opens its own transactions.
func riverUp(ctx context.Context, pool *pgxpool.Pool) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		return fmt.Errorf("prepare River's migrations: %w", err)
	}
	opts := &rivermigrate.MigrateOpts{TargetVersion: riverVersion}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, opts); err != nil {
		return fmt.Errorf("create River's tables: %w", err)
	}
	return nil
}

// unlimited opens a small pool to the same database whose statements may take
// as long as a migration or the wait for another replica takes.
func unlimited(ctx context.Context, pool *pgxpool.Pool) (*pgxpool.Pool, error) {
	config := pool.Config()
	config.MaxConns, config.MinConns, config.MinIdleConns = connections, 0, 0
	for _, limit := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
		delete(config.ConnConfig.RuntimeParams, limit) // or it counts for what lifts it
	}
	before := config.AfterConnect
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		if before != nil {
			if err := before(ctx, conn); err != nil {
				return err
			}
		}
		_, err := conn.Exec(ctx, `SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0`)
		return err
	}
	own, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open connections for migrations: %w", err)
	}
	return own, nil
}

// lock waits until this process is the only one that migrates. rivermigrate
// takes no lock of its own, and goose's polls once a second. The lock belongs
// to the session, so a process that dies releases it.
func lock(ctx context.Context, pool *pgxpool.Pool) (unlock func(), err error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return nil, unreachable(err)
	}
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, lockKey); err != nil {
		conn.Release()
		return nil, fmt.Errorf("wait for other replicas to finish migrating: %w", err)
	}
	return func() {
		// Ending the session is the release that cannot fail.
		_ = conn.Hijack().Close(context.WithoutCancel(ctx))
	}, nil
}

// ErrUnreachable, ErrServerTooOld, ErrTooOld and ErrTooNew are the reasons
// for which Up and Check refuse a database. The returned error wraps one of
// them and reads as a sentence that says what to do.
var (
	ErrUnreachable  = errors.New("the database cannot be reached")
	ErrServerTooOld = errors.New("the Postgres server is too old")
	ErrTooOld       = errors.New("the database schema is too old")
	ErrTooNew       = errors.New("the database schema is newer than this program")
)
