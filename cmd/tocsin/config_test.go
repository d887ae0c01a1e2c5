package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
)

// configured reads settings as a command does, from flags, an environment and
// the text of a settings file.
func configured(t *testing.T, args []string, env map[string]string, file string) *Config {
	t.Helper()
	if file != "" {
		name := filepath.Join(t.TempDir(), "tocsin.yaml")
		if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config", name)
	}
	var root cli
	var out bytes.Buffer
	chosen, exited, err := root.parse(append(args, "version"), streams{&out, &out})
	if err != nil || exited != nil {
		t.Fatalf("parse %q: %v\n%s", args, err, out.String())
	}
	root.Config.load(flagsOf(chosen), func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	})
	return &root.Config
}

// mistakes lists the sentences, without the folder of the settings file.
func mistakes(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var all *SettingsError
	if !errors.As(err, &all) {
		t.Fatalf("error is a %T: %v", err, err)
	}
	var lines []string
	for _, m := range all.Mistakes {
		lines = append(lines, regexp.MustCompile(`^\S*/tocsin\.yaml`).ReplaceAllString(m.String(), "tocsin.yaml"))
	}
	return lines
}

func TestDefaultsAreValidAndTheTokensRequiredToServe(t *testing.T) {
	t.Parallel()
	c := configured(t, nil, nil, "")
	if got := mistakes(t, c.Validate("")); got != nil {
		t.Errorf("defaults are wrong: %q", got)
	}
	want := []string{
		"SLACK_APP_TOKEN is not set; give it in the environment, as --slack-app-token or in the settings file.",
		"SLACK_BOT_TOKEN is not set; give it in the environment, as --slack-bot-token or in the settings file.",
	}
	if diff := cmp.Diff(want, mistakes(t, c.Validate("serve"))); diff != "" {
		t.Errorf("serve without tokens (-want +got):\n%s", diff)
	}
}

func TestFiveMistakesInAFileAreFiveSentences(t *testing.T) {
	t.Parallel()
	c := configured(t, nil, nil, `# settings
SLACK_APP_TOKEN: xoxb-1-bot
SLACK_BOT_TOKNE: xoxb-1-bot
JIRA_MIN_SEVERITY: urgent
TOCSIN_HTTP_ADDR: [127.0.0.1, 8080]
TOCSIN_PUBLIC_URL: tocsin.example.com
`)
	want := []string{
		"tocsin.yaml:3: SLACK_BOT_TOKNE is not a setting; did you mean SLACK_BOT_TOKEN?",
		"tocsin.yaml:5: TOCSIN_HTTP_ADDR is a list where text is expected; put the text in quotes.",
		"tocsin.yaml:2: SLACK_APP_TOKEN starts with xoxb-, so it holds the token meant for SLACK_BOT_TOKEN; swap the two.",
		"tocsin.yaml:6: TOCSIN_PUBLIC_URL is not a URL of the form https:// or http://host; correct it.",
		"tocsin.yaml:4: JIRA_MIN_SEVERITY is not a severity; use sev1 (worst) to sev5, or none.",
	}
	if diff := cmp.Diff(want, mistakes(t, c.Validate(""))); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}

func TestFlagBeatsEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	t.Parallel()
	c := configured(t,
		[]string{"--command", "/flag"},
		map[string]string{"TOCSIN_COMMAND": "/env", "JIRA_PROJECT": "ENV", "TOCSIN_EMOJI_UPDATE": ":mega:, loudspeaker"},
		"TOCSIN_COMMAND: /file\nJIRA_PROJECT: FILE\nJIRA_ISSUE_TYPE: File\nTWILIO_FROM: +15550100123\nTOCSIN_EMOJI_TIMELINE: [pushpin, ':round_pushpin:']\n")
	for name, pair := range map[string][2]string{
		"flag":      {c.Command, "/flag"},
		"env":       {c.JiraProject, "ENV"},
		"file":      {c.JiraIssueType, "File"},
		"default":   {c.JiraActionItemType, "Task"},
		"number":    {c.TwilioFrom, "+15550100123"},
		"list":      {strings.Join(c.EmojiTimeline, " "), "pushpin round_pushpin"},
		"env list":  {strings.Join(c.EmojiUpdate, " "), "mega loudspeaker"},
		"untouched": {strings.Join(c.EmojiKeyEvent, " "), "star"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %q, want %q", name, pair[0], pair[1])
		}
	}
}

func TestMistakesSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  map[string]string
		file string
		want string
	}{
		"tokens swapped":          {env: map[string]string{"SLACK_BOT_TOKEN": "xapp-1-abc"}, want: "SLACK_BOT_TOKEN starts with xapp-, so it holds the token meant for SLACK_APP_TOKEN"},
		"user token":              {env: map[string]string{"SLACK_BOT_TOKEN": "xoxp-1-abc"}, want: "does not start with xoxb-"},
		"token with quotes":       {env: map[string]string{"SLACK_BOT_TOKEN": `xoxb-1-abc"`}, want: "holds a character that no token has"},
		"token with newline":      {env: map[string]string{"SLACK_APP_TOKEN": "xapp-1-abc\n"}, want: "holds a character that no token has"},
		"lag without a unit":      {env: map[string]string{"JIRA_INDEX_LAG": "20"}, want: "JIRA_INDEX_LAG is not a time between 1ms and 10m; write 20s or 1m."},
		"api url without slash":   {env: map[string]string{"SLACK_API_URL": "https://slack.com/api"}, want: "must end with a slash"},
		"url without scheme":      {env: map[string]string{"JIRA_URL": "example.atlassian.net"}, want: "JIRA_URL is not a URL"},
		"url with query":          {env: map[string]string{"TOCSIN_PUBLIC_URL": "https://x.example/?a=b"}, want: "after ? or #"},
		"address without port":    {env: map[string]string{"TOCSIN_HTTP_ADDR": "localhost"}, want: "write host:port"},
		"port too high":           {env: map[string]string{"TOCSIN_HTTP_ADDR": ":70000"}, want: "from 0 to 65535"},
		"database":                {env: map[string]string{"DATABASE_URL": "mysql://root:hunter2@db/x"}, want: "DATABASE_URL cannot be read"},
		"command without slash":   {env: map[string]string{"TOCSIN_COMMAND": "incident"}, want: "is not a slash command"},
		"channel":                 {env: map[string]string{"TOCSIN_ANNOUNCE_CHANNEL": "Incidents Room"}, want: "is not a channel"},
		"log level":               {env: map[string]string{"TOCSIN_LOG_LEVEL": "loud"}, want: "use debug, info, warn or error."},
		"log format":              {env: map[string]string{"TOCSIN_LOG_FORMAT": "xml"}, want: "use text or json."},
		"jira without token":      {env: map[string]string{"JIRA_URL": "https://j.example"}, want: "JIRA_TOKEN is not set, but JIRA_URL is"},
		"jira without project":    {env: map[string]string{"JIRA_URL": "https://j.example"}, want: "JIRA_PROJECT is not set, but JIRA_URL is"},
		"jira without url":        {env: map[string]string{"JIRA_TOKEN": "abc"}, want: "JIRA_URL is not set, but JIRA_TOKEN is"},
		"project in small":        {env: map[string]string{"JIRA_PROJECT": "ops"}, want: "is not a project key"},
		"twilio sid":              {env: map[string]string{"TWILIO_ACCOUNT_SID": "12"}, want: "is not an account SID"},
		"twilio number":           {env: map[string]string{"TWILIO_FROM": "0551234"}, want: "with + and country code"},
		"mail without sender":     {env: map[string]string{"SMTP_URL": "smtp://mail.example:587"}, want: "MAIL_FROM is not set"},
		"mail from":               {env: map[string]string{"MAIL_FROM": "tocsin"}, want: "is not an e-mail address"},
		"push with a path":        {env: map[string]string{"NTFY_URL": "https://ntfy.example/tocsin"}, want: "NTFY_URL has a path; give the server alone, and the topic as the person's address."},
		"push in the clear":       {env: map[string]string{"NTFY_URL": "http://:hunter2@ntfy.example"}, want: "NTFY_URL is not encrypted"},
		"push, user alone":        {file: "\nNTFY_URL: https://bob@ntfy.example", want: "tocsin.yaml:2: NTFY_URL has a user without a password"},
		"mail server with a path": {env: map[string]string{"SMTP_URL": "smtp://u:hunter2@mail.example/in", "MAIL_FROM": "t@example.com"}, want: "SMTP_URL has something after the host; end it there."},
		"short webhook secret":    {env: map[string]string{"TOCSIN_WEBHOOK_SECRET": "hunter2"}, want: "TOCSIN_WEBHOOK_SECRET is shorter than 32 characters"},
		"old secret alone":        {env: map[string]string{"TOCSIN_WEBHOOK_SECRET_OLD": strings.Repeat("o", 32)}, want: "TOCSIN_WEBHOOK_SECRET is not set, but TOCSIN_WEBHOOK_SECRET_OLD is"},
		"emoji with a space":      {env: map[string]string{"TOCSIN_EMOJI_UPDATE": "two words"}, want: "is not a list of emoji names"},
		"emoji means two things":  {env: map[string]string{"TOCSIN_EMOJI_UPDATE": "mega,star"}, want: "TOCSIN_EMOJI_UPDATE holds star, which TOCSIN_EMOJI_KEY_EVENT holds too"},
		"file is missing":         {env: map[string]string{"TOCSIN_CONFIG": "/nonexistent/tocsin.yaml"}, want: "TOCSIN_CONFIG names a settings file that cannot be read (no such file or directory)"},
		"file is no YAML":         {file: "a: [b\nc: d", want: "tocsin.yaml: is not YAML: line "},
		"file is a list":          {file: "- JIRA_URL", want: "tocsin.yaml:1: is a list; write one NAME: value a line."},
		"key in small letters":    {file: "jira_url: https://j.example", want: "did you mean JIRA_URL?"},
		"key without a prefix":    {file: "log_level: debug", want: "log_level is not a setting; did you mean TOCSIN_LOG_LEVEL?"},
		"key as a flag":           {file: "log-level: debug", want: "log-level is not a setting; did you mean TOCSIN_LOG_LEVEL?"},
		"key like nothing":        {file: "\n\nhorse: 1", want: "tocsin.yaml:3: horse is not a setting; remove it, or look up the name with tocsin --help."},
		"key twice":               {file: "JIRA_PROJECT: A1\nTOCSIN_COMMAND: /x\nJIRA_PROJECT: B1", want: "tocsin.yaml:3: JIRA_PROJECT stands here and in line 1"},
		"value is a comment":      {file: "TOCSIN_ANNOUNCE_CHANNEL: #incidents", want: "in quotes when it starts with #"},
		"value is true":           {file: "JIRA_PROJECT: yes\nJIRA_ISSUE_TYPE: true", want: "tocsin.yaml:2: JIRA_ISSUE_TYPE is true or false where text is expected"},
		"value is a group":        {file: "JIRA_PROJECT: {key: OPS}", want: "JIRA_PROJECT is a group of settings where text is expected"},
		"list holds a list":       {file: "TOCSIN_EMOJI_UPDATE: [mega, [a]]", want: "holds a list where a word is expected"},
		"list is a group":         {file: "TOCSIN_EMOJI_UPDATE: {a: b}", want: "where a list of words is expected"},
		"file names another file": {file: "TOCSIN_CONFIG: x.yaml", want: "cannot stand in the settings file itself"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := configured(t, nil, c.env, c.file).Validate("")
			if got := mistakes(t, err); !slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, c.want) }) {
				t.Errorf("mistakes %q, want one that says %q", got, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("a mistake shows a secret: %v", err)
			}
		})
	}
}

