package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gorilla/websocket"
)

const noSocket = "Commands, buttons and events do not reach Tocsin."

func (i *inspection) inspectSocket(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	_, url, err := i.client.StartSocketModeContext(ctx)
	if fatal := fatalOf(err); fatal != nil {
		i.fatal(fatal)
		return
	}
	if err != nil {
		i.refused("apps.connections.open", noSocket, sortError("apps.connections.open", err))
		return
	}
	if !i.Connect {
		i.fine("The app-level token opens Socket Mode connections.")
		return
	}
	i.inspectGreeting(ctx, url)
}

func (i *inspection) fatal(f *Fatal) {
	problem, remedy, _ := strings.Cut(f.Sentence, ": ")
	i.wrong(fmt.Sprintf("%s (%s).", strings.TrimSuffix(problem, "."), f.Reason), noSocket, upperFirst(remedy))
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// greeting is the first frame on a connection: a hello, or a goodbye with its reason.
type greeting struct {
	Type        string `json:"type"`
	Reason      string `json:"reason"`
	Connections int    `json:"num_connections"`
}

func (i *inspection) inspectGreeting(ctx context.Context, url string) {
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment}
	ws, resp, err := dialer.DialContext(ctx, url, nil)
	if err != nil {
		i.wrong(fmt.Sprintf("The WebSocket to Slack cannot be opened (%v).", upgradeError(resp, errors.New("refused or not reachable"))), noSocket,
			"Let this machine open wss:// connections to *.slack.com, also through its proxy.")
		return
	}
	defer func() { _ = ws.Close() }() // Slack notices
	if end, ok := ctx.Deadline(); ok {
		_ = ws.SetReadDeadline(end) // on a new connection: cannot fail
	}
	var said greeting
	err = ws.ReadJSON(&said)
	fatal := fatalFor(said.Reason, "")
	switch {
	case err != nil:
		i.wrong("The WebSocket to Slack opens, but nothing comes over it.", noSocket, "Check that the proxy of this machine lets WebSockets through.")
	case said.Type == "hello":
		i.fine("Socket Mode answers; %d other connection(s) of this app are open.", max(said.Connections-1, 0))
	case fatal != nil:
		i.fatal(fatal)
	case said.Reason == "too_many_websockets":
		i.wrong("Slack counts as many connections of this app as it allows, ten (too_many_websockets).", noSocket,
			"Run at most four replicas, and stop whatever else uses the same app-level token.")
	default:
		i.warn("Slack closed a new connection at once ("+said.Reason+").", "It may pass by itself.", "Run this again.")
	}
}
