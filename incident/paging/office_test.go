package paging

import (
	"context"
	"errors"
	"sync"
	"time"
)

// office is the vendors: it takes messages, knows their keys, and fails as told.
type office struct {
	mu     sync.Mutex
	faults map[string]fault // by method, or by method and address
	out    []posted
	keys   map[string]bool
	gate   chan struct{}
	knows  bool // keys: a second message of one is not shown
	calls  int
}

type posted struct {
	Message
	Method Method
	At     time.Time
}

type fault struct {
	err    error
	hang   bool
	panics bool // whenever the title is not a plain one
	torn   bool // it is taken, and nobody is told
	delay  time.Duration
}

func newOffice() *office {
	return &office{faults: map[string]fault{}, keys: map[string]bool{}, gate: make(chan struct{})}
}

func (o *office) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.gate != nil {
		close(o.gate)
		o.gate = nil
	}
}

func (o *office) fail(m Method, f fault) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faults[string(m)] = f
}

func (o *office) notifiers() map[Method]Notifier {
	all := map[Method]Notifier{}
	for _, m := range Methods() {
		all[m] = counter{o, m}
	}
	return all
}

// counter is where one method is handed in.
type counter struct {
	office *office
	method Method
}

func (c counter) Method() Method { return c.method }

func (c counter) Send(ctx context.Context, m Message) (Receipt, error) {
	o := c.office
	o.mu.Lock()
	f, gate := o.faults[string(c.method)], o.gate
	o.calls++
	o.mu.Unlock()
	if f.delay > 0 {
		select {
		case <-ctx.Done():
			return Receipt{}, ctx.Err()
		case <-time.After(f.delay):
		}
	}
	switch {
	case f.hang:
		select {
		case <-ctx.Done():
		case <-gate:
		}
		return Receipt{}, errors.New("There was no answer in time.")
	case f.panics && m.Title != "You are paged.":
		panic("no such glyph")
	case f.err != nil:
		return Receipt{}, f.err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.knows || !o.keys[m.Key] {
		o.out = append(o.out, posted{m, c.method, time.Now()})
	}
	o.keys[m.Key] = true
	if f.torn {
		return Receipt{}, errors.New("The connection broke.")
	}
	return Receipt{ID: "vendor-" + m.Key, State: StateSent}, nil
}

// sent lists what reached an address by a method; "" stands for all.
func (o *office) sent(m Method, address string) (all []posted) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range o.out {
		if (m == "" || p.Method == m) && (address == "" || p.To == address) {
			all = append(all, p)
		}
	}
	return all
}

// pages leaves what can be acknowledged.
func (o *office) pages(m Method, address string) (all []posted) {
	for _, p := range o.sent(m, address) {
		if p.Kind == MessagePage || p.Kind == MessageDigest {
			all = append(all, p)
		}
	}
	return all
}

// limited asks to wait.
type limited time.Duration

func (l limited) Error() string       { return "The vendor asks us to slow down." }
func (l limited) Wait() time.Duration { return time.Duration(l) }
