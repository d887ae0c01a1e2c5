package main

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
)

// Mistake is one thing wrong with the settings.
type Mistake struct {
	Setting string // its name, empty when the file as a whole is wrong
	Where   string // "file:line" when it stands in the settings file
	Text    string // the rest of the sentence: what is wrong, what to do
}

// String is the sentence for people. It never shows the value of a secret.
func (m Mistake) String() string {
	sentence := strings.TrimSpace(m.Setting + " " + m.Text)
	if m.Where == "" {
		return sentence
	}
	return m.Where + ": " + sentence
}

// SettingsError lists all mistakes in the settings.
type SettingsError struct{ Mistakes []Mistake }

// Error is one line for each mistake.
func (e *SettingsError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d mistake(s) in the settings:", len(e.Mistakes))
	for _, m := range e.Mistakes {
		b.WriteString("\n  " + m.String())
	}
	return b.String()
}

// Validate checks every setting and reports all mistakes together, as a
// *SettingsError, or returns nil. purpose is the command that is about to run
// ("serve"); settings required to do it must be there, and an empty purpose
// requires none.
func (c *Config) Validate(purpose string) error {
	found := slices.Clone(c.mistakes)
	for _, s := range settings() {
		value := s.get(c)
		if value == "" {
			if s.requiredTo != "" && s.requiredTo == purpose {
				found = append(found, c.mistake(s.name, "is not set; give it in the environment, as --"+s.flag+" or in the settings file."))
			}
			continue
		}
		if problem := formOf(s.name, value); problem != "" {
			found = append(found, c.mistake(s.name, problem))
		}
	}
	found = append(found, c.together()...)
	found = append(found, c.emojiOverlaps()...)
	found = append(found, c.unworkable(found)...)
	if len(found) == 0 {
		return nil
	}
	return &SettingsError{found}
}

func (c *Config) mistake(name, text string) Mistake { return Mistake{name, c.origin[name], text} }

// maxIndexLag bounds how long a ticket can be late after one lost answer.
const maxIndexLag = 10 * time.Minute

// formOf says what is wrong with the form of one value, or nothing.
func formOf(name, value string) string {
	switch name {
	case "SLACK_APP_TOKEN":
		return tokenForm(value, "xapp-", "xoxb-", "SLACK_BOT_TOKEN")
	case "SLACK_BOT_TOKEN":
		return tokenForm(value, "xoxb-", "xapp-", "SLACK_APP_TOKEN")
	case "SLACK_API_URL", "TWILIO_API_URL":
		if !strings.HasSuffix(value, "/") {
			return "must end with a slash; add it."
		}
		return urlForm(value, "https", "http")
	case "TOCSIN_PUBLIC_URL", "JIRA_URL", "NTFY_URL":
		return urlForm(value, "https", "http")
	case "TOCSIN_DEADMAN_URL":
		return webURLForm(value)
	case "TOCSIN_CANARY_TO":
		return canaryForm(value)
	case "TOCSIN_CANARY_EVERY":
		if every, err := time.ParseDuration(value); err != nil || every < time.Minute || every > time.Hour {
			return "is not a time between 1m and 1h; write 5m."
		}
	case "TOCSIN_WEBHOOK_ALLOW":
		return networksForm(value)
	case "SMTP_URL":
		return urlForm(value, "smtps", "smtp")
	case "DATABASE_URL":
		return databaseForm(value)
	case "TOCSIN_HTTP_ADDR":
		return addressForm(value)
	case "MAIL_FROM":
		if _, err := mail.ParseAddress(value); err != nil {
			return "is not an e-mail address; write name@example.com or Name <name@example.com>."
		}
	case "JIRA_MIN_SEVERITY":
		if _, err := incident.ParseSeverity(value); err != nil && value != "none" {
			return "is not a severity; use sev1 (worst) to sev5, or none."
		}
	case "JIRA_INDEX_LAG":
		if lag, err := time.ParseDuration(value); err != nil || lag <= 0 || lag > maxIndexLag {
			return "is not a time between 1ms and 10m; write 20s or 1m."
		}
	case "TOCSIN_LOG_LEVEL":
		return oneOf(value, "debug", "info", "warn", "error")
	case "TOCSIN_LOG_FORMAT":
		return oneOf(value, "text", "json")
	default:
		return patternForm(name, value)
	}
	return ""
}

