package bot

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// overrideCommand changes who is on call for a while: "<schedule> @who from … until …
// [instead of @whom] [because …]". With a schedule alone it lists what was changed,
// with nothing it opens a form.
func (b *Bot) overrideCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	found, rest, ok, err := b.schedule(ctx, c.Args)
	if err != nil {
		return Reply{}, err
	}
	if !ok {
		return Open(view.OverrideModal(view.Choice{}, c.User, incident.Now())), nil
	}
	s, err := b.OnCall.Schedule(ctx, found.id)
	if err != nil {
		return Reply{}, err
	}
	if rest == "" {
		list, err := b.OnCall.Overrides(ctx, found.id, incident.Now())
		return replyWith(view.Overrides(found.title(), zoneOfSchedule(s), list, b.Settings.Command)), err
	}
	p, err := readOverride(rest, incident.Now(), b.zoneOf(ctx, c.User))
	if ghost := b.nobodyCalled(ctx, rest); ghost != nil {
		return Reply{}, ghost
	}
	if err != nil {
		return Reply{}, err
	}
	p.Schedule, p.Reason = found.id, b.named(ctx, p.Reason)
	saved, err := b.OnCall.AddOverride(ctx, p, c.User)
	if err != nil {
		return Reply{}, err
	}
	return b.overrideSaved(ctx, s, saved)
}

// overrideSaved confirms what was changed, and says what may surprise about it.
func (b *Bot) overrideSaved(ctx context.Context, s oncall.Stored, saved oncall.Planned) (Reply, error) {
	trouble, err := b.Paging.Trouble(ctx, saved.Person)
	if err != nil {
		return Reply{}, err
	}
	remarks, err := b.OnCall.Remarks(ctx, saved, oncall.LintOptions{NameOf: b.namer(ctx), Trouble: func(p incident.PersonID) string {
		if p != saved.Person {
			return "" // others are none of its business
		}
		return trouble
	}})
	if err != nil {
		return Reply{}, err
	}
	return Say(view.OverrideSaved(titleOf(s), zoneOfSchedule(s), saved, remarks)), nil
}

// readOverride reads what follows the schedule. Times are on the writer's wall clock.
func readOverride(text string, now time.Time, zone *time.Location) (p oncall.Planned, err error) {
	people, rest := leadingMentions(text)
	if len(people) != 1 {
		return p, howToOverride()
	}
	p.Action, p.Person = oncall.Set, people[0]
	if p.From, p.Until, rest, err = readSpan(rest, now, zone); err != nil {
		return p, err
	}
	if after, ok := cutWords(rest, "instead", "of"); ok {
		replaced, left := leadingMentions(after)
		if len(replaced) != 1 {
			return p, howToOverride()
		}
		p.Action, p.Replaced, rest = oncall.Replace, replaced[0], left
	} else if left, ok := cutWords(rest, "as", "well"); ok {
		p.Action, rest = oncall.Add, left
	}
	if _, after, late := strings.Cut(strings.ToLower(rest), "instead of "); late && mentionPattern.MatchString(strings.ToUpper(after)) {
		return p, howToOverride()
	}
	p.Reason, err = readReason(rest)
	return p, err
}

// cutWords takes words off the front of a text, in any case.
func cutWords(text string, words ...string) (rest string, ok bool) {
	rest = text
	for _, w := range words {
		first, more := splitWord(rest)
		if !strings.EqualFold(first, w) {
			return text, false
		}
		rest = more
	}
	return rest, true
}

// ghostPattern is an @name that Slack made no mention of, since nobody has it.
var ghostPattern = regexp.MustCompile(`^(?:.*\binstead of\s+)?@([^\s,;:<>]+)`)

// nobodyCalled refuses an @name that is nobody's, and names whoever was probably meant;
// nil where there is none.
func (b *Bot) nobodyCalled(ctx context.Context, text string) error {
	m := ghostPattern.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	everybody, err := roster.People(ctx, b.Pool)
	if err != nil {
		return err
	}
	var list []pageable
	for _, p := range everybody {
		if !p.Removed {
			list = append(list, pageable{"person", p.Handle, p.Name})
		}
	}
	if near, ok := nearestPageable(m[1], list); ok {
		return incident.Errorf(incident.NotFound, "Nobody in this workspace is called @%s; did you mean %s? Choose the person from the list that Slack shows after @.", cut(m[1], 60), near.title())
	}
	return incident.Errorf(incident.NotFound, "Nobody in this workspace is called @%s; choose the person from the list that Slack shows after @.", cut(m[1], 60))
}

func howToOverride() error {
	return incident.Errorf(incident.Invalid, "Say who and when: `<schedule> @person from 18:00 until tomorrow 09:00`, and if you like `instead of @other` or `as well`.")
}

func (b *Bot) overrideSubmission(ctx context.Context, s Submission, _ *incident.Incident) (Reply, error) {
	p := oncall.Planned{Schedule: s.Values.Text("schedule"), Reason: b.named(ctx, s.Values.Text("reason"))}
	p.Action, p.Person, p.Replaced = oncall.Action(s.Values.Text("action")), s.Values.Person("person"), s.Values.Person("replaced")
	p.From, p.Until = s.Values.Time("from"), s.Values.Time("until")
	comes, goes := p.Action != oncall.Remove, p.Action == oncall.Remove || p.Action == oncall.Replace
	switch {
	case comes && p.Person == "":
		return Reply{Fields: map[string]string{"person": "Say who is on call then."}}, nil
	case goes && p.Replaced == "":
		return Reply{Fields: map[string]string{"replaced": "Say who is not on call then."}}, nil
	case !comes:
		p.Person = ""
	case !goes:
		p.Replaced = ""
	}
	stored, err := b.OnCall.Schedule(ctx, p.Schedule)
	if err != nil {
		return inField("schedule", err)
	}
	saved, err := b.OnCall.AddOverride(ctx, p, s.User)
	if err != nil {
		return inField("until", err)
	}
	return b.overrideSaved(ctx, stored, saved)
}

func titleOf(s oncall.Stored) string { return pageable{kindSchedule, s.ID, s.Name}.title() }

func (b *Bot) removeOverrideClick(ctx context.Context, c Click, _ *incident.Incident, number string) (Reply, error) {
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return Reply{}, incident.Errorf(incident.Invalid, "This button belongs to an older version; list the overrides again.")
	}
	if err := b.OnCall.RemoveOverride(ctx, id, c.User); err != nil {
		return Reply{}, err
	}
	return Say("The override is removed; the schedule counts again."), nil
}
