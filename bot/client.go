package bot

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
)

// Client reaches one Slack workspace with the app's two tokens. Make it with Dial.
type Client struct {
	web    *slack.Client
	dialer *websocket.Dialer
}

// Tokens are what an installed app is given.
type Tokens struct {
	Bot string // xoxb-…
	App string // xapp-…, with the scope connections:write
}

// Dial prepares a client; nothing is called yet. apiURL ends with a slash. A nil
// http or dialer means one with sensible time limits.
func Dial(t Tokens, apiURL string, web *http.Client, dialer *websocket.Dialer) Client {
	if web == nil {
		web = &http.Client{Timeout: 20 * time.Second}
	}
	return Client{
		web:    slack.New(t.Bot, slack.OptionAppLevelToken(t.App), slack.OptionAPIURL(apiURL), slack.OptionHTTPClient(web)),
		dialer: dialer,
	}
}

// API returns the outbound side.
func (c Client) API(log *slog.Logger) *API { return NewAPI(c.web, log) }

// Listen makes s receive through this client.
func (c Client) Listen(s *Socket) *Socket {
	s.API, s.Dialer = c.web, c.dialer
	return s
}
