package bot

import (
	"context"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
)

// calendarsClick shows a person's calendars as a form.
func (b *Bot) calendarsClick(ctx context.Context, c Click, _ *incident.Incident, _ string) (Reply, error) {
	return b.openCalendars(ctx, c.User, view.Calendars{})
}

// newCalendarClick makes a calendar of the person's own shifts; each press makes
// another one.
func (b *Bot) newCalendarClick(ctx context.Context, c Click, _ *incident.Incident, _ string) (Reply, error) {
	fresh, err := b.freshCalendar(ctx, c.User, oncall.FeedSubject{Person: c.User})
	if err != nil {
		return Reply{}, err
	}
	return b.openCalendars(ctx, c.User, fresh)
}

// revokeCalendarClick makes an address useless; one that is, stays so.
func (b *Bot) revokeCalendarClick(ctx context.Context, c Click, _ *incident.Incident, number string) (Reply, error) {
	id, err := b.revoke(ctx, c.User, number)
	if err != nil {
		return Reply{}, err
	}
	return b.openCalendars(ctx, c.User, view.Calendars{Revoked: id})
}

func (b *Bot) openCalendars(ctx context.Context, who incident.PersonID, v view.Calendars) (Reply, error) {
	v, err := b.calendars(ctx, who, v)
	if err != nil {
		return Reply{}, err
	}
	return Open(view.CalendarsModal(v)), nil
}
