package bot

import "slices"

// methodScopes is what each Web API method that we call demands of the bot token,
// for the kinds of conversation that we use it with: public and private channels,
// and direct messages where people are told something alone. Where Slack takes any
// of several scopes, it is the one that the fewest rows share a wider right with.
// Source: the method definitions at docs.slack.dev, August 2026.
var methodScopes = map[string][]string{
	"apps.connections.open":        {}, // of the app-level token: connections:write
	"auth.test":                    {},
	"bookmarks.add":                {"bookmarks:write"},
	"bookmarks.edit":               {"bookmarks:write"},
	"bookmarks.list":               {"bookmarks:read"},
	"bots.info":                    {"users:read"},
	"chat.delete":                  {"chat:write"},
	"chat.getPermalink":            {},
	"chat.postEphemeral":           {"chat:write"},
	"chat.postMessage":             {"chat:write"},
	"chat.update":                  {"chat:write"},
	"conversations.archive":        {"channels:manage", "groups:write"},
	"conversations.create":         {"channels:manage", "groups:write"},
	"conversations.history":        {"channels:history", "groups:history", "im:history"},
	"conversations.info":           {"channels:read", "groups:read"},
	"conversations.invite":         {"channels:manage", "groups:write"},
	"conversations.join":           {"channels:join"},
	"conversations.list":           {"channels:read"},
	"conversations.members":        {"channels:read", "groups:read"},
	"conversations.open":           {"im:write"},
	"conversations.rename":         {"channels:manage", "groups:write"},
	"conversations.replies":        {"channels:history", "groups:history"},
	"conversations.setTopic":       {"channels:manage", "groups:write"},
	"files.completeUploadExternal": {"files:write"},
	"files.info":                   {"files:read"},
	"pins.add":                     {"pins:write"},
	"pins.list":                    {"pins:read"},
	"pins.remove":                  {"pins:write"},
	"reactions.add":                {"reactions:write"},
	"usergroups.list":              {"usergroups:read"},
	"usergroups.users.update":      {"usergroups:write"},
	"users.conversations":          {"channels:read", "groups:read"},
	"users.info":                   {"users:read"},
	"users.lookupByEmail":          {"users:read.email", "users:read"}, // Slack demands the second with the first
	"views.open":                   {},
	"views.publish":                {},
	"views.push":                   {},
	"views.update":                 {},
}

// eventScopes is what subscribing to an event demands, by the manifest's name of
// the event. Source: the event reference at docs.slack.dev, August 2026.
var eventScopes = map[string][]string{
	"app_home_opened":         {},
	"channel_archive":         {"channels:read"},
	"channel_deleted":         {"channels:read"},
	"channel_left":            {"channels:read"},
	"channel_rename":          {"channels:read"},
	"channel_unarchive":       {"channels:read"},
	"group_archive":           {"groups:read"},
	"group_deleted":           {"groups:read"},
	"group_left":              {"groups:read"},
	"group_rename":            {"groups:read"},
	"group_unarchive":         {"groups:read"},
	"member_joined_channel":   {"channels:read", "groups:read"},
	"member_left_channel":     {"channels:read", "groups:read"},
	"message.channels":        {"channels:history"},
	"message.groups":          {"groups:history"},
	"pin_added":               {"pins:read"},
	"pin_removed":             {"pins:read"},
	"reaction_added":          {"reactions:read"},
	"reaction_removed":        {"reactions:read"},
	"subteam_created":         {"usergroups:read"},
	"subteam_members_changed": {"usergroups:read"},
	"subteam_updated":         {"usergroups:read"},
	"team_join":               {"users:read"},
	"user_change":             {"users:read"},
}

// Scopes lists the bot scopes that we need, sorted, each once, and no other: those
// of the methods we call, of the events we subscribe to, and of the slash command.
func Scopes() []string {
	all := []string{"commands"}
	for _, scopes := range methodScopes {
		all = append(all, scopes...)
	}
	for _, event := range BotEvents() {
		all = append(all, eventScopes[event]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
