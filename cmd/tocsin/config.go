package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/integrations/secret"
)

// Secret is a setting that must never be shown; vendors take it as it is.
type Secret = secret.Text

// Config is every setting of the process. Each field is one setting: its
// `setting` tag is the name in the environment and in the settings file, its
// `name` the flag. A flag wins over the environment, the environment over the
// settings file, the file over the default. Fields are text, secret text or a
// list of words, so that reading never fails; Validate finds the mistakes, all
// at once. Fill one with load, never by hand.
type Config struct {
	SlackAppToken   Secret `setting:"SLACK_APP_TOKEN" name:"slack-app-token" group:"Slack" required-to:"serve" help:"App-level token (xapp-) with the scope connections:write."`
	SlackBotToken   Secret `setting:"SLACK_BOT_TOKEN" name:"slack-bot-token" group:"Slack" required-to:"serve" help:"Bot token (xoxb-) of the installed app."`
	SlackAPIURL     string `setting:"SLACK_API_URL" name:"slack-api-url" group:"Slack" default:"https://slack.com/api/" help:"Base of Slack's Web API, with a slash at the end."`
	Command         string `setting:"TOCSIN_COMMAND" name:"command" group:"Slack" default:"/incident" help:"Slash command that people type."`
	AnnounceChannel string `setting:"TOCSIN_ANNOUNCE_CHANNEL" name:"announce-channel" group:"Slack" default:"#incidents" help:"Channel, by #name or id, where new incidents are announced."`

	DatabaseURL Secret `setting:"DATABASE_URL" name:"database-url" group:"Process" unset:"a private Postgres in the data directory" help:"Postgres to keep everything in, as postgres://user:password@host/database."`
	DataDir     string `setting:"TOCSIN_DATA_DIR" name:"data-dir" group:"Process" unset:"$XDG_DATA_HOME/tocsin" help:"Folder of the private Postgres and of caches."`
	HTTPAddr    string `setting:"TOCSIN_HTTP_ADDR" name:"addr" group:"Process" default:"127.0.0.1:8080" help:"Address to listen on for HTTP, as host:port."`
	PublicURL   string `setting:"TOCSIN_PUBLIC_URL" name:"public-url" group:"Process" unset:"derived from TOCSIN_HTTP_ADDR" help:"URL under which others reach us; buttons in e-mail and push messages and answers by telephone need it."`
	File        string `setting:"TOCSIN_CONFIG" name:"config" group:"Process" unset:"no file" help:"Settings file: YAML with the same names as these variables."`
	LogLevel    string `setting:"TOCSIN_LOG_LEVEL" name:"log-level" group:"Process" default:"info" help:"Least level that is logged: debug, info, warn or error."`
	LogFormat   string `setting:"TOCSIN_LOG_FORMAT" name:"log-format" group:"Process" default:"text" help:"Form of the log: text or json."`

	JiraURL            string `setting:"JIRA_URL" name:"jira-url" group:"Jira" unset:"no Jira" help:"Jira Cloud or Data Center, for example https://example.atlassian.net."`
	JiraUser           string `setting:"JIRA_USER" name:"jira-user" group:"Jira" unset:"JIRA_TOKEN is a personal access token" help:"Account whose API token is used (Jira Cloud: its e-mail address)."`
	JiraToken          Secret `setting:"JIRA_TOKEN" name:"jira-token" group:"Jira" unset:"required with JIRA_URL" help:"API token, or the personal access token when there is no user."`
	JiraProject        string `setting:"JIRA_PROJECT" name:"jira-project" group:"Jira" unset:"required with JIRA_URL" help:"Key of the project that tickets go to."`
	JiraIssueType      string `setting:"JIRA_ISSUE_TYPE" name:"jira-issue-type" group:"Jira" default:"Task" help:"Issue type of an incident's ticket."`
	JiraActionItemType string `setting:"JIRA_ACTION_ITEM_TYPE" name:"jira-action-item-type" group:"Jira" default:"Task" help:"Issue type of an action item's ticket."`
	JiraWebhookSecret  Secret `setting:"JIRA_WEBHOOK_SECRET" name:"jira-webhook-secret" group:"Jira" unset:"webhooks are refused" help:"Secret that signs Jira's webhooks to us."`
	JiraMinSeverity    string `setting:"JIRA_MIN_SEVERITY" name:"jira-min-severity" group:"Jira" default:"sev2" help:"Incidents of this severity or worse get a ticket; none turns that off."`
	JiraIndexLag       string `setting:"JIRA_INDEX_LAG" name:"jira-index-lag" group:"Jira" default:"20s" help:"How far Jira's search may lag behind: after an attempt of unknown outcome no second issue is filed before that."`

	TwilioAccountSID string   `setting:"TWILIO_ACCOUNT_SID" name:"twilio-account-sid" group:"Paging" unset:"no SMS and voice" help:"Twilio account for SMS and voice."`
	TwilioAuthToken  Secret   `setting:"TWILIO_AUTH_TOKEN" name:"twilio-auth-token" group:"Paging" unset:"required with TWILIO_ACCOUNT_SID" help:"The account's token; it also checks Twilio's callbacks."`
	TwilioFrom       string   `setting:"TWILIO_FROM" name:"twilio-from" group:"Paging" unset:"required with TWILIO_ACCOUNT_SID" help:"Number that calls and texts come from, as +15550100123."`
	TwilioVoiceFrom  string   `setting:"TWILIO_VOICE_FROM" name:"twilio-voice-from" group:"Paging" unset:"TWILIO_FROM" help:"Number that calls come from, when TWILIO_FROM is a messaging service or texts only."`
	TwilioOtherToken Secret   `setting:"TWILIO_OTHER_TOKEN" name:"twilio-other-token" group:"Paging" unset:"one token" help:"Second token whose callbacks are taken, while tokens are rotated."`
	TwilioAPIURL     string   `setting:"TWILIO_API_URL" name:"twilio-api-url" group:"Paging" default:"https://api.twilio.com/" help:"Base of Twilio's API, with a slash at the end."`
	SMTPURL          Secret   `setting:"SMTP_URL" name:"smtp-url" group:"Paging" unset:"no e-mail" help:"Mail server, as smtp://user:password@host:587 or smtps://…."`
	MailFrom         string   `setting:"MAIL_FROM" name:"mail-from" group:"Paging" unset:"required with SMTP_URL" help:"Sender of our e-mail."`
	NtfyURL          Secret   `setting:"NTFY_URL" name:"ntfy-url" group:"Paging" unset:"no push" help:"ntfy server for push messages; an access token goes before the host: https://:tk_…@ntfy.example.com."`
	WebhookSecret    Secret   `setting:"TOCSIN_WEBHOOK_SECRET" name:"webhook-secret" group:"Paging" unset:"no webhooks" help:"Secret that signs the webhooks that pages are sent to."`
	WebhookSecretOld Secret   `setting:"TOCSIN_WEBHOOK_SECRET_OLD" name:"webhook-secret-old" group:"Paging" unset:"one secret" help:"Secret of before, which signs too while receivers change to the new one."`
	WebhookAllow     []string `setting:"TOCSIN_WEBHOOK_ALLOW" name:"webhook-allow" group:"Paging" unset:"public addresses only" help:"Private networks that webhooks may reach, as 10.1.0.0/16, separated by commas."`
	CanaryTo         string   `setting:"TOCSIN_CANARY_TO" name:"canary-to" group:"Paging" unset:"no canary" help:"Slack channel id or webhook URL to which a test message goes through the whole path of a page."`
	CanaryEvery      string   `setting:"TOCSIN_CANARY_EVERY" name:"canary-every" group:"Paging" default:"5m" help:"Time between two canaries."`
	DeadManURL       Secret   `setting:"TOCSIN_DEADMAN_URL" name:"deadman-url" group:"Paging" unset:"no dead-man's switch" help:"URL that is asked for only while paging works from end to end; who watches it raises the alarm when the asking stops."`

	EmojiTimeline   []string `setting:"TOCSIN_EMOJI_TIMELINE" name:"emoji-timeline" group:"Emoji" default:"pushpin" help:"Reactions that put a message on the timeline, separated by commas."`
	EmojiKeyEvent   []string `setting:"TOCSIN_EMOJI_KEY_EVENT" name:"emoji-key-event" group:"Emoji" default:"star" help:"Reactions that make it a key event."`
	EmojiActionItem []string `setting:"TOCSIN_EMOJI_ACTION_ITEM" name:"emoji-action-item" group:"Emoji" default:"ballot_box_with_check" help:"Reactions that make an action item of a message."`
	EmojiUpdate     []string `setting:"TOCSIN_EMOJI_UPDATE" name:"emoji-update" group:"Emoji" default:"mega" help:"Reactions that make a message a stakeholder update."`

	origin   map[string]string // setting -> "file:line", for those that came from the file
	mistakes []Mistake         // found while the settings file was read
}

