package bot

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// AppManifest describes the Slack app that we need, in the form that Slack's page
// "Create an app from a manifest" takes (schema 2.0.0). Encode it as JSON.
type AppManifest struct {
	Metadata manifestVersion  `json:"_metadata"`
	Display  manifestDisplay  `json:"display_information"`
	Features manifestFeatures `json:"features"`
	OAuth    manifestOAuth    `json:"oauth_config"`
	Settings manifestSettings `json:"settings"`
}

type manifestVersion struct {
	Major int `json:"major_version"`
	Minor int `json:"minor_version"`
}

type manifestDisplay struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Colour      string `json:"background_color"`
}

type manifestFeatures struct {
	Home      manifestHome       `json:"app_home"`
	BotUser   manifestBotUser    `json:"bot_user"`
	Commands  []manifestCommand  `json:"slash_commands"`
	Shortcuts []manifestShortcut `json:"shortcuts"`
}

type manifestHome struct {
	HomeTab          bool `json:"home_tab_enabled"`
	MessagesTab      bool `json:"messages_tab_enabled"` // without it we could not write to people
	MessagesReadOnly bool `json:"messages_tab_read_only_enabled"`
}

type manifestBotUser struct {
	Name   string `json:"display_name"`
	Online bool   `json:"always_online"`
}

type manifestCommand struct {
	Command     string `json:"command"`
	Description string `json:"description"`
	Hint        string `json:"usage_hint"`
	Escape      bool   `json:"should_escape"` // people and channels arrive as ids
}

type manifestShortcut struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Callback    string `json:"callback_id"`
	Description string `json:"description"`
}

type manifestOAuth struct {
	Scopes manifestScopes `json:"scopes"`
}

type manifestScopes struct {
	Bot []string `json:"bot"`
}

type manifestSettings struct {
	Events        manifestEvents        `json:"event_subscriptions"`
	Interactivity manifestInteractivity `json:"interactivity"`
	OrgDeploy     bool                  `json:"org_deploy_enabled"`
	SocketMode    bool                  `json:"socket_mode_enabled"`
	TokenRotation bool                  `json:"token_rotation_enabled"`
}

type manifestEvents struct {
	Bot []string `json:"bot_events"`
}

type manifestInteractivity struct {
	Enabled bool `json:"is_enabled"`
}

// AppNameLength is the most characters that Slack allows in the name of an app.
const AppNameLength = 35

// Manifest is the app that answers command, a slash command with its slash. It is
// made from the tables of commands, shortcuts, events and scopes, so that it never
// asks for what is not handled. A longer name than Slack allows is cut.
func Manifest(command, name string) AppManifest {
	if utf8.RuneCountInString(name) > AppNameLength {
		name = string([]rune(name)[:AppNameLength])
	}
	return AppManifest{
		Metadata: manifestVersion{Major: 2, Minor: 1},
		Display:  manifestDisplay{Name: name, Description: "Incident response: war rooms, roles, timeline, postmortem", Colour: "#0b3d5c"},
		Features: manifestFeatures{
			Home:      manifestHome{HomeTab: true, MessagesTab: true, MessagesReadOnly: true},
			BotUser:   manifestBotUser{Name: botUserName(name), Online: true},
			Commands:  []manifestCommand{{Command: command, Description: "Declare and run incidents", Hint: usageHint(), Escape: true}},
			Shortcuts: manifestShortcuts(),
		},
		OAuth: manifestOAuth{Scopes: manifestScopes{Bot: Scopes()}},
		Settings: manifestSettings{
			Events:        manifestEvents{Bot: BotEvents()},
			Interactivity: manifestInteractivity{Enabled: true},
			SocketMode:    true,
		},
	}
}

// usageHint shows what can be typed outside a war room; help has the rest.
func usageHint() string {
	var hints []string
	for _, c := range commands() {
		if !c.room {
			hints = append(hints, strings.TrimSpace(c.name+" "+c.args))
		}
	}
	return strings.Join(hints, " | ")
}

func manifestShortcuts() []manifestShortcut {
	var list []manifestShortcut
	for _, row := range ShortcutRows() {
		kind := "global"
		if row.OnMessage {
			kind = "message"
		}
		list = append(list, manifestShortcut{Name: row.Name, Type: kind, Callback: row.Callback, Description: row.Help})
	}
	return list
}

var notInBotName = regexp.MustCompile(`[^a-z0-9._-]+`)

// botUserName is the app's name as Slack writes the names of bot users.
func botUserName(app string) string {
	if name := strings.Trim(notInBotName.ReplaceAllString(strings.ToLower(app), "-"), "-"); name != "" {
		return name
	}
	return "tocsin"
}
