package bot

import (
	"context"
	"slices"
	"strings"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// acknowledgeMineClick acknowledges what asks for the person who reads it in their form
// or their App Home. Who is asked may answer, also where they could not look it up. The
// form is shown anew, the App Home is drawn anew by whoever handles clicks there.
func (b *Bot) acknowledgeMineClick(ctx context.Context, c Click, _ *incident.Incident, rest string) (Reply, error) {
	number, where, _ := strings.Cut(rest, ":")
	id, err := incident.ParseID(number)
	if err != nil {
		return Reply{}, err
	}
	asking, err := b.Escalations.Asking(ctx, c.User)
	if err != nil {
		return Reply{}, err
	}
	reply := Say("Nobody is asking you for " + id.String() + " any more.")
	if slices.ContainsFunc(asking, func(e *escalation.Escalation) bool { return e.Incident == id }) {
		i, err := b.Incidents.Get(ctx, id)
		if err != nil {
			return Reply{}, err
		}
		if reply, err = b.acknowledge(ctx, i, c.User, "slack"); err != nil {
			return Reply{}, err
		}
	}
	if where == "" {
		return reply, nil
	}
	m, err := b.me(ctx, c.User)
	if err != nil {
		return Reply{}, err
	}
	m.Answered = reply.Text
	return Open(view.MeModal(m)), nil
}
