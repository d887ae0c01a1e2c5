package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/migrations"
	"github.com/tocsinhq/tocsin/migrations/localpg"
)

type migrateCommand struct{}

// Run migrates and prints the version that the database has then.
func (migrateCommand) Run(ctx context.Context, p *process) error {
	if err := p.config.Validate("migrate"); err != nil {
		return err
	}
	pool, release, err := openDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer release()
	if err := migrations.Up(ctx, pool); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "the database has schema version %d\n", migrations.Version())
	return err
}

// stopTimeout bounds the orderly end of the private Postgres.
const stopTimeout = 20 * time.Second

// openDatabase connects to DATABASE_URL, or starts the private Postgres in
// the data directory. release closes what was opened; it must be called once.
// The pool is lazy: an unreachable server shows at the first query.
func openDatabase(ctx context.Context, p *process) (pool *pgxpool.Pool, release func(), err error) {
	if p.config.DatabaseURL != "" {
		pool, err := newPool(ctx, p.config.DatabaseURL.Reveal())
		if err != nil {
			return nil, nil, err
		}
		return pool, pool.Close, nil
	}
	folder := p.config.DataFolder(p.env)
	cluster, err := localpg.Start(ctx, localpg.Config{
		Dir:     filepath.Join(folder, "postgres"),
		Cache:   filepath.Join(folder, "cache"),
		Durable: true,
		Log:     p.log,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("start the private Postgres in %s: %w", folder, err)
	}
	stop := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		if err := cluster.Stop(ctx); err != nil {
			p.log.Error("stop the private Postgres", "error", err)
		}
	}
	pool, err = newPool(ctx, cluster.URL())
	if err != nil {
		stop()
		return nil, nil, err
	}
	return pool, func() { pool.Close(); stop() }, nil
}
