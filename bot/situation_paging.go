package bot

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// addPaging loads what is paged for an incident and how far each message has come.
func (b *Bot) addPaging(ctx context.Context, s *view.Situation) error {
	s.CanPage = true
	if err := b.addStopped(ctx, s); err != nil {
		return err
	}
	open, err := b.Escalations.Open(ctx, s.Incident.ID)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		return b.addRefusal(ctx, s)
	}
	lines, err := b.Paging.Ledger(ctx, s.Incident.ID)
	if err != nil {
		return err
	}
	for _, e := range open {
		s.Runs = append(s.Runs, runOf(e, lines))
	}
	return nil
}

// addStopped loads what people stopped, so that nobody takes silence for an answer.
func (b *Bot) addStopped(ctx context.Context, s *view.Situation) (err error) {
	if s.Incident.Status.Ongoing() {
		s.Stopped, err = b.Escalations.Stopped(ctx, s.Incident.ID)
	}
	return err
}

// addRefusal loads why nobody is paged for the incident's service.
func (b *Bot) addRefusal(ctx context.Context, s *view.Situation) error {
	if s.Incident.Service == "" {
		return nil
	}
	refused, ok, err := b.Escalations.Refused(ctx, s.Incident.ID)
	if ok {
		s.Refused = &refused
	}
	return err
}

// runOf gathers the messages of an escalation's present run, by whom they are for.
func runOf(e *escalation.Escalation, lines []paging.Line) view.Run {
	r := view.Run{Escalation: e}
	for _, l := range lines {
		if l.Escalation != e.ID || l.Run != e.Run {
			continue
		}
		at := slices.IndexFunc(r.Asked, func(a view.Asked) bool { return l.Person != "" && a.Person == l.Person })
		if at < 0 {
			at = len(r.Asked)
			r.Asked = append(r.Asked, view.Asked{Person: l.Person, Place: placeOf(l)})
		}
		if l.Method == "" {
			r.Asked[at].Unreachable = l.Reason
			continue
		}
		r.Asked[at].Ways = append(r.Asked[at].Ways, view.Way{Method: l.Method, State: l.State, Due: l.At, Reason: l.Reason, Repeat: l.Repeat})
	}
	return r
}

// placeOf is what a message to nobody in particular is for.
func placeOf(l paging.Line) string {
	switch {
	case l.Person != "":
		return ""
	case l.Method == paging.MethodWebhook:
		return "a webhook"
	}
	return "a channel"
}

// joinPaged makes responders of those whom a step asks, so that they are invited
// and may see the incident. Who has a part in it already keeps it.
func (b *Bot) joinPaged(ctx context.Context, a JoinPaged) error {
	_, entry, err := b.entry(ctx, a.Incident, a.Entry)
	if err != nil {
		return err
	}
	fired, ok := entry.Event.(incident.StepFired)
	if !ok {
		return nil
	}
	return b.addResponders(ctx, a.Incident, fired.Pages)
}

func (b *Bot) addResponders(ctx context.Context, id incident.ID, pages []incident.Page) error {
	_, err := b.Incidents.Change(ctx, id, incident.System, func(_ context.Context, _ pgx.Tx, i *incident.Incident, now time.Time) (events []incident.Event, err error) {
		if !i.Status.Ongoing() {
			return nil, nil
		}
		has := partakers(i)
		for _, p := range pages {
			if slices.Contains(has, string(p.Person)) {
				continue
			}
			more, err := i.Assign(incident.Responder, p.Person, now)
			if err != nil {
				return nil, err
			}
			events = append(events, more...)
		}
		return events, nil
	})
	return err
}
