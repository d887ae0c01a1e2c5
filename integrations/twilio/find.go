package twilio

import (
	"context"
	"errors"
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// How far back a repeat looks, and at how many. Nobody gets fifty texts of ours in a
// day; the limits per person are far below.
const (
	lookBack = 24 * time.Hour
	lookAt   = "50"
	liveFor  = 10 * time.Minute // longer than any call of ours can ring and last
)

// sent returns the text of m's key when there is one. Nothing is asked for a key that
// is new. A list that we may not read does not stop a page: it goes out, as a repeat.
//
// What the list has not yet when we look is not found, and sent again. Twilio promises
// nothing about that, and a POST whose answer was lost can even be carried out after
// we looked. The second text then says that it is a repeat.
func (s sms) sent(ctx context.Context, m paging.Message) (*message, error) {
	sid, began := s.texts.recall(m.Key)
	if sid != "" {
		return &message{SID: sid, Status: "sent"}, nil
	}
	if !began && !m.Repeat {
		return nil, nil
	}
	// No filter by date: it is of the date of sending, which a queued text has not.
	q := url.Values{"To": {m.To}, "PageSize": {lookAt}}
	if number.MatchString(s.config.From) {
		q.Set("From", s.config.From)
	}
	var list struct {
		Messages []message `json:"messages"`
	}
	if err := s.call(ctx, http.MethodGet, "/Messages.json", q, &list); err != nil {
		return nil, unlessRefused(err)
	}
	for _, found := range list.Messages {
		ours := found.Direction != "inbound" && strings.HasSuffix(found.Body, mark(m.Key))
		if ours && recent(found.Created, lookBack) {
			s.texts.learn(m.Key, found.SID)
			return &found, nil
		}
	}
	return nil, nil
}

// call is a call as Twilio's list gives it: nothing in it is of our choice.
type call struct {
	SID       string `json:"sid"`
	Direction string `json:"direction"`
	Status    string `json:"status"`
	Created   string `json:"date_created"`
}

// How long Send waits for the callback of a call that rings to say whose it is, and
// how long it asks to be left alone when none says so.
const (
	claimTries = 10
	claimPause = 200 * time.Millisecond
	claimWait  = 20 * time.Second
)

// made returns the call of m's key when it is known to have been made. When the phone
// is being called by us and nothing says for which message, it asks to wait: a second
// call would find the line busy, and taking another message's call for ours would lose
// a page. Once no call is under way it is made again, and says that it is a repeat: of
// calls that have ended nothing tells whose they were, but the callbacks, which told
// the Inbox when they came.
func (v voice) made(ctx context.Context, m paging.Message) (sid string, err error) {
	sid, began := v.calls.recall(m.Key)
	if sid != "" || !began && !m.Repeat {
		return sid, nil
	}
	var list struct {
		Calls []call `json:"calls"`
	}
	q := url.Values{"To": {m.To}, "From": {v.config.voiceFrom()}, "PageSize": {lookAt}}
	if err := v.call(ctx, http.MethodGet, "/Calls.json", q, &list); err != nil {
		return "", unlessRefused(err)
	}
	for range claimTries {
		live := v.unclaimed(list.Calls, m.Key)
		if sid, _ := v.calls.recall(m.Key); sid != "" || live == 0 {
			return sid, nil
		}
		timer := time.NewTimer(claimPause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return "", unreachable(ctx, ctx.Err())
		}
	}
	return "", &RateLimited{claimWait, "We are calling this number already; we look again in a moment."}
}

// unclaimed counts the calls under way that are not known to be of another message.
func (v voice) unclaimed(calls []call, key string) int {
	n := 0
	for _, c := range calls {
		under := callState(c.Status) == paging.StateSent
		owner := v.calls.owner(c.SID)
		if under && c.Direction != "inbound" && recent(c.Created, liveFor) && (owner == "" || owner == key) {
			n++
		}
	}
	return n
}

func recent(rfc2822 string, within time.Duration) bool {
	t, err := mail.ParseDate(rfc2822)
	return err != nil || time.Since(t) < within
}

// unlessRefused lets a repeat go on when the list may not be read.
func unlessRefused(err error) error {
	if _, refused := errors.AsType[*Refused](err); refused {
		return nil
	}
	return err
}
