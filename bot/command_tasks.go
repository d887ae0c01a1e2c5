package bot

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

func (b *Bot) taskCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	return b.addTask(ctx, c, i, incident.Todo)
}

func (b *Bot) actionCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	return b.addTask(ctx, c, i, incident.ActionItem)
}

func (b *Bot) addTask(ctx context.Context, c Command, i *incident.Incident, kind incident.TaskKind) (Reply, error) {
	if c.Args == "" {
		return Open(view.TaskModal(i, c.Channel, kind, "")), nil
	}
	if reply, ok, err := b.amendTask(ctx, c, i); ok || err != nil {
		return reply, err
	}
	text, owner, due, err := takeDuty(c.Args, b.zoneOf(ctx, c.User))
	if err != nil {
		return Reply{}, err
	}
	if owner != "" {
		if err := b.someone(ctx, owner); err != nil {
			return Reply{}, err
		}
	}
	t, err := b.Incidents.AddTask(ctx, i.ID, incident.Task{Kind: kind, Text: b.named(ctx, text), Owner: owner, DueOn: due}, c.Actor())
	if err != nil {
		return Reply{}, err
	}
	return done(i, "has %s %d: %s%s. Tick it off with `%s done %d`.", kind.Noun(), t.Number, view.Literal(t.Text), dutyOf(t), b.Settings.Command, t.Number)
}

// dutyOf repeats how owner and date were understood.
func dutyOf(t *incident.Task) string {
	text := ""
	if t.Owner != "" {
		text += fmt.Sprintf(" · <@%s>", t.Owner)
	}
	if !t.DueOn.IsZero() {
		text += " · due " + t.DueOn.Format("Mon 2 Jan 2006")
	}
	return text
}

// takeDuty takes owner and due date off what was typed, in either order. Somebody
// mentioned in the midst of the text belongs to the text.
func takeDuty(args string, zone *time.Location) (text string, owner incident.PersonID, due time.Time, err error) {
	owner, text, err = takeOwner(args)
	if err != nil {
		return "", "", time.Time{}, err
	}
	if text, due, err = takeDue(text, zone); err != nil || owner != "" || due.IsZero() {
		return text, owner, due, err
	}
	owner, text, err = takeOwner(text)
	return text, owner, due, err
}

var (
	ownerPattern   = regexp.MustCompile(`^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>(?:\s|$)|\s<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$`)
	nobodysPattern = regexp.MustCompile(`^@\S+(?:\s|$)|\s@\S+$`)
)

// takeOwner takes a mention off the beginning or the end.
func takeOwner(text string) (incident.PersonID, string, error) {
	text = strings.TrimSpace(text)
	if unknown := nobodysPattern.FindString(text); unknown != "" {
		return "", "", incident.Errorf(incident.NotFound, "Nobody in this workspace is called %s; choose the person from the list that Slack shows after @. Nothing was added.", strings.TrimSpace(unknown))
	}
	m := ownerPattern.FindStringSubmatchIndex(text)
	if m == nil {
		return "", text, nil
	}
	found := ownerPattern.FindStringSubmatch(text)
	return incident.PersonID(found[1] + found[2]), strings.TrimSpace(text[:m[0]] + text[m[1]:]), nil
}

var duePattern = regexp.MustCompile(`(?i)^(?:(.*)\s+)?due\s+(?:on\s+|by\s+)?(.+)$`)

// takeDue takes "due friday" off the end of what was typed. Several words after
// "due" that are no date belong to the text; a single one is a slip worth telling.
func takeDue(text string, zone *time.Location) (string, time.Time, error) {
	m := duePattern.FindStringSubmatch(text)
	if m == nil {
		return text, time.Time{}, nil
	}
	due, err := timeline.ParseDate(m[2], incident.Now(), zone)
	switch {
	case err == nil:
		return strings.TrimSpace(m[1]), due, nil
	case !strings.Contains(m[2], " ") || strings.ContainsAny(m[2][:1], "0123456789"):
		return "", time.Time{}, err
	}
	return text, time.Time{}, nil
}

func (b *Bot) openTaskClick(_ context.Context, c Click, i *incident.Incident, kind string) (Reply, error) {
	if kind != string(incident.ActionItem) {
		kind = string(incident.Todo)
	}
	return Open(view.TaskModal(i, c.Channel, incident.TaskKind(kind), "")), nil
}

func (b *Bot) taskSubmission(ctx context.Context, s Submission, i *incident.Incident) (Reply, error) {
	t := incident.Task{Kind: incident.TaskKind(s.Values.Text("kind")), Text: b.named(ctx, s.Values.Text("text")), Owner: s.Values.Person("owner")}
	mistakes := map[string]error{"text": t.CheckText()}
	if t.Owner != "" {
		mistakes["owner"] = b.someone(ctx, t.Owner)
	}
	if day := s.Values.Text("due"); day != "" {
		due, err := time.Parse(time.DateOnly, day)
		if err != nil {
			mistakes["due"] = incident.Errorf(incident.Invalid, "%q is not a date.", day)
		}
		t.DueOn = due
	}
	if reply, err := inFields(mistakes); err != nil || len(reply.Fields) > 0 {
		return reply, err
	}
	_, err := b.Incidents.AddTask(ctx, i.ID, t, s.Actor())
	return inField("text", err)
}

func (b *Bot) tasksCommand(ctx context.Context, _ Command, i *incident.Incident) (Reply, error) {
	s, err := b.situation(ctx, i)
	if err != nil {
		return Reply{}, err
	}
	return replyWith(view.Tasks(s, "")), nil
}

// timelineShortcut puts a message on the timeline, as its emoji would.
func (b *Bot) timelineShortcut(ctx context.Context, s Shortcut) (Reply, error) {
	i, err := b.roomOf(ctx, s)
	if err != nil {
		return Reply{}, err
	}
	m := *s.Message
	if b.isSelf(m.Author) {
		return Reply{}, incident.Errorf(incident.Invalid, "That message is mine: what it says is on the timeline already.")
	}
	m.Text = b.plain(ctx, m.Text)
	if m.Permalink, err = b.API.Permalink(ctx, m.Channel, m.TS); err != nil {
		b.Log.WarnContext(ctx, "no permalink for a captured message", "error", err)
	}
	mark := timeline.Mark{Message: m, By: s.User, Via: timeline.ViaShortcut, Present: true, EventTS: tsOf(incident.Now())}
	if err := b.Timeline.SetMark(ctx, i.ID, mark); err != nil {
		return Reply{}, err
	}
	return done(i, "has this message on its timeline.")
}

// actionShortcut opens the form of an action item with the message's text.
func (b *Bot) actionShortcut(ctx context.Context, s Shortcut) (Reply, error) {
	i, err := b.roomOf(ctx, s)
	if err != nil {
		return Reply{}, err
	}
	m := *s.Message
	m.Text = b.plain(ctx, m.Text)
	return Open(view.TaskModal(i, s.Channel, incident.ActionItem, workOf(m))), nil
}

func (b *Bot) roomOf(ctx context.Context, s Shortcut) (*incident.Incident, error) {
	i, ok, err := b.Incidents.ByRoom(ctx, s.Channel)
	if err != nil {
		return nil, err
	}
	if !ok || s.Message == nil {
		return nil, incident.Errorf(incident.Invalid, "This works on messages in a war room. To start one from this message, use “Declare an incident”.")
	}
	return i, nil
}
