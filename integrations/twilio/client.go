package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tocsinhq/tocsin/incident/paging"
)

// maxAnswer bounds an answer of Twilio in bytes. A page of 50 messages stays below 100 kB.
const maxAnswer = 4 << 20

// Client is one account. Its methods may be called concurrently.
//
// Errors of sending are *RateLimited (Wait), *Refused (Permanent) or *Unavailable (try
// again); all are sentences for people.
type Client struct {
	config Config
	http   *http.Client
	texts  memory
	calls  memory
}

// New returns a client for c, which must be valid. It does not call Twilio. A nil base
// means a transport of its own; tests and the demo pass theirs.
func New(c Config, base http.RoundTripper) (*Client, error) {
	if bad := c.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("twilio settings: %s", strings.Join(bad, " "))
	}
	if !c.Enabled() {
		return nil, errors.New("twilio settings: TWILIO_ACCOUNT_SID is not set")
	}
	if base == nil {
		base = http.DefaultTransport.(*http.Transport).Clone()
	}
	c = c.withDefaults()
	return &Client{config: c, http: &http.Client{
		Timeout:       c.Timeout,
		Transport:     base,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// SMS returns the notifier of text messages.
func (c *Client) SMS() paging.Notifier { return sms{c} }

// Voice returns the notifier of calls. Without a number to call from it refuses every
// message; see Config.CanCall.
func (c *Client) Voice() paging.Notifier { return voice{c} }

// Check asks Twilio whether it knows the account and takes the token, and changes
// nothing. Its error is a sentence for people.
func (c *Client) Check(ctx context.Context) error {
	var a struct {
		Status string `json:"status"`
	}
	if err := c.call(ctx, http.MethodGet, ".json", nil, &a); err != nil {
		return err
	}
	if a.Status != "active" {
		return &Refused{Reason: suspended.words}
	}
	return nil
}

// Close gives back idle connections. The client may be used again.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// call sends form to a place under the account and decodes the answer into out.
func (c *Client) call(ctx context.Context, method, place string, form url.Values, out any) error {
	address := c.config.APIURL + "/2010-04-01/Accounts/" + c.config.AccountSID + place
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	} else if len(form) > 0 {
		address += "?" + form.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return fmt.Errorf("make twilio request: %w", err)
	}
	req.SetBasicAuth(c.config.AccountSID, c.config.AuthToken.Reveal())
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return unreachable(ctx, err)
	}
	return c.read(ctx, resp, out)
}

func (c *Client) read(ctx context.Context, resp *http.Response, out any) error {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return unreachable(ctx, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return c.classify(resp.StatusCode, resp.Header, body)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &Unavailable{"Twilio answered something that is not Twilio's; check TWILIO_API_URL.", fmt.Errorf("decode twilio answer: %w", err)}
	}
	return nil
}
