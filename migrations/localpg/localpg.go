// Package localpg runs a private Postgres for people who have none.
//
// The server is a direct child of this process, reachable only through a Unix
// socket in a folder that its owner alone may enter, so it needs no password
// and opens no port. It survives the death of its parent: the next Start
// reuses a server that still runs and lets Postgres recover one that does not.
// Nothing here ever deletes a data folder that a person named.
//
// The one thing to know before changing it: "the socket answers" does not mean
// "our child runs". A server left over from a killed parent answers just the
// same while our child dies on its lock file. Only the process id in
// postmaster.pid tells the two apart.
package localpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// startTimeout bounds the wait for a server that starts or recovers.
	startTimeout = 60 * time.Second

	// retryTimeout bounds the attempts while a killed server's processes let
	// go of its shared memory and lock file. Half a second was measured.
	retryTimeout = 10 * time.Second

	// retryPause is the time between two such attempts.
	retryPause = 200 * time.Millisecond

	// pollPause is the time between two looks at a server that starts.
	pollPause = 5 * time.Millisecond

	// port only names the socket file; nothing listens on the network.
	port = "5432"

	// role is the superuser of the cluster.
	role = "tocsin"
)

// Config says where and how the server runs.
type Config struct {
	// Dir holds the data, the socket and the lock; it is made when missing.
	// Empty means a new folder that is deleted when the server stops or this
	// process ends, however it ends; that is refused for a durable cluster.
	Dir string

	// Durable keeps every committed transaction through crashes. Without it
	// the server is faster and loses data when it is killed: tests only.
	Durable bool

	// Cache holds downloaded Postgres binaries. Empty means the user's cache
	// folder, or /var/cache/tocsin where the server could not enter that one.
	Cache string

	// Mirror is a Maven repository to download from. Empty means Maven
	// Central.
	Mirror string

	// DownloadTimeout bounds the download. Zero means five minutes.
	DownloadTimeout time.Duration

	// Log receives what happens and what the server says. Nil means nobody.
	Log *slog.Logger

	search  func() []string // folders to look for binaries in; nil means installed
	orphans bool            // leave the server running when this process dies
	account *account        // whom the server runs as; nil means decide
}

// Cluster is a running private Postgres. Its methods may be called at the same
// time.
type Cluster struct {
	log     *slog.Logger
	place   place
	account account
	socket  string
	server  *process // nil when adopted
	reaper  *reaper  // nil unless the folder is temporary
	adopted bool
	done    chan struct{}
	stop    context.CancelFunc
	stopped sync.Once
	stopErr error
}

// Start returns when the server answers. A server of an earlier or another
// process that still runs on the folder is adopted: it is used and never
// stopped. Processes may call Start on one folder at the same time. Its error
// is a sentence for people. ctx bounds the start only.
func Start(ctx context.Context, config Config) (*Cluster, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Durable && config.Dir == "" {
		return nil, errors.New("a durable private Postgres needs a folder: set TOCSIN_DATA_DIR")
	}
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout+config.downloadTimeout(), errors.New("it did not start in time"))
	defer cancel()
	as, err := config.chooseAccount()
	if err != nil {
		return nil, err
	}
	where, err := settle(config, as)
	if err != nil {
		return nil, err
	}
	unlock, err := where.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	c := &Cluster{log: config.Log, place: where, account: as, done: make(chan struct{})}
	if err := c.start(ctx, config); err != nil {
		c.discard()
		return nil, err
	}
	return c, nil
}

// start adopts or launches. The caller holds the folder's lock.
func (c *Cluster) start(ctx context.Context, config Config) error {
	if c.place.temporary {
		var err error
		if c.reaper, err = setReaper(c); err != nil {
			return err
		}
	}
	running, err := c.adopt(ctx)
	if err != nil {
		return err
	}
	if running {
		c.watch()
		return nil
	}
	bin, err := config.binaries(ctx, c.place.major(), c.account)
	if err != nil {
		return err
	}
	if err := c.initialize(ctx, bin, config.Durable); err != nil {
		return err
	}
	if err := c.launch(ctx, bin, config); err != nil {
		return err
	}
	go func() {
		<-c.server.done
		close(c.done)
	}()
	return nil
}

// URL is the connection string of the cluster's database `postgres`. Its
// owner and root may connect, nobody else.
func (c *Cluster) URL() string {
	return dsn(c.socket)
}

func dsn(socket string) string {
	query := url.Values{"host": {socket}, "port": {port}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User(role), Path: "/postgres", RawQuery: query.Encode()}
	return u.String()
}

// Dir is the folder in use. It differs from Config.Dir where the server's
// account could not have entered that one.
func (c *Cluster) Dir() string { return c.place.dir }

// Adopted reports whether the server belongs to another process, or did.
func (c *Cluster) Adopted() bool { return c.adopted }

// Done is closed when the server is gone, through Stop or by accident, and
// when Stop was called on an adopted one.
func (c *Cluster) Done() <-chan struct{} { return c.done }

// Stop ends the server and waits: connections are cut, committed work is
// kept. When ctx ends first the server is killed and recovers at the next
// Start. An adopted server keeps running. Stopping twice is stopping once.
func (c *Cluster) Stop(ctx context.Context) error {
	c.stopped.Do(func() {
		if c.adopted {
			c.stop()
			<-c.done
			return
		}
		c.stopErr = c.server.end(ctx, syscall.SIGINT)
		c.discard()
	})
	return c.stopErr
}

// discard removes a temporary folder; of a named one it removes nothing.
func (c *Cluster) discard() {
	if c.place.temporary {
		if err := os.RemoveAll(c.place.dir); err != nil {
			c.log.Warn("temporary Postgres folder stays behind", "dir", c.place.dir, "error", err)
		}
		c.reaper.dismiss()
	}
}

// answers connects once and requires the server of our data folder.
func answers(ctx context.Context, socket, data string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn(socket))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // only read from: nothing can be lost
	var serves string
	if err := conn.QueryRow(ctx, `SHOW data_directory`).Scan(&serves); err != nil {
		return err
	}
	if !sameFolder(serves, data) {
		return fmt.Errorf("the server at %s serves %s, not %s", socket, serves, data)
	}
	return nil
}

func sameFolder(a, b string) bool {
	x, errX := filepath.EvalSymlinks(a)
	y, errY := filepath.EvalSymlinks(b)
	return errX == nil && errY == nil && x == y
}
