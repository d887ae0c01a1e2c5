package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync/atomic"
	"time"
)

// maxAck is the size at which Slack's Socket Mode stops taking a frame: it closes
// the connection with 1009 and sends the envelope again on each new one.
const maxAck = 20_480

// Waiting for the connection's turn ends after ackWithin, the time that Slack
// itself waits for an ack; the write that follows has writeWithin.
const ackWithin = 3 * time.Second

var (
	// ErrAckTooLarge says that an ack's payload would exceed what Slack takes.
	// Nothing was sent: ack without payload and answer in another way.
	ErrAckTooLarge = errors.New("ack payload exceeds the 20,480 bytes that Slack takes")
	errNoSocket    = errors.New("envelope did not come over a socket")
)

// Envelope is one thing that Slack sent: an event, a slash command or an
// interaction. Its ID is not a key: Slack sends the same thing under several.
type Envelope struct {
	ID              string
	Type            string // events_api, slash_commands, interactive
	Payload         json.RawMessage
	AcceptsResponse bool // whether Slack looks at the payload of the ack
	RetryAttempt    int  // above 0 also when the first attempt never arrived here
	RetryReason     string
	ReceivedAt      time.Time

	acked atomic.Bool
	send  func(context.Context, []byte) error
}

// Ack tells Slack that the envelope has been taken; payload may be nil. Only the
// first call sends: later ones return nil and do nothing, but after an error it
// can be called again. A frame of 20,480 bytes or more is refused with
// ErrAckTooLarge. It goes out on the connection the envelope came from, or on
// another when that one is gone, and takes at most 5 s. A nil error means that it
// was handed to the network, not that Slack has it. It is sent also when ctx is over: the
// time in which a handler had to answer says nothing about its answer.
func (e *Envelope) Ack(ctx context.Context, payload any) error {
	frame, err := ackFrame(e.ID, payload)
	if err != nil {
		return err
	}
	if e.send == nil {
		return errNoSocket
	}
	if !e.acked.CompareAndSwap(false, true) {
		return nil
	}
	if err := e.send(context.WithoutCancel(ctx), frame); err != nil {
		e.acked.Store(false)
		return fmt.Errorf("ack %s: %w", e.Type, err)
	}
	return nil
}

func ackFrame(id string, payload any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // an escaped mention is 6 times its size
	err := enc.Encode(struct {
		ID      string `json:"envelope_id"`
		Payload any    `json:"payload,omitempty"`
	}{id, payload})
	if err != nil {
		return nil, fmt.Errorf("encode ack: %w", err)
	}
	frame := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if len(frame) >= maxAck {
		return nil, ErrAckTooLarge
	}
	return frame, nil
}

// frame is what Slack writes on a connection.
type frame struct {
	Type            string          `json:"type"`
	Reason          string          `json:"reason"` // of a disconnect
	EnvelopeID      string          `json:"envelope_id"`
	Payload         json.RawMessage `json:"payload"`
	AcceptsResponse bool            `json:"accepts_response_payload"`
	RetryAttempt    int             `json:"retry_attempt"`
	RetryReason     string          `json:"retry_reason"`
	Connections     int             `json:"num_connections"` // of a hello
}

func (f frame) envelope() *Envelope {
	return &Envelope{ID: f.EnvelopeID, Type: f.Type, Payload: f.Payload, AcceptsResponse: f.AcceptsResponse,
		RetryAttempt: f.RetryAttempt, RetryReason: f.RetryReason, ReceivedAt: time.Now()}
}

var (
	envelopeIDIn = regexp.MustCompile(`"envelope_id"\s*:\s*"([^"]+)"`)
	secretsIn    = regexp.MustCompile(`("(?:token|response_url|trigger_id)"\s*:\s*")[^"]*|xox[a-z]-[\w-]+|xapp-[\w-]+`)
)

// salvageID finds the envelope id in a frame that is not JSON as we know it, so
// that it can be acked and does not come back three times.
func salvageID(raw []byte) string {
	if m := envelopeIDIn.FindSubmatch(raw); m != nil {
		return string(m[1])
	}
	return ""
}

// forLog is the beginning of a frame without what must not be in a log.
func forLog(raw []byte) string {
	clean := secretsIn.ReplaceAll(raw, []byte("${1}***"))
	return string(clean[:min(len(clean), 2000)])
}
