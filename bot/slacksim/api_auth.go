package slacksim

import (
	"slices"
	"strings"
	"time"
)

// granted tells whether the bot token has a scope.
func (w *Workspace) granted(scope string) bool { return slices.Contains(w.state.Scopes, scope) }

// everyScope is what an app needs that uses every method and event there is.
func everyScope() []string {
	all := []string{"chat:write.public", "chat:write.customize", "commands", "app_mentions:read"}
	for _, m := range methods {
		all = append(all, m.scopes...)
	}
	// Scopes that only a person's token can have.
	all = slices.DeleteFunc(all, func(s string) bool { return s == "channels:write" })
	slices.Sort(all)
	return slices.Compact(all)
}

// authorise checks the token and its scopes; nil lets the call pass.
func (c *call) authorise() object {
	w := c.w
	c.scopes = strings.Join(w.state.Scopes, ",")
	wanted, other := w.BotToken(), w.AppToken()
	if c.method.app {
		wanted, other = other, wanted
	}
	switch {
	case c.method.open:
		return nil
	case c.token == "":
		return fail("not_authed")
	case c.token == other:
		return fail("not_allowed_token_type")
	case c.token != wanted:
		return fail("invalid_auth")
	case w.state.Revoked != "":
		return fail(w.state.Revoked)
	case len(c.method.scopes) > 0 && !slices.ContainsFunc(c.method.scopes, w.granted):
		return c.missing(c.method.scopes)
	}
	return nil
}

func (c *call) missing(scopes []string) object {
	answer := fail("missing_scope")
	answer["needed"] = strings.Join(scopes, ",")
	answer["provided"] = strings.Join(c.w.state.Scopes, ",")
	return answer
}

// scopeFor checks the scopes for one kind of conversation; nil lets it pass.
func (c *call) scopeFor(kind string) object {
	var fitting []string
	for _, s := range c.method.scopes {
		if strings.HasPrefix(s, scopePrefixes[kind]) {
			fitting = append(fitting, s)
		}
	}
	if len(fitting) == 0 || slices.ContainsFunc(fitting, c.w.granted) {
		return nil
	}
	return c.missing(fitting)
}

// limited counts a call against "n per window" and tells whether it is too
// many; then c.retryAfter says when there is room again.
func (c *call) limited(key string, n int, window time.Duration) bool {
	w := c.w
	if n == 0 || w.options.NoLimits {
		return false
	}
	now := time.Now()
	recent := slices.DeleteFunc(w.limits[key], func(t time.Time) bool { return now.Sub(t) >= window })
	if len(recent) >= n {
		w.limits[key] = recent
		c.retryAfter = max(recent[len(recent)-n].Add(window).Sub(now), time.Second)
		return true
	}
	w.limits[key] = append(recent, now)
	return false
}
