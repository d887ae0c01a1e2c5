package slacksim

import (
	"slices"
	"strings"
	"time"
)

func (c *call) user(argument string) (*user, object) {
	u := c.w.userByID(c.text(argument))
	if u == nil {
		return nil, fail("user_not_found")
	}
	return u, nil
}

// userInfo answers users.info, of deactivated people too.
func userInfo(c *call) object {
	u, refused := c.user("user")
	if refused != nil {
		return refused
	}
	return ok(object{"user": c.userJSON(u)})
}

func (c *call) userJSON(u *user) object {
	j := c.w.userJSON(u)
	if c.flag("include_locale") {
		j["locale"] = "en-US"
	}
	return j
}

// listUsers answers users.list; everybody at once unless limit says less.
func listUsers(c *call) object {
	people, next, refused := page(c, c.w.state.People, c.number("limit", 0))
	if refused != nil {
		return refused
	}
	members := []object{}
	for _, u := range people {
		members = append(members, c.userJSON(u))
	}
	return ok(object{"members": members, "cache_ts": time.Now().Unix(), "response_metadata": nextCursor(next)})
}

// lookupByEmail answers users.lookupByEmail; deactivated people are not found.
func lookupByEmail(c *call) object {
	for _, u := range c.w.state.People {
		if u.As.Email != "" && strings.EqualFold(u.As.Email, c.text("email")) && !u.As.Deactivated {
			return ok(object{"user": c.w.userJSON(u)})
		}
	}
	return fail("users_not_found")
}

// getPresence answers users.getPresence.
func getPresence(c *call) object {
	u, refused := c.user("user")
	if refused != nil {
		return refused
	}
	if u.As.Away || u.As.Deactivated {
		return ok(object{"presence": "away"})
	}
	return ok(object{"presence": "active"})
}

// getProfile answers users.profile.get.
func getProfile(c *call) object {
	u, refused := c.user("user")
	if refused != nil {
		return refused
	}
	profile := c.w.profileJSON(u)
	for _, only := range []string{"team", "bot_id", "api_app_id"} {
		delete(profile, only)
	}
	return ok(object{"profile": profile})
}

func dndOf(u *user) object {
	now := time.Now()
	j := object{"dnd_enabled": false, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
	if u.As.DND {
		j = object{
			"dnd_enabled": true, "next_dnd_start_ts": now.Add(-time.Hour).Unix(), "next_dnd_end_ts": now.Add(8 * time.Hour).Unix(),
		}
	}
	return j
}

// dndInfo answers dnd.info.
func dndInfo(c *call) object {
	if c.text("user") == "" {
		c.args["user"] = c.w.BotUserID()
	}
	u, refused := c.user("user")
	if refused != nil {
		return refused
	}
	return ok(dndOf(u))
}

// dndTeamInfo answers dnd.teamInfo; unknown users are left out.
func dndTeamInfo(c *call) object {
	ids := c.names("users")
	if len(ids) == 0 {
		return fail("no_users_provided")
	}
	users := object{}
	for _, id := range ids {
		if u := c.w.userByID(id); u != nil {
			users[id] = dndOf(u)
		}
	}
	return ok(object{"users": users})
}

// apiTest answers api.test with the arguments it got.
func apiTest(c *call) object {
	if code := c.text("error"); code != "" {
		return fail(code)
	}
	return ok(object{"args": c.args})
}

// authTest answers auth.test.
func authTest(c *call) object {
	w := c.w
	return ok(object{
		"url": "https://" + w.domain() + ".slack.com/", "team": w.state.Team, "user": w.options.BotName, "team_id": w.TeamID(),
		"user_id": w.BotUserID(), "bot_id": w.BotID(), "is_enterprise_install": false,
	})
}

// teamInfo answers team.info.
func teamInfo(c *call) object {
	w := c.w
	if id := c.text("team"); id != "" && id != w.TeamID() {
		return fail("team_not_found")
	}
	return ok(object{"team": object{
		"id": w.TeamID(), "name": w.state.Team, "domain": w.domain(), "email_domain": "", "is_verified": false,
		"url": "https://" + w.domain() + ".slack.com/", "icon": object{"image_default": true},
		"avatar_base_url": w.URL() + "/files/avatar/",
	}})
}

// botInfo answers bots.info for the app's own bot.
func botInfo(c *call) object {
	w := c.w
	switch c.text("bot") {
	case "":
		return ok(nil)
	case w.BotID():
	default:
		return fail("bot_not_found")
	}
	return ok(object{"bot": object{
		"id": w.BotID(), "deleted": false, "name": w.options.BotName, "updated": w.state.Channels[0].Created,
		"app_id": w.AppID(), "user_id": w.BotUserID(), "icons": w.botIcons(),
	}})
}

// emojiList answers emoji.list: this workspace has no emoji of its own.
func emojiList(c *call) object {
	return ok(object{"emoji": object{}, "cache_ts": c.w.stamp()})
}

// validateBlocks answers blocks.validate.
func validateBlocks(c *call) object {
	given := slices.DeleteFunc([]string{"blocks", "view", "message"}, func(n string) bool { return !c.given(n) })
	if len(given) != 1 {
		return invalid("invalid_arguments", "must provide exactly one of `blocks`, `view`, or `message`")
	}
	var problems []problem
	switch given[0] {
	case "blocks":
		code, found := validateMessage(object{"blocks": c.args["blocks"]})
		problems = found
		if code == "invalid_blocks_format" {
			return invalid("invalid_arguments", "must be valid JSON [json-pointer:/blocks]")
		}
	case "message":
		message, isObject := c.json("message")
		if !isObject {
			return invalid("invalid_arguments", "must be valid JSON [json-pointer:/message]")
		}
		_, problems = validateMessage(message)
	case "view":
		view, isObject := c.json("view")
		if !isObject {
			return invalid("invalid_arguments", "must be valid JSON [json-pointer:/view]")
		}
		problems = validateView(view)
	}
	if len(problems) == 0 {
		return ok(nil)
	}
	answer := fail("invalid_" + given[0])
	errs := []object{}
	for _, p := range problems {
		pointer := strings.TrimPrefix(strings.TrimPrefix(p.Pointer, "/blocks"), "/view")
		errs = append(errs, object{"code": "failed_constraint", "message": p.Message, "pointer": pointer})
	}
	answer["errors"] = errs
	return answer
}
