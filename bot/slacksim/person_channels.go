package slacksim

import (
	"fmt"
	"slices"
)

// Creates makes a channel as this person and returns its id, or Slack's reason
// why not.
func (p *Person) Creates(name string, private bool) (string, error) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	if code := checkChannelName(name); code != "" {
		return "", fmt.Errorf("create #%s: %s", name, code)
	}
	if p.w.channelNamed(name) != nil {
		return "", fmt.Errorf("create #%s: name_taken", name)
	}
	kind := "channel"
	if private {
		kind = "group"
	}
	return p.w.createChannel(name, p.ID, kind).ID, nil
}

// Joins enters a public channel. Joining twice is joining once.
func (p *Person) Joins(channel string) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	if p.enter(channel) == nil {
		return errGone
	}
	return nil
}

// Leaves goes out of a channel.
func (p *Person) Leaves(where string) error {
	return p.in(where, func(c *channel) { p.w.leave(c, p.ID) })
}

// Invites brings people (or the app, by its bot name or id) into a channel.
// Those who are there already stay.
func (p *Person) Invites(channel string, who ...string) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c := p.enter(channel)
	if c == nil {
		return errGone
	}
	for _, name := range who {
		u := p.w.findUser(name)
		if u == nil {
			return fmt.Errorf("invite %s: no such person", name)
		}
		p.w.join(c, u.ID, p.ID)
	}
	return nil
}

// Removes takes somebody out of a channel.
func (p *Person) Removes(channel, who string) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c, u := p.enter(channel), p.w.findUser(who)
	if c == nil || u == nil || !c.has(u.ID) {
		return errGone
	}
	p.w.leave(c, u.ID)
	return nil
}

// Renames gives a channel another name.
func (p *Person) Renames(where, name string) error {
	if code := checkChannelName(name); code != "" {
		return fmt.Errorf("rename to #%s: %s", name, code)
	}
	return p.in(where, func(c *channel) { p.w.rename(c, p.ID, name) })
}

// SetsTopic writes the channel's topic. The same topic again is no change.
func (p *Person) SetsTopic(where, topic string) error {
	return p.in(where, func(c *channel) { p.w.setTopic(c, p.ID, topic) })
}

// Archives closes a channel; bots are dropped from it.
func (p *Person) Archives(where string) error {
	return p.in(where, func(c *channel) { p.w.archive(c, p.ID) })
}

// Unarchives opens an archived channel again. The app is not in it any more.
func (p *Person) Unarchives(channel string) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c := p.see(channel)
	if c == nil || !c.Archived {
		return errGone
	}
	p.w.unarchive(c, p.ID)
	return nil
}

// DeletesChannel removes a channel with everything in it for good.
func (p *Person) DeletesChannel(channel string) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c := p.see(channel)
	if c == nil || c.General {
		return errGone
	}
	p.w.deleteChannel(c, p.ID)
	return nil
}

// Uploads shares a file in a channel and returns its id; "" when it cannot.
func (p *Person) Uploads(channel, filename string, content []byte) string {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c := p.enter(channel)
	if c == nil {
		return ""
	}
	f := p.w.addFile(p.ID, filename, "", slices.Clone(content))
	p.w.share(c, f, &Message{User: p.ID, Subtype: "file_share"})
	return f.ID
}

// in does something in a channel the person is a member of.
func (p *Person) in(channel string, act func(*channel)) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	c := p.enter(channel)
	if c == nil {
		return errGone
	}
	act(c)
	return nil
}
