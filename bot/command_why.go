package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// whyCommand explains: "[INC-…] [@person]" what was done to reach somebody, and
// "<service, team, schedule or policy> [at 03:00]" who would be asked then.
func (b *Bot) whyCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	i, rest, err := b.namedOrHere(ctx, c)
	if err != nil {
		return Reply{}, err
	}
	people, rest := leadingMentions(rest)
	if first, _ := splitWord(rest); i == nil && strings.HasPrefix(strings.ToUpper(first), "INC-") {
		if i, rest, err = b.namedOrHere(ctx, Command{User: c.User, Args: rest}); err != nil {
			return Reply{}, err
		}
	}
	switch {
	case rest != "":
		return b.wouldPage(ctx, rest, c.User, i)
	case i == nil:
		return Reply{}, incident.Errorf(incident.Invalid, "Say what for: `%s why INC-… @person`, or `%s why <service> at 03:00` for who would be asked.", b.Settings.Command, b.Settings.Command)
	}
	return b.whyAsked(ctx, i, people)
}

// whyAsked explains all paging of an incident, and with a person, why they were asked
// or not, and what became of each message to them.
func (b *Bot) whyAsked(ctx context.Context, i *incident.Incident, people []incident.PersonID) (Reply, error) {
	var person incident.PersonID
	if len(people) > 0 {
		person = people[0]
	}
	account, err := b.Escalations.Why(ctx, i.ID, person)
	if err != nil {
		return Reply{}, err
	}
	ledger, err := b.Paging.Ledger(ctx, i.ID)
	if err != nil {
		return Reply{}, err
	}
	account.Far = paging.HowFar(slices.DeleteFunc(slices.Clone(ledger), func(l paging.Line) bool { return l.Person != person }))
	return replyWith(view.Explained(account.Sentences(view.Spoken(), func(e *escalation.Escalation, p escalation.PersonPage) []string {
		return view.Delivered(slices.DeleteFunc(slices.Clone(ledger), func(l paging.Line) bool {
			return l.Person != person || l.Escalation != e.ID || l.Run != p.Run || l.Pass != p.Pass || l.Step != p.Step
		}))
	}))), nil
}

// wouldPage lets the rules tell who would be asked, for an incident of the severity that
// it has, if there is one. A schedule says who is on call.
func (b *Bot) wouldPage(ctx context.Context, text string, who incident.PersonID, i *incident.Incident) (Reply, error) {
	list, err := b.pageables(ctx)
	if err != nil {
		return Reply{}, err
	}
	found, rest, ok := matchPageable(text, list)
	if !ok {
		return Reply{}, noPageable(text, list)
	}
	q := escalation.Question{At: incident.Now()}
	if i != nil {
		q.Severity = i.Severity
	}
	if rest, _ = cutWords(rest, "at"); rest != "" {
		if q.At, _, err = readComing(rest, q.At, b.zoneOf(ctx, who)); err != nil {
			return Reply{}, err
		}
	}
	switch found.kind {
	case kindService:
		q.Service = found.id
	case kindPolicy:
		q.Policy = found.id
	case kindSchedule:
		return b.onCallAt(ctx, found.id, q.At)
	default:
		r, err := b.pageRequest(ctx, found)
		if err != nil {
			return Reply{}, err
		}
		if q.Policy = r.Policy; q.Policy == "" {
			return Say("*" + view.Literal(found.title()) + "* has no escalation policy: all its members are asked at once, and once more after ten minutes."), nil
		}
	}
	forecast, err := b.Escalations.Would(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	return replyWith(view.Explained(forecast.Sentences(view.Spoken()))), nil
}

// onCallAt says who is on call in a schedule at an instant.
func (b *Bot) onCallAt(ctx context.Context, id string, at time.Time) (Reply, error) {
	stored, err := b.OnCall.Schedule(ctx, id)
	if err != nil {
		return Reply{}, err
	}
	d, err := b.duty(ctx, stored, at)
	if err != nil {
		return Reply{}, err
	}
	return replyWith(view.OnCall([]view.Duty{d}, b.Settings.Command)), nil
}
