package slacksim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// call is one Web API call while it is answered.
type call struct {
	w          *Workspace
	name       string
	method     method
	args       object
	token      string
	scopes     string
	warnings   []string
	retryAfter time.Duration
}

const maxBody = 4 << 20 // bytes of a call; views are far below

// read takes token and arguments from header, query and body, whichever way
// they come. A refusal is returned as the answer.
func (c *call) read(r *http.Request) object {
	c.args = object{}
	bearer, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if isBearer {
		c.token = bearer
	}
	if c.method.post && r.Method != http.MethodPost {
		return fail("insecure_request")
	}
	for name, values := range r.URL.Query() {
		c.args[name] = values[0]
	}
	kind, charset, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch kind {
	case "application/json":
		if refused := c.readJSON(r, charset); refused != nil {
			return refused
		}
	case "application/x-www-form-urlencoded", "multipart/form-data":
		if refused := c.readForm(r); refused != nil {
			return refused
		}
	case "", "text/plain":
	default:
		return fail("invalid_post_type")
	}
	if t, ok := c.args["token"].(string); ok {
		delete(c.args, "token")
		if !c.method.app && c.token == "" {
			c.token = t
		}
	}
	return nil
}

func (c *call) readJSON(r *http.Request, charset string) object {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	switch {
	case err != nil:
		return fail("request_timeout")
	case len(body) == 0 || c.method.query:
		return nil
	}
	if !strings.Contains(strings.ToLower(charset), "charset") {
		c.warnings = append(c.warnings, "missing_charset")
	}
	var args object
	if json.Unmarshal(body, &args) != nil {
		return fail("invalid_json")
	}
	for name, value := range args {
		c.args[name] = value
	}
	return nil
}

func (c *call) readForm(r *http.Request) object {
	if err := r.ParseMultipartForm(maxBody); err != nil && err != http.ErrNotMultipart {
		return fail("invalid_form_data")
	}
	for name, values := range r.PostForm {
		c.args[name] = values[0]
	}
	return nil
}

// text is an argument as text, whatever it came as; "" when it is absent.
func (c *call) text(name string) string {
	switch x := c.args[name].(type) {
	case nil:
		return ""
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(x)
	default:
		raw, err := json.Marshal(x)
		if err != nil {
			return ""
		}
		return string(raw)
	}
}

func (c *call) given(name string) bool {
	_, ok := c.args[name]
	return ok
}

func (c *call) flag(name string) bool {
	t := c.text(name)
	return t == "true" || t == "1"
}

// number is an argument as a number; when it is absent or none, what else says.
func (c *call) number(name string, otherwise int) int {
	n, err := strconv.Atoi(c.text(name))
	if err != nil {
		return otherwise
	}
	return n
}

// names is a list given as "a,b" or as a JSON array.
func (c *call) names(name string) []string {
	text := c.text(name)
	var list []string
	if strings.HasPrefix(text, "[") && json.Unmarshal([]byte(text), &list) == nil {
		return list
	}
	for each := range strings.SplitSeq(text, ",") {
		if each = strings.TrimSpace(each); each != "" {
			list = append(list, each)
		}
	}
	return list
}

// json is an argument that is an object, or one as JSON in a string.
func (c *call) json(name string) (object, bool) {
	switch x := c.args[name].(type) {
	case object:
		return x, true
	case string:
		var o object
		err := json.Unmarshal([]byte(x), &o)
		return o, err == nil && o != nil
	}
	return nil, false
}

// list is an argument that is an array, or one as JSON in a string.
func (c *call) list(name string) []any {
	list, _ := jsonList(c.args[name])
	return deepCopy(list)
}

func missingField(name string) object {
	return invalid("invalid_arguments", fmt.Sprintf("[ERROR] missing required field: %s", name))
}

// channel finds the conversation an argument names, as far as the bot can see it.
func (c *call) channel(argument string) (*channel, object) {
	id := c.text(argument)
	ch := c.w.channelByID(id)
	if id == "" || ch == nil || ch.isPrivate() && !ch.has(c.w.BotUserID()) {
		return nil, fail("channel_not_found")
	}
	return ch, c.scopeFor(ch.Kind)
}

// home is a conversation the bot is in and that is not archived.
func (c *call) home(argument string) (*channel, object) {
	ch, refused := c.channel(argument)
	switch {
	case refused != nil:
		return nil, refused
	case ch.Archived:
		return nil, fail("is_archived")
	case !ch.has(c.w.BotUserID()):
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

// message finds the message an argument names in a conversation.
func (c *call) message(ch *channel, argument string) (*Message, object) {
	m := ch.message(c.text(argument))
	if m == nil {
		return nil, fail("message_not_found")
	}
	return m, nil
}

// page cuts a list into pages: what is on this one and the cursor of the next.
func page[T any](c *call, all []T, limit int) ([]T, string, object) {
	from := 0
	if cursor := c.text("cursor"); cursor != "" {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(cursor, "page:"), "="))
		if err != nil || n < 0 || n > len(all) {
			return nil, "", fail("invalid_cursor")
		}
		from = n
	}
	if limit <= 0 {
		limit = len(all)
	}
	end := min(from+limit, len(all))
	next := ""
	if end < len(all) {
		next = fmt.Sprintf("page:%d=", end)
	}
	return all[from:end], next, nil
}

func nextCursor(next string) object { return object{"next_cursor": next} }
