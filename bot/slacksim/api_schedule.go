package slacksim

import (
	"slices"
	"strings"
	"time"
)

const maxScheduleAhead = 120 * 24 * time.Hour

// scheduled is a message that Slack posts later.
type scheduled struct {
	ID      string   `json:"id"`
	Channel string   `json:"channel"`
	PostAt  int64    `json:"post_at"`
	Created int64    `json:"created"`
	Message *Message `json:"message"`
}

// scheduleMessage answers chat.scheduleMessage.
func scheduleMessage(c *call) object {
	ch, refused := c.target()
	if refused != nil {
		return refused
	}
	at := time.Unix(int64(c.number("post_at", 0)), 0)
	switch wait := time.Until(at); {
	case c.number("post_at", 0) <= 0:
		return fail("invalid_time")
	case wait <= 0:
		return fail("time_in_past")
	case wait > maxScheduleAhead:
		return fail("time_too_far")
	}
	m, refused := c.compose(ch)
	if refused != nil {
		return refused
	}
	s := &scheduled{ID: c.w.newID("Q"), Channel: ch.ID, PostAt: at.Unix(), Created: time.Now().Unix(), Message: m}
	c.w.state.Scheduled[s.ID] = s
	c.w.plan(s)
	message := c.w.ownJSON(ch, m)
	delete(message, "ts")
	return ok(object{"channel": ch.ID, "scheduled_message_id": s.ID, "post_at": s.PostAt, "message": message})
}

// plan posts a scheduled message when its time has come, if it is still wanted.
func (w *Workspace) plan(s *scheduled) {
	time.AfterFunc(time.Until(time.Unix(s.PostAt, 0)), func() {
		w.locked(func() {
			ch := w.channelByID(s.Channel)
			if w.state.Scheduled[s.ID] != s || w.closed {
				return
			}
			delete(w.state.Scheduled, s.ID)
			if ch != nil && !ch.Archived {
				w.append(ch, s.Message)
			}
		})
	})
}

// deleteScheduled answers chat.deleteScheduledMessage.
func deleteScheduled(c *call) object {
	s := c.w.state.Scheduled[c.text("scheduled_message_id")]
	switch {
	case c.w.channelByID(c.text("channel")) == nil:
		return fail("channel_not_found")
	case s == nil || s.Channel != c.text("channel"):
		return fail("invalid_scheduled_message_id")
	}
	delete(c.w.state.Scheduled, s.ID)
	return ok(nil)
}

// listScheduled answers chat.scheduledMessages.list.
func listScheduled(c *call) object {
	list := []object{}
	for _, s := range c.w.state.Scheduled {
		if only := c.text("channel"); only == "" || only == s.Channel {
			list = append(list, object{
				"id": s.ID, "channel_id": s.Channel, "post_at": s.PostAt, "date_created": s.Created, "text": s.Message.Text,
			})
		}
	}
	slices.SortFunc(list, func(a, b object) int { return strings.Compare(a["id"].(string), b["id"].(string)) })
	return ok(object{"scheduled_messages": list, "response_metadata": nextCursor("")})
}
