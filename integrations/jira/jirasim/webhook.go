package jirasim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// event is something that happened on the board.
type event struct {
	name, kind string // webhookEvent, issue_event_type_name
	by         string
	issue      *issue
	items      []object // of the changelog
	comment    *comment
}

// outbox delivers webhooks one after the other, in order.
type outbox struct {
	url, secret string
	client      *http.Client
	pauses      []time.Duration

	queue   []delivery
	running bool
	closed  bool // nothing is sent any more
	stop    context.CancelFunc
	done    sync.WaitGroup
}

type delivery struct {
	id   string
	body []byte
}

// SetWebhook sends everything that happens from now on to url, signed with secret when
// there is one, by client. An empty url ends it. A nil client means http.DefaultClient.
func (s *Sim) SetWebhook(url, secret string, client *http.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if client == nil {
		client = http.DefaultClient
	}
	s.out.url, s.out.secret, s.out.client = url, secret, client
}

// emit tells the webhook and the subscribers. It expects s.mu to be held.
func (s *Sim) emit(e event) {
	s.changed()
	if s.out.url == "" || s.out.closed {
		return
	}
	body, err := json.Marshal(s.payload(e))
	if err != nil {
		panic("jirasim: a payload of plain values always marshals: " + err.Error())
	}
	s.out.queue = append(s.out.queue, delivery{id: rand.Text(), body: body})
	if s.out.running {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	s.out.running, s.out.stop = true, stop
	s.out.done.Go(func() { s.deliverAll(ctx) })
}

// payload has the shape that Jira sends, in the edition's dialect.
func (s *Sim) payload(e event) object {
	p := object{"timestamp": time.Now().UnixMilli(), "webhookEvent": e.name}
	if e.comment != nil {
		p["comment"] = s.wireComment(e.issue, *e.comment)
		p["issue"] = s.wireIssue(e.issue, []string{"summary", "issuetype", "project", "assignee", "priority", "status"})
		return p
	}
	p["user"], p["issue"] = s.wireUser(e.by), s.wireIssue(e.issue, nil)
	if e.kind != "" {
		p["issue_event_type_name"] = e.kind
	}
	if e.items != nil {
		p["changelog"] = object{"id": strconv.Itoa(s.nextID()), "items": e.items}
	}
	return p
}

// deliverAll empties the queue and ends.
func (s *Sim) deliverAll(ctx context.Context) {
	for {
		s.mu.Lock()
		if len(s.out.queue) == 0 || ctx.Err() != nil {
			s.out.running = false
			s.mu.Unlock()
			return
		}
		d := s.out.queue[0]
		s.out.queue = s.out.queue[1:]
		out := target{s.out.url, s.out.secret, s.out.client, s.out.pauses}
		s.mu.Unlock()
		out.deliver(ctx, d)
	}
}

// target is where a delivery goes, as it was when the delivery began.
type target struct {
	url, secret string
	client      *http.Client
	pauses      []time.Duration
}

// deliver tries until the receiver takes it, says no for good, or the pauses are used up.
func (t target) deliver(ctx context.Context, d delivery) {
	for attempt := 0; ; attempt++ {
		if !t.retryable(ctx, d, attempt) || attempt == len(t.pauses) {
			return
		}
		timer := time.NewTimer(t.pauses[attempt])
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// retryable sends d once and reports whether Jira would try again: on 408, 409, 425,
// 429, 5xx and a connection that failed.
func (t target) retryable(ctx context.Context, d delivery, attempt int) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(d.body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Atlassian HttpClient")
	req.Header.Set("X-Atlassian-Webhook-Identifier", d.id)
	if attempt > 0 {
		req.Header.Set("X-Atlassian-Webhook-Retry", strconv.Itoa(attempt))
	}
	if t.secret != "" {
		mac := hmac.New(sha256.New, []byte(t.secret))
		mac.Write(d.body)
		req.Header.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	resp, err := t.client.Do(req)
	if err != nil {
		return true
	}
	defer resp.Body.Close()
	// Only the status counts.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxBody))
	switch resp.StatusCode {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return resp.StatusCode >= 500
}
