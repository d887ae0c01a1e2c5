package jira

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"

	gojira "github.com/andygrunwald/go-jira"
	"golang.org/x/oauth2"
)

// Client is one account on one Jira. Its methods may be called concurrently.
//
// Every error is one of three kinds: *RateLimited (come back later), *Refused (Jira said
// no, asking again is pointless until somebody changes something), and any other, which
// is passing and may be retried. Explain turns all of them into words.
type Client struct {
	config Config
	http   *http.Client
	jira   *gojira.Client

	mu     sync.Mutex // guards what was learnt
	site   *site
	names  map[string]string // field id to name
	search searchKind
}

// site is what serverInfo says.
type site struct {
	BaseURL        string `json:"baseUrl"`
	DeploymentType string `json:"deploymentType"`
	Version        string `json:"version"`
}

func (s site) cloud() bool { return s.DeploymentType == "Cloud" }

// New returns a client for c, which must be valid. It does not call Jira. A nil base
// means a transport of its own; tests and the demo pass theirs.
func New(c Config, base http.RoundTripper) (*Client, error) {
	if bad := c.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("jira settings: %s", strings.Join(bad, " "))
	}
	if !c.Enabled() {
		return nil, fmt.Errorf("jira settings: JIRA_URL is not set")
	}
	if base == nil {
		base = http.DefaultTransport.(*http.Transport).Clone()
	}
	c = c.withDefaults()
	hc := &http.Client{
		Timeout:       c.Timeout,
		Transport:     &oauth2.Transport{Source: oauth2.StaticTokenSource(c.token()), Base: &gate{base: base}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	jc, err := gojira.NewClient(hc, c.URL)
	if err != nil {
		return nil, fmt.Errorf("jira settings: %w", err)
	}
	return &Client{config: c, http: hc, jira: jc}, nil
}

// token is the credential of every request: Basic when there is a user, else Bearer.
// It is set by the transport, which never follows a redirect, so it reaches this site only.
func (c Config) token() *oauth2.Token {
	if c.User == "" {
		return &oauth2.Token{AccessToken: c.Token.Reveal(), TokenType: "Bearer"}
	}
	pair := base64.StdEncoding.EncodeToString([]byte(c.User + ":" + c.Token.Reveal()))
	return &oauth2.Token{AccessToken: pair, TokenType: "Basic"}
}

// Close gives back idle connections. The client may be used again.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// call sends in as JSON and decodes the answer into out; either may be nil.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	req, err := c.jira.NewRequestWithContext(ctx, method, path, in)
	if err != nil {
		return fmt.Errorf("make jira request: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.jira.Do(req, out)
	return c.settle(ctx, resp, err)
}

// settle closes what go-jira leaves open and gives a refusal the names of its fields.
func (c *Client) settle(ctx context.Context, resp *gojira.Response, err error) error {
	if resp != nil && resp.Body != nil {
		if e := resp.Body.Close(); err == nil && e != nil {
			return fmt.Errorf("close jira answer: %w", e)
		}
	}
	return c.explain(ctx, err)
}

// where asks once what kind of Jira this is and remembers the answer.
func (c *Client) where(ctx context.Context) (site, error) {
	c.mu.Lock()
	known := c.site
	c.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	var s site
	if err := c.call(ctx, http.MethodGet, "rest/api/2/serverInfo", nil, &s); err != nil {
		return site{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.site = &s
	return s, nil
}

// browse is the address of an issue for people. Before the site is known it is made
// from the configured address, which is the same but for api.atlassian.com.
func (c *Client) browse(key string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	base := c.config.URL
	if c.site != nil && c.site.BaseURL != "" {
		base = c.site.BaseURL
	}
	return strings.TrimRight(base, "/") + "/browse/" + key
}
