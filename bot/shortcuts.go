package bot

import (
	"context"

	"github.com/tocsinhq/tocsin/incident"
)

// shortcut is one entry of Slack's shortcut menus; the manifest lists them.
type shortcut struct {
	callback  string
	name      string // at most 24 characters
	help      string // at most 150 characters
	onMessage bool
	run       func(*Bot, context.Context, Shortcut) (Reply, error)
}

// shortcuts is THE table of shortcuts.
func shortcuts() []shortcut {
	return []shortcut{
		{"declare_incident", "Declare an incident", "Open a war room for something that is broken", false, (*Bot).declareShortcut},
		{"declare_from_message", "Declare an incident", "Open a war room and carry this message along", true, (*Bot).declareShortcut},
		{"add_to_timeline", "Add to timeline", "Put this message on the incident's timeline", true, (*Bot).timelineShortcut},
		{"make_action_item", "Make action item", "Turn this message into an action item", true, (*Bot).actionShortcut},
	}
}

func (b *Bot) runShortcut(ctx context.Context, s Shortcut) (Reply, error) {
	for _, known := range shortcuts() {
		if known.callback == s.Callback {
			return known.run(b, ctx, s)
		}
	}
	return Reply{}, incident.Errorf(incident.Invalid, "This shortcut belongs to an older version; type `%s help`.", b.Settings.Command)
}

// ShortcutRow is one shortcut as the manifest and the demo list it.
type ShortcutRow struct {
	Callback  string
	Name      string
	Help      string
	OnMessage bool
}

// ShortcutRows lists the shortcuts in the order of the table.
func ShortcutRows() []ShortcutRow {
	var rows []ShortcutRow
	for _, s := range shortcuts() {
		rows = append(rows, ShortcutRow{s.callback, s.name, s.help, s.onMessage})
	}
	return rows
}
