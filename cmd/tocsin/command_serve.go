package main

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/integrations/jira"
	"github.com/tocsinhq/tocsin/integrations/web"
)

type serveCommand struct{}

// Run serves real Slack until it is told to stop.
func (serveCommand) Run(ctx context.Context, p *process) error {
	if err := p.config.Validate("serve"); err != nil {
		return err
	}
	pool, release, err := openDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer release()
	server := web.New(web.Config{Addr: p.config.HTTPAddr, Log: p.log})
	if err := server.Listen(ctx); err != nil {
		return err
	}
	parts, err := p.parts(pool, server)
	if err != nil {
		return err
	}
	app, err := New(ctx, parts)
	if err != nil {
		return err
	}
	p.log.InfoContext(ctx, "serving", "command", p.config.Command, "http", server.Addr())
	return app.Run(ctx)
}

// parts makes of the settings what an App is made of.
func (p *process) parts(pool *pgxpool.Pool, server *web.Server) (Parts, error) {
	c := p.config
	settings := p.slackSettings(server.Addr())
	ways, err := c.vendors(settings.PublicURL)
	if err != nil {
		return Parts{}, err
	}
	parts := Parts{
		Vendors: ways, Beat: c.beat(), NoLinks: c.LinkBase(server.Addr()) == "", Pool: pool, Web: server, Log: p.log, Settings: settings,
		Slack: bot.Dial(bot.Tokens{Bot: c.SlackBotToken.Reveal(), App: c.SlackAppToken.Reveal()}, c.SlackAPIURL, nil, nil),
	}
	if c.JiraURL == "" {
		return parts, nil
	}
	client, err := jira.New(c.jira(), nil)
	if err != nil {
		return Parts{}, err
	}
	parts.Jira, parts.WebhookSecret = client, c.JiraWebhookSecret
	parts.Tickets, parts.IndexLag = c.ticketRules(parts.Settings.PublicURL), c.IndexLag()
	return parts, nil
}

func (p *process) slackSettings(listening string) bot.Settings {
	c := p.config
	return bot.Settings{
		Command: c.Command, AnnounceChannel: c.AnnounceChannel, PublicURL: c.PublicBase(listening),
		Emoji: bot.Emoji{Timeline: c.EmojiTimeline, KeyEvent: c.EmojiKeyEvent, ActionItem: c.EmojiActionItem, Update: c.EmojiUpdate},
	}
}

func (c *Config) jira() jira.Config {
	return jira.Config{
		URL: c.JiraURL, User: c.JiraUser, Token: c.JiraToken, Project: c.JiraProject,
		IssueType: c.JiraIssueType, ActionItemType: c.JiraActionItemType, WebhookSecret: c.JiraWebhookSecret,
	}
}

func (c *Config) ticketRules(publicURL string) jira.TicketRules {
	rules := jira.TicketRules{IssueType: c.JiraIssueType, ActionItemType: c.JiraActionItemType, PublicURL: publicURL}
	if severity, on := c.TicketSeverity(); on {
		rules.MinSeverity = severity
	}
	return rules
}
