package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/timeline"
)

// paged is the incident that an answer to a page is about: the one that is named
// first, that of the war room, else the only one in which the person is asked for.
func (b *Bot) paged(ctx context.Context, c Command) (i *incident.Incident, rest string, err error) {
	i, rest, err = b.namedOrHere(ctx, c)
	if err != nil || i != nil {
		return i, rest, err
	}
	asking, err := b.Escalations.Asking(ctx, c.User)
	if err != nil {
		return nil, "", err
	}
	var ids []incident.ID
	for _, e := range asking {
		if !slices.Contains(ids, e.Incident) {
			ids = append(ids, e.Incident)
		}
	}
	switch len(ids) {
	case 0:
		return nil, "", incident.Errorf(incident.NotFound, "Nobody is asking for you. Name the incident: `%s %s INC-…`.", b.Settings.Command, c.Name)
	case 1:
		i, err = b.Incidents.Get(ctx, ids[0])
		return i, rest, err
	}
	var names []string
	for _, id := range ids {
		names = append(names, id.String())
	}
	return nil, "", incident.Errorf(incident.Invalid, "You are asked for in %s; name one: `%s %s %s`.", strings.Join(names, ", "), b.Settings.Command, c.Name, ids[0])
}

func (b *Bot) ackCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	i, _, err := b.paged(ctx, c)
	if err != nil {
		return Reply{}, err
	}
	return b.acknowledge(ctx, i, c.User, "command")
}

func (b *Bot) ackIncidentClick(ctx context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	return b.acknowledge(ctx, i, c.User, "slack")
}

// acknowledge stops everything that is paged for an incident, and says who was first.
func (b *Bot) acknowledge(ctx context.Context, i *incident.Incident, p incident.PersonID, via string) (Reply, error) {
	answers, err := b.Escalations.AcknowledgeIncident(ctx, i.ID, escalation.Ack{Person: p, Via: via}, incident.By(p))
	if err != nil {
		return Reply{}, err
	}
	var lines []string
	for _, a := range answers {
		lines = append(lines, acknowledged(a, p))
	}
	if len(lines) == 0 {
		return done(i, "has nothing to acknowledge: nobody is being paged for it.")
	}
	return done(i, "%s", strings.Join(lines, "\n"))
}

// acknowledged is what came of one acknowledgement, in a sentence.
func acknowledged(a escalation.Answer, p incident.PersonID) string {
	subject := "*" + view.Literal(a.Escalation.Subject) + "*"
	others := slices.DeleteFunc(slices.Clone(a.Before), func(who incident.PersonID) bool { return who == p })
	switch {
	case a.More > 0 && !slices.Contains(a.Escalation.AckedBy, p):
		return subject + " could not be acknowledged; try again."
	case a.More > 0:
		return subject + ": thank you. " + morePeople(a.More) + " before the paging stops."
	case a.Counted:
		return subject + ": you have it. Nobody else is paged."
	case slices.Contains(a.Before, p):
		return subject + ": you have it already."
	case len(others) > 0:
		return subject + ": " + mentions(others) + " had it before you. Nobody else is paged."
	}
	return subject + ": it is put off already. Nobody else is paged."
}

func morePeople(n int) string {
	if n == 1 {
		return "One more person has to acknowledge"
	}
	return strconv.Itoa(n) + " more people have to acknowledge"
}

func (b *Bot) holdCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	_, rest, err := b.paged(ctx, c)
	if err != nil {
		return Reply{}, err
	}
	d, err := timeline.ParseDuration(rest)
	if err != nil {
		return Reply{}, err
	}
	return b.eachPage(ctx, c, "is being paged for it", func(e *escalation.Escalation) (string, error) {
		e, err := b.Escalations.Snooze(ctx, e.ID, d, c.Actor())
		if err != nil {
			return "", err
		}
		return "put off until " + view.Date(e.AckDue, "") + "; then it pages again unless it is over.", nil
	})
}

// eachPage does something to everything that is paged for an incident, and says what
// came of each. none says what there is nothing of.
func (b *Bot) eachPage(ctx context.Context, c Command, none string, do func(*escalation.Escalation) (string, error)) (Reply, error) {
	i, _, err := b.paged(ctx, c)
	if err != nil {
		return Reply{}, err
	}
	open, err := b.Escalations.Open(ctx, i.ID)
	if err != nil {
		return Reply{}, err
	}
	var lines []string
	for _, e := range open {
		text, err := do(e)
		if err != nil {
			return Reply{}, err
		}
		if text != "" {
			lines = append(lines, "*"+view.Escape(e.Subject)+"*: "+text)
		}
	}
	if len(lines) == 0 {
		return Reply{}, incident.Errorf(incident.Conflict, "Nothing %s: %s has no page that this could change.", none, i.ID)
	}
	return done(i, "%s", strings.Join(lines, "\n"))
}

func (b *Bot) acceptClick(ctx context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	if i.Status != incident.StatusTriage {
		return Reply{}, incident.Errorf(incident.Conflict, "%s is %s already; somebody was quicker.", i.ID, i.Status)
	}
	i, err := b.Incidents.Activate(ctx, i.ID, c.Actor())
	if err != nil {
		return Reply{}, err
	}
	return done(i, "is active: its war room opens now.")
}

func (b *Bot) openCancelClick(_ context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	if !i.Status.Ongoing() {
		return Reply{}, incident.Errorf(incident.Conflict, "%s is %s already.", i.ID, i.Status)
	}
	return Open(view.CancelModal(i, c.Channel)), nil
}
