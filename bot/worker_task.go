package bot

import (
	"context"
	"fmt"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
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
