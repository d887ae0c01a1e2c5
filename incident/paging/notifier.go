// Package paging reaches people: a page is one demand on one person, and their
// notification rules say by which contact methods it is sent, and when. Each
// message is a delivery; its row is written before the call that sends it, so
// that nothing is lost, and what may be a second message says so.
package paging

import (
	"context"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Method is a way to reach a person.
type Method string

// The methods there are; each has one Notifier.
const (
	MethodSlack   Method = "slack"
	MethodSMS     Method = "sms"
	MethodVoice   Method = "voice"
	MethodEmail   Method = "email"
	MethodPush    Method = "push"
	MethodWebhook Method = "webhook"
)

// MessageKind says what a message is for.
type MessageKind string

// The kinds of messages. Only pages and digests can be acknowledged.
const (
	MessagePage   MessageKind = "page"
	MessageDigest MessageKind = "digest" // several pages in one
	MessageStatus MessageKind = "status" // what became of a page
	MessageNotice MessageKind = "notice" // a shift that starts or ends, a method that was disabled
	MessageVerify MessageKind = "verify" // the code that proves a contact method
	MessageCanary MessageKind = "canary" // proves that the path works
)

// State is how far a message has come. It only grows: callbacks that come late or
// twice never take it back.
type State string

// The states of a delivery.
const (
	StatePlanned   State = "planned"   // waits for its time
	StateSending   State = "sending"   // handed to the vendor, or about to be
	StateSent      State = "sent"      // the vendor took it
	StateDelivered State = "delivered" // it reached the device
	StateSeen      State = "seen"      // a person saw it, or answered the call
	StateFailed    State = "failed"    // it will not arrive
	StateCancelled State = "cancelled" // no longer wanted when its time came
	StateBundled   State = "bundled"   // told in a digest
)

// Action is something a person can answer a message with.
type Action struct {
	Name  string // ack, escalate, resolve or awake
	Label string // as a button says it: Acknowledge
	Code  string // as a reply by text says it: 12a; empty where there are no codes
	URL   string // signed; empty without a public URL
}

// Message is what a notifier sends. It holds all a notifier needs: notifiers read
// no database. Text is plain; a notifier escapes it for its own medium.
type Message struct {
	Key      string // the same for every attempt of one delivery: an idempotency key
	Kind     MessageKind
	To       string // address: Slack user id, +15550100123, bob@example.com, topic, URL
	Person   incident.PersonID
	Incident incident.ID
	Severity incident.Severity
	Title    string // of the incident, or the subject of a notice
	Text     string // what else there is to say, in a few sentences
	Urgency  string // high or low
	Actions  []Action
	Link     string        // where to read more; may be empty
	Repeat   bool          // it may have been sent before; the message says so
	Validity time.Duration // after this long it must not be delivered any more; 0: no limit
	CallBack string        // where the vendor reports; may be empty
}

// Receipt is what the vendor said.
type Receipt struct {
	ID    string // the vendor's id of the message, under which it reports; may be empty
	State State  // sent, or delivered where the answer proves it
}

// Notifier sends messages by one method. Send is called with a deadline and
// returns when the vendor has taken the message. Called again with the same Key
// it does not send twice where the vendor can tell. An error that has
// Permanent() true, as Refused has, ends the delivery, and with Disable() true also
// disables the address, until its owner opts in again where OptedOut() is true; one
// that has Wait() time.Duration, as Limited has, puts it off; any other, as Unavailable,
// is tried again soon. Error texts are sentences for people.
type Notifier interface {
	Method() Method
	Send(ctx context.Context, m Message) (Receipt, error)
}

// Report is what a vendor says about a message after it was taken.
type Report struct {
	Method   Method
	ID       string // the vendor's id, or the Key of the message
	State    State  // delivered, seen or failed
	Reason   string // why it failed, in words
	Disable  bool   // the address can never be reached this way, or opted out
	Busy     bool   // of what failed: the line was taken, and is free again soon
	Sequence int    // of the vendor, where there is one; 0: none
}

// Reply is what a person answered, by text, key press, link or button.
type Reply struct {
	Method Method
	From   string // address it came from, for replies by text
	ID     string // the vendor's id or Key of the message that is answered; empty for free text
	Action string // ack, escalate, resolve, awake; empty: Text says it
	Text   string // as it was typed
}

// Inbox takes what comes back from vendors and people. Reports and replies may
// come late, twice and in any order. Answer is the sentence to send back, empty
// for none. Stop and Start are a person opting out and in again.
type Inbox interface {
	Report(ctx context.Context, r Report) error
	Reply(ctx context.Context, r Reply) (answer string, err error)
	OptOut(ctx context.Context, method Method, address string) error
	OptIn(ctx context.Context, method Method, address string) error
}
