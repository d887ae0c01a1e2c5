package bot

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
)

// roleCommand gives a role to somebody, or to whoever typed it. Without a role it
// opens the form with all of them.
func (b *Bot) roleCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	if c.Args == "" {
		return b.rolesForm(i, c.Channel)
	}
	person, words, err := takePerson(c.Args)
	if err != nil {
		return Reply{}, err
	}
	role, err := incident.ParseRole(words)
	if err != nil {
		return Reply{}, err
	}
	return b.assign(ctx, i, role, orSelf(person, c.User), c.Actor())
}

func (b *Bot) leadCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	person, words, err := takePerson(c.Args)
	if err != nil {
		return Reply{}, err
	}
	if words != "" && person != "" {
		return Reply{}, incident.Errorf(incident.Invalid, "I do not know what “%s” is to mean; type `%s lead @person` alone. Nothing was changed.", cut(words, 60), b.Settings.Command)
	}
	if words != "" {
		return Reply{}, incident.Errorf(incident.Invalid, "“%s” is nobody I know; mention the person with @, or leave it out to take command yourself.", words)
	}
	return b.assign(ctx, i, incident.Commander, orSelf(person, c.User), c.Actor())
}

// handoffCommand gives on a role that the person holds: the only one, or the one
// that was named.
func (b *Bot) handoffCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	person, words, err := takePerson(c.Args)
	if err != nil {
		return Reply{}, err
	}
	if person == "" {
		return Reply{}, incident.Errorf(incident.Invalid, "Say who takes over: `%s handoff @person`.", b.Settings.Command)
	}
	role, err := b.roleToHandOver(i, words, c.User)
	if err != nil {
		return Reply{}, err
	}
	reply, err := b.assign(ctx, i, role, person, c.Actor())
	if err == nil && role.Shared() && person != c.User {
		_, err = b.Incidents.Leave(ctx, i.ID, role, c.User, c.Actor()) // others go with the change of hands
	}
	return reply, err
}

func (b *Bot) roleToHandOver(i *incident.Incident, word string, from incident.PersonID) (incident.Role, error) {
	if word != "" {
		return incident.ParseRole(word)
	}
	var held []incident.Role
	for _, info := range incident.RoleCatalogue() {
		if slices.Contains(i.Roles[info.Role], from) {
			held = append(held, info.Role)
		}
	}
	switch len(held) {
	case 0:
		return "", incident.Errorf(incident.Conflict, "You hold no role in %s; name the one to hand over: `%s handoff commander @person`.", i.ID, b.Settings.Command)
	case 1:
		return held[0], nil
	}
	return "", incident.Errorf(incident.Invalid, "You hold several roles in %s; name the one to hand over: `%s handoff %s @person`.", i.ID, b.Settings.Command, held[0])
}

func (b *Bot) leaveCommand(ctx context.Context, c Command, i *incident.Incident) (Reply, error) {
	person, words, err := takePerson(c.Args)
	if err != nil {
		return Reply{}, err
	}
	role, err := incident.ParseRole(words)
	if err != nil {
		return Reply{}, err
	}
	person = orSelf(person, c.User)
	if !holds(i, role, person) {
		return Reply{}, incident.Errorf(incident.Conflict, "<@%s> is not %s of %s; nothing was changed.", person, role.Title(), i.ID)
	}
	if i, err = b.Incidents.Leave(ctx, i.ID, role, person, c.Actor()); err != nil {
		return Reply{}, err
	}
	return done(i, "has no longer <@%s> as %s. Somebody else should take it: `%s role %s @person`.", person, role.Title(), b.Settings.Command, role)
}

func (b *Bot) assign(ctx context.Context, i *incident.Incident, role incident.Role, person incident.PersonID, by incident.Actor) (Reply, error) {
	if err := b.someone(ctx, person); err != nil {
		return Reply{}, err
	}
	had := holds(i, role, person)
	i, err := b.Incidents.Assign(ctx, i.ID, role, person, by)
	switch {
	case err != nil:
		return Reply{}, err
	case had && person == by.Person():
		return done(i, "has you as %s already; nothing was changed.", role.Title())
	case had:
		return done(i, "has <@%s> as %s already; nothing was changed.", person, role.Title())
	case person == by.Person():
		return done(i, "has you as %s now. I sent you what that asks for.", role.Title())
	}
	return done(i, "has <@%s> as %s now.", person, role.Title())
}

// takeCommandClick takes command from whom the button showed. When somebody else
// has it by now, nobody is deposed unasked.
func (b *Bot) takeCommandClick(ctx context.Context, c Click, i *incident.Incident, shown string) (Reply, error) {
	return b.take(ctx, i, incident.Commander, incident.PersonID(shown), c)
}

