package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// declareCommand declares from what was typed. When others are open it asks first,
// with a form that one press sends, unless "now" was typed: half the time somebody
// was quicker, or it is the same person again after a timeout. What was not understood
// is always asked about.
func (b *Bot) declareCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	services := b.services(ctx)
	d := readDeclarationOn(b.named(ctx, c.Args), services)
	open := b.openAlready(ctx, c.User, d.Title)
	f := view.DeclareForm{Title: d.Title, Severity: d.Severity, Private: d.Private, Channel: c.Channel, Open: open, Command: b.Settings.Command,
		Service: d.service, Services: len(services) > 0, Doubt: d.doubt}
	if d.Title == "" && d.doubt == "" {
		return Open(view.DeclareModal(f)), nil
	}
	if _, err := incident.CleanTitle(d.Title); err != nil && d.doubt == "" {
		return Reply{}, err
	}
	if d.doubt != "" || len(open) > 0 && !d.now {
		return b.askFirst(f), nil
	}
	d.DedupKey = "slack:" + c.TriggerID
	return b.declare(ctx, d.Declaration, c.User, open)
}

// askFirst opens the form with what was typed. Where Slack does not open it, the
// answer says that nothing is declared yet, and what to type.
func (b *Bot) askFirst(f view.DeclareForm) Reply {
	reply := Open(view.DeclareModal(f))
	reply.unopened = view.NotDeclaredYet(f).Text
	return reply
}

// declareForm opens the form with what is open already.
func (b *Bot) declareForm(ctx context.Context, f view.DeclareForm, who incident.PersonID) Reply {
	f.Open, f.Command, f.Services = b.openAlready(ctx, who, f.Title), b.Settings.Command, b.hasServices(ctx)
	return Open(view.DeclareModal(f))
}

// openAlready is what is open and this person may know of, what sounds like title
// first. The list is worth having but not waiting for: a form must open within 3 s
// of the keystroke, and a typed declaration must not fail for the want of it.
func (b *Bot) openAlready(ctx context.Context, who incident.PersonID, title string) []*incident.Incident {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	open, err := b.Incidents.Open(ctx, 2*listLimit)
	if err != nil {
		b.Log.WarnContext(ctx, "open incidents not read before a declaration", "error", err)
	}
	return alikeFirst(b.visibleTo(ctx, open, who), title)
}

// alikeFirst puts those that share the most words with title first, and keeps the
// order of the rest.
func alikeFirst(list []*incident.Incident, title string) []*incident.Incident {
	wanted := words(title)
	shared := func(i *incident.Incident) (n int) {
		for w := range words(i.Title) {
			if wanted[w] {
				n++
			}
		}
		return n
	}
	slices.SortStableFunc(list, func(a, b *incident.Incident) int { return cmp.Compare(shared(b), shared(a)) })
	return list
}

// words are the words of a title in lower case. Those of one or two letters in
// Latin script, such as "is", make nothing alike.
func words(title string) map[string]bool {
	known := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		if len(w) > 2 {
			known[w] = true
		}
	}
	return known
}

// declare makes the incident; others is what was open before, for the answer.
func (b *Bot) declare(ctx context.Context, d incident.Declaration, by incident.PersonID, others []*incident.Incident) (Reply, error) {
	i, err := b.Incidents.Declare(ctx, d, incident.By(by))
	if err != nil {
		return Reply{}, err
	}
	m := view.Declared(i, except(others, i.ID), b.pagedFor(ctx, i), b.Settings.Command)
	return Reply{Text: m.Text, Blocks: m.Blocks}, nil
}

// declareSubmission declares from the form.
func (b *Bot) declareSubmission(ctx context.Context, s Submission, _ *incident.Incident) (Reply, error) {
	severity, err := incident.ParseSeverity(s.Values.Text("severity"))
	if err != nil {
		return Reply{}, err
	}
	_, origin := view.DecodeOrigin(s.Private)
	b.addPermalink(ctx, origin)
	d := incident.Declaration{Title: b.named(ctx, s.Values.Text("title")), Severity: severity, Summary: b.named(ctx, s.Values.Text("summary")),
		Private: s.Values.Ticked("private", "private"), Service: s.Values.Text("service"), Origin: origin, DedupKey: "slack:" + s.ViewID}
	mistakes := map[string]string{}
	if _, err := incident.CleanTitle(d.Title); err != nil {
		mistakes["title"] = err.Error()
	}
	if d.Commander = s.Values.Person("lead"); d.Commander != "" {
		if err := b.someone(ctx, d.Commander); err != nil {
			mistakes["lead"] = err.Error()
		}
	}
	if len(mistakes) > 0 {
		return Reply{Fields: mistakes}, nil
	}
	return b.declare(ctx, d, s.User, b.openAlready(ctx, s.User, d.Title))
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

func (b *Bot) openDeclareClick(ctx context.Context, c Click, _ *incident.Incident, _ string) (Reply, error) {
	return b.declareForm(ctx, view.DeclareForm{Channel: c.Channel}, c.User), nil
}

// declareShortcut opens the form; from a message it carries the message along.
func (b *Bot) declareShortcut(ctx context.Context, s Shortcut) (Reply, error) {
	f := view.DeclareForm{Channel: s.Channel, Origin: s.Message, Secluded: s.Message != nil && s.Secluded}
	if s.Message != nil {
		f.Origin.Text = b.plain(ctx, s.Message.Text)
		first, _, _ := strings.Cut(f.Origin.Text, "\n")
		f.Title = cut(first, incident.MaxTitle)
		f.Summary = cut(f.Origin.Text, incident.MaxSummary)
	}
	return b.declareForm(ctx, f, s.User), nil
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
