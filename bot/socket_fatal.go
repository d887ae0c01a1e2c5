package bot

import (
	"errors"

	"github.com/slack-go/slack"
)

// Fatal ends Run: Slack has said that connecting again cannot help. Its text says
// what is wrong and what to do.
type Fatal struct {
	Reason   string // Slack's own word, e.g. invalid_auth
	Sentence string
}

// Error is the sentence with Slack's word for it.
func (f *Fatal) Error() string { return f.Sentence + " (Slack says: " + f.Reason + ")" }

const newAppToken = "create one under Basic Information > App-Level Tokens with the scope connections:write, set it as SLACK_APP_TOKEN and start again."

// fatalReasons are the errors of apps.connections.open and the reasons of
// disconnect frames after which trying again is pointless. The list is that of
// Slack's Node client, and what else was seen to repeat for ever.
var fatalReasons = map[string]string{
	"invalid_auth":              "Slack does not know the app-level token: it is mistyped, or of another app. Copy it from Basic Information > App-Level Tokens into SLACK_APP_TOKEN and start again.",
	"not_authed":                "No app-level token was sent: " + newAppToken,
	"missing_args":              "No app-level token was sent: " + newAppToken,
	"account_inactive":          "The app or its workspace was deactivated: install the app again, or ask a workspace admin, then set the new tokens and start again.",
	"token_revoked":             "The app-level token was revoked: " + newAppToken,
	"token_expired":             "The app-level token has expired: " + newAppToken,
	"not_allowed_token_type":    "SLACK_APP_TOKEN is not an app-level token (they begin with xapp-, a bot token with xoxb-): " + newAppToken,
	"missing_scope":             "The app-level token lacks the scope connections:write: " + newAppToken,
	"link_disabled":             "Socket Mode is switched off: switch it on in the app's settings under Socket Mode and start again.",
	"team_disabled":             "The Slack workspace is disabled: ask whoever owns it, then start again.",
	"forbidden_team":            "This workspace may not use Socket Mode: ask a workspace admin whether the app is approved, then start again.",
	"user_removed_from_team":    "Whoever installed the app has left the workspace and the app went with them: install it again, set the new tokens and start again.",
	"two_factor_setup_required": "The workspace requires two-factor authentication of whoever installed the app: they must set it up, then start again.",
	"enterprise_is_restricted":  "The app is installed for a whole Enterprise organisation, which Socket Mode cannot serve here: install it in one workspace, set the new tokens and start again.",
	"insecure_request":          "Something between us and Slack turns POST into GET: check the proxy and SLACK_API_URL, then start again.",
}

func fatalFor(reason, needed string) *Fatal {
	sentence, ok := fatalReasons[reason]
	if !ok {
		return nil
	}
	if needed != "" {
		reason += ", needed: " + needed
	}
	return &Fatal{Reason: reason, Sentence: sentence}
}

// fatalOf returns nil for an error after which trying again makes sense.
func fatalOf(err error) *Fatal {
	if fatal, ok := errors.AsType[*Fatal](err); ok {
		return fatal
	}
	if said, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return fatalFor(said.Err, said.Needed)
	}
	return nil
}
