package twilio

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// Twilio's bounds of a validity, and the least that it recommends.
const (
	shortestValidity = 6 * time.Second
	longestValidity  = 10 * time.Hour
)

// sms sends texts.
type sms struct{ *Client }

// Method is paging.MethodSMS.
func (sms) Method() paging.Method { return paging.MethodSMS }

// message is a text as Twilio keeps it.
type message struct {
	SID       string `json:"sid"`
	Body      string `json:"body"`
	Direction string `json:"direction"`
	Status    string `json:"status"`
	Created   string `json:"date_created"` // RFC 2822
	ErrorCode *int   `json:"error_code"`
}

// Send sends a text. A key that this process has sent, or that may have been sent
// before, is looked up among the texts to that number first, and not sent twice.
func (s sms) Send(ctx context.Context, m paging.Message) (paging.Receipt, error) {
	if !number.MatchString(m.To) {
		return paging.Receipt{}, &Refused{Code: 21211, Off: true, Reason: badNumber.words}
	}
	before, err := s.sent(ctx, m)
	if err != nil {
		return paging.Receipt{}, err
	}
	if before != nil {
		return before.outcome()
	}
	s.texts.begin(m.Key)
	var now message
	if err := s.call(ctx, http.MethodPost, "/Messages.json", s.form(m), &now); err != nil {
		settle(&s.texts, m.Key, err)
		return paging.Receipt{}, err
	}
	s.texts.learn(m.Key, now.SID)
	return now.outcome()
}

// settle forgets a key that was certainly not sent.
func settle(m *memory, key string, err error) {
	if _, maybe := errors.AsType[*Unavailable](err); !maybe {
		m.forget(key)
	}
}

func (s sms) form(m paging.Message) url.Values {
	f := url.Values{"To": {m.To}, "Body": {body(m)}}
	if service.MatchString(s.config.From) {
		f.Set("MessagingServiceSid", s.config.From)
	} else {
		f.Set("From", s.config.From)
	}
	if m.Validity > 0 {
		seconds := min(max(m.Validity, shortestValidity), longestValidity) / time.Second
		f.Set("ValidityPeriod", strconv.Itoa(int(seconds)))
	}
	if s.config.callable() {
		f.Set("StatusCallback", s.config.callback("message", m.Key, nil))
	}
	return f
}

// outcome says how far the text is, or why it will not arrive.
func (m *message) outcome() (paging.Receipt, error) {
	switch messageState(m.Status) {
	case paging.StateFailed:
		code := 0
		if m.ErrorCode != nil {
			code = *m.ErrorCode
		}
		reason, disable := explain(code)
		return paging.Receipt{}, &Refused{Code: code, Off: disable, Reason: reason}
	case paging.StateDelivered, paging.StateSeen:
		return paging.Receipt{ID: m.SID, State: paging.StateDelivered}, nil
	}
	return paging.Receipt{ID: m.SID, State: paging.StateSent}, nil
}

// messageState maps Twilio's status of a text; what is on its way is sent.
func messageState(status string) paging.State {
	switch status {
	case "delivered", "partially_delivered":
		return paging.StateDelivered
	case "read":
		return paging.StateSeen
	case "undelivered", "failed", "canceled":
		return paging.StateFailed
	case "accepted", "scheduled", "queued", "sending", "sent":
		return paging.StateSent
	}
	return ""
}
