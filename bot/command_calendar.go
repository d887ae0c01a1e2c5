package bot

import (
	"context"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
)

// maxCalendars is how many calendars one person may have: enough for every schedule
// of a large team, and an end to somebody who presses Enter in their sleep.
const maxCalendars = 20

// calendarCommand makes a calendar with a secret address: "" shows the shifts of who
// asks, a schedule its own. "list" lists what they made, and "revoke <n>" makes the
// address of one useless. The answer is for them alone.
func (b *Bot) calendarCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	first, rest := splitWord(c.Args)
	switch strings.ToLower(first) {
	case "list", "ls":
		return b.listCalendars(ctx, c.User, view.Calendars{})
	case "revoke", "remove":
		return b.revokeCalendar(ctx, c.User, rest)
	case "", "me", "my", "mine":
		return b.makeCalendar(ctx, c.User, oncall.FeedSubject{Person: c.User})
	}
	schedule, more, _, err := b.schedule(ctx, c.Args)
	switch {
	case err != nil:
		return Reply{}, err
	case more != "":
		return Reply{}, incident.Errorf(incident.Invalid, "A calendar shows one schedule; leave out %q, or make one calendar of each.", cut(more, 60))
	}
	return b.makeCalendar(ctx, c.User, oncall.FeedSubject{Schedule: schedule.id})
}

func (b *Bot) makeCalendar(ctx context.Context, who incident.PersonID, of oncall.FeedSubject) (Reply, error) {
	fresh, err := b.freshCalendar(ctx, who, of)
	if err != nil {
		return Reply{}, err
	}
	return b.listCalendars(ctx, who, fresh)
}

// freshCalendar makes a calendar; its address is told this once.
func (b *Bot) freshCalendar(ctx context.Context, who incident.PersonID, of oncall.FeedSubject) (view.Calendars, error) {
	have, err := b.OnCall.Feeds(ctx, who)
	if err != nil {
		return view.Calendars{}, err
	}
	if len(have) >= maxCalendars {
		return view.Calendars{}, incident.Errorf(incident.Conflict, "You have %d calendars already; revoke one with `%s calendar revoke %d` first.", len(have), b.Settings.Command, have[0].ID)
	}
	token, err := b.OnCall.CreateFeed(ctx, of, who)
	return view.Calendars{Fresh: strings.TrimRight(b.Settings.PublicURL, "/") + "/calendars/" + token + ".ics", Of: of}, err
}

func (b *Bot) revokeCalendar(ctx context.Context, who incident.PersonID, number string) (Reply, error) {
	id, err := b.revoke(ctx, who, number)
	if err != nil {
		return Reply{}, err
	}
	return b.listCalendars(ctx, who, view.Calendars{Revoked: id})
}

// revoke makes the address of one of a person's calendars useless.
func (b *Bot) revoke(ctx context.Context, who incident.PersonID, number string) (id int64, err error) {
	id, err = strconv.ParseInt(strings.TrimPrefix(number, "#"), 10, 64)
	if err != nil {
		return 0, incident.Errorf(incident.Invalid, "Say which one: `%s calendar revoke <n>`; `%s calendar list` has the numbers.", b.Settings.Command, b.Settings.Command)
	}
	return id, b.OnCall.RevokeFeed(ctx, id, who)
}

// listCalendars shows what somebody has, below what was just done.
func (b *Bot) listCalendars(ctx context.Context, who incident.PersonID, v view.Calendars) (Reply, error) {
	v, err := b.calendars(ctx, who, v)
	if err != nil {
		return Reply{}, err
	}
	return replyWith(view.CalendarList(v)), nil
}

// calendars adds what somebody has to what was just done.
func (b *Bot) calendars(ctx context.Context, who incident.PersonID, v view.Calendars) (_ view.Calendars, err error) {
	if v.All, err = b.OnCall.Feeds(ctx, who); err != nil {
		return v, err
	}
	stored, err := b.OnCall.Schedules(ctx)
	if err != nil {
		return v, err
	}
	v.Command, v.Names = b.Settings.Command, map[string]string{}
	for _, s := range stored {
		v.Names[s.ID] = s.Name
	}
	return v, nil
}
