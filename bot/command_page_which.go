package bot

import (
	"context"
	"slices"
	"strings"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
)

// escalateCommand asks whoever comes next for what waits for an answer. What somebody
// has is escalated when nothing waits, or when it is named.
func (b *Bot) escalateCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	i, name, open, err := b.openPages(ctx, c)
	if err != nil {
		return Reply{}, err
	}
	meant := waiting(open)
	if name != "" || len(meant) == 0 {
		meant = calledSo(open, name)
	}
	switch {
	case len(open) == 0:
		return Reply{}, incident.Errorf(incident.Conflict, "Nobody is asked for %s, so that nobody comes next; `%s page` asks somebody.", i.ID, b.Settings.Command)
	case len(meant) != 1:
		return b.whichPage(c.Name, i, name, meant, open)
	}
	e := meant[0]
	moved, err := b.escalateOne(ctx, e, c.Actor())
	if err != nil {
		return Reply{}, err
	}
	if !moved {
		return done(i, "%s", pageSaid(e, "somebody was quicker, or maintenance holds it back; look at the card."))
	}
	return done(i, "%s", pageSaid(e, "the next step is asked now."))
}

// escalateOne leaves alone what somebody has acknowledged since it was looked at.
func (b *Bot) escalateOne(ctx context.Context, e *escalation.Escalation, by incident.Actor) (moved bool, err error) {
	if e.State == escalation.Triggered {
		_, moved, err = b.Escalations.EscalateUnanswered(ctx, e.ID, e.Fired, by)
		return moved, err
	}
	_, moved, err = b.Escalations.EscalateNow(ctx, e.ID, e.Fired, by)
	return moved, err
}

// unackCommand takes back what the person has acknowledged, all of it. What somebody
// else has is taken from them only when it is named.
func (b *Bot) unackCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	i, name, open, err := b.openPages(ctx, c)
	if err != nil {
		return Reply{}, err
	}
	had := acknowledgedOnes(open)
	if len(had) == 0 {
		return Reply{}, incident.Errorf(incident.Conflict, "Nobody has acknowledged anything of %s, so that there is nothing to take back.", i.ID)
	}
	if name != "" {
		meant := calledSo(had, name)
		if len(meant) != 1 {
			return b.whichPage(c.Name, i, name, meant, had)
		}
		_, err := b.Escalations.Unacknowledge(ctx, meant[0].ID, c.Actor())
		if err != nil {
			return Reply{}, err
		}
		return done(i, "%s", pageSaid(meant[0], takenBack))
	}
	return b.unackOwn(ctx, c, i, had)
}

const takenBack = "nobody has it any more; it pages again from the first step."

func (b *Bot) unackOwn(ctx context.Context, c Command, i *incident.Incident, had []*escalation.Escalation) (Reply, error) {
	var lines []string
	for _, e := range had {
		if !slices.Contains(e.AckedBy, c.User) {
			continue
		}
		_, taken, err := b.Escalations.TakeBack(ctx, e.ID, c.User)
		if err != nil {
			return Reply{}, err
		}
		if taken {
			lines = append(lines, pageSaid(e, takenBack))
		}
	}
	if len(lines) == 0 {
		return b.listPages(c.Name, i, "You have acknowledged nothing of it. What others have is taken from them only by its name:", had)
	}
	return done(i, "%s", strings.Join(lines, "\n"))
}

// openPages is what is open of the incident that is meant, and what was typed behind its
// number: the name of one page, or nothing.
func (b *Bot) openPages(ctx context.Context, c Command) (i *incident.Incident, name string, open []*escalation.Escalation, err error) {
	i, name, err = b.paged(ctx, c)
	if err != nil {
		return nil, "", nil, err
	}
	open, err = b.Escalations.Open(ctx, i.ID)
	return i, strings.TrimSpace(b.named(ctx, name)), open, err
}

func waiting(open []*escalation.Escalation) (list []*escalation.Escalation) {
	for _, e := range open {
		if e.State == escalation.Triggered {
			list = append(list, e)
		}
	}
	return list
}

func acknowledgedOnes(open []*escalation.Escalation) (list []*escalation.Escalation) {
	for _, e := range open {
		if e.State == escalation.Acknowledged {
			list = append(list, e)
		}
	}
	return list
}

// calledSo are the pages of a name: their subject or service, in any case and with or
// without @. When none is called exactly so, those that begin so. No name means all.
func calledSo(open []*escalation.Escalation, name string) (exactly []*escalation.Escalation) {
	if name == "" {
		return open
	}
	plain := func(text string) string { return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), "@", "")) }
	var roughly []*escalation.Escalation
	for _, e := range open {
		subject := plain(e.Subject)
		if plain(name) == subject || plain(name) == plain(e.Service) {
			exactly = append(exactly, e)
		}
		if strings.HasPrefix(subject, plain(name)) {
			roughly = append(roughly, e)
		}
	}
	if len(exactly) > 0 {
		return exactly
	}
	return roughly
}

// whichPage asks back, of what could be meant, or when nothing is called so, of all.
func (b *Bot) whichPage(command string, i *incident.Incident, name string, meant, all []*escalation.Escalation) (Reply, error) {
	if len(meant) == 0 {
		return b.listPages(command, i, "Nothing that could be meant is called "+view.Escape(cut(name, 60))+". Name one of these:", all)
	}
	return b.listPages(command, i, "More than one page could be meant. Name one:", meant)
}

// mostListed bounds a list that asks back.
const mostListed = 15

// listPages lists pages, each with who has it and the command that names it.
func (b *Bot) listPages(command string, i *incident.Incident, text string, list []*escalation.Escalation) (Reply, error) {
	lines := []string{text}
	for _, e := range list[:min(len(list), mostListed)] {
		state := "nobody has acknowledged yet"
		if e.State == escalation.Acknowledged {
			state = "acknowledged by " + mentions(e.AckedBy)
		}
		lines = append(lines, "• "+pageSaid(e, state+": `"+b.naming(command, i, e)+"`"))
	}
	return done(i, "%s", strings.Join(lines, "\n"))
}

// naming is a command that names one page.
func (b *Bot) naming(command string, i *incident.Incident, e *escalation.Escalation) string {
	return b.Settings.Command + " " + command + " " + i.ID.String() + " " + strings.ReplaceAll(view.Escape(e.Subject), "`", "")
}

func pageSaid(e *escalation.Escalation, text string) string {
	return "*" + view.Literal(e.Subject) + "*: " + text
}
