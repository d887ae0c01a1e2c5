package bot

import (
	"context"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// How many incidents one list shows at most.
const listLimit = 20

// listCommand lists what is open, or the latest of all. Private incidents are
// shown to those who have a part in them.
func (b *Bot) listCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	all := c.Args == "all"
	list, err := b.Incidents.Open(ctx, 2*listLimit)
	if all {
		list, err = b.Incidents.Recent(ctx, 0, 2*listLimit)
	}
	if err != nil {
		return Reply{}, err
	}
	return replyWith(view.List(b.visibleTo(ctx, list, c.User), all, b.Settings.Command)), nil
}

// noMore refuses words after a command that takes none: whoever types them means
// something else than what would be shown.
func (b *Bot) noMore(c Command, i *incident.Incident) error {
	if c.Args == "" {
		return nil
	}
	return incident.Errorf(incident.Invalid, "`%s %s` takes the number of an incident and nothing else, not “%s”; that of %s is `%s %s %s`.",
		b.Settings.Command, c.Name, cut(c.Args, 60), i.ID, b.Settings.Command, c.Name, i.ID)
}

func (b *Bot) statusCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	if err := b.noMore(c, i); err != nil {
		return Reply{}, err
	}
	s, err := b.situation(ctx, i)
	if err != nil {
		return Reply{}, err
	}
	return replyWith(view.Status(s)), nil
}

func (b *Bot) briefCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	if err := b.noMore(c, i); err != nil {
		return Reply{}, err
	}
	s, err := b.situationWithLines(ctx, i)
	if err != nil {
		return Reply{}, err
	}
	return replyWith(view.Brief(s)), nil
}

func (b *Bot) showBriefClick(ctx context.Context, _ Click, i *incident.Incident, _ string) (Reply, error) {
	return b.briefCommand(ctx, Command{}, i)
}

func replyWith(m view.Message) Reply { return Reply{Text: m.Text, Blocks: m.Blocks} }