// take gives a role to whoever clicked, if it is still held by whom they saw: of
// two who press at once the second is told about the first.
func (b *Bot) take(ctx context.Context, i *incident.Incident, r incident.Role, shown incident.PersonID, c Click) (Reply, error) {
	had := false
	i, err := b.Incidents.Change(ctx, i.ID, c.Actor(), func(_ context.Context, _ pgx.Tx, i *incident.Incident, now time.Time) ([]incident.Event, error) {
		had = holds(i, r, c.User)
		if holder := i.Holder(r); !r.Shared() && holder != "" && holder != shown && holder != c.User {
			return nil, incident.Errorf(incident.Conflict, "<@%s> is %s of %s already; nothing was changed. To take over all the same: `%s role %s`.",
				holder, r.Title(), i.ID, b.Settings.Command, r)
		}
		return i.Assign(r, c.User, now)
	})
	if err != nil {
		return Reply{}, err
	}
	if had {
		return done(i, "has you as %s already; nothing was changed.", r.Title())
	}
	return done(i, "has you as %s now. I sent you what that asks for.", r.Title())
}

func (b *Bot) takeRoleClick(ctx context.Context, c Click, i *incident.Incident, role string) (Reply, error) {
	r, err := incident.ParseRole(role)
	if err != nil {
		return Reply{}, err
	}
	return b.take(ctx, i, r, "", c)
}

func (b *Bot) openRolesClick(_ context.Context, c Click, i *incident.Incident, _ string) (Reply, error) {
	return b.rolesForm(i, c.Channel)
}

// rolesForm refuses at once what the form could only refuse after it was filled.
func (b *Bot) rolesForm(i *incident.Incident, channel string) (Reply, error) {
	if i.Status == incident.StatusClosed || i.Status == incident.StatusCancelled {
		return Reply{}, incident.Errorf(incident.Conflict, "%s is %s; reopen it to hand out roles.", i.ID, i.Status)
	}
	return Open(view.RolesModal(i, channel)), nil
}

// rolesSubmission makes the roles what the form says. A role that was left empty
// is given up; one that did not change makes no noise.
func (b *Bot) rolesSubmission(ctx context.Context, s Submission, i *incident.Incident) (Reply, error) {
	for _, info := range incident.RoleCatalogue() {
		wanted := s.Values.People(string(info.Role))
		if one := s.Values.Person(string(info.Role)); one != "" {
			wanted = []incident.PersonID{one}
		}
		if reply, err := b.setHolders(ctx, i, info.Role, wanted, s.Actor()); err != nil || len(reply.Fields) > 0 {
			return reply, err
		}
	}
	return Reply{}, nil
}

func (b *Bot) setHolders(ctx context.Context, i *incident.Incident, r incident.Role, wanted []incident.PersonID, by incident.Actor) (Reply, error) {
	for _, p := range wanted {
		if holds(i, r, p) {
			continue
		}
		if err := b.someone(ctx, p); err != nil {
			return inField(string(r), err)
		}
		if _, err := b.Incidents.Assign(ctx, i.ID, r, p, by); err != nil {
			return inField(string(r), err)
		}
	}
	for _, p := range i.Roles[r] {
		if slices.Contains(wanted, p) || (len(wanted) > 0 && !r.Shared()) {
			continue
		}
		if _, err := b.Incidents.Leave(ctx, i.ID, r, p, by); err != nil {
			return inField(string(r), err)
		}
	}
	return Reply{}, nil
}

// unknownPattern is an @name that Slack did not turn into a mention.
var unknownPattern = regexp.MustCompile(`(?:^|\s)@([^\s<>]+)`)

// takePerson takes the mention out of what was typed, and a "to" before it; the rest
// is words. A name that Slack knows nobody by is refused, and so is a second person,
// who would be left out without a word.
func takePerson(args string) (incident.PersonID, string, error) {
	if unknown := unknownPattern.FindStringSubmatch(args); unknown != nil {
		return "", "", incident.Errorf(incident.NotFound, "Nobody in this workspace is called @%s; choose the person from the list that Slack shows after @.", unknown[1])
	}
	found := mentionPattern.FindStringSubmatchIndex(args)
	if found == nil {
		return "", strings.TrimSpace(args), nil
	}
	before, after := strings.Fields(args[:found[0]]), strings.Fields(args[found[1]:])
	if mentionPattern.MatchString(args[found[1]:]) {
		return "", "", incident.Errorf(incident.Invalid, "Name one person at a time; nothing was changed.")
	}
	if last := len(before) - 1; last >= 0 && strings.EqualFold(before[last], "to") {
		before = before[:last]
	}
	return incident.PersonID(args[found[2]:found[3]]), strings.Join(append(before, after...), " "), nil
}

func orSelf(p, self incident.PersonID) incident.PersonID {
	if p == "" {
		return self
	}
	return p
}
