package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// declareCommand declares from what was typed, or opens the form. What is open
// already is shown either way, since half the time somebody was quicker.
func (b *Bot) declareCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	d := readDeclaration(b.plain(ctx, c.Args))
	if d.Title == "" {
		return b.declareForm(ctx, view.DeclareForm{Severity: d.Severity, Private: d.Private, Channel: c.Channel}), nil
	}
	d.DedupKey = "slack:" + c.TriggerID
	return b.declare(ctx, d, c.User)
}

// readDeclaration takes severity and "private" off the front of what was typed,
// in either order; the rest is the title. A severity is written out here, since
// S3 may well be what is down.
func readDeclaration(args string) incident.Declaration {
	var d incident.Declaration
	for {
		first, rest := splitWord(args)
		severity, err := incident.ParseSeverity(first)
		switch {
		case d.Severity == 0 && err == nil && strings.HasPrefix(strings.ToLower(first), "sev"):
			d.Severity = severity
		case !d.Private && strings.EqualFold(first, "private"):
			d.Private = true
		default:
			d.Title = strings.TrimSpace(args)
			return d
		}
		args = rest
	}
}

// declareForm opens the form with what is open already. The list is worth having
// but not waiting for: the form must open within 3 s of the keystroke.
func (b *Bot) declareForm(ctx context.Context, f view.DeclareForm) Reply {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	open, err := b.Incidents.Open(ctx, 5)
	if err != nil {
		b.Log.WarnContext(ctx, "open incidents not read for the form", "error", err)
	}
	f.Open = public(open)
	return Open(view.DeclareModal(f))
}

func (b *Bot) declare(ctx context.Context, d incident.Declaration, by incident.PersonID) (Reply, error) {
	others, err := b.Incidents.Open(ctx, 6)
	if err != nil {
		return Reply{}, err
	}
	i, err := b.Incidents.Declare(ctx, d, incident.By(by))
	if err != nil {
		return Reply{}, err
	}
	m := view.Declared(i, except(public(others), i.ID), b.Settings.Command)
	return Reply{Text: m.Text, Blocks: m.Blocks}, nil
}

// declareSubmission declares from the form, and makes somebody commander if one
// was chosen.
func (b *Bot) declareSubmission(ctx context.Context, s Submission, _ *incident.Incident) (Reply, error) {
	severity, err := incident.ParseSeverity(s.Values.Text("severity"))
	if err != nil {
		return Reply{}, err
	}
	_, origin := view.DecodeOrigin(s.Private)
	b.addPermalink(ctx, origin)
	d := incident.Declaration{Title: b.named(ctx, s.Values.Text("title")), Severity: severity, Summary: b.named(ctx, s.Values.Text("summary")),
		Private: s.Values.Ticked("private", "private"), Origin: origin, DedupKey: "slack:" + s.ViewID}
	if _, err := incident.CleanTitle(d.Title); err != nil {
		return Reply{Fields: map[string]string{"title": err.Error()}}, nil
	}
	lead := s.Values.Person("lead")
	if lead != "" {
		if err := b.someone(ctx, lead); err != nil {
			return Reply{Fields: map[string]string{"lead": err.Error()}}, nil
		}
	}
	reply, err := b.declare(ctx, d, s.User)
	if err != nil || lead == "" {
		return reply, err
	}
	return reply, b.leadDeclared(ctx, d, lead, s.Actor())
}

// addPermalink finds out how to get back to the message that an incident is
// declared from. A Slack that is slow about it does not keep the incident waiting.
func (b *Bot) addPermalink(ctx context.Context, origin *incident.Message) {
	if origin == nil || origin.Permalink != "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var err error
	if origin.Permalink, err = b.API.Permalink(ctx, origin.Channel, origin.TS); err != nil {
		b.Log.WarnContext(ctx, "no permalink for the message that began it", "error", err)
	}
}

// leadDeclared names the commander of what has just been declared; the dedup key
// finds it.
func (b *Bot) leadDeclared(ctx context.Context, d incident.Declaration, lead incident.PersonID, by incident.Actor) error {
	i, err := b.Incidents.Declare(ctx, d, by)
	if err != nil {
		return err
	}
	_, err = b.Incidents.Assign(ctx, i.ID, incident.Commander, lead, by)
	return err
}

func (b *Bot) openDeclareClick(ctx context.Context, c Click, _ *incident.Incident, _ string) (Reply, error) {
	return b.declareForm(ctx, view.DeclareForm{Channel: c.Channel}), nil
}

// declareShortcut opens the form; from a message it carries the message along.
func (b *Bot) declareShortcut(ctx context.Context, s Shortcut) (Reply, error) {
	f := view.DeclareForm{Channel: s.Channel, Origin: s.Message}
	if s.Message != nil {
		f.Origin.Text = b.plain(ctx, s.Message.Text)
		first, _, _ := strings.Cut(f.Origin.Text, "\n")
		f.Title = cut(first, incident.MaxTitle)
		f.Summary = cut(f.Origin.Text, incident.MaxSummary)
	}
	return b.declareForm(ctx, f), nil
}

// public leaves private incidents out, which are nobody else's business.
func public(list []*incident.Incident) []*incident.Incident {
	var open []*incident.Incident
	for _, i := range list {
		if !i.Private {
			open = append(open, i)
		}
	}
	return open
}

func except(list []*incident.Incident, id incident.ID) []*incident.Incident {
	var others []*incident.Incident
	for _, i := range list {
		if i.ID != id {
			others = append(others, i)
		}
	}
	return others
}

// done confirms in one line what a command or click has changed, and says so when
// nobody can read about it in the war room.
func done(i *incident.Incident, format string, args ...any) (Reply, error) {
	return Say(strings.TrimSpace(fmt.Sprintf("*%s* ", i.ID)+fmt.Sprintf(format, args...)) + unheard(i)), nil
}

func unheard(i *incident.Incident) string {
	switch i.Room.State {
	case incident.RoomArchived:
		return fmt.Sprintf("\n:warning: Its war room is archived and shows nothing of this. Slack lets no app change that: un-archive <#%s> by hand.", i.Room.Channel)
	case incident.RoomLost:
		return "\n:warning: Its war room is lost and shows nothing of this: the channel was deleted, or Tocsin was removed from it."
	}
	return ""
}
