package slacksim

import (
	"net/url"
	"regexp"
	"slices"
	"time"
)

const (
	maxPins      = 100
	maxBookmarks = 100
	maxEmoji     = 23 // different ones on a message
)

var emojiName = regexp.MustCompile(`^[a-z0-9_+'-]+(::skin-tone-[2-6])?$`)

// marked finds the message that a pin or reaction is about.
func (c *call) marked() (*channel, *Message, object) {
	ch, refused := c.channel("channel")
	switch {
	case refused != nil:
		return nil, nil, refused
	case c.text("timestamp") == "":
		return nil, nil, fail("no_item_specified")
	case !tsPattern.MatchString(c.text("timestamp")):
		return nil, nil, fail("bad_timestamp")
	}
	m, refused := c.message(ch, "timestamp")
	return ch, m, refused
}

// addPin answers pins.add.
func addPin(c *call) object {
	ch, m, refused := c.marked()
	switch {
	case refused != nil:
		return refused
	case !ch.has(c.w.BotUserID()):
		return fail("not_in_channel")
	case len(ch.Pins) >= maxPins:
		return fail("too_many_pins")
	case !c.w.pin(ch, m, c.w.BotUserID()):
		return fail("already_pinned")
	}
	return ok(nil)
}

// removePin answers pins.remove.
func removePin(c *call) object {
	ch, m, refused := c.marked()
	switch {
	case refused != nil:
		return refused
	case !c.w.unpin(ch, m, c.w.BotUserID()):
		return fail("no_pin")
	}
	return ok(nil)
}

// listPins answers pins.list, the latest pin first.
func listPins(c *call) object {
	ch, refused := c.channel("channel")
	if refused != nil {
		return refused
	}
	items := []object{}
	for _, p := range slices.Backward(ch.Pins) {
		if m := ch.message(p.TS); m != nil {
			message := c.w.messageJSON(ch, m)
			message["permalink"], message["pinned_to"] = c.w.permalink(ch, m), []string{ch.ID}
			items = append(items, object{
				"type": "message", "created": p.Created, "created_by": p.By, "channel": ch.ID, "message": message,
			})
		}
	}
	return ok(object{"items": items})
}

// addReaction answers reactions.add.
func addReaction(c *call) object {
	ch, m, refused := c.marked()
	name := c.text("name")
	switch {
	case refused != nil:
		return refused
	case ch.Archived:
		return fail("is_archived")
	case !emojiName.MatchString(name):
		return fail("invalid_name")
	case !ch.has(c.w.BotUserID()):
		return fail("no_access")
	case len(m.Reactions) >= maxEmoji && !hasReaction(m, name):
		return fail("too_many_emoji")
	case !c.w.react(ch, m, c.w.BotUserID(), name):
		return fail("already_reacted")
	}
	return ok(nil)
}

func hasReaction(m *Message, name string) bool {
	return slices.ContainsFunc(m.Reactions, func(r Reaction) bool { return r.Name == name })
}

// removeReaction answers reactions.remove.
func removeReaction(c *call) object {
	ch, m, refused := c.marked()
	switch {
	case refused != nil:
		return refused
	case !emojiName.MatchString(c.text("name")):
		return fail("invalid_name")
	case !c.w.unreact(ch, m, c.w.BotUserID(), c.text("name")):
		return fail("no_reaction")
	}
	return ok(nil)
}

// getReactions answers reactions.get.
func getReactions(c *call) object {
	ch, m, refused := c.marked()
	if refused != nil {
		return refused
	}
	message := c.w.messageJSON(ch, m)
	message["permalink"] = c.w.permalink(ch, m)
	return ok(object{"type": "message", "channel": ch.ID, "message": message})
}

// Bookmark is one link at the top of a channel.
type Bookmark struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Link    string `json:"link"`
	Emoji   string `json:"emoji"`
	By      string `json:"by"`
	Created int64  `json:"created"`
	Updated int64  `json:"updated"`
}

