package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds of the pause after a rate limit: what we take when Twilio names none, and the
// longest that we believe, since a page that waits longer should go another way.
const (
	defaultPause = 5 * time.Second
	longestPause = 5 * time.Minute
)

// RateLimited means that Twilio takes nothing at the moment; nothing was sent.
type RateLimited struct {
	RetryAfter time.Duration // from now, between one second and five minutes
	Reason     string        // a sentence
}

// Error is the sentence.
func (e *RateLimited) Error() string { return e.Reason }

// Wait is how long to leave Twilio alone.
func (e *RateLimited) Wait() time.Duration { return e.RetryAfter }

// Refused means that Twilio said no and would say it again.
type Refused struct {
	Status int    // HTTP status; 0 when we did not have to ask, or a sent message failed
	Code   int    // Twilio's; 0 when it gave none
	Off    bool   // this number can never be reached this way, or opted out
	Reason string // a sentence
}

// Error is the sentence.
func (e *Refused) Error() string { return e.Reason }

// Permanent is true.
func (e *Refused) Permanent() bool { return true }

// Disable reports whether the number should not be tried again by this method.
func (e *Refused) Disable() bool { return e.Off }

// OptedOut reports whether the owner of the number wants no texts from us, which
// texting START undoes: Twilio's error 21610.
func (e *Refused) OptedOut() bool { return e.Code == 21610 }

// Unavailable means that Twilio could not be asked, or failed; it may or may not have
// sent the message. The next Send of the same key looks before it sends.
type Unavailable struct {
	Reason string // a sentence
	cause  error
}

// Error is the sentence.
func (e *Unavailable) Error() string { return e.Reason }

// Unwrap returns the cause, for the log.
func (e *Unavailable) Unwrap() error { return e.cause }

// unreachable says why the call had no answer, without showing addresses.
func unreachable(ctx context.Context, err error) error {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) || ok && timeout.Timeout() {
		return &Unavailable{"Twilio did not answer in time; we look whether it took the message, and try again by ourselves.", err}
	}
	return &Unavailable{"Twilio cannot be reached right now; we try again by ourselves.", err}
}

// refusal is the body of Twilio's refusals.
type refusal struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// classify turns an answer that is no success into an error.
func (c *Client) classify(status int, h http.Header, body []byte) error {
	var r refusal
	// A body of another shape leaves r empty, and the status still speaks.
	_ = json.Unmarshal(body, &r)
	known, ok := faults[r.Code]
	switch {
	case status == http.StatusTooManyRequests || r.Code == tooManyRequests:
		return &RateLimited{pause(h, time.Now()), "Twilio is limiting our requests; we try again by ourselves."}
	case known.wait > 0:
		return &RateLimited{known.wait, known.words}
	case status >= 500 || status == http.StatusRequestTimeout || status == http.StatusConflict || status == http.StatusTooEarly:
		return &Unavailable{fmt.Sprintf("Twilio is not working right now (it answered %d); we try again by ourselves.", status), nil}
	case ok:
		return &Refused{Status: status, Code: r.Code, Off: known.disable, Reason: known.words}
	case status == http.StatusUnauthorized:
		return &Refused{Status: status, Code: r.Code, Reason: faults[badLogin].words}
	case status >= 300 && status < 400:
		return &Refused{Status: status, Reason: fmt.Sprintf("Twilio has another address (it answered %d); set TWILIO_API_URL to https://api.twilio.com/.", status)}
	}
	return &Refused{Status: status, Code: r.Code, Reason: c.unknown(status, r)}
}

// unknown is the sentence for a refusal that has no words of ours.
func (c *Client) unknown(status int, r refusal) string {
	said := cut(clean(strings.ReplaceAll(r.Message, c.config.AuthToken.Reveal(), c.config.AuthToken.String())), 200)
	switch {
	case r.Code != 0 && said != "":
		return fmt.Sprintf("Twilio refused (error %d): %s.", r.Code, strings.TrimRight(said, ". "))
	case r.Code != 0:
		return fmt.Sprintf("Twilio refused (error %d); https://www.twilio.com/docs/api/errors/%d says why.", r.Code, r.Code)
	}
	return fmt.Sprintf("Twilio refused the request (it answered %d) without saying why.", status)
}

// pause reads Retry-After, in seconds or as a date.
func pause(h http.Header, now time.Time) time.Duration {
	d := defaultPause
	after := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.Atoi(after); err == nil {
		d = time.Duration(min(s, int(longestPause/time.Second))) * time.Second
	} else if t, err := http.ParseTime(after); err == nil {
		d = t.Sub(now)
	}
	return min(max(d, time.Second), longestPause)
}
