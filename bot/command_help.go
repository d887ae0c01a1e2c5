package bot

import (
	"context"
	"fmt"
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

// numberOrUnknown shows the incident whose number alone was typed: that is what is
// meant. Anything else is no subcommand.
func (b *Bot) numberOrUnknown(ctx context.Context, c Command) (Reply, error) {
	id, err := incident.ParseID(c.Name)
	if err != nil {
		return b.unknownCommand(c)
	}
	if c.Args != "" {
		return Reply{}, incident.Errorf(incident.Invalid, "Say first what to do and then with which incident, for example `%s status %s`.", b.Settings.Command, id)
	}
	i, err := b.known(ctx, id, c.User)
	if err != nil {
		return Reply{}, err
	}
	return b.statusCommand(ctx, c, i)
}

// unknownCommand names the nearest subcommand and what it takes, if one is near enough
// to be meant, and the help.
func (b *Bot) unknownCommand(c Command) (Reply, error) {
	meant := ""
	if near, ok := nearestCommand(c.Name); ok {
		meant = fmt.Sprintf(" Did you mean `%s` (%s)?", strings.TrimSpace(b.Settings.Command+" "+near.name+" "+near.args), near.help)
	}
	return Reply{}, incident.Errorf(incident.NotFound, "There is no `%s %s`.%s `%s help` lists everything.", b.Settings.Command, cut(c.Name, 40), meant, b.Settings.Command)
}
