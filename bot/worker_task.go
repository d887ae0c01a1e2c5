package bot

import (
	"context"
	"errors"
	"fmt"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// TellOwner tells somebody that others gave them a task or an action item.
type TellOwner struct {
	Incident incident.ID       `json:"incident"`
	Entry    int64             `json:"entry"`
	Task     int               `json:"task"`
	Person   incident.PersonID `json:"person"`
}

// Kind names the job.
func (TellOwner) Kind() string { return "bot.tell_owner" }

// tellOwner says to an owner, to them alone, what they were given and by whom, once
// for each time. What was done, dropped or given on meanwhile is not told.
func (b *Bot) tellOwner(ctx context.Context, a TellOwner) error {
	i, entry, err := b.entry(ctx, a.Incident, a.Entry)
	if err != nil {
		return err
	}
	t, err := b.Incidents.Task(ctx, a.Incident, a.Task)
	if err != nil || !t.Open() || t.Owner != a.Person {
		return err
	}
	return b.whisper(ctx, i, a.Person, fmt.Sprintf("owner-%d", a.Entry), view.TaskGiven(i, t, entry.By, b.Settings.Command))
}

// RedrawTask makes the messages that told of a task show how it is.
type RedrawTask struct {
	Incident incident.ID `json:"incident"`
	Task     int         `json:"task"`
}

// Kind names the job.
func (RedrawTask) Kind() string { return "bot.redraw_task" }

// redrawTask draws the messages anew with which a task was added: what is done, or
// dropped, has no button any more.
func (b *Bot) redrawTask(ctx context.Context, a RedrawTask) error {
	entries, err := b.Timeline.Entries(ctx, a.Incident)
	if err != nil {
		return err
	}
	var failed []error
	for _, e := range entries {
		if added, ok := e.Event.(incident.TaskAdded); ok && added.Number == a.Task {
			failed = append(failed, b.redrawAdded(ctx, e, a.Task))
		}
	}
	return errors.Join(failed...)
}

// redrawAdded leaves a message alone that was not posted yet, or that is gone.
func (b *Bot) redrawAdded(ctx context.Context, e timeline.Entry, task int) error {
	return b.redrawWith(ctx, e.Incident, tellKey(e.ID), func(ctx context.Context, i *incident.Incident, s *step) error {
		t, err := b.Incidents.Task(ctx, i.ID, task)
		if err != nil || s.Remote == "" {
			return err
		}
		m := view.TaskNow(i, e, t)
		err = b.API.UpdateMessage(ctx, Post{Channel: s.Channel, Text: m.Text, Blocks: m.Blocks}, s.Remote)
		if isGone(err, "message_not_found", "cant_update_message", "edit_window_closed") {
			return nil
		}
		return err
	})
}

// outdated draws a message anew whose task was changed before it could be told of.
func (b *Bot) outdated(ctx context.Context, e timeline.Entry) error {
	added, ok := e.Event.(incident.TaskAdded)
	if !ok {
		return nil
	}
	t, err := b.Incidents.Task(ctx, e.Incident, added.Number)
	if err != nil || t.Open() && t.Text == added.Text && t.Owner == added.Owner && t.DueOn.Equal(added.DueOn) {
		return err
	}
	return b.redrawAdded(ctx, e, added.Number)
}

// owners are the people who have open work in an incident.
func (b *Bot) owners(ctx context.Context, id incident.ID) ([]string, error) {
	tasks, err := b.Incidents.Tasks(ctx, id)
	if err != nil {
		return nil, err
	}
	var people []string
	for _, t := range tasks {
		if t.Open() && t.Owner != "" {
			people = append(people, string(t.Owner))
		}
	}
	return people, nil
}
