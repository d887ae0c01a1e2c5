package slacksim

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// eventScopes says which bot scopes let an app subscribe to an event: any one
// of them does, none are needed when the list is empty (Slack's event
// reference, for the events an app of our kind can use).
var eventScopes = map[string][]string{
	"app_home_opened":         {},
	"app_mention":             {"app_mentions:read"},
	"app_uninstalled":         {},
	"channel_archive":         {"channels:read"},
	"channel_created":         {"channels:read"},
	"channel_deleted":         {"channels:read"},
	"channel_history_changed": {"channels:history", "groups:history", "mpim:history"},
	"channel_id_changed":      {"channels:read"},
	"channel_left":            {"channels:read"},
	"channel_rename":          {"channels:read"},
	"channel_shared":          {"channels:read", "groups:read"},
	"channel_unarchive":       {"channels:read"},
	"channel_unshared":        {"channels:read", "groups:read"},
	"dnd_updated_user":        {"dnd:read"},
	"emoji_changed":           {"emoji:read"},
	"file_change":             {"files:read"},
	"file_created":            {"files:read"},
	"file_deleted":            {"files:read"},
	"file_public":             {"files:read"},
	"file_shared":             {"files:read"},
	"file_unshared":           {"files:read"},
	"function_executed":       {},
	"group_archive":           {"groups:read"},
	"group_deleted":           {"groups:read"},
	"group_left":              {"groups:read"},
	"group_rename":            {"groups:read"},
	"group_unarchive":         {"groups:read"},
	"im_history_changed":      {"im:history"},
	"link_shared":             {"links:read"},
	"member_joined_channel":   {"channels:read", "groups:read"},
	"member_left_channel":     {"channels:read", "groups:read"},
	"message.channels":        {"channels:history"},
	"message.groups":          {"groups:history"},
	"message.im":              {"im:history"},
	"message.mpim":            {"mpim:history"},
	"message_metadata_posted": {"metadata.message:read"},
	"pin_added":               {"pins:read"},
	"pin_removed":             {"pins:read"},
	"reaction_added":          {"reactions:read"},
	"reaction_removed":        {"reactions:read"},
	"subteam_created":         {"usergroups:read"},
	"subteam_members_changed": {"usergroups:read"},
	"subteam_updated":         {"usergroups:read"},
	"team_join":               {"users:read"},
	"team_rename":             {"team:read"},
	"tokens_revoked":          {},
	"user_change":             {"users:read"},
	"user_profile_changed":    {"users:read"},
	"user_status_changed":     {"users:read"},
}

var (
	hexColours    = regexp.MustCompile(`^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`)
	slashCommands = regexp.MustCompile(`^/[^\s/]+$`)
)

var scopeList = mustList(0, 255, mustString(1, 50))