// setting is one field of Config.
type setting struct {
	name       string // SLACK_APP_TOKEN
	flag       string // slack-app-token
	group      string
	doc        string
	def        string // default; empty when there is none
	unset      string // what happens without a value
	requiredTo string // the command that cannot do without
	field      int
}

// settings lists all settings, in the order of the struct.
func settings() []setting {
	t := reflect.TypeFor[Config]()
	var all []setting
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		if name, ok := tag.Lookup("setting"); ok {
			all = append(all, setting{name, tag.Get("name"), tag.Get("group"), tag.Get("help"), tag.Get("default"), tag.Get("unset"), tag.Get("required-to"), i})
		}
	}
	return all
}

// get returns the setting's value as text; secrets are revealed.
func (s setting) get(c *Config) string {
	v := reflect.ValueOf(c).Elem().Field(s.field)
	if list, ok := v.Interface().([]string); ok {
		return strings.Join(list, ",")
	}
	return v.String()
}

// set gives the setting a value; a list is split at commas.
func (s setting) set(c *Config, value string) {
	v := reflect.ValueOf(c).Elem().Field(s.field)
	if v.Kind() == reflect.Slice {
		v.Set(reflect.ValueOf(words(value)))
		return
	}
	v.SetString(value)
}

func (s setting) isList(c *Config) bool {
	return reflect.ValueOf(c).Elem().Field(s.field).Kind() == reflect.Slice
}

