package localpg

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// durable are the settings of a cluster that people keep: small, and safe
// through crashes because nothing here weakens fsync, full_page_writes or
// synchronous_commit.
var durable = []string{
	"shared_buffers=32MB",
	"max_connections=80",
	"min_wal_size=32MB",
	"max_wal_size=128MB",
	"wal_compression=on",
	"autovacuum_max_workers=1",
}

// throwaway are the settings of a cluster nobody will miss.
var throwaway = []string{
	"fsync=off",
	"synchronous_commit=off",
	"full_page_writes=off",
	"autovacuum=off",
	"wal_level=minimal",
	"max_wal_senders=0",
	"max_connections=200",
	"shared_buffers=64MB",
}

// always apply to both. The socket in a private folder is the only way in.
var always = []string{
	"listen_addresses=",
	"unix_socket_permissions=0700",
	"jit=off",
	"max_parallel_workers_per_gather=0",
	"log_checkpoints=off",
	"timezone=UTC",
	"log_timezone=UTC",
}

// initialize makes the data folder unless it exists. It works beside it and
// renames at the end, so that a killed attempt leaves nothing half made.
func (c *Cluster) initialize(ctx context.Context, bin binaries, keep bool) error {
	if c.place.major() != 0 {
		return nil
	}
	if err := c.place.sweep(); err != nil {
		return err
	}
	fresh := filepath.Join(c.place.dir, fmt.Sprintf("%s%d", unfinished, os.Getpid()))
	args := []string{"-D", fresh, "-U", role, "--auth=trust", "-E", "UTF8", "--no-locale", "--no-instructions", "--wal-segsize=1"}
	if !keep {
		args = append(args, "--no-sync")
	}
	initdb, err := spawn(c.command(bin.path("initdb"), args...), c.log, deathKill)
	if err != nil {
		return fmt.Errorf("a private Postgres cannot be created with %s: %w", bin.dir, err)
	}
	select {
	case <-initdb.done:
	case <-ctx.Done():
		initdb.kill()
		return fmt.Errorf("a private Postgres was not created in %s: %w", c.place.dir, context.Cause(ctx))
	}
	if initdb.err != nil {
		return fmt.Errorf("a private Postgres cannot be created in %s; initdb says: %s", c.place.dir, initdb.said())
	}
	if err := os.Rename(fresh, c.place.data()); err != nil {
		return fmt.Errorf("a private Postgres cannot be moved into place: %w", err)
	}
	return nil
}

// launch starts the server, again and again while the remains of a killed one
// are in its way.
func (c *Cluster) launch(ctx context.Context, bin binaries, config Config) error {
	patience := time.Now().Add(retryTimeout)
	for {
		err := c.try(ctx, bin, config)
		if err == nil {
			return nil
		}
		if c.server == nil || !c.server.blocked() || time.Now().After(patience) {
			return err
		}
		c.log.Debug("a killed Postgres still holds its resources; trying again", "dir", c.place.dir)
		if err := pause(ctx, retryPause); err != nil {
			return err
		}
	}
}

func (c *Cluster) try(ctx context.Context, bin binaries, config Config) error {
	death := deathSignal(config)
	server, err := spawn(c.command(bin.path("postgres"), c.arguments(config.Durable)...), c.log, death)
	if err != nil {
		return fmt.Errorf("the private Postgres cannot be run from %s: %w", bin.dir, err)
	}
	c.server, c.socket = server, c.place.socket
	if err := c.await(ctx); err != nil {
		server.kill()
		return err
	}
	return nil
}

func (c *Cluster) arguments(keep bool) []string {
	args := []string{"-D", c.place.data(), "-k", c.place.socket, "-p", port}
	settings := throwaway
	if keep {
		settings = durable
	}
	for _, setting := range append(append([]string(nil), always...), settings...) {
		args = append(args, "-c", setting)
	}
	return args
}

// await returns when our child, not another server, answers.
func (c *Cluster) await(ctx context.Context) error {
	for {
		select {
		case <-c.server.done:
			return fmt.Errorf("the private Postgres in %s does not start; it says: %s", c.place.dir, c.server.said())
		default:
		}
		file, ok := c.place.postmaster()
		if ok && file.pid == c.server.pid && file.ready && answers(ctx, c.socket, c.place.data()) == nil {
			return nil
		}
		if err := pause(ctx, pollPause); err != nil {
			return fmt.Errorf("the private Postgres in %s does not answer: %w", c.place.dir, err)
		}
	}
}

// blocked reports whether the process failed on what a killed server holds on
// to for a moment.
func (p *process) blocked() bool {
	said := p.said()
	return strings.Contains(said, "pre-existing shared memory block") || strings.Contains(said, "already exists")
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
