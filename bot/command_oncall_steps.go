package bot

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// oncallSteps says who is on call by the steps by which something is paged.
func (b *Bot) oncallSteps(ctx context.Context, p pageable, all []oncall.Stored) (Reply, error) {
	r, err := b.pageRequest(ctx, p)
	if err != nil {
		return Reply{}, err
	}
	rungs := []escalation.Step{{Targets: r.Targets}}
	if r.Policy != "" {
		policy, _, err := escalation.ReadPolicy(ctx, b.Pool, r.Policy)
		if err != nil {
			return Reply{}, err
		}
		rungs = append(policy.Steps, escalation.Step{Targets: policy.Fallback})
	}
	l := &dutyLister{Bot: b, schedules: all, now: incident.Now()}
	var steps []view.DutyStep
	for i, rung := range rungs {
		s := view.DutyStep{Number: i + 1, After: l.after}
		l.after += rung.Delay
		if i == len(rungs)-1 && r.Policy != "" {
			s = view.DutyStep{}
		}
		if len(rung.Targets) == 0 {
			continue
		}
		if err := l.fill(ctx, &s, rung.Targets); err != nil {
			return Reply{}, err
		}
		steps = append(steps, s)
	}
	return replyWith(view.OnCallSteps(p.title(), steps, b.Settings.Command)), nil
}

// dutyLister tells who is asked by the targets of steps.
type dutyLister struct {
	*Bot
	schedules []oncall.Stored
	now       time.Time
	after     time.Duration // how long the steps so far have waited
}

func (l *dutyLister) fill(ctx context.Context, s *view.DutyStep, targets []escalation.Target) error {
	for _, t := range targets {
		switch t.Kind {
		case escalation.TargetPerson:
			s.People = append(s.People, incident.PersonID(t.ID))
			continue
		case escalation.TargetSchedule:
			if at := l.schedule(t.ID); at >= 0 {
				d, err := l.duty(ctx, l.schedules[at], l.now)
				if err != nil {
					return err
				}
				s.Duties = append(s.Duties, d)
				continue
			}
		}
		g, err := l.group(ctx, t)
		if err != nil {
			return err
		}
		s.Others = append(s.Others, g)
	}
	gone, err := roster.Removed(ctx, l.Pool, s.People)
	s.People = slices.DeleteFunc(s.People, func(p incident.PersonID) bool { return gone[p] })
	return err
}

func (l *dutyLister) schedule(id string) int {
	return slices.IndexFunc(l.schedules, func(s oncall.Stored) bool { return s.ID == id })
}

// group is a target that is neither a person nor a schedule.
func (l *dutyLister) group(ctx context.Context, t escalation.Target) (g view.DutyGroup, err error) {
	switch t.Kind {
	case escalation.TargetNext:
		g.Name = "whoever is next in " + t.ID
		if at := l.schedule(t.ID); at >= 0 {
			g.Name = "whoever is next in " + titleOf(l.schedules[at])
			d, err := l.duty(ctx, l.schedules[at], l.now)
			g.People = d.Next
			return g, err
		}
	case escalation.TargetTeam:
		team, _, err := roster.ReadTeam(ctx, l.Pool, t.ID)
		if err != nil {
			return g, err
		}
		gone, err := roster.Removed(ctx, l.Pool, team.Members)
		g.Name = "the team " + cmp.Or(team.Name, t.ID)
		g.People = slices.DeleteFunc(slices.Clone(team.Members), func(p incident.PersonID) bool { return gone[p] })
		return g, err
	case escalation.TargetGroup:
		g.Name = "a user group of Slack"
	case escalation.TargetChannel:
		g.Name = "a channel of Slack"
	case escalation.TargetWebhook:
		g.Name = "a webhook"
	default:
		g.Name = string(t.Kind) + " " + t.ID
	}
	return g, nil
}
