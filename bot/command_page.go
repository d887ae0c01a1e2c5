package bot

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// pageCommand asks for somebody: for the incident that is named or whose war room it
// is typed in, else for a new one in triage that is called by the reason.
func (b *Bot) pageCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	i, rest, err := b.namedOrHere(ctx, c)
	if err != nil {
		return Reply{}, err
	}
	if rest == "" {
		return Open(view.PageModal(i, c.Channel)), nil
	}
	r, reason, err := b.pageOf(ctx, rest)
	if err != nil {
		return Reply{}, err
	}
	r.Reason = reason
	return b.page(ctx, i, r, "slack:"+c.TriggerID, c.Actor())
}

// namedOrHere is the incident whose number comes first, else that of the war room,
// else none; rest is what follows the number.
func (b *Bot) namedOrHere(ctx context.Context, c Command) (i *incident.Incident, rest string, err error) {
	first, rest := splitWord(c.Args)
	if !strings.HasPrefix(strings.ToUpper(first), "INC-") {
		i, _, err = b.Incidents.ByRoom(ctx, c.Channel)
		return i, c.Args, err
	}
	id, err := incident.ParseID(first)
	if err != nil {
		return nil, "", err
	}
	i, err = b.known(ctx, id, c.User)
	return i, rest, err
}

// page pages for an incident, or for a new one in triage when there is none. key
// makes it one incident, however often it is called with it.
func (b *Bot) page(ctx context.Context, i *incident.Incident, r escalation.Request, key string, by incident.Actor) (Reply, error) {
	if err := b.reachBySlack(ctx, by.Person()); err != nil { // who asks is told what came of it
		return Reply{}, err
	}
	if i == nil {
		return b.pageAnew(ctx, r, key, by)
	}
	e, err := b.Escalations.Begin(ctx, i.ID, r, by)
	if err != nil {
		return Reply{}, err
	}
	return b.asks(i, e, false)
}

// pageAnew declares an incident in triage and pages in its name. When nobody can be
// paged it is declared all the same: something is wrong, and somebody has said so.
func (b *Bot) pageAnew(ctx context.Context, r escalation.Request, key string, by incident.Actor) (Reply, error) {
	d := incident.Declaration{Title: triageTitle(r), Triage: true, Service: r.Service, DedupKey: key}
	i, e, err := b.Escalations.Declare(ctx, d, r, by)
	if refused, ok := errors.AsType[*incident.Error](err); ok && i != nil {
		return Reply{}, incident.Errorf(refused.Code, "%s %s was declared for it all the same, and waits in triage.", refused.Message, i.ID)
	}
	if err != nil {
		return Reply{}, err
	}
	return b.asks(i, e, true)
}

// triageTitle is what somebody is paged for; without a reason, that they are.
func triageTitle(r escalation.Request) string {
	return cut(cmp.Or(strings.Join(strings.Fields(r.Reason), " "), r.Subject+" is needed"), incident.MaxTitle)
}

// asks says what is known the moment a page is on record, and not more: that it is,
// and where one sees whom it has reached.
func (b *Bot) asks(i *incident.Incident, e *escalation.Escalation, fresh bool) (Reply, error) {
	text := "asks for *" + view.Literal(e.Subject) + "*"
	switch {
	case e.State == escalation.Acknowledged:
		text += " already, and it is acknowledged by " + mentions(e.AckedBy) + ". `" + b.naming("unack", i, e) + "` pages again."
		if e.Raised {
			text += " It is of high urgency from now on."
		}
	case e.Raised && !e.Held:
		text += " with high urgency now: it was asked for with low urgency before, and starts again at its first step."
	case e.Count > 1 && e.ByName():
		text += " already; nobody is asked twice for it, and nobody comes next. Page somebody else."
	case e.Count > 1:
		text += " already; nobody is asked twice for it. `" + b.naming("escalate", i, e) + "` asks whoever comes next."
	case e.Held:
		text += ", but maintenance holds it back" + untilMoment(e) + "."
	case e.Exhausted, e.Fired == 0:
		text += ", but nobody is on call for it. Page a person."
	default:
		text += " now. The card shows whom it has reached and who acknowledges."
	}
	if fresh {
		text += "\nIt is a new incident in triage, _" + view.Literal(i.Title) + "_; it gets its war room when somebody accepts it."
	}
	return done(i, "%s", text)
}

func untilMoment(e *escalation.Escalation) string {
	if e.HeldUntil.IsZero() {
		return ""
	}
	return " until " + view.Date(e.HeldUntil, "")
}

func mentions(people []incident.PersonID) string {
	var list []string
	for _, p := range people {
		list = append(list, view.Mention(string(p)))
	}
	return cmp.Or(strings.Join(list, ", "), "nobody")
}

// reachBySlack sees to it that a person has Slack as a contact method, which needs
// no proof, since it is the account by which we know them.
func (b *Bot) reachBySlack(ctx context.Context, p incident.PersonID) error {
	_, err := b.Paging.AddContact(ctx, p, paging.MethodSlack, string(p))
	return err
}

func (b *Bot) openPageClick(_ context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	if !i.Status.Ongoing() {
		return Reply{}, incident.Errorf(incident.Conflict, "%s is %s; reopen it to page anybody for it.", i.ID, i.Status)
	}
	return Open(view.PageModal(i, c.Channel)), nil
}

// pageSubmission pages whoever was chosen: people, or one thing by its name.
func (b *Bot) pageSubmission(ctx context.Context, s Submission, _ *incident.Incident) (Reply, error) {
	i, err := b.formIncident(ctx, s)
	if err != nil {
		return Reply{}, err
	}
	people, what := s.Values.People("people"), s.Values.Text("what")
	var r escalation.Request
	switch {
	case len(people) > 0 && what != "":
		return Reply{Fields: map[string]string{"what": "Choose people or one of these, not both; page the others in a second go."}}, nil
	case len(people) > 0:
		r, err = b.pagePeople(ctx, people)
	case what != "":
		r, err = b.pageChosen(ctx, what)
	default:
		return Reply{Fields: map[string]string{"people": "Say whom to page: people here, or something below."}}, nil
	}
	if err != nil {
		return inField(map[bool]string{true: "people", false: "what"}[len(people) > 0], err)
	}
	r.Reason = b.named(ctx, s.Values.Text("reason"))
	if s.Values.Text("urgency") == string(escalation.Low) {
		r.Urgency = escalation.Low
	}
	reply, err := b.page(ctx, i, r, "slack:"+s.ViewID, s.Actor())
	if err != nil {
		return inField("reason", err)
	}
	return reply, nil
}

// formIncident is the incident that a form was opened about, nil for none.
func (b *Bot) formIncident(ctx context.Context, s Submission) (*incident.Incident, error) {
	number, _, _ := strings.Cut(s.Private, ":")
	if number == "" {
		return nil, nil
	}
	id, err := incident.ParseID(number)
	if err != nil {
		return nil, err
	}
	return b.known(ctx, id, s.User)
}

// pageChosen is the request for what was chosen from the menu.
func (b *Bot) pageChosen(ctx context.Context, value string) (escalation.Request, error) {
	list, err := b.pageables(ctx)
	if err != nil {
		return escalation.Request{}, err
	}
	found, _, ok := matchPageable(value, list)
	if !ok {
		return escalation.Request{}, noPageable(value, list)
	}
	return b.pageRequest(ctx, found)
}
