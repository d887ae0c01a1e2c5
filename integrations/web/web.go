// Package web is the one HTTP server of the process: whatever speaks HTTP to
// us comes through here, and meets the same limits, headers and metrics.
//
// The one thing to know before changing it: what arrives is not trusted. A
// handler sees a request only after its size, its pace and its origin were
// bounded (HandleLink alone takes any origin), and whatever goes wrong inside
// shows the caller a reference that is in the log, never more.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Config says how to listen and what to allow. Zero values mean the defaults.
type Config struct {
	Addr     string       // host:port; port 0 takes a free one
	Listener net.Listener // used instead of Addr when set
	Log      *slog.Logger // nil logs nothing

	MaxBody     int64         // largest request body in bytes; default 1 MiB
	ReadTimeout time.Duration // from the first byte of a request to the last of its body; default 15 s
	// WriteTimeout bounds the handler and its answer; default 60 s. A handler
	// that streams lifts it with http.ResponseController.
	WriteTimeout time.Duration
	// Rate is how many requests a second one address may make for long, and
	// Burst how many at once; default 50 and 200. An Alertmanager that
	// recovers sends a few hundred in one breath.
	Rate  float64
	Burst int
	// Grace is how long requests may take to end once Run is told to stop;
	// default 10 s.
	Grace time.Duration
}

const (
	headerTimeout = 5 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10 // bytes; cookies and signatures stay far below
)

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.MaxBody == 0 {
		c.MaxBody = 1 << 20
	}
	if c.ReadTimeout == 0 {
		c.ReadTimeout = 15 * time.Second
	}
	if c.WriteTimeout == 0 {
		c.WriteTimeout = time.Minute
	}
	if c.Rate == 0 {
		c.Rate, c.Burst = 50, 200
	}
	if c.Grace == 0 {
		c.Grace = 10 * time.Second
	}
	return c
}

// Server is the HTTP server. It answers GET /healthz, /readyz and /metrics by
// itself. Register handlers and checks before Run; afterwards all methods may
// be called concurrently.
type Server struct {
	config   Config
	mux      *http.ServeMux
	origins  *http.CrossOriginProtection
	limits   *limits
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	closing  chan struct{}

	mu       sync.Mutex // guards what follows
	checks   []check
	listener net.Listener
}

// New makes a server; nothing listens yet.
func New(c Config) *Server {
	c = c.withDefaults()
	s := &Server{config: c, mux: http.NewServeMux(), origins: http.NewCrossOriginProtection(), limits: newLimits(c.Rate, c.Burst), closing: make(chan struct{}), listener: c.Listener}
	s.registry, s.requests = newMetrics()
	s.mux.HandleFunc("GET /healthz", healthz)
	s.mux.HandleFunc("GET /readyz", s.readyz)
	s.mux.Handle("GET /metrics", promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{Registry: s.registry}))
	return s
}

// Handle serves pattern, written as for http.ServeMux ("POST /webhooks/jira").
// It panics when the pattern is taken or malformed, as ServeMux does: that is
// a mistake in the program. A handler that reads a body gets
// *http.MaxBytesError beyond MaxBody; one that streams must return when
// Closing is closed.
func (s *Server) Handle(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// Metrics is where other packages register what they measure. It is the
// server's own registry, not the global one.
func (s *Server) Metrics() prometheus.Registerer { return s.registry }

// Closing is closed when the server begins to stop.
func (s *Server) Closing() <-chan struct{} { return s.closing }

// Listen takes the address, so that Addr is known and requests queue before
// Run answers them. Doing it twice changes nothing; Run does it by itself. Its
// error is a sentence for people.
func (s *Server) Listen(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		return nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.config.Addr)
	if err != nil {
		return fmt.Errorf("listen for HTTP on %s (set TOCSIN_HTTP_ADDR to another address): %w", s.config.Addr, err)
	}
	s.listener = l
	return nil
}

// Addr is the address that the server listens on, or the one it will.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return s.config.Addr
	}
	return s.listener.Addr().String()
}

// Run answers requests until ctx is done, then lets those under way end
// within Grace, and returns nil. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	if err := s.Listen(ctx); err != nil {
		return err
	}
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerTimeout,
		WriteTimeout:      s.config.WriteTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.config.Log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(s.listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	return s.stop(ctx, server, served)
}

// stop ends the server: politely first, then whatever is still open.
func (s *Server) stop(ctx context.Context, server *http.Server, served <-chan error) error {
	close(s.closing)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.Grace)
	defer cancel()
	err := server.Shutdown(ctx)
	if err != nil {
		s.config.Log.Warn("cut off requests that did not end in time", "grace", s.config.Grace)
		err = server.Close()
	}
	if end := <-served; !errors.Is(end, http.ErrServerClosed) {
		return fmt.Errorf("serve HTTP: %w", end)
	}
	if err != nil {
		return fmt.Errorf("close HTTP server: %w", err)
	}
	return nil
}

// Handler is the whole server without its listener: every handler behind
// every limit.
func (s *Server) Handler() http.Handler {
	var h http.Handler = s.mux
	h = s.deadlines(h)
	h = s.origins.Handler(h)
	h = s.paced(h)
	h = secured(h)
	h = s.recovered(h)
	return s.measured(h)
}
