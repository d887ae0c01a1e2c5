package slacksim

import (
	"sync"
	"time"
)

// Chaos is what can go wrong with Slack. Nothing does by default. Every method
// may be called during traffic and holds until it is taken back or used up.
type Chaos struct {
	w *Workspace

	mu         sync.Mutex
	faults     map[string][]fault // by method, in the order they were asked for
	always     map[string]string
	delays     map[string]time.Duration
	down       bool
	upgrade    fault
	disabled   bool
	noPings    bool
	anywhere   bool
	lostAcks   int
	reorder    int
	lag        time.Duration
	duplicates []bool // true: the very same frame, false: as a retry
}

// fault is one thing that goes wrong with the next calls of a method.
type fault struct {
	left       int
	code       string // error in the answer
	status     int    // HTTP status instead of an answer
	retryAfter time.Duration
	drop       bool          // do it, then answer nothing
	slow       time.Duration // do it, then take so long to answer
}

// FailNext answers the next n calls of a method with an error.
func (c *Chaos) FailNext(method, code string, n int) { c.add(method, fault{left: n, code: code}) }

// HTTPStatus answers the next n calls of a method with an HTTP error page.
func (c *Chaos) HTTPStatus(method string, status, n int) {
	c.add(method, fault{left: n, status: status})
}

// RateLimitNext answers the next n calls of a method with 429 and Retry-After.
func (c *Chaos) RateLimitNext(method string, retryAfter time.Duration, n int) {
	c.add(method, fault{left: n, retryAfter: retryAfter})
}

// DropAnswer does what the next n calls of a method ask for, and cuts the
// connection instead of answering.
func (c *Chaos) DropAnswer(method string, n int) { c.add(method, fault{left: n, drop: true}) }

// SlowAnswer does what the next n calls of a method ask for, and takes d to answer.
func (c *Chaos) SlowAnswer(method string, d time.Duration, n int) {
	c.add(method, fault{left: n, slow: d})
}

func (c *Chaos) add(method string, f fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.faults == nil {
		c.faults = map[string][]fault{}
	}
	c.faults[method] = append(c.faults[method], f)
}

// FailAlways answers every call of a method with an error until Heal.
func (c *Chaos) FailAlways(method, code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.always == nil {
		c.always = map[string]string{}
	}
	c.always[method] = code
}

// Heal takes back everything that was to go wrong with a method, its delay included.
func (c *Chaos) Heal(method string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.always, method)
	delete(c.faults, method)
	delete(c.delays, method)
}

// Delay makes every call of a method, or of all when it is "*", take d longer
// before it is done. Zero ends it.
func (c *Chaos) Delay(method string, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.delays == nil {
		c.delays = map[string]time.Duration{}
	}
	c.delays[method] = d
}

// Down makes the whole of Slack unreachable, open connections included, or
// reachable again.
func (c *Chaos) Down(down bool) {
	c.mu.Lock()
	c.down = down
	c.mu.Unlock()
	if !down {
		return
	}
	for _, s := range c.open() {
		s.cut()
	}
	c.w.HTTPClient().CloseIdleConnections()
}

// RefuseUpgrade answers the next n WebSocket upgrades with an HTTP status, as
// Slack does with 408 and 409.
func (c *Chaos) RefuseUpgrade(status, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.upgrade = fault{left: n, status: status}
}

// Disconnect ends all connections for a reason. "warning" gives them 10 s;
// "link_disabled" also turns away every new one until EnableLink.
func (c *Chaos) Disconnect(reason string) {
	if reason == "link_disabled" {
		c.mu.Lock()
		c.disabled = true
		c.mu.Unlock()
	}
	for _, s := range c.open() {
		c.end(s, reason)
	}
}

// DisconnectOldest ends only the connection that has been open longest.
func (c *Chaos) DisconnectOldest(reason string) {
	if open := c.open(); len(open) > 0 {
		c.end(open[0], reason)
	}
}

func (c *Chaos) end(s *socket, reason string) {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	s.disconnect(reason)
	if reason == "warning" {
		time.AfterFunc(warnBefore, func() { c.w.locked(s.refresh) })
		return
	}
	s.ready, s.closing = false, true
	s.wakeUp()
}

// EnableLink switches Socket Mode on again after link_disabled.
func (c *Chaos) EnableLink() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.disabled = false
}

// StopPings ends the server's pings, or resumes them.
func (c *Chaos) StopPings(stop bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.noPings = stop
}

// Blackhole silences the connections that are open now, as a forgetful NAT
// does: nothing gets through in either direction and nobody is told. New
// connections work.
func (c *Chaos) Blackhole() {
	for _, s := range c.open() {
		c.w.locked(func() { s.dark = true })
	}
}

// AckDelivery says whether an ack counts that comes over another connection
// than its envelope went out on. It does not by default.
func (c *Chaos) AckDelivery(anywhere bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.anywhere = anywhere
}

// LoseAcks loses the next n acks.
func (c *Chaos) LoseAcks(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lostAcks = n
}

// ReorderNext delivers the next event after the one that follows it, or 3 s
// late when none follows.
func (c *Chaos) ReorderNext() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reorder++
}

// LagEvents holds every event back for a while before its first attempt, as in
// Slack's bad hours. Zero ends it.
func (c *Chaos) LagEvents(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lag = d
}

// DuplicateNextEnvelope delivers the next event twice: with attempt0 the same
// envelope again with retry_attempt 0, otherwise as a first retry.
func (c *Chaos) DuplicateNextEnvelope(attempt0 bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.duplicates = append(c.duplicates, attempt0)
}

func (c *Chaos) open() []*socket {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	return append([]*socket(nil), c.w.sockets...)
}
