package slacksim

import (
	"fmt"
	"strings"
)

// messageJSON is a message as history and events show it, without metadata.
func (w *Workspace) messageJSON(c *channel, m *Message) object {
	j := object{"type": "message", "user": m.User, "text": m.Text, "ts": m.TS, "team": w.TeamID()}
	put := func(key, value string) {
		if value != "" {
			j[key] = value
		}
	}
	put("subtype", m.Subtype)
	put("bot_id", m.BotID)
	put("client_msg_id", m.ClientMsgID)
	put("username", m.Username)
	put("inviter", m.Inviter)
	put("topic", m.Topic)
	put("purpose", m.Purpose)
	put("name", m.Name)
	put("old_name", m.OldName)
	if m.BotID != "" {
		j["app_id"], j["bot_profile"] = w.AppID(), w.botProfile()
	}
	if len(m.Blocks) > 0 {
		j["blocks"] = deepCopy(m.Blocks)
	}
	if len(m.Attachments) > 0 {
		j["attachments"] = deepCopy(m.Attachments)
	}
	if m.EditedTS != "" {
		editor := m.User
		if m.BotID != "" {
			editor = m.BotID
		}
		j["edited"] = object{"user": editor, "ts": m.EditedTS}
	}
	w.addFiles(j, m)
	addReactions(j, m)
	addThread(j, c, m)
	return j
}

func (w *Workspace) addFiles(j object, m *Message) {
	if len(m.Files) == 0 {
		return
	}
	var files []any
	for _, id := range m.Files {
		if f := w.state.Files[id]; f != nil {
			// Where else a file was shared is for files.info to tell.
			shown := w.fileJSON(f)
			for _, key := range []string{"channels", "groups", "ims", "shares"} {
				delete(shown, key)
			}
			files = append(files, shown)
		} else {
			files = append(files, object{"id": id, "mode": "tombstone"})
		}
	}
	j["files"], j["upload"], j["display_as_bot"] = files, false, false
}

func addReactions(j object, m *Message) {
	if len(m.Reactions) == 0 {
		return
	}
	var all []any
	for _, r := range m.Reactions {
		all = append(all, object{"name": r.Name, "users": append([]string{}, r.Users...), "count": len(r.Users)})
	}
	j["reactions"] = all
}

func addThread(j object, c *channel, m *Message) {
	if m.ThreadTS != "" {
		j["thread_ts"] = m.ThreadTS
		if root := c.message(m.ThreadTS); root != nil && m.TS != m.ThreadTS {
			j["parent_user_id"] = root.User
		}
		return
	}
	replies := c.replies(m.TS)
	if len(replies) == 0 {
		return
	}
	var users []string
	seen := map[string]bool{}
	for _, r := range replies {
		if !seen[r.User] {
			seen[r.User] = true
			users = append(users, r.User)
		}
	}
	j["thread_ts"] = m.TS
	j["reply_count"], j["reply_users_count"] = len(replies), len(users)
	j["latest_reply"], j["reply_users"] = replies[len(replies)-1].TS, users
	j["is_locked"], j["subscribed"] = false, false
}

func (w *Workspace) botProfile() object {
	return object{
		"id": w.BotID(), "deleted": false, "name": w.options.BotName, "updated": w.state.Channels[0].Created,
		"app_id": w.AppID(), "icons": w.botIcons(), "team_id": w.TeamID(),
	}
}

func (w *Workspace) botIcons() object {
	icon := func(size int) string { return fmt.Sprintf("%s/files/icon_%d.png", w.URL(), size) }
	return object{"image_36": icon(36), "image_48": icon(48), "image_72": icon(72)}
}

func (w *Workspace) permalink(c *channel, m *Message) string {
	link := fmt.Sprintf("https://%s.slack.com/archives/%s/p%s", w.domain(), c.ID, strings.Replace(m.TS, ".", "", 1))
	if m.ThreadTS != "" && m.ThreadTS != m.TS {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + c.ID
	}
	return link
}