// Bookmarks are the bookmarks of a channel in the order they were added.
func (w *Workspace) Bookmarks(channel string) []Bookmark {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.findChannel(channel)
	if c == nil {
		return nil
	}
	var all []Bookmark
	for _, b := range c.Bookmarks {
		all = append(all, *b)
	}
	return all
}

func (w *Workspace) bookmarkJSON(ch *channel, b *Bookmark) object {
	return object{
		"id": b.ID, "channel_id": ch.ID, "title": b.Title, "link": b.Link, "emoji": b.Emoji,
		"icon_url": "", "entity_id": nil, "type": "link", "date_created": b.Created, "date_updated": b.Updated,
		"rank": "g", "last_updated_by_user_id": b.By, "last_updated_by_team_id": w.TeamID(), "shortcut_id": nil,
		"app_id": nil,
	}
}

// bookmarked is a channel whose bookmarks the bot can change.
func (c *call) bookmarked() (*channel, object) {
	ch, refused := c.channel("channel_id")
	switch {
	case refused != nil:
		return nil, refused
	case !ch.has(c.w.BotUserID()) || ch.Archived:
		return nil, fail("permission_denied")
	}
	return ch, nil
}

// addBookmark answers bookmarks.add.
func addBookmark(c *call) object {
	ch, refused := c.bookmarked()
	switch {
	case refused != nil:
		return refused
	case c.text("title") == "":
		return missingField("title")
	case c.text("type") != "link":
		return fail("invalid_bookmark_type")
	case !isBookmarkLink(c.text("link")):
		return fail("invalid_link")
	case len(ch.Bookmarks) >= maxBookmarks:
		return fail("too_many_bookmarks")
	}
	b := &Bookmark{
		ID: c.w.newID("Bk"), Title: c.text("title"), Link: c.text("link"), Emoji: c.text("emoji"),
		By: c.w.BotUserID(), Created: time.Now().Unix(),
	}
	ch.Bookmarks = append(ch.Bookmarks, b)
	c.w.changed()
	return ok(object{"bookmark": c.w.bookmarkJSON(ch, b)})
}

func isBookmarkLink(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(link) <= 2048
}

// bookmark finds the bookmark that the arguments name.
func (c *call) bookmark() (*channel, int, object) {
	ch, refused := c.bookmarked()
	if refused != nil {
		return nil, 0, refused
	}
	i := slices.IndexFunc(ch.Bookmarks, func(b *Bookmark) bool { return b.ID == c.text("bookmark_id") })
	if i < 0 {
		return nil, 0, fail("not_found")
	}
	return ch, i, nil
}

// editBookmark answers bookmarks.edit; what is not given stays.
func editBookmark(c *call) object {
	ch, i, refused := c.bookmark()
	switch {
	case refused != nil:
		return refused
	case c.given("link") && !isBookmarkLink(c.text("link")):
		return fail("invalid_link")
	}
	b := ch.Bookmarks[i]
	for name, field := range map[string]*string{"title": &b.Title, "link": &b.Link, "emoji": &b.Emoji} {
		if c.given(name) {
			*field = c.text(name)
		}
	}
	b.Updated, b.By = time.Now().Unix(), c.w.BotUserID()
	c.w.changed()
	return ok(object{"bookmark": c.w.bookmarkJSON(ch, b)})
}

// removeBookmark answers bookmarks.remove.
func removeBookmark(c *call) object {
	ch, i, refused := c.bookmark()
	if refused != nil {
		return refused
	}
	ch.Bookmarks = slices.Delete(ch.Bookmarks, i, i+1)
	c.w.changed()
	return ok(nil)
}

// listBookmarks answers bookmarks.list.
func listBookmarks(c *call) object {
	ch, refused := c.channel("channel_id")
	if refused != nil {
		return refused
	}
	list := []object{}
	for _, b := range ch.Bookmarks {
		list = append(list, c.w.bookmarkJSON(ch, b))
	}
	return ok(object{"bookmarks": list})
}
