package bot

import (
	"context"
	"strings"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// CommandRows is the table of subcommands as help and README show it.
func CommandRows() []view.HelpRow {
	var rows []view.HelpRow
	for _, c := range commands() {
		rows = append(rows, c.row())
	}
	return rows
}

func (c command) row() view.HelpRow {
	return view.HelpRow{Name: c.name, Args: c.args, Help: c.help, Aliases: c.aliases, Room: c.room}
}

func (b *Bot) helpCommand(_ context.Context, c Command, _ *incident.Incident) (Reply, error) {
	if c.Args == "" {
		return replyWith(view.Help(CommandRows(), b.Settings.Command)), nil
	}
	name, _ := splitCommand(c.Args)
	found, ok := findCommand(name)
	if !ok {
		return b.unknownCommand(Command{Name: name})
	}
	return replyWith(view.HelpOne(found.row(), b.Settings.Command)), nil
}

// unknownCommand names the nearest subcommand and what it takes, and the help.
func (b *Bot) unknownCommand(c Command) (Reply, error) {
	near := nearestCommand(c.Name)
	return Reply{}, incident.Errorf(incident.NotFound, "There is no `%s %s`. Did you mean `%s` (%s)? `%s help` lists everything.",
		b.Settings.Command, cut(c.Name, 40), strings.TrimSpace(b.Settings.Command+" "+near.name+" "+near.args), near.help, b.Settings.Command)
}