// words splits a list at its commas and drops the colons around emoji names.
func words(list string) []string {
	var all []string
	for _, word := range strings.Split(list, ",") {
		if word = strings.Trim(strings.TrimSpace(word), ":"); word != "" {
			all = append(all, word)
		}
	}
	return all
}

// settingsTable is the table of all settings in Markdown, as the README shows it.
func settingsTable() string {
	var b strings.Builder
	b.WriteString("| variable | flag | meaning | default |\n|---|---|---|---|\n")
	for _, s := range settings() {
		def := s.unset
		if s.def != "" {
			def = "`" + s.def + "`"
		}
		if s.requiredTo != "" {
			def = "required to " + s.requiredTo
		}
		fmt.Fprintf(&b, "| `%s` | `--%s` | %s | %s |\n", s.name, s.flag, strings.ReplaceAll(s.doc, "|", `\|`), def)
	}
	return b.String()
}

// TicketSeverity is the mildest severity that gets a Jira ticket, and false
// when incidents get none.
func (c *Config) TicketSeverity() (incident.Severity, bool) {
	severity, err := incident.ParseSeverity(c.JiraMinSeverity)
	return severity, err == nil
}

// IndexLag is JIRA_INDEX_LAG; 0, which means the default, when it makes no sense.
func (c *Config) IndexLag() time.Duration {
	lag, err := time.ParseDuration(c.JiraIndexLag)
	if err != nil || lag < 0 {
		return 0
	}
	return lag
}

// Level is the least level that is logged; info when the setting makes no sense.
func (c *Config) Level() slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return slog.LevelInfo
	}
	return level
}

// DataFolder is TOCSIN_DATA_DIR, or the tocsin folder where the XDG base
// directory specification keeps a user's data.
func (c *Config) DataFolder(env func(string) (string, bool)) string {
	if c.DataDir != "" {
		return c.DataDir
	}
	if base, ok := env("XDG_DATA_HOME"); ok && filepath.IsAbs(base) {
		return filepath.Join(base, "tocsin")
	}
	home, _ := env("HOME")
	return filepath.Join(cmp.Or(home, os.TempDir()), ".local", "share", "tocsin")
}

// PublicBase is the URL under which others reach us, without a slash at the
// end. Without TOCSIN_PUBLIC_URL it is what a browser on this machine would
// use for the given listen address.
func (c *Config) PublicBase(listening string) string {
	if c.PublicURL != "" {
		return strings.TrimRight(c.PublicURL, "/")
	}
	host, port, err := net.SplitHostPort(listening)
	if err != nil {
		return "http://" + listening
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// LinkBase is where links in messages to mailboxes and telephones begin: PublicBase, or
// "" when that is this machine alone and nobody said so. On a telephone such a link
// leads nowhere, which is worse than none.
func (c *Config) LinkBase(listening string) string {
	base := c.PublicBase(listening)
	if u, err := url.Parse(base); c.PublicURL == "" && (err != nil || loopback(u.Hostname())) {
		return ""
	}
	return base
}

// secrets lists the values that must never appear in a log line.
func (c *Config) secrets() []Secret {
	var all []Secret
	for _, s := range settings() {
		if value, ok := reflect.ValueOf(c).Elem().Field(s.field).Interface().(Secret); ok && value != "" {
			all = append(all, value)
		}
	}
	return all
}