// Patterns of names that others define. The announce channel is a name
// (Slack: at most 80 characters, no capitals, spaces or dots) or an id.
var patterns = map[string]struct {
	form *regexp.Regexp
	want string
}{
	"TOCSIN_COMMAND":           {regexp.MustCompile(`^/[\p{Ll}\p{Lo}\d_-]{1,31}$`), "a slash command; write a slash and at most 31 small letters, digits, - or _, like /incident."},
	"TOCSIN_ANNOUNCE_CHANNEL":  {regexp.MustCompile(`^(#[\p{Ll}\p{Lo}\p{M}\d_-]{1,80}|[CG][A-Z0-9]{6,})$`), "a channel; write #name in small letters, or its id like C0123456789."},
	"JIRA_PROJECT":             {regexp.MustCompile(`^[A-Z][A-Z0-9_]+$`), "a project key; it is the part of OPS-12 before the dash, in capitals."},
	"TWILIO_ACCOUNT_SID":       {regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`), "an account SID; it is AC and 32 hexadecimal digits, on the first page of the Twilio console."},
	"TWILIO_VOICE_FROM":        {regexp.MustCompile(`^\+[1-9]\d{6,14}$`), "a number; write it with + and country code, like +15550100123."},
	"TWILIO_FROM":              {regexp.MustCompile(`^(\+[1-9]\d{6,14}|MG[0-9a-fA-F]{32})$`), "a number; write it with + and country code, like +15550100123, or give a messaging service's SID."},
	"TOCSIN_EMOJI_TIMELINE":    emojiPattern,
	"TOCSIN_EMOJI_KEY_EVENT":   emojiPattern,
	"TOCSIN_EMOJI_ACTION_ITEM": emojiPattern,
	"TOCSIN_EMOJI_UPDATE":      emojiPattern,
}

var emojiPattern = struct {
	form *regexp.Regexp
	want string
}{regexp.MustCompile(`^[\p{Ll}\p{Lo}\d_+'-]+(,[\p{Ll}\p{Lo}\d_+'-]+)*$`), "a list of emoji names; write them as Slack does, without colons, like pushpin."}

func patternForm(name, value string) string {
	if p, ok := patterns[name]; ok && !p.form.MatchString(value) {
		return "is not " + p.want
	}
	return ""
}

var slackToken = regexp.MustCompile(`^x[a-z]+-[A-Za-z0-9-]+$`)

// tokenForm knows the prefix of the right token and that of its neighbour.
func tokenForm(value, prefix, others, other string) string {
	switch {
	case strings.HasPrefix(value, others):
		return fmt.Sprintf("starts with %s, so it holds the token meant for %s; swap the two.", others, other)
	case !strings.HasPrefix(value, prefix):
		return fmt.Sprintf("does not start with %s; copy the right token from your app's pages at api.slack.com/apps.", prefix)
	case !slackToken.MatchString(value):
		return "holds a character that no token has (a space, a quote, a line break?); copy it again."
	}
	return ""
}

func urlForm(value string, schemes ...string) string {
	u, err := url.Parse(value)
	switch {
	case err != nil || !slices.Contains(schemes, u.Scheme) || u.Hostname() == "":
		return fmt.Sprintf("is not a URL of the form %s://host; correct it.", strings.Join(schemes, ":// or "))
	case u.RawQuery != "" || u.Fragment != "":
		return "has something after ? or #; end it with the path."
	}
	return ""
}

// webURLForm takes what urlForm takes, and a query too.
func webURLForm(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return "is not a URL of the form https://host/…; correct it."
	}
	return ""
}

func canaryForm(value string) string {
	if patterns["TOCSIN_ANNOUNCE_CHANNEL"].form.MatchString(value) && !strings.HasPrefix(value, "#") {
		return ""
	}
	if webURLForm(value) != "" {
		return "is neither a Slack channel's id like C0123456789 nor the URL of a webhook; correct it."
	}
	return ""
}

func networksForm(value string) string {
	for _, word := range words(value) {
		if _, err := netip.ParsePrefix(word); err != nil {
			return fmt.Sprintf("holds %q, which is no network; write 10.1.0.0/16 or 10.1.2.3/32.", word)
		}
	}
	return ""
}

func databaseForm(value string) string {
	if _, err := pgxpool.ParseConfig(value); err != nil {
		return "cannot be read; write postgres://user:password@host:5432/database, with special characters of the password percent-encoded."
	}
	return ""
}

func addressForm(value string) string {
	_, port, err := net.SplitHostPort(value)
	if err != nil {
		return "is not an address; write host:port like 127.0.0.1:8080, or :8080 for every interface."
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n > 65535 {
		return "has a port that is not a number from 0 to 65535; correct it."
	}
	return ""
}

func oneOf(value string, allowed ...string) string {
	if slices.Contains(allowed, value) {
		return ""
	}
	last := len(allowed) - 1
	return "is none of what it may be; use " + strings.Join(allowed[:last], ", ") + " or " + allowed[last] + "."
}

// together finds settings that make no sense without each other.
func (c *Config) together() []Mistake {
	var found []Mistake
	need := func(name string, have bool, with string, on bool) {
		if on && !have {
			found = append(found, c.mistake(name, "is not set, but "+with+" is; set both or neither."))
		}
	}
	need("JIRA_TOKEN", c.JiraToken != "", "JIRA_URL", c.JiraURL != "")
	need("JIRA_PROJECT", c.JiraProject != "", "JIRA_URL", c.JiraURL != "")
	need("JIRA_URL", c.JiraURL != "", "JIRA_TOKEN", c.JiraToken != "")
	need("TWILIO_AUTH_TOKEN", c.TwilioAuthToken != "", "TWILIO_ACCOUNT_SID", c.TwilioAccountSID != "")
	need("TWILIO_FROM", c.TwilioFrom != "", "TWILIO_ACCOUNT_SID", c.TwilioAccountSID != "")
	need("TWILIO_ACCOUNT_SID", c.TwilioAccountSID != "", "TWILIO_AUTH_TOKEN", c.TwilioAuthToken != "")
	need("TWILIO_ACCOUNT_SID", c.TwilioAccountSID != "", "TWILIO_OTHER_TOKEN", c.TwilioOtherToken != "")
	need("TOCSIN_WEBHOOK_SECRET", c.WebhookSecret != "", "TOCSIN_WEBHOOK_SECRET_OLD", c.WebhookSecretOld != "")
	need("TOCSIN_CANARY_TO", c.CanaryTo != "", "TOCSIN_DEADMAN_URL", c.DeadManURL != "")
	need("MAIL_FROM", c.MailFrom != "", "SMTP_URL", c.SMTPURL != "")
	return found
}

// unworkable asks whoever uses the settings of paging what they cannot work with, so
// that nothing is refused only when it starts. Their sentences begin with the setting;
// one that is among those found already has said enough.
func (c *Config) unworkable(found []Mistake) []Mistake {
	var all []Mistake
	for _, sentence := range slices.Concat(c.twilio("").Validate(), c.email().Validate(), c.ntfy().Validate(), c.webhook().Validate()) {
		name, text, _ := strings.Cut(sentence, " ")
		if !slices.ContainsFunc(found, func(m Mistake) bool { return m.Setting == name }) {
			all = append(all, c.mistake(name, text))
		}
	}
	return all
}

// emojiOverlaps finds emoji that would mean two things.
func (c *Config) emojiOverlaps() []Mistake {
	var found []Mistake
	owner := map[string]string{}
	for _, s := range settings() {
		if s.group != "Emoji" {
			continue
		}
		for _, emoji := range words(s.get(c)) {
			if before, taken := owner[emoji]; taken && before != s.name {
				found = append(found, c.mistake(s.name, fmt.Sprintf("holds %s, which %s holds too; one emoji can mean one thing only.", emoji, before)))
			}
			owner[emoji] = s.name
		}
	}
	return found
}
