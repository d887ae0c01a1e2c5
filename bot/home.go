package bot

import (
	"context"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// homeOpened draws a person's App Home: what is open, and what of it is theirs.
func (b *Bot) homeOpened(ctx context.Context, e event) error {
	if e.Tab != "" && e.Tab != "home" {
		return nil
	}
	return b.drawHome(ctx, e.user())
}

// redrawHome shows in the App Home what a click there has changed.
func (b *Bot) redrawHome(ctx context.Context, p incident.PersonID) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	return b.drawHome(ctx, p)
}

func (b *Bot) drawHome(ctx context.Context, p incident.PersonID) error {
	h, err := b.home(ctx, p)
	if err != nil {
		return err
	}
	return b.API.PublishHome(ctx, string(p), view.Home(h))
}

func (b *Bot) home(ctx context.Context, p incident.PersonID) (view.HomeData, error) {
	h := view.HomeData{Person: p, Command: b.Settings.Command, MyRoles: map[incident.ID][]incident.Role{}}
	open, err := b.Incidents.Open(ctx, listLimit)
	if err != nil {
		return h, err
	}
	h.Open = b.visibleTo(ctx, open, p)
	if h.Mine, err = b.Incidents.OfPerson(ctx, p, listLimit); err != nil {
		return h, err
	}
	for _, i := range h.Mine {
		for _, info := range incident.RoleCatalogue() {
			if holds(i, info.Role, p) {
				h.MyRoles[i.ID] = append(h.MyRoles[i.ID], info.Role)
			}
		}
	}
	if h.Tasks, err = b.Incidents.TasksOfPerson(ctx, p, listLimit); err != nil {
		return h, err
	}
	me, err := b.me(ctx, p)
	h.Me = &me
	return h, err
}

// noticeSubmission is never sent, since a notice has no submit button; it stands
// in the table so that every modal has its row.
func (b *Bot) noticeSubmission(context.Context, Submission, *incident.Incident) (Reply, error) {
	return Reply{}, nil
}

// linkClick acks a button that only opens a link; Slack reports those too.
func (b *Bot) linkClick(context.Context, Click, *incident.Incident, string) (Reply, error) {
	return Reply{}, nil
}
