package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// The kinds of what can be paged by name, in the order in which a name that several
// have is taken.
const (
	kindService  = "service"
	kindTeam     = "team"
	kindSchedule = "schedule"
	kindPolicy   = "policy"
	kindGroup    = "group"
)

// pageable is something that can be paged by its name.
type pageable struct {
	kind, id, name string
}

// String is how it is written in a menu's value.
func (p pageable) String() string { return p.kind + ":" + p.id }

// title is how people say it.
func (p pageable) title() string { return cmp.Or(p.name, p.id) }

// pageables lists everything that can be paged by name.
func (b *Bot) pageables(ctx context.Context) ([]pageable, error) {
	var list []pageable
	services, err := roster.Services(ctx, b.Pool)
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		list = append(list, pageable{kindService, s.ID, s.Name})
	}
	teams, err := roster.Teams(ctx, b.Pool)
	if err != nil {
		return nil, err
	}
	for _, t := range teams {
		list = append(list, pageable{kindTeam, t.ID, t.Name})
	}
	schedules, err := b.OnCall.Schedules(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range schedules {
		list = append(list, pageable{kindSchedule, s.ID, s.Name})
	}
	policies, err := escalation.Policies(ctx, b.Pool)
	if err != nil {
		return nil, err
	}
	for _, p := range policies {
		list = append(list, pageable{kindPolicy, p.ID, p.Name})
	}
	groups, err := roster.Groups(ctx, b.Pool)
	for _, g := range groups {
		list = append(list, pageable{kindGroup, g.ID, "@" + g.Handle})
	}
	return list, err
}

// matchPageable takes the name of something pageable off the front of a text: its
// id or name in any case, or kind:id. The longest name wins, and of equal ones the
// first kind.
func matchPageable(text string, list []pageable) (found pageable, rest string, ok bool) {
	words := strings.Fields(text)
	for n := min(len(words), 10); n > 0; n-- {
		said := strings.Trim(strings.Join(words[:n], " "), "“”\"':,")
		for _, p := range list {
			if strings.EqualFold(said, p.id) || strings.EqualFold(said, p.name) || strings.EqualFold(said, p.String()) {
				return p, strings.Join(words[n:], " "), true
			}
		}
	}
	return pageable{}, text, false
}

// noPageable says what can be paged, in a sentence.
func noPageable(text string, list []pageable) error {
	list = slices.DeleteFunc(slices.Clone(list), func(p pageable) bool { return p.kind == kindGroup || p.kind == kindPolicy })
	first, _ := splitWord(text)
	if len(list) == 0 {
		return incident.Errorf(incident.NotFound, "Nobody can be paged by the name %q; mention a person with @.", cut(first, 60))
	}
	return incident.Errorf(incident.NotFound, "Nobody can be paged by the name %q; %s Or mention a person with @.", cut(first, 60), meantOrAll(text, list))
}

// meantOrAll ends the sentence about a text that begins with none of the names: with the
// name that was probably meant, else with those that there are.
func meantOrAll(text string, list []pageable) string {
	if p, ok := nearestPageable(text, list); ok {
		return "did you mean " + p.id + "?"
	}
	var names []string
	for _, p := range list[:min(len(list), 12)] {
		names = append(names, p.title())
	}
	if len(list) > len(names) {
		return "name one of: " + strings.Join(names, ", ") + ", …"
	}
	return "name one of: " + strings.Join(names, ", ") + "."
}

// nearestPageable is the one whose id or name differs least from the beginning of a
// text; ok is false when more than a third of the letters of each are wrong.
func nearestPageable(text string, list []pageable) (nearest pageable, ok bool) {
	words, least := strings.Fields(strings.ToLower(text)), 1<<30
	for _, p := range list {
		for _, name := range []string{p.id, p.title()} {
			typed := strings.Join(words[:min(len(words), len(strings.Fields(name)))], " ")
			mistakes := typingMistakes(typed, strings.ToLower(name))
			if mistakes < least && maybeMeant(mistakes, name) {
				nearest, least = p, mistakes
			}
		}
	}
	return nearest, least < 1<<30
}

// pageRequest is what pages it. Who asks by hand wants somebody now, so the urgency
// is high whatever the hour.
func (b *Bot) pageRequest(ctx context.Context, p pageable) (r escalation.Request, err error) {
	switch p.kind {
	case kindService:
		r, err = escalation.ServiceRequest(ctx, b.Pool, p.id, incident.SEV1, incident.Now())
	case kindTeam:
		r, err = escalation.TeamRequest(ctx, b.Pool, p.id)
	case kindPolicy:
		r = escalation.Request{Policy: p.id}
	case kindSchedule:
		r = escalation.Request{Targets: []escalation.Target{{Kind: escalation.TargetSchedule, ID: p.id}}}
	case kindGroup:
		r = escalation.Request{Targets: []escalation.Target{{Kind: escalation.TargetGroup, ID: p.id}}}
	default:
		return r, incident.Errorf(incident.NotFound, "%q is nothing that can be paged.", p)
	}
	r.Subject, r.Urgency = p.title(), escalation.High
	return r, err
}

// pagePeople is the request that pages people by name. Somebody who is in no
// organisation file is reached by Slack at least.
func (b *Bot) pagePeople(ctx context.Context, ids []incident.PersonID) (escalation.Request, error) {
	var names []string
	r := escalation.Request{Urgency: escalation.High}
	for _, id := range ids {
		if err := b.mayBePaged(ctx, id); err != nil {
			return r, err
		}
		name, err := b.nameOf(ctx, id)
		if err != nil {
			return r, err
		}
		names = append(names, "@"+strings.TrimPrefix(name, "@"))
		r.Targets = append(r.Targets, escalation.Target{Kind: escalation.TargetPerson, ID: string(id)})
	}
	r.Subject = strings.Join(names, ", ")
	return r, nil
}

func (b *Bot) mayBePaged(ctx context.Context, id incident.PersonID) error {
	if err := b.someone(ctx, id); err != nil {
		return err
	}
	gone, err := roster.Removed(ctx, b.Pool, []incident.PersonID{id})
	if err != nil {
		return err
	}
	if gone[id] {
		return incident.Errorf(incident.Conflict, "They were removed from the organisation and are paged no more; page somebody else.")
	}
	return b.reachBySlack(ctx, id)
}

// pageOf reads whom to page off the front of what was typed; the rest is the reason.
func (b *Bot) pageOf(ctx context.Context, text string) (r escalation.Request, reason string, err error) {
	people, rest := leadingMentions(text)
	if len(people) > 0 {
		r, err = b.pagePeople(ctx, people)
		return r, b.named(ctx, rest), err
	}
	list, err := b.pageables(ctx)
	if err != nil {
		return r, "", err
	}
	found, rest, ok := matchPageable(text, list)
	if !ok {
		return r, "", noPageable(text, list)
	}
	r, err = b.pageRequest(ctx, found)
	return r, b.named(ctx, rest), err
}

// leadingMentions takes the people off the front of a text, each once.
func leadingMentions(text string) (people []incident.PersonID, rest string) {
	rest = strings.TrimSpace(text)
	for {
		m := mentionPattern.FindStringSubmatchIndex(rest)
		if m == nil || m[0] != 0 {
			return people, rest
		}
		if id := incident.PersonID(rest[m[2]:m[3]]); !slices.Contains(people, id) {
			people = append(people, id)
		}
		rest = strings.TrimLeft(rest[m[1]:], " ,\t\n")
	}
}
