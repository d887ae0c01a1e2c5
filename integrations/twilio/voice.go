package twilio

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// Bounds of a call in seconds. A phone rings long enough to wake somebody; most
// mailboxes take over after 20 to 30 seconds.
const (
	ringSeconds = 30
	callSeconds = 300
)

// voice calls.
type voice struct{ *Client }

// Method is paging.MethodVoice.
func (voice) Method() paging.Method { return paging.MethodVoice }

// Send has the person called. What the call says travels with the request, so that it
// is said even while nobody reaches us. A key that this process has called for, or
// that may have been called for before, is looked up first; see made for what can be
// known.
func (v voice) Send(ctx context.Context, m paging.Message) (paging.Receipt, error) {
	switch {
	case !number.MatchString(m.To):
		return paging.Receipt{}, &Refused{Code: 21211, Off: true, Reason: badNumber.words}
	case !v.config.CanCall():
		return paging.Receipt{}, &Refused{Reason: "There is no number to call from; an administrator must set TWILIO_FROM to a number of our Twilio account."}
	}
	sid, err := v.made(ctx, m)
	if err != nil {
		return paging.Receipt{}, err
	}
	if sid != "" {
		return paging.Receipt{ID: sid, State: paging.StateSent}, nil
	}
	v.calls.begin(m.Key)
	var now call
	if err := v.call(ctx, http.MethodPost, "/Calls.json", v.form(m), &now); err != nil {
		settle(&v.calls, m.Key, err)
		return v.told(m.Key, err)
	}
	v.calls.learn(m.Key, now.SID)
	return paging.Receipt{ID: now.SID, State: paging.StateSent}, nil
}

// told turns a lost answer into a receipt when the call's own callback was faster.
func (v voice) told(key string, err error) (paging.Receipt, error) {
	_, maybe := errors.AsType[*Unavailable](err)
	if sid, _ := v.calls.recall(key); maybe && sid != "" {
		return paging.Receipt{ID: sid, State: paging.StateSent}, nil
	}
	return paging.Receipt{}, err
}

func (v voice) form(m paging.Message) url.Values {
	f := url.Values{
		"To": {m.To}, "From": {v.config.voiceFrom()}, "Twiml": {v.config.twiml(m)},
		"Timeout": {strconv.Itoa(ringSeconds)}, "TimeLimit": {strconv.Itoa(callSeconds)},
	}
	if v.config.callable() {
		address := v.config.callback("call", m.Key, nil)
		f.Set("StatusCallback", address)
		f["StatusCallbackEvent"] = []string{"initiated", "ringing", "answered", "completed"}
		// Detection runs beside the call: a person who had to listen to silence while
		// Twilio makes up its mind would hang up.
		f.Set("MachineDetection", "Enable")
		f.Set("AsyncAmd", "true")
		f.Set("AsyncAmdStatusCallback", address)
	}
	return f
}

// callState maps Twilio's status of a call. A call that was taken has reached nobody
// yet: a mailbox takes it too. Once it has ended it counts as delivered, unless a
// machine was detected, and never as seen: only a key proves a person.
func callState(status string) paging.State {
	switch status {
	case "queued", "initiated", "ringing", "in-progress", "answered":
		return paging.StateSent
	case "completed":
		return paging.StateDelivered
	case "busy", "no-answer", "failed", "canceled":
		return paging.StateFailed
	}
	return ""
}

// callFailures says in words why nobody was reached.
var callFailures = map[string]string{
	"busy":      "The line was busy.",
	"no-answer": "Nobody answered the call.",
	"failed":    "The call could not be put through: the number is wrong, or the network did not take it.",
	"canceled":  "The call was cancelled before anybody answered.",
}
