package main

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/bot"
)

type doctorCommand struct {
	JSON bool `help:"Print JSON instead of lines."`
}

// doctorWithin bounds the whole examination, the start of a private Postgres included.
const doctorWithin = 3 * time.Minute

// Run looks at everything that serving depends on and prints one line for each: how
// it is, and unless it is well, what that means and how to mend it. It changes
// nothing but the private Postgres' folder. It fails when something is wrong.
func (c doctorCommand) Run(ctx context.Context, p *process) error {
	ctx, cancel := context.WithTimeout(ctx, doctorWithin)
	defer cancel()
	d := diagnose(p.examine(ctx), newRedaction(p.config.secrets()).text)
	print := d.write
	if c.JSON {
		print = d.writeJSON
	}
	if err := print(p.out); err != nil {
		return err
	}
	return d.err()
}

// examine looks at one area after the other. What needs a setting that is wrong is
// left out: the mistake has a line of its own.
func (p *process) examine(ctx context.Context) []finding {
	found, mistaken := p.examineSettings()
	sound := func(settings ...string) bool {
		return !slices.ContainsFunc(settings, func(s string) bool { return mistaken[s] })
	}
	found = append(found, p.examineMachine()...)
	serving := false
	if sound("TOCSIN_HTTP_ADDR") {
		var http []finding
		http, serving = p.examineHTTP(ctx)
		found = append(found, http...)
	}
	if sound("TOCSIN_PUBLIC_URL", "TOCSIN_HTTP_ADDR") {
		found = append(found, p.examinePublicURL())
	}
	if sound("DATABASE_URL") {
		found = append(found, p.examineDatabase(ctx)...)
	}
	if sound("SLACK_API_URL") {
		found = append(found, p.examineSlack(ctx, sound, serving)...)
	}
	if sound("JIRA_URL", "JIRA_USER", "JIRA_TOKEN", "JIRA_PROJECT") {
		found = append(found, p.examineJira(ctx)...)
	}
	if sound(pagingSettings()...) {
		found = append(found, p.examinePaging(ctx)...)
	}
	return found
}

// examineSettings lists every mistake, and the settings that have one.
func (p *process) examineSettings() (found []finding, mistaken map[string]bool) {
	mistaken = map[string]bool{}
	err, _ := p.config.Validate("serve").(*SettingsError)
	if err == nil {
		return []finding{fine("settings", "All %d settings have a form that makes sense.", len(settings()))}, mistaken
	}
	for _, m := range err.Mistakes {
		mistaken[m.Setting] = true
		found = append(found, finding{Mark: markWrong, Area: "settings", Text: m.String(), Meaning: "Tocsin does not start."})
	}
	return found, mistaken
}

// examineSlack turns what the bot sees into findings of ours.
func (p *process) examineSlack(ctx context.Context, sound func(...string) bool, serving bool) []finding {
	c := p.config
	access := bot.Access{APIURL: c.SlackAPIURL, HTTP: &http.Client{Timeout: 20 * time.Second}, Connect: !serving}
	if sound("SLACK_BOT_TOKEN") {
		access.BotToken = c.SlackBotToken.Reveal()
	}
	if sound("SLACK_APP_TOKEN") {
		access.AppToken = c.SlackAppToken.Reveal()
	}
	if sound("TOCSIN_ANNOUNCE_CHANNEL") {
		access.AnnounceChannel = c.AnnounceChannel
	}
	var found []finding
	for _, f := range access.Inspect(ctx) {
		weight := markWrong
		switch {
		case f.Fine:
			weight = markOK
		case f.Minor:
			weight = markWarning
		}
		found = append(found, finding{weight, "Slack", f.Text, f.Meaning, f.Remedy})
	}
	return found
}
