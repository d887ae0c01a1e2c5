package simnet

import (
	"context"
	"fmt"
	"net"
	"sync"
)

// Pipes is a net.Listener in memory: every Dial is a connection that it accepts.
type Pipes struct {
	host    string
	connect func() (near, far net.Conn)
	waiting chan net.Conn
	done    chan struct{}
	once    sync.Once
}

// NewPipes returns a listener named host whose connections connect makes: net.Pipe,
// where no end writes while nobody reads, or one that buffers.
func NewPipes(host string, connect func() (near, far net.Conn)) *Pipes {
	return &Pipes{host: host, connect: connect, waiting: make(chan net.Conn), done: make(chan struct{})}
}

// Dial connects. It waits until it is accepted, the listener is closed (net.ErrClosed)
// or ctx ends.
func (p *Pipes) Dial(ctx context.Context) (net.Conn, error) {
	near, far := p.connect()
	select {
	case p.waiting <- far:
		return near, nil
	case <-p.done:
		return nil, fmt.Errorf("dial %s: %w", p.host, net.ErrClosed)
	case <-ctx.Done():
		return nil, fmt.Errorf("dial %s: %w", p.host, ctx.Err())
	}
}

// Accept waits for the next Dial. After Close it returns net.ErrClosed.
func (p *Pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.waiting:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and every Dial. What was accepted stays open. Twice is the same as
// once.
func (p *Pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

// Addr is the name of the listener.
func (p *Pipes) Addr() net.Addr { return &net.UnixAddr{Name: p.host, Net: "pipe"} }
