// Package twiliosim is a Twilio that behaves like the real one and says no like it:
// texts that queue at one part a second and lose their use, calls that ring, speak
// TwiML and gather keys, signed callbacks, and phones whose owners read, reply, answer
// and hang up. It serves tests, also inside testing/synctest bubbles, and the demo.
//
// The one thing to know before changing it: it shares no code with what it judges.
// Words and shapes are those of Twilio's API 2010-04-01. When the real Twilio surprises
// us, teach it to the simulator first.
package twiliosim

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tocsinhq/tocsin/integrations/simnet"
)

// Options describes the account. The zero value is an account with one number.
type Options struct {
	AccountSID string        // empty means DefaultAccountSID
	AuthToken  string        // empty means DefaultAuthToken
	Numbers    []string      // that the account owns; empty means DefaultNumber
	PerPart    time.Duration // a number's pace; zero means 1 s for each part, as of a long code
	PerCall    time.Duration // the account's pace; zero means 1 s for each call
	Delivery   time.Duration // from the network's taking a text to the phone; zero means 1 s
	PerRune    time.Duration // of speech; zero means 60 ms
}

// What an account has that was made without options.
const (
	DefaultAccountSID = "AC0123456789abcdef0123456789abcdef"
	DefaultAuthToken  = "twiliosim-token-of-32-characters"
	DefaultNumber     = "+15550100000"
)

// Sim is one simulated account with the telephone network around it. Its methods may
// be called concurrently.
type Sim struct {
	*simnet.Server // where the API is reached

	options Options
	mux     *http.ServeMux
	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	work    sync.WaitGroup

	mu       sync.Mutex
	texts    []*text // oldest first
	calls    []*call
	phones   map[string]*Phone
	blocked  map[[2]string]bool   // our number, theirs: opted out
	free     map[string]time.Time // when a number can send the next part, the account ("") call
	faults   faults
	requests []Request
	hooks    hooks
	watchers map[chan struct{}]bool
}

// Request is one call of the API as it came, faults included.
type Request struct {
	Method, Path string
	Form         map[string][]string // query and body
}

// New returns an account. It listens nowhere yet.
func New(o Options) *Sim {
	s := &Sim{
		options: o.withDefaults(), phones: map[string]*Phone{}, blocked: map[[2]string]bool{}, free: map[string]time.Time{},
		watchers: map[chan struct{}]bool{},
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.mux = s.routes()
	s.Server = simnet.New(pipeURL, s.mux)
	return s
}

func (o Options) withDefaults() Options {
	if o.AccountSID == "" {
		o.AccountSID = DefaultAccountSID
	}
	if o.AuthToken == "" {
		o.AuthToken = DefaultAuthToken
	}
	if len(o.Numbers) == 0 {
		o.Numbers = []string{DefaultNumber}
	}
	for _, d := range []*time.Duration{&o.PerPart, &o.PerCall, &o.Delivery} {
		if *d == 0 {
			*d = time.Second
		}
	}
	if o.PerRune == 0 {
		o.PerRune = 60 * time.Millisecond
	}
	return o
}

// Requests lists the calls of the API since the beginning.
func (s *Sim) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// newSID makes an id as Twilio's: two letters and 32 hexadecimal digits.
func newSID(prefix string) string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return prefix + hex.EncodeToString(b)
}

// slot takes the next n turns in a queue and returns when the first one comes. It
// expects s.mu to be held.
func (s *Sim) slot(queue string, n int, pace time.Duration) time.Time {
	at := time.Now()
	if s.free[queue].After(at) {
		at = s.free[queue]
	}
	s.free[queue] = at.Add(time.Duration(n) * pace)
	return at
}

// sleep waits, and reports whether the account still is.
func (s *Sim) sleep(d time.Duration) bool {
	if d <= 0 {
		return s.ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}
