// Package pgtest gives tests a real, migrated Postgres.
//
// The first call in a test binary starts a private throw-away cluster and
// migrates one template; every database after that is a copy of it and costs
// about 20 ms. Nothing is left behind and no TestMain is needed: a database is
// dropped with its test, and the cluster and its folder go with the test
// binary, however that ends, because a small process waits for its end and
// cleans up.
//
// # Time
//
// Anything with timers runs in a synctest bubble on the real stack. Sockets
// must be opened inside the bubble and the cluster must be started outside,
// so the recipe is:
//
//	url := pgtest.URL(t) // outside: the database is made in real time
//	synctest.Test(t, func(t *testing.T) {
//		pool := pgtest.Pool(t, url) // inside: its sockets and timers belong to the bubble
//		jobs := pgtest.Work(t, pool, river.Config{
//			FetchPollInterval: time.Second, // each poll is a real query: five minutes are 300
//			Queues: …, Workers: …,
//		})
//		defer jobs.Stop() // a bubble ends only when all its goroutines have
//		time.Sleep(5 * time.Minute) // takes a fraction of a second
//	})
//
// Work is a River that only polls, since LISTEN would block the bubble for
// ever, whose due times follow the bubble's clock (Clock), and that starts
// without a random pause (TestOnly). A test that needs every job in its own
// instant, or fewer queries, polls rarely, sleeps until the next job is Due
// and nudges River then.
//
// The bubble's clock starts on 1 January 2000 and stands still while a query
// runs. SQL's now() is outside it, so domain time must come from Go. A
// future ScheduledAt counted from the bubble's time.Now() runs at most one
// FetchPollInterval late. Do
// not call synctest.Wait while a query may be in flight: sockets are not
// durably blocked on. Prefer to sleep to an instant and then look.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/migrations"
	"github.com/tocsinhq/tocsin/migrations/localpg"
)

const (
	template = "template_migrated"
	shared   = "shared"

	// sharedConnections bounds the transactions that Tx hands out at once.
	sharedConnections = 40

	// databaseConnections bounds the pool of one DB. With 15 tests at once
	// all of them stay below the cluster's max_connections of 200.
	databaseConnections = 10
)

// DB returns a pool on a new, migrated, empty database that is dropped with
// the test.
func DB(t testing.TB) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(URL(t))
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	config.MaxConns = databaseConnections
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// URL is DB without a pool: for child processes, and for pools that must be
// opened inside a synctest bubble. Call it outside the bubble.
func URL(t testing.TB) string {
	t.Helper()
	return create(t, template)
}

// Pool opens a pool on the database of a URL; it is closed with the test. In a
// bubble it is the bubble's, so call it inside.
func Pool(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// Empty is URL for a database without our schema.
func Empty(t testing.TB) string {
	t.Helper()
	return create(t, "template0")
}

// Tx returns a transaction on a database that all tests of the binary share;
// it is rolled back with the test, so nothing is ever seen by another test.
// Two tests that insert the same unique value wait for each other: use values
// of your own, or DB.
func Tx(t testing.TB) pgx.Tx {
	t.Helper()
	pool, err := use(t).transactions()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	ctx := context.Background() // the test's context ends before its clean-up
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatalf("pgtest: begin: %v", err)
	}
	t.Cleanup(func() {
		if err := tx.Rollback(ctx); err != nil && !tx.Conn().IsClosed() && !errors.Is(err, pgx.ErrTxClosed) {
			t.Errorf("pgtest: roll back: %v", err)
		}
	})
	return tx
}

// Clock is River's clock inside a bubble: it makes River compare due times
// with Go's time instead of the database's.
type Clock struct{}

// Now is the bubble's time.
func (Clock) Now() time.Time { return time.Now() }

// NowOrNil is the bubble's time; River sends it to the database.
func (Clock) NowOrNil() *time.Time {
	now := time.Now()
	return &now
}

// inBubble tells by the clock: that of a bubble starts in the year 2000.
func inBubble() bool { return time.Now().Year() < 2020 }

// cluster is the one server of this test binary.
type cluster struct {
	server       *localpg.Cluster
	admin        *pgxpool.Pool
	strategy     string
	last         atomic.Int64
	transactions func() (*pgxpool.Pool, error)
}

var running = sync.OnceValues(start)

func use(t testing.TB) *cluster {
	t.Helper()
	if inBubble() {
		t.Fatal("pgtest: called inside a synctest bubble; get the URL before synctest.Test and open the pool inside")
	}
	c, err := running()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return c
}

func start() (*cluster, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	server, err := localpg.Start(ctx, localpg.Config{})
	if err != nil {
		return nil, err
	}
	admin, err := pgxpool.New(ctx, server.URL())
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	c := &cluster{server: server, admin: admin}
	c.transactions = sync.OnceValues(c.openShared)
	return c, c.prepare(ctx)
}

// prepare makes the template. STRATEGY is newer than our oldest Postgres,
// which always copies files.
func (c *cluster) prepare(ctx context.Context) error {
	var version int
	if err := c.admin.QueryRow(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version); err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	if version >= 150000 {
		c.strategy = "STRATEGY file_copy"
	}
	if err := c.clone(ctx, template, "template0"); err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, c.url(template))
	if err != nil {
		return fmt.Errorf("connect to template: %w", err)
	}
	defer pool.Close()
	return migrations.Up(ctx, pool)
}

func (c *cluster) openShared() (*pgxpool.Pool, error) {
	ctx := context.Background() // outlives the test that comes first
	if err := c.clone(ctx, shared, template); err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(c.url(shared))
	if err != nil {
		return nil, err
	}
	config.MaxConns = sharedConnections
	return pgxpool.NewWithConfig(ctx, config)
}

func create(t testing.TB, from string) string {
	t.Helper()
	c := use(t)
	ctx := context.Background() // the test's context ends before its clean-up
	name := fmt.Sprintf("test_%d", c.last.Add(1))
	if err := c.clone(ctx, name, from); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		if _, err := c.admin.Exec(ctx, `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("pgtest: drop database: %v", err)
		}
	})
	return c.url(name)
}

func (c *cluster) clone(ctx context.Context, name, from string) error {
	_, err := c.admin.Exec(ctx, `CREATE DATABASE `+name+` TEMPLATE `+from+` `+c.strategy)
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// url is the cluster's connection string with another database.
func (c *cluster) url(database string) string {
	u, err := url.Parse(c.server.URL())
	if err != nil {
		panic(err) // localpg builds it from a url.URL
	}
	u.Path = "/" + database
	return u.String()
}
