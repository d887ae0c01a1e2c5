package twiliosim

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"
)

// hooks is where the account sends what happens.
type hooks struct {
	client *http.Client
	texts  string // "a message comes in"
}

// webhookTimeout is how long Twilio waits for an answer.
const webhookTimeout = 15 * time.Second

// SetWebhooks has all callbacks sent by client, and the texts that come in sent to
// texts, as it is entered in the Twilio console; empty means nowhere. Without a client
// nothing is sent.
func (s *Sim) SetWebhooks(client *http.Client, texts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = hooks{client, texts}
}

// chain keeps the callbacks of one message or call in order, unless they are made late.
type chain struct{ last chan struct{} }

// tell sends a callback without waiting for it. It expects s.mu to be held.
func (s *Sim) tell(c *chain, address, status string, form url.Values) {
	client := s.hooks.client
	if client == nil || use(&s.faults.lost) || s.ctx.Err() != nil {
		return
	}
	late, copies, before := s.faults.late[status], s.faults.copies, c.last
	done := make(chan struct{})
	if late == 0 {
		c.last = done
	}
	s.work.Go(func() {
		defer close(done)
		if late > 0 && !s.sleep(late) {
			return
		}
		if late == 0 && before != nil {
			<-before
		}
		for range 1 + copies {
			// A callback that is not taken is lost, as it is at Twilio's.
			_, _ = s.call(client, address, form)
		}
	})
}

// call posts a signed form and returns the answer. It tries again as the fragment of
// the address asks.
func (s *Sim) call(client *http.Client, address string, form url.Values) ([]byte, error) {
	address, fragment, _ := strings.Cut(address, "#")
	overrides, err := url.ParseQuery(fragment)
	if err != nil {
		return nil, fmt.Errorf("read connection overrides: %w", err)
	}
	again := 0
	if n, err := strconv.Atoi(overrides.Get("rc")); err == nil {
		again = min(n, 5)
	}
	policy := "," + overrides.Get("rp") + ","
	for attempt := 0; ; attempt++ {
		body, status, err := s.post(client, address, form)
		retry := err != nil || status >= 500 && strings.Contains(policy, ",5xx,")
		if attempt >= again || !retry {
			if err == nil && status >= 300 {
				err = fmt.Errorf("callback was answered %d", status)
			}
			return body, err
		}
		if !s.sleep(100 * time.Millisecond) {
			return nil, s.ctx.Err()
		}
	}
}

func (s *Sim) post(client *http.Client, address string, form url.Values) ([]byte, int, error) {
	ctx, cancel := context.WithTimeout(s.ctx, webhookTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, 0, fmt.Errorf("make callback: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	req.Header.Set("User-Agent", "TwilioProxy/1.1")
	req.Header.Set("X-Twilio-Signature", s.Sign(address, form))
	resp, err := client.Do(req)
	if err != nil {
		return nil, 0, fmt.Errorf("send callback: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return nil, 0, fmt.Errorf("read answer of callback: %w", err)
	}
	return body, resp.StatusCode, nil
}

// Sign makes the X-Twilio-Signature of a form posted to an address without fragment.
func (s *Sim) Sign(address string, form url.Values) string {
	var names []string
	for name := range form {
		names = append(names, name)
	}
	sort.Strings(names)
	text := address
	for _, name := range names {
		text += name + form.Get(name)
	}
	mac := hmac.New(sha1.New, []byte(s.options.AuthToken))
	_, _ = io.WriteString(mac, text) // a hash never fails
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Report sends the callback of a text or call as if it had this status, whatever it
// really has: for what comes late, twice, or never came true. Unknown ids are ignored.
func (s *Sim) Report(sid, status string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.texts {
		if t.sid == sid {
			s.tellText(t, status, code)
		}
	}
	for _, c := range s.calls {
		if c.sid == sid {
			s.tellCall(c, status)
		}
	}
}
