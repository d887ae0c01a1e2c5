package mailsim

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// newPipe returns the two ends of a connection in memory. Unlike net.Pipe it buffers,
// as a network does: TLS says goodbye on both ends at once, and with nobody reading
// both would wait for each other.
func newPipe() (near, far net.Conn) {
	there, back := newStream(), newStream()
	return &pipe{in: back, out: there}, &pipe{in: there, out: back}
}

type pipe struct{ in, out *stream }

func (p *pipe) Read(b []byte) (int, error)  { return p.in.read(b) }
func (p *pipe) Write(b []byte) (int, error) { return p.out.write(b) }

// Close ends both directions; what was written before can still be read.
func (p *pipe) Close() error {
	p.in.abandon()
	p.out.end()
	return nil
}

func (p *pipe) LocalAddr() net.Addr                { return &net.UnixAddr{Name: "mail.example", Net: "pipe"} }
func (p *pipe) RemoteAddr() net.Addr               { return p.LocalAddr() }
func (p *pipe) SetWriteDeadline(t time.Time) error { return p.out.setWriteDeadline(t) }
func (p *pipe) SetReadDeadline(t time.Time) error  { return p.in.setReadDeadline(t) }

// SetDeadline bounds reading and writing.
func (p *pipe) SetDeadline(t time.Time) error {
	_ = p.out.setWriteDeadline(t) // cannot fail
	return p.in.setReadDeadline(t)
}

// stream is one direction.
type stream struct {
	mu        sync.Mutex
	changed   *sync.Cond
	data      []byte
	ended     bool // by the writer
	abandoned bool // by the reader
	readBy    time.Time
	writeBy   time.Time
	timer     *time.Timer
}

func newStream() *stream {
	s := &stream{}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func passed(t time.Time) bool { return !t.IsZero() && !time.Now().Before(t) }

func (s *stream) read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.abandoned:
			return 0, net.ErrClosed
		case passed(s.readBy):
			return 0, os.ErrDeadlineExceeded
		case len(s.data) > 0:
			n := copy(b, s.data)
			s.data = s.data[n:]
			return n, nil
		case s.ended:
			return 0, io.EOF
		}
		s.changed.Wait()
	}
}

// write never waits: the buffer has no end.
func (s *stream) write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended:
		return 0, net.ErrClosed
	case s.abandoned:
		return 0, io.ErrClosedPipe
	case passed(s.writeBy):
		return 0, os.ErrDeadlineExceeded
	}
	s.data = append(s.data, b...)
	s.changed.Broadcast()
	return len(b), nil
}

func (s *stream) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.changed.Broadcast()
}

func (s *stream) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.abandoned = true
	if s.timer != nil {
		s.timer.Stop()
	}
	s.changed.Broadcast()
}

func (s *stream) setWriteDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writeBy = t
	return nil
}

// setReadDeadline also wakes who is reading, now and when the time has come.
func (s *stream) setReadDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readBy = t
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	if !t.IsZero() && !s.abandoned {
		s.timer = time.AfterFunc(time.Until(t), func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.changed.Broadcast()
		})
	}
	s.changed.Broadcast()
	return nil
}
