package slacksim

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"
)

const (
	responseUses  = 5
	responseLives = 30 * time.Minute
)

// responseURL lets the app answer a command or click for a while.
type responseURL struct {
	channel string
	user    string
	source  string // ts of the message whose element was used; "" for commands
	uses    int
	expires time.Time
}

func (w *Workspace) newResponseURL(c *channel, user, source string) string {
	id := w.newUUID()
	maps.DeleteFunc(w.replies, func(_ string, u *responseURL) bool { return time.Since(u.expires) > time.Hour })
	w.replies[id] = &responseURL{channel: c.ID, user: user, source: source, expires: time.Now().Add(responseLives)}
	return w.URL() + "/response/" + id
}

func (w *Workspace) serveResponse(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	var answer object
	if err != nil || json.Unmarshal(body, &answer) != nil {
		http.Error(rw, "invalid_payload", http.StatusBadRequest)
		return
	}
	w.mu.Lock()
	status, word := w.respond(w.replies[r.PathValue("id")], answer)
	w.record(Call{Method: "response_url", Args: answer, At: time.Now(), Status: status, Answer: object{"ok": status == 200, "text": word}})
	w.mu.Unlock()
	rw.WriteHeader(status)
	_, _ = io.WriteString(rw, word) // a caller who hung up needs no answer
}

// respond does what a response_url was told: HTTP status and text.
func (w *Workspace) respond(u *responseURL, answer object) (int, string) {
	switch {
	case u == nil:
		return http.StatusNotFound, "no_such_url"
	case u.uses >= responseUses:
		return http.StatusNotFound, "used_url"
	case time.Now().After(u.expires):
		return http.StatusNotFound, "expired_url"
	}
	c := w.channelByID(u.channel)
	if c == nil {
		return http.StatusNotFound, "channel_not_found"
	}
	if answer["delete_original"] == true {
		u.uses++
		w.removeSource(c, u)
		return http.StatusOK, "ok"
	}
	m, refused := w.reply(answer)
	if refused != nil {
		return http.StatusBadRequest, refused["error"].(string)
	}
	u.uses++
	switch {
	case answer["replace_original"] == true && w.replaceSource(c, u, m):
	case answer["response_type"] == "in_channel":
		w.append(c, m)
	default:
		w.whisper(c, u.user, m)
	}
	return http.StatusOK, "ok"
}

// reply makes the message that a response describes. slack-go always sends a
// metadata object, empty when there is none, and Slack takes no offence.
func (w *Workspace) reply(answer object) (*Message, object) {
	if metadata, ok := answer["metadata"].(object); ok && metadata["event_type"] == "" {
		delete(answer, "metadata")
	}
	if code, problems := validateMessage(answer); code != "" {
		return nil, rejected(code, problems)
	}
	c := &call{w: w, args: answer}
	m := &Message{User: w.BotUserID(), BotID: w.BotID(), ThreadTS: c.text("thread_ts")}
	c.fill(m)
	return m, nil
}

func (w *Workspace) removeSource(c *channel, u *responseURL) {
	c.Ephemerals[u.user] = slices.DeleteFunc(c.Ephemerals[u.user], func(m *Message) bool { return m.TS == u.source })
	if m := c.message(u.source); m != nil && m.BotID == w.BotID() {
		w.remove(c, m)
	}
	w.changed()
}

// replaceSource puts new content into the message the URL came from.
func (w *Workspace) replaceSource(c *channel, u *responseURL, with *Message) bool {
	change := func(m *Message) { m.Text, m.Blocks, m.Attachments = with.Text, with.Blocks, with.Attachments }
	for _, m := range c.Ephemerals[u.user] {
		if m.TS == u.source {
			change(m)
			w.fillBlockIDs(m.Blocks)
			w.changed()
			return true
		}
	}
	m := c.message(u.source)
	if m == nil || m.BotID != w.BotID() {
		return false
	}
	w.edit(c, m, change)
	return true
}