func TestOneMistakeASettingAndAllTogether(t *testing.T) {
	t.Parallel()
	c := configured(t, nil, map[string]string{
		"NTFY_URL": "https://ntfy.example/tocsin", "SMTP_URL": "https://mail.example", "MAIL_FROM": "tocsin", "TOCSIN_WEBHOOK_SECRET": "short",
		"TOCSIN_LOG_FORMAT": "xml", "TWILIO_ACCOUNT_SID": "12",
	}, "")
	want := []string{
		"TOCSIN_LOG_FORMAT is none of what it may be; use text or json.",
		"TWILIO_ACCOUNT_SID is not an account SID; it is AC and 32 hexadecimal digits, on the first page of the Twilio console.",
		"SMTP_URL is not a URL of the form smtps:// or smtp://host; correct it.",
		"MAIL_FROM is not an e-mail address; write name@example.com or Name <name@example.com>.",
		"TWILIO_AUTH_TOKEN is not set, but TWILIO_ACCOUNT_SID is; set both or neither.",
		"TWILIO_FROM is not set, but TWILIO_ACCOUNT_SID is; set both or neither.",
		"NTFY_URL has a path; give the server alone, and the topic as the person's address.",
		"TOCSIN_WEBHOOK_SECRET is shorter than 32 characters; make one with: openssl rand -hex 32.",
	}
	if diff := cmp.Diff(want, mistakes(t, c.Validate(""))); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}

