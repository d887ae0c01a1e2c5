package bot

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// numberPattern is a number of a task with which a change of it begins.
var numberPattern = regexp.MustCompile(`^#?\d{1,6}$`)

// neverPattern takes a due date away.
var neverPattern = regexp.MustCompile(`(?i)(?:^|\s)due\s+(?:never|no\s+date)$`)

// amendTask follows "task 3 @bob due friday": another owner or date for what is there
// already, and with "#3" another text. ok is false when a new one is meant, such as
// "500 errors must be looked at". A number that is taken and followed by words could
// be either, and is asked about.
func (b *Bot) amendTask(ctx context.Context, c Command, i *incident.Incident) (reply Reply, ok bool, err error) {
	first, rest := splitWord(c.Args)
	if !numberPattern.MatchString(first) {
		return Reply{}, false, nil
	}
	number, _ := strconv.Atoi(strings.TrimPrefix(first, "#")) // six digits at most
	change, err := b.readAmendment(ctx, rest, c.User)
	if err != nil {
		return Reply{}, true, err
	}
	t, err := b.Incidents.Task(ctx, i.ID, number)
	if change.Text != nil && !strings.HasPrefix(first, "#") {
		if incident.CodeOf(err) == incident.NotFound {
			return Reply{}, false, nil
		}
		if err == nil {
			err = incident.Errorf(incident.Invalid, "There is %s %d already. To give it another text: `%s %s #%d …`. To add one, begin with a verb. Nothing was changed.",
				t.Kind.Noun(), number, b.Settings.Command, c.Name, number)
		}
	}
	if err != nil {
		return Reply{}, true, err
	}
	reply, err = b.amend(ctx, i, number, change, c)
	return reply, true, err
}

// readAmendment reads what is to change of a task: owner and date in either order,
// "nobody", "due never", or words.
func (b *Bot) readAmendment(ctx context.Context, args string, who incident.PersonID) (incident.Amendment, error) {
	var change incident.Amendment
	if never := neverPattern.FindStringIndex(args); never != nil {
		args, change.Due = strings.TrimSpace(args[:never[0]]), new(time.Time)
	}
	text, owner, due, err := takeDuty(args, b.zoneOf(ctx, who))
	if err != nil {
		return change, err
	}
	if owner != "" {
		if err := b.someone(ctx, owner); err != nil {
			return change, err
		}
		change.Owner = &owner
	}
	if !due.IsZero() {
		change.Due = &due
	}
	switch {
	case strings.EqualFold(text, "nobody"):
		change.Owner = new(incident.PersonID)
	case text != "":
		text = b.named(ctx, text)
		change.Text = &text
	case change == incident.Amendment{}:
		return change, incident.Errorf(incident.Invalid, "Say what changes: `@person` or `nobody`, `due friday` or `due never`, or write `#` before the number and the new text after it. `%s done` ticks it off.", b.Settings.Command)
	}
	return change, nil
}

func (b *Bot) amend(ctx context.Context, i *incident.Incident, number int, change incident.Amendment, c Command) (Reply, error) {
	t, err := b.Incidents.ChangeTask(ctx, i.ID, number, c.Actor(), func(t *incident.Task, _ time.Time) ([]incident.Event, error) { return t.Amend(change) })
	if err != nil {
		return Reply{}, err
	}
	return done(i, "has %s %d now as: %s%s.", t.Kind.Noun(), t.Number, view.Literal(t.Text), dutyOf(t))
}

// taskNumber reads the number of a task, with or without "#".
func (b *Bot) taskNumber(word, what string) (int, error) {
	number, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(word), "#"))
	if err != nil {
		return 0, incident.Errorf(incident.Invalid, "Say which one is %s by its number; `%s tasks` lists them.", what, b.Settings.Command)
	}
	return number, nil
}

func (b *Bot) doneCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	said, err := b.tick(ctx, i, c.Args, c.Actor())
	if err != nil {
		return Reply{}, err
	}
	return done(i, "%s", said)
}

