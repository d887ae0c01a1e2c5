package web

import (
	"bufio"
	"cmp"
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"
)

// deadlines bounds how long and how large a request may be. The time limit
// for reading stands only while there is a body to read: afterwards it would
// cancel a handler that takes its time.
func (s *Server) deadlines(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.ContentLength != 0 {
			// A connection that cannot set deadlines has none to exceed.
			_ = control.SetReadDeadline(time.Now().Add(s.config.ReadTimeout))
		}
		if r.ContentLength > s.config.MaxBody {
			s.refuseLarge(w, r)
			return
		}
		if r.ContentLength != 0 {
			r.Body = body{http.MaxBytesReader(w, r.Body, s.config.MaxBody), control}
		}
		next.ServeHTTP(w, r)
	})
}

// drained is how many times the largest body is read and thrown away before
// it is refused: a client that still sends when we hang up sees a broken
// connection instead of the answer.
const drained = 8

// refuseLarge throws the body away, within reason, and answers 413.
func (s *Server) refuseLarge(w http.ResponseWriter, r *http.Request) {
	_, _ = io.CopyN(io.Discard, r.Body, drained*s.config.MaxBody) // refused either way
	http.Error(w, "The request body is larger than "+strconv.FormatInt(s.config.MaxBody, 10)+" bytes.", http.StatusRequestEntityTooLarge)
}

// body lifts the time limit for reading once everything is read.
type body struct {
	io.ReadCloser
	control *http.ResponseController
}

// Read reads; at the end it lifts the limit.
func (b body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.control.SetReadDeadline(time.Time{}) // as above
	}
	return n, err
}

// paced answers 429 to an address that asks too often. Health, readiness and
// metrics are always answered, so that a flood does not look like a death.
func (s *Server) paced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz", "/readyz", "/metrics":
			next.ServeHTTP(w, r)
			return
		}
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			host = r.RemoteAddr // an in-memory connection has no port
		}
		if !s.limits.allow(host, time.Now()) {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "Too many requests from this address; try again in a second.", http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// secured sets headers that take from a browser whatever no page of ours
// needs. A handler that serves a page replaces the content policy with its own.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// recovered turns a panic into a 500 with a reference that finds the stack in
// the log. http.ErrAbortHandler passes: it is how a handler hangs up.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			caught := recover()
			switch caught {
			case nil:
				return
			case http.ErrAbortHandler:
				panic(caught)
			}
			reference := rand.Text()[:8] // 40 random bits
			s.config.Log.Error("HTTP handler panicked", "reference", reference, "method", r.Method, "path", r.URL.Path, "panic", caught, "stack", string(debug.Stack()))
			if a, ok := w.(*answer); ok && a.wrote {
				panic(http.ErrAbortHandler) // half an answer must not look like a whole one
			}
			http.Error(w, "Something went wrong on our side. Look for reference "+reference+" in Tocsin's log.", http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}

// measured times every request by pattern, never by path: a scanner must not
// be able to fill the memory with metrics.
func (s *Server) measured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		answer := &answer{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			route := cmp.Or(r.Pattern, "none") // the mux notes it in the request
			s.requests.WithLabelValues(route, strconv.Itoa(answer.status)).Observe(time.Since(began).Seconds())
		}()
		next.ServeHTTP(answer, r)
	})
}

// answer remembers the status that was sent.
type answer struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader keeps the first final status.
func (a *answer) WriteHeader(status int) {
	if !a.wrote && status >= http.StatusOK {
		a.status, a.wrote = status, true
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write sends 200 when nothing was sent before.
func (a *answer) Write(b []byte) (int, error) {
	a.wrote = true
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach flushing, hijacking and deadlines.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Hijack hands over the connection, for WebSocket libraries that ask for an
// http.Hijacker.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(a.ResponseWriter).Hijack()
}

// Flush sends what was written, for handlers that ask for an http.Flusher.
func (a *answer) Flush() { _ = http.NewResponseController(a.ResponseWriter).Flush() } // an http.Flusher cannot say that it failed
