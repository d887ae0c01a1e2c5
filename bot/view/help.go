package view

import (
	"strings"

	"github.com/slack-go/slack"
)

// HelpRow is one subcommand of the table of commands.
type HelpRow struct {
	Name, Args, Help string
	Aliases          []string
	Room             bool // it is about one incident
}

// Help lists all subcommands: those that work anywhere, then those of one incident.
func Help(rows []HelpRow, command string) Message {
	var anywhere, room []string
	for _, r := range rows {
		if r.Room {
			room = append(room, "• "+usage(r, command)+" "+Escape(r.Help))
			continue
		}
		anywhere = append(anywhere, "• "+usage(r, command)+" "+Escape(r.Help))
	}
	blocks := packed(append([]string{"*Anywhere*"}, anywhere...))
	blocks = append(blocks, packed(append([]string{"*In a war room*, or anywhere with the number behind the command: `" + command + " status INC-42`"}, room...))...)
	blocks = append(blocks, small("`"+command+" help declare` explains one command. Pin a message, or react to it, to put it on the timeline."))
	return Message{Text: "What you can type after " + command, Blocks: blocks}
}

func usage(r HelpRow, command string) string {
	return "`" + Escape(parts(" ", command, r.Name, r.Args)) + "`"
}

// HelpOne explains one subcommand.
func HelpOne(row HelpRow, command string) Message {
	lines := []string{usage(row, command), Escape(row.Help)}
	if len(row.Aliases) > 0 {
		lines = append(lines, "Also: `"+Escape(strings.Join(row.Aliases, "`, `"))+"`")
	}
	if row.Room {
		lines = append(lines, "Outside a war room, name the incident: `"+Escape(parts(" ", command, row.Name, "INC-42", row.Args))+"`")
	}
	return Message{Text: command + " " + row.Name + ": " + Escape(row.Help), Blocks: []slack.Block{section(lines...)}}
}