func TestWorkingSettingsHaveNoMistakes(t *testing.T) {
	t.Parallel()
	c := configured(t, nil, map[string]string{
		"SLACK_APP_TOKEN": "xapp-1-A012-34-ab", "SLACK_BOT_TOKEN": "xoxb-1-2-aB",
		"DATABASE_URL": "postgres://u:p@db:5432/tocsin?sslmode=require", "TOCSIN_HTTP_ADDR": ":8080",
		"TOCSIN_PUBLIC_URL": "https://tocsin.example/", "TOCSIN_ANNOUNCE_CHANNEL": "C0123456789",
		"JIRA_URL": "https://j.example/jira", "JIRA_TOKEN": "t", "JIRA_PROJECT": "OPS", "JIRA_MIN_SEVERITY": "none",
		"TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef", "TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM": "+15550100123",
		"SMTP_URL": "smtps://u:p@mail.example", "MAIL_FROM": "Tocsin <tocsin@example.com>", "NTFY_URL": "https://ntfy.sh",
		"TOCSIN_EMOJI_UPDATE": "",
	}, "")
	if got := mistakes(t, c.Validate("serve")); got != nil {
		t.Errorf("mistakes: %q", got)
	}
	if _, ok := c.TicketSeverity(); ok {
		t.Error("none still files tickets")
	}
	if len(c.EmojiUpdate) != 0 {
		t.Errorf("an empty list is %q", c.EmojiUpdate)
	}
	if got := len(c.secrets()); got != 7 {
		t.Errorf("%d secrets are hidden from the log, want 7", got)
	}
}

func TestDerivedSettings(t *testing.T) {
	t.Parallel()
	c := configured(t, nil, nil, "")
	if lag := c.IndexLag(); lag != 20*time.Second {
		t.Errorf("IndexLag = %v; want 20s", lag)
	}
	if s, ok := c.TicketSeverity(); !ok || s != incident.SEV2 {
		t.Errorf("TicketSeverity = %v, %v; want SEV2", s, ok)
	}
	for listening, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080", ":80": "http://localhost:80",
		"[::]:9": "http://localhost:9", "0.0.0.0:9": "http://localhost:9", "[::1]:9": "http://[::1]:9",
	} {
		if got := c.PublicBase(listening); got != want {
			t.Errorf("PublicBase(%q) = %q, want %q", listening, got, want)
		}
	}
	c.PublicURL = "https://t.example/"
	if got := c.PublicBase(":80"); got != "https://t.example" {
		t.Errorf("PublicBase with a public URL = %q", got)
	}
	env := map[string]string{"HOME": "/home/a"}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	if got := c.DataFolder(lookup); got != "/home/a/.local/share/tocsin" {
		t.Errorf("DataFolder = %q", got)
	}
	env["XDG_DATA_HOME"] = "/data"
	if got := c.DataFolder(lookup); got != "/data/tocsin" {
		t.Errorf("DataFolder with XDG_DATA_HOME = %q", got)
	}
}

func TestEverySettingIsDocumented(t *testing.T) {
	t.Parallel()
	table := settingsTable()
	flags := map[string]bool{}
	for _, s := range settings() {
		if s.doc == "" || s.group == "" || s.def == "" && s.unset == "" && s.requiredTo == "" || !strings.HasSuffix(s.doc, ".") && !strings.HasSuffix(s.doc, "….") {
			t.Errorf("%s lacks a sentence, a group, or what happens without it", s.name)
		}
		if flags[s.flag] {
			t.Errorf("two settings share the flag --%s", s.flag)
		}
		flags[s.flag] = true
		if !strings.Contains(table, "| `"+s.name+"` | `--"+s.flag+"` |") {
			t.Errorf("the table lacks %s", s.name)
		}
	}
	if len(flags) < 30 {
		t.Errorf("only %d settings were found", len(flags))
	}
}

func FuzzSettingsFile(f *testing.F) {
	for _, seed := range []string{"", "JIRA_URL: https://x", "a: &a [*a]", "- 1", "JIRA_URL: !!binary x", "x: {y: z}", "? [a]\n: b", "TOCSIN_EMOJI_UPDATE: [a, *b]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := Config{File: "f.yaml", origin: map[string]string{}}
		open := map[string]bool{}
		for _, s := range settings() {
			open[s.name] = true
		}
		c.loadFile([]byte(text), open)
		for _, m := range c.mistakes {
			if !strings.HasPrefix(m.String(), "f.yaml") || !strings.HasSuffix(m.Text, ".") && !strings.HasSuffix(m.Text, "?") {
				t.Errorf("a mistake is no sentence with a place: %s", m)
			}
		}
	})
}
