package bot

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// messageOf keeps of a Slack message what the record needs.
func messageOf(channel string, m slack.Message) incident.Message {
	author := m.User
	if author == "" {
		author = m.BotID
	}
	out := incident.Message{Channel: channel, TS: m.Timestamp, Thread: m.ThreadTimestamp, Author: incident.PersonID(author),
		Text: m.Text, PostedAt: timeOf(m.Timestamp)}
	if m.Edited != nil {
		out.EditedAt = timeOf(m.Edited.Timestamp)
	}
	for _, f := range m.Files {
		out.Files = append(out.Files, incident.File{ID: f.ID, Name: f.Name, MediaType: f.Mimetype, Size: int64(f.Size)})
	}
	return out
}

// timeOf reads Slack's message id, seconds and microseconds since 1970, without
// going through a float, which would lose digits. Nonsense gives the zero time.
func timeOf(ts string) time.Time {
	seconds, micros, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}
	}
	us, err := strconv.ParseInt((micros + "000000")[:6], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(s, us*1000).UTC()
}

// tsOf is the inverse of timeOf. Slack's ids have ten digits before the dot, so
// that they sort as text; before September 2001, where bubbles live, that takes a zero.
func tsOf(t time.Time) string {
	us := t.UnixMicro()
	return fmt.Sprintf("%010d.%06d", us/1e6, us%1e6)
}