// manifestFields are Slack's rules for a manifest, as far as an app without
// workflow functions needs them.
var manifestFields = fields{
	"$schema": anything, "_metadata": anything,
	"functions": anything, "workflows": anything, "datastores": anything, "outgoing_domains": anything, "types": anything,
	"display_information": mustObject("name", fields{
		"name": mustString(1, 35), "description": mustString(1, 140), "long_description": mustString(175, 4000),
		"background_color": mustMatch(hexColours, "a hex colour as #rgb or #rrggbb"),
	}),
	"features": mustObject("", fields{
		"app_home": mustObject("", fields{
			"home_tab_enabled": mustBool, "messages_tab_enabled": mustBool, "messages_tab_read_only_enabled": mustBool,
		}),
		"bot_user": mustObject("display_name", fields{"display_name": mustString(1, 80), "always_online": mustBool}),
		"slash_commands": mustList(1, 50, mustObject("command description", fields{
			"command": mustCommand, "url": mustURL(3000), "description": mustString(1, 2000),
			"usage_hint": mustString(1, 1000), "should_escape": mustBool,
		})),
		"shortcuts": mustList(1, 10, mustObject("name type callback_id description", fields{
			"name": mustString(1, 24), "type": mustBeOneOf("message", "global"),
			"callback_id": mustString(1, 255), "description": mustString(1, 150),
		})),
		"unfurl_domains": mustList(1, 5, mustString(1, 255)), "workflow_steps": anything, "functions": anything,
		"assistant_view": anything, "agent_view": anything,
	}),
	"oauth_config": mustObject("", fields{
		"redirect_urls": mustList(0, 1000, mustString(1, 2500)), "token_management_enabled": mustBool, "pkce_enabled": mustBool,
		"scopes": mustObject("", fields{"bot": scopeList, "user": scopeList, "bot_optional": scopeList, "user_optional": scopeList}),
	}),
	"settings": mustObject("", fields{
		"event_subscriptions": mustObject("", fields{
			"request_url": mustURL(3500), "bot_events": mustList(0, 100, mustString(1, 50)),
			"user_events": mustList(0, 100, mustString(1, 50)), "metadata_subscriptions": anything,
		}),
		"interactivity": mustObject("is_enabled", fields{
			"is_enabled": mustBool, "request_url": mustURL(3500), "message_menu_options_url": mustURL(3500),
		}),
		"allowed_ip_address_ranges": mustList(1, 50, mustString(1, math.MaxInt)), "incoming_webhooks": anything,
		"org_deploy_enabled": mustBool, "socket_mode_enabled": mustBool, "token_rotation_enabled": mustBool, "is_hosted": mustBool,
		"hermes_app_type": anything, "function_runtime": anything, "siws_links": anything, "is_mcp_enabled": mustBool,
	}),
}

var manifestShape = mustObject("display_information", manifestFields, eventsHaveScopes, featuresHaveScopes)

// ValidateManifest judges an app manifest, JSON or YAML, by the limits of
// Slack's manifest schema, and demands the scopes that its events, commands
// and shortcuts need. The error lists every problem.
func ValidateManifest(raw []byte) error {
	var manifest map[string]any
	if err := yaml.Unmarshal(raw, &manifest); err != nil {
		return fmt.Errorf("read manifest: %w", err)
	}
	v := newValidation("")
	manifestShape(v, "", manifest)
	if len(v.problems) > 0 {
		return refusal("invalid_manifest", v.problems)
	}
	return nil
}

func mustCommand(v *validation, at string, x any) {
	mustString(2, 32)(v, at, x)
	mustMatch(slashCommands, "a slash and a word")(v, at, x)
}

// listAt follows keys down to a list; nil when anything is missing.
func listAt(m map[string]any, keys ...string) []any {
	for _, key := range keys[:len(keys)-1] {
		m, _ = m[key].(map[string]any)
	}
	list, _ := m[keys[len(keys)-1]].([]any)
	return list
}

func botScopes(m map[string]any) map[string]bool {
	has := map[string]bool{}
	for _, scope := range listAt(m, "oauth_config", "scopes", "bot") {
		if s, ok := scope.(string); ok {
			has[s] = true
		}
	}
	return has
}

func eventsHaveScopes(v *validation, _ string, m map[string]any) {
	has := botScopes(m)
	for i, event := range listAt(m, "settings", "event_subscriptions", "bot_events") {
		name, _ := event.(string)
		at := fmt.Sprintf("/settings/event_subscriptions/bot_events/%d", i)
		needed, known := eventScopes[name]
		if !known {
			v.say(at, "unsupported event: %s", name)
			continue
		}
		if len(needed) > 0 && !slices.ContainsFunc(needed, func(s string) bool { return has[s] }) {
			v.say(at, "event %s needs the bot scope %s", name, strings.Join(needed, " or "))
		}
	}
}

func featuresHaveScopes(v *validation, _ string, m map[string]any) {
	scopes := botScopes(m)
	for _, feature := range []string{"slash_commands", "shortcuts"} {
		if len(listAt(m, "features", feature)) > 0 && !scopes["commands"] {
			v.say("/features/"+feature, "needs the bot scope commands")
		}
	}
}
