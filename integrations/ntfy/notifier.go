package ntfy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// maxAnswer bounds an answer in bytes; it holds our message and little else.
const maxAnswer = 64 << 10

// Notifier sends pages as push messages. Its methods may be called concurrently.
type Notifier struct {
	server server
	http   *http.Client
}

var _ paging.Notifier = (*Notifier)(nil)

// New returns a notifier for c, which must be valid and enabled. It calls nobody. A nil
// base means a transport of its own; tests and the demo pass theirs.
func New(c Config, base http.RoundTripper) (*Notifier, error) {
	if bad := c.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("push settings: %s", strings.Join(bad, " "))
	}
	if !c.Enabled() {
		return nil, errors.New("push settings: NTFY_URL is not set")
	}
	s, err := parseServer(c.URL.Reveal())
	if err != nil {
		return nil, fmt.Errorf("push settings: %w", err)
	}
	if base == nil {
		base = http.DefaultTransport.(*http.Transport).Clone()
	}
	return &Notifier{server: s, http: &http.Client{
		Transport: base,
		// A redirect would take the token and the links elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Method is push.
func (n *Notifier) Method() paging.Method { return paging.MethodPush }

// Send publishes m to the topic m.To and returns once the server has taken it. Sent
// again with the same Key it replaces the first in the apps of a server of 2.16 or
// later, and says that it is a repeat where m.Repeat is set. The receipt's id is the
// server's. Errors are *paging.Refused, *paging.Limited and *paging.Unavailable.
func (n *Notifier) Send(ctx context.Context, m paging.Message) (paging.Receipt, error) {
	if !topicForm.MatchString(m.To) {
		return paging.Receipt{}, paging.Refusedf("“%s” is not an ntfy topic; it is at most 64 letters, digits, - and _.", cut(oneLine(m.To), 64))
	}
	body, err := publish(m)
	if err != nil {
		return paging.Receipt{}, err
	}
	answer, text, err := n.call(ctx, body)
	if err != nil {
		return paging.Receipt{}, paging.Unavailablef(err, "The ntfy server %s cannot be reached right now; we try again by ourselves.", n.server.host)
	}
	if answer.StatusCode != http.StatusOK {
		return paging.Receipt{}, n.classify(m.To, answer, text)
	}
	var taken struct {
		ID    string `json:"id"`
		Event string `json:"event"`
	}
	if err := json.Unmarshal(text, &taken); err != nil || taken.ID == "" || taken.Event != "message" {
		return paging.Receipt{}, paging.Refusedf("There is no ntfy server at %s: it answers with something else; correct NTFY_URL.", n.server.host)
	}
	return paging.Receipt{ID: taken.ID, State: paging.StateSent}, nil
}

// call posts one body and reads the answer.
func (n *Notifier) call(ctx context.Context, body []byte) (*http.Response, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, n.server.url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("make push request: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	switch {
	case n.server.user != "":
		r.SetBasicAuth(n.server.user, n.server.password)
	case n.server.password != "":
		r.Header.Set("Authorization", "Bearer "+n.server.password)
	}
	answer, err := n.http.Do(r)
	if err != nil {
		return nil, nil, fmt.Errorf("reach ntfy: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // read as far as it matters
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, nil, fmt.Errorf("read ntfy's answer: %w", err)
	}
	return answer, text, nil
}