// tickTaskClick ticks off. A list that only this person sees is drawn anew in its
// place, so that no button is left of what is done.
func (b *Bot) tickTaskClick(ctx context.Context, c Click, i *incident.Incident, number string) (Reply, error) {
	said, err := b.tick(ctx, i, number, c.Actor())
	if err != nil {
		return Reply{}, err
	}
	reply, err := done(i, "%s", said)
	if err != nil || !c.Ephemeral {
		return reply, err
	}
	s, err := b.situation(ctx, i)
	if err != nil {
		return Reply{}, err
	}
	list := replyWith(view.Tasks(s, reply.Text))
	list.replaces = true
	return list, nil
}

// tick says what became of a task: ticked off now, or by whom and when before.
func (b *Bot) tick(ctx context.Context, i *incident.Incident, word string, by incident.Actor) (string, error) {
	number, err := b.taskNumber(word, "done")
	if err != nil {
		return "", err
	}
	var before time.Time
	t, err := b.Incidents.ChangeTask(ctx, i.ID, number, by, func(t *incident.Task, now time.Time) ([]incident.Event, error) {
		before = t.DoneAt
		return t.Finish(now)
	})
	if err != nil {
		return "", err
	}
	name := t.Kind.Noun() + " " + strconv.Itoa(t.Number)
	if before.IsZero() {
		return "has " + name + " ticked off: " + view.Literal(t.Text) + ". To take that back: `" + b.Settings.Command + " undone " + strconv.Itoa(t.Number) + "`.", nil
	}
	who, err := b.finisher(ctx, i.ID, number)
	return "has " + name + " ticked off already, " + who + view.Date(before, "") + ": " + view.Literal(t.Text) + ".", err
}

// finisher names whoever ticked a task off last.
func (b *Bot) finisher(ctx context.Context, id incident.ID, number int) (string, error) {
	entries, err := b.Timeline.Entries(ctx, id)
	if err != nil {
		return "", err
	}
	for at := len(entries) - 1; at >= 0; at-- {
		if e, ok := entries[at].Event.(incident.TaskFinished); ok && e.Number == number {
			return "by " + whoOf(entries[at].By) + ", ", nil
		}
	}
	return "", nil
}

func whoOf(a incident.Actor) string {
	if p := a.Person(); p != "" {
		return view.Mention(string(p))
	}
	return a.ID
}

// undoneCommand takes back that something was ticked off, or dropped.
func (b *Bot) undoneCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	number, err := b.taskNumber(c.Args, "not done")
	if err != nil {
		return Reply{}, err
	}
	t, err := b.Incidents.ChangeTask(ctx, i.ID, number, c.Actor(), func(t *incident.Task, _ time.Time) ([]incident.Event, error) {
		switch {
		case !t.Withdrawn.IsZero():
			return t.Restore()
		case t.Open():
			return nil, incident.Errorf(incident.Conflict, "%s %d of %s is open; nothing was changed.", sentenceCase(t.Kind.Noun()), number, i.ID)
		}
		return t.Reopen()
	})
	if err != nil {
		return Reply{}, err
	}
	return done(i, "has %s %d to be done again: %s%s.", t.Kind.Noun(), t.Number, view.Literal(t.Text), dutyOf(t))
}

// dropCommand takes work off the list that nobody is going to do.
func (b *Bot) dropCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	word, reason := splitWord(c.Args)
	number, err := b.taskNumber(word, "dropped")
	if err != nil {
		return Reply{}, err
	}
	t, err := b.Incidents.ChangeTask(ctx, i.ID, number, c.Actor(), func(t *incident.Task, now time.Time) ([]incident.Event, error) {
		if !t.Withdrawn.IsZero() {
			return nil, incident.Errorf(incident.Conflict, "%s %d of %s is off the list already.", sentenceCase(t.Kind.Noun()), number, i.ID)
		}
		return t.Withdraw(b.named(ctx, reason), now)
	})
	if err != nil {
		return Reply{}, err
	}
	return done(i, "no longer has %s %d on its list: %s. It stays on record; to put it back: `%s undone %d`.", t.Kind.Noun(), t.Number, view.Literal(t.Text), b.Settings.Command, t.Number)
}

func sentenceCase(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
