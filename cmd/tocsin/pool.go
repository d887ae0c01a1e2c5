package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// poolConnections is how many connections handlers and jobs share. Nobody holds
	// one while waiting for Slack or Jira, so that sixty jobs and a burst of commands
	// take turns on few. Three more are outside the pool, for River's notifications,
	// for our liveness and for the escalation auditor: 19 a process, so that three of
	// them and a command beside fit into the 80 of the private Postgres.
	// pool_max_conns in DATABASE_URL overrules it.
	poolConnections = 16

	// poolWarm are kept open while nothing happens: the first command after a quiet
	// night need not wait for a connection.
	poolWarm = 2

	// Limits that the server keeps by itself, also for a statement whose asker is
	// gone. A person gets an answer within 2 s or so, and waiting longer
	// for a lock helps nobody; a job is stopped after 30 s. Migrations lift them.
	lockTimeout        = 1500 * time.Millisecond
	statementTimeout   = 30 * time.Second
	transactionTimeout = 30 * time.Second
)

// newPool makes a pool; its error never shows the connection string.
func newPool(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := poolConfig(url)
	if err != nil {
		return nil, err
	}
	return pgxpool.NewWithConfig(ctx, config)
}

// poolConfig is what every pool of this program is made of. What the connection
// string says about the pool overrules our own numbers.
func poolConfig(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read DATABASE_URL: %w", err)
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = poolConnections
	}
	if !strings.Contains(url, "pool_min_idle_conns") {
		config.MinIdleConns = min(poolWarm, config.MaxConns)
	}
	if config.MaxConnLifetimeJitter == 0 {
		config.MaxConnLifetimeJitter = config.MaxConnLifetime / 10
	}
	config.AfterConnect = limitSession
	return config, nil
}

// limitSession is a statement and not a startup parameter, which poolers in front
// of Postgres refuse.
func limitSession(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, fmt.Sprintf(`
		SET lock_timeout = %d;
		SET statement_timeout = %d;
		SET idle_in_transaction_session_timeout = %d`,
		lockTimeout.Milliseconds(), statementTimeout.Milliseconds(), transactionTimeout.Milliseconds()))
	if err != nil {
		return fmt.Errorf("set time limits of the connection: %w", err)
	}
	return nil
}
