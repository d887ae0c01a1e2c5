// Package notifiertest is what every notifier has to pass: one suite, so that a
// page that fails by text message fails the same way as one that fails by mail.
// An adapter's test opens its notifier on the simulator of its vendor and calls
// Run; the suite asks nothing of a vendor that the Harness does not offer.
package notifiertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// Harness is one notifier on the simulator of its vendor. The functions are
// called from several goroutines at once.
type Harness struct {
	Notifier paging.Notifier
	To       string // an address that the simulator takes messages for

	// Received lists what the simulator took for any address, oldest first.
	Received func() []Received
	// Fail makes the vendor misbehave from now on, until it is told otherwise. It
	// returns false where the vendor cannot fail that way, and the check is skipped.
	Fail func(Fault) bool

	Secrets   []string // tokens and passwords, which must not be in any error
	Knows     bool     // the vendor recognises a Key: a second message of it is not shown
	Spoken    bool     // the message is heard, not read: no links, no codes
	Bare      bool     // it carries no actions at all
	Validity  bool     // the vendor is told for how long a message is good
	MaxText   int      // the vendor's limit on what a person sees, in code points; 0: 4000
	Unordered bool     // it takes only one message at a time; concurrency is not tried

	// CallBack makes the vendor report what became of a message; nil: it never does.
	CallBack func(r Received, state paging.State)
	// Answer makes the person answer a message with an action; nil: nobody can.
	Answer func(r Received, action string)
}

// Received is one message as it came out at the other end.
type Received struct {
	ID       string        // the vendor's
	To       string        // address
	Text     string        // all a person sees or hears, subject included, with the vendor's markup undone
	Links    []string      // what can be followed, from text and buttons
	Actions  []string      // names of the actions, or codes for replies, that it offers
	Validity time.Duration // as the vendor was told; 0: not at all
	Hijacked string        // what hostile text managed to do, such as "pings everybody"; empty: nothing
}

// Fault is a way in which a vendor fails.
type Fault string

// The faults. Limited asks to wait for RetryAfter. Torn takes the message and
// breaks the connection before it says so.
const (
	FaultNone    Fault = ""
	FaultLimited Fault = "limited" // 429
	FaultBroken  Fault = "broken"  // 500
	FaultHang    Fault = "hang"    // never answers
	FaultRefused Fault = "refused" // this address, for good
	FaultTorn    Fault = "torn"
)

// RetryAfter is how long a vendor with FaultLimited asks to wait.
const RetryAfter = 7 * time.Second

// Run puts a notifier through the suite. open makes a fresh one for each check;
// what the vendor reports and what people answer goes to the inbox.
func Run(t *testing.T, open func(t *testing.T, in paging.Inbox) Harness) {
	t.Helper()
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) {
			in := &inbox{}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			err := c.do(ctx, bench{Harness: open(t, in), in: in})
			if skip, ok := errors.AsType[skipped](err); ok {
				t.Skip(string(skip))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// bench is what a check works on.
type bench struct {
	Harness
	in *inbox
}

// check is one demand on a notifier.
type check struct {
	name string
	do   func(context.Context, bench) error
}

// skipped says why a check does not apply.
type skipped string

// Error says why.
func (s skipped) Error() string { return string(s) }

func checks() []check {
	return []check{
		{"SendsAPage", sendsAPage},
		{"SendsEveryKind", sendsEveryKind},
		{"CarriesActions", carriesActions},
		{"MarksARepeat", marksARepeat},
		{"SendsOneKeyOnce", sendsOneKeyOnce},
		{"TornAnswerSendsOnce", tornAnswerSendsOnce},
		{"TellsValidity", tellsValidity},
		{"ManyAtOnce", manyAtOnce},
		{"HostileTitleDoesNothing", hostileTitleDoesNothing},
		{"ControlCharactersVanish", controlCharactersVanish},
		{"LongTextIsCut", longTextIsCut},
		{"OtherScriptsArrive", otherScriptsArrive},
		{"RateLimitWaits", rateLimitWaits},
		{"BrokenVendorIsTemporary", brokenVendorIsTemporary},
		{"RefusedAddressIsPermanent", refusedAddressIsPermanent},
		{"HangEndsAtTheDeadline", hangEndsAtTheDeadline},
		{"CancelledSendsNothing", cancelledSendsNothing},
		{"WorksAgainAfterAFailure", worksAgainAfterAFailure},
		{"ReportsAreUnderstood", reportsAreUnderstood},
		{"AnswersAreUnderstood", answersAreUnderstood},
	}
}
