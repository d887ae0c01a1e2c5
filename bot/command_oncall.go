package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// oncallCommand says who is on call now, until when, and who comes next: in all
// schedules, in one, or by the steps by which a service, team or policy is paged.
func (b *Bot) oncallCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	all, err := b.OnCall.Schedules(ctx)
	if err != nil {
		return Reply{}, err
	}
	if c.Args != "" {
		found, err := b.onDuty(ctx, c.Args)
		if err != nil {
			return Reply{}, err
		}
		if found.kind != kindSchedule {
			return b.oncallSteps(ctx, found, all)
		}
		all = slices.DeleteFunc(all, func(s oncall.Stored) bool { return s.ID != found.id })
	}
	var duties []view.Duty
	for _, s := range all {
		d, err := b.duty(ctx, s, incident.Now())
		if err != nil {
			return Reply{}, err
		}
		duties = append(duties, d)
	}
	return replyWith(view.OnCall(duties, b.Settings.Command)), nil
}

// duty is who is on call in a schedule at an instant, overrides included.
func (b *Bot) duty(ctx context.Context, s oncall.Stored, at time.Time) (view.Duty, error) {
	r, err := s.Compile()
	if err != nil {
		return view.Duty{}, err
	}
	d := view.Duty{Schedule: s.ID, Name: r.Name(), Zone: r.Zone()}
	now := r.At(at)
	next, from := r.Next(at)
	gone, err := roster.Removed(ctx, b.Pool, slices.Concat(now, next))
	if err != nil {
		return d, err
	}
	for _, p := range now {
		if shift, ok := r.ShiftAt(p, at); ok && !gone[p] {
			d.Now = append(d.Now, shift)
		}
	}
	if len(d.Now) == 0 && s.UserGroup != "" {
		if d.Group, d.Holds, err = b.groupHolds(ctx, s.UserGroup); err != nil {
			return d, err
		}
	}
	d.Next, d.NextFrom = slices.DeleteFunc(slices.Clone(next), func(p incident.PersonID) bool { return gone[p] }), from
	return d, nil
}

// onDuty finds what a name means that somebody can be on call for.
func (b *Bot) onDuty(ctx context.Context, name string) (pageable, error) {
	list, err := b.pageables(ctx)
	if err != nil {
		return pageable{}, err
	}
	// A schedule is meant first, where it has the name of something else.
	slices.SortStableFunc(list, func(x, y pageable) int { return cmp.Compare(rankOf(x), rankOf(y)) })
	found, _, ok := matchPageable(name, list)
	if !ok || found.kind == kindGroup {
		return pageable{}, noPageable(name, list)
	}
	return found, nil
}

func rankOf(p pageable) int {
	if p.kind == kindSchedule {
		return 0
	}
	return 1
}

// schedule takes the name of a schedule off the front of a text. ok is false when
// there is no text.
func (b *Bot) schedule(ctx context.Context, text string) (found pageable, rest string, ok bool, err error) {
	all, err := b.OnCall.Schedules(ctx)
	if err != nil {
		return found, text, false, err
	}
	var list []pageable
	for _, s := range all {
		list = append(list, pageable{kindSchedule, s.ID, s.Name})
	}
	found, rest, ok = matchPageable(text, list)
	if !ok && text != "" {
		return found, text, false, noSchedule(text, list)
	}
	return found, rest, ok, nil
}

// noSchedule says which schedules there are, in a sentence.
func noSchedule(text string, list []pageable) error {
	if len(list) == 0 {
		return incident.Errorf(incident.NotFound, "There are no schedules yet; add them to the organisation file.")
	}
	first, _ := splitWord(text)
	return incident.Errorf(incident.NotFound, "There is no schedule %q; %s", cut(first, 60), meantOrAll(text, list))
}

// zoneOfSchedule is the zone on whose wall clock a schedule's times are.
func zoneOfSchedule(s oncall.Stored) *time.Location {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func trimHash(channel string) string { return strings.TrimPrefix(channel, "#") }

// isForGood reports whether Slack refuses something that no second attempt mends.
func isForGood(err error) bool {
	gone, ok := errors.AsType[*Gone](err)
	return ok && gone.Permanent()
}

func sayf(format string, args ...any) Reply { return Say(fmt.Sprintf(format, args...)) }
