package view

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
)

// origin is what the declare form remembers while it is being filled.
type origin struct {
	Channel string            `json:"channel,omitempty"`
	Message *incident.Message `json:"message,omitempty"`
}

// EncodeOrigin packs where a form was opened, and the message it was opened from,
// into at most MaxPrivateMetadata bytes; the message's text is cut to fit, its
// files go last. It begins with a colon, where forms about an incident have the
// number.
func EncodeOrigin(channel string, m *incident.Message) string {
	o := origin{Channel: channel}
	if m != nil {
		kept := *m
		o.Message = &kept
	}
	packed := o.pack()
	for len(packed) > MaxPrivateMetadata && o.shrink() {
		packed = o.pack()
	}
	return packed
}

func (o origin) pack() string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // <, > and & would take six bytes each
	if err := e.Encode(o); err != nil {
		return ":" // a time out of JSON's range; the form works without an origin
	}
	return ":" + strings.TrimSpace(b.String())
}

// shrink drops the least valuable tenth or so, and reports whether there was any.
func (o *origin) shrink() bool {
	m := o.Message
	switch {
	case m == nil:
		return false
	case len(m.Files) > 1:
		m.Files = m.Files[:len(m.Files)/2]
	case m.Text != "":
		m.Text = Truncate(m.Text, len([]rune(m.Text))*9/10)
	case len(m.Files) > 0:
		m.Files = nil
	case m.Permalink != "":
		m.Permalink = ""
	default:
		o.Message = nil
	}
	return true
}

// DecodeOrigin is the inverse of EncodeOrigin. Anything else gives nothing.
func DecodeOrigin(private string) (channel string, m *incident.Message) {
	var o origin
	text, ok := strings.CutPrefix(private, ":")
	if !ok || json.Unmarshal([]byte(text), &o) != nil {
		return "", nil
	}
	return o.Channel, o.Message
}
