package bot

import (
	"context"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// situation loads what the card, the brief and other views of an incident show.
func (b *Bot) situation(ctx context.Context, i *incident.Incident) (view.Situation, error) {
	s := view.Situation{Incident: i, Command: b.Settings.Command}
	steps, err := stepsOf(ctx, b.Pool, i.ID)
	if err != nil {
		return s, err
	}
	s.Steps = viewSteps(i, steps)
	if s.Tasks, err = b.Incidents.Tasks(ctx, i.ID); err != nil {
		return s, err
	}
	if s.Tickets, err = ticketsOf(ctx, b.Pool, i.ID); err != nil {
		return s, err
	}
	if s.Hypotheses, err = b.Timeline.Hypotheses(ctx, i.ID); err != nil {
		return s, err
	}
	if err = b.addPaging(ctx, &s); err != nil {
		return s, err
	}
	s.PostmortemURL, err = b.postmortemURL(ctx, i)
	return s, err
}

// situationWithLines is situation with the whole timeline.
func (b *Bot) situationWithLines(ctx context.Context, i *incident.Incident) (view.Situation, error) {
	s, err := b.situation(ctx, i)
	if err != nil {
		return s, err
	}
	s.Lines, err = b.Timeline.Lines(ctx, i.ID)
	return s, err
}

// viewSteps lists the steps in their order; one that has not begun is waiting.
// A private incident is announced to nobody.
func viewSteps(i *incident.Incident, steps map[string]*step) []view.Step {
	var list []view.Step
	for _, name := range []string{stepRoom, stepAnnounce, StepCard, stepPin, stepInvite, stepTopic, stepBookmarks} {
		if name == stepAnnounce && i.Private {
			continue
		}
		v := view.Step{Name: name, State: view.StepWaiting}
		if s, ok := steps[name]; ok {
			v.Reason = s.Reason
			switch s.State {
			case stepDone:
				v.State, v.Reason = view.StepDone, ""
			case stepFailed:
				v.State = view.StepFailed
			case stepSkipped:
				v.State = view.StepSkipped
			}
		}
		list = append(list, v)
	}
	return list
}
