package bot

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// UserGroups returns the user groups of the workspace that are not disabled, with
// their members.
func (a *API) UserGroups(ctx context.Context) (groups []slack.UserGroup, err error) {
	err = a.do(ctx, "usergroups.list", "", func(ctx context.Context) error {
		groups, err = a.client.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeUsers(true))
		return err
	})
	return groups, err
}

// SetUserGroup makes these people the members of a user group. Slack has no empty
// groups, so nobody is an error of ours.
func (a *API) SetUserGroup(ctx context.Context, group string, people []incident.PersonID) error {
	var ids []string
	for _, p := range people {
		ids = append(ids, string(p))
	}
	return a.do(ctx, "usergroups.users.update", "", func(ctx context.Context) error {
		_, err := a.client.UpdateUserGroupMembersListContext(ctx, group, ids)
		return err
	})
}

// groupsFresh is how long what Slack told about user groups is believed, and how long
// what it refused is not tried again. Changes arrive by themselves as events; this
// bounds what a lost one can cost.
const groupsFresh = time.Hour

// keptGroup is a user group that schedules keep, and who has to be in it.
type keptGroup struct {
	id, handle string
	schedules  []string            // their names
	people     []incident.PersonID // everybody who is on call in any of them, sorted
	members    []incident.PersonID // as Slack last told
}

// syncGroups makes the user groups that follow schedules hold whoever is on call.
// A group that several schedules follow holds the union. One for which nobody is on
// call is left as it is: Slack has no empty groups. Slack is only asked to change what
// differs from what it told last, so that doing it again, also after a death in the
// middle, changes nothing.
func (b *Bot) syncGroups(ctx context.Context) error {
	tries, err := readGroupTries(ctx, b.Pool)
	if err != nil {
		return err
	}
	if time.Since(tries[allGroups].At) > groupsFresh {
		if err := b.refreshGroups(ctx); err != nil {
			return err
		}
	}
	kept, err := b.keptGroups(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, g := range kept {
		failed = append(failed, b.syncGroup(ctx, g, tries[g.id]))
	}
	return firstToWait(failed)
}

// keptGroups lists the groups that schedules keep, by id.
func (b *Bot) keptGroups(ctx context.Context) (list []keptGroup, err error) {
	known, err := roster.Groups(ctx, b.Pool)
	if err != nil {
		return nil, err
	}
	targets, err := b.OnCall.Groups(ctx, incident.Now())
	if err != nil {
		return nil, err
	}
	kept := map[string]keptGroup{}
	for _, t := range targets {
		g := kept[t.Group]
		g.id, g.schedules, g.people = t.Group, append(g.schedules, t.Name), append(g.people, t.People...)
		kept[t.Group] = g
	}
	for _, id := range slices.Sorted(maps.Keys(kept)) {
		g := kept[id]
		slices.Sort(g.people)
		g.people, g.handle = slices.Compact(g.people), id
		if at := slices.IndexFunc(known, func(k roster.Group) bool { return k.ID == id }); at >= 0 {
			g.handle, g.members = cmp.Or(known[at].Handle, id), known[at].Members
		}
		list = append(list, g)
	}
	return list, nil
}

// syncGroup makes one group hold whom it should. What Slack refuses is said once and
// tried again when others are on call, and after a while.
func (b *Bot) syncGroup(ctx context.Context, g keptGroup, last groupTry) error {
	known := !last.At.IsZero()
	switch {
	case len(g.people) == 0:
		return nil
	case slices.Equal(slices.Sorted(slices.Values(g.members)), g.people):
		if known {
			return forgetGroupTry(ctx, b.Pool, g.id)
		}
		return nil
	case known && time.Since(last.At) < groupsFresh && slices.Equal(last.People, g.people):
		return nil
	}
	put, err := b.setGroup(ctx, g)
	gone, refused := errors.AsType[*Gone](err)
	if err != nil && !refused {
		return err
	}
	if len(put) > 0 {
		if err := b.saveGroup(ctx, g.id, g.handle, put); err != nil {
			return err
		}
	}
	if !refused {
		return nil // the next look finds it as it should be, and forgets what was refused
	}
	b.Log.WarnContext(ctx, "a user group cannot be made to hold who is on call", "group", g.id, "error", err)
	if last.Reason != gone.Sentence {
		if err := b.tellGroup(ctx, g, gone); err != nil {
			return err
		}
	}
	return saveGroupTry(ctx, b.Pool, groupTry{Group: g.id, People: g.people, Reason: gone.Sentence, At: incident.Now()})
}

// setGroup changes a group in Slack. When Slack does not take one of the people, those
// are put in whose accounts are active; the refusal is returned all the same.
func (b *Bot) setGroup(ctx context.Context, g keptGroup) (put []incident.PersonID, err error) {
	err = b.API.SetUserGroup(ctx, g.id, g.people)
	if err == nil {
		return g.people, nil
	}
	if !isGone(err, "invalid_users", "failed_for_some_users") {
		return nil, err
	}
	active, looked := b.active(ctx, g.people)
	if looked != nil {
		return nil, looked
	}
	if len(active) == 0 || len(active) == len(g.people) {
		return nil, err
	}
	if again := b.API.SetUserGroup(ctx, g.id, active); again != nil {
		return nil, again
	}
	return active, err
}

// active asks Slack whose accounts work.
func (b *Bot) active(ctx context.Context, people []incident.PersonID) (active []incident.PersonID, err error) {
	for _, p := range people {
		u, err := b.API.UserInfo(ctx, string(p))
		if isGone(err, "user_not_found", "user_not_visible") {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !u.Deleted {
			active = append(active, p)
		}
	}
	return active, nil
}

// tellGroup says where the people who are on call look that their user group is not
// as it should be. Where that cannot be said, the log has it.
func (b *Bot) tellGroup(ctx context.Context, g keptGroup, why *Gone) error {
	channel, err := b.coverChannel(ctx, g.people[0])
	if err != nil || channel == "" {
		return err
	}
	m := view.GroupRefused(g.handle, g.schedules, g.people, why.Sentence)
	_, err = b.postKeyed(ctx, channel, "group-"+g.id+"-"+why.Code, incident.Now().Add(-groupsFresh), m)
	if _, refused := errors.AsType[*Gone](err); refused {
		b.Log.ErrorContext(ctx, "nobody can be told of a user group", "group", g.id, "error", err)
		return nil
	}
	return err
}

func (b *Bot) saveGroup(ctx context.Context, group, handle string, people []incident.PersonID) error {
	return pgx.BeginFunc(ctx, b.Pool, func(tx pgx.Tx) error {
		return roster.SaveGroupMembers(ctx, tx, group, handle, people, incident.Now())
	})
}

// refreshGroups keeps what Slack says now. A workspace whose plan has no user groups
// has none.
func (b *Bot) refreshGroups(ctx context.Context) error {
	groups, err := b.API.UserGroups(ctx)
	if _, refused := errors.AsType[*Gone](err); err != nil && !refused {
		return err
	}
	if err != nil {
		b.Log.WarnContext(ctx, "user groups not read", "error", err)
	}
	for _, g := range groups {
		if err := b.saveGroup(ctx, g.ID, g.Handle, personIDs(g.Users)); err != nil {
			return err
		}
	}
	return saveGroupTry(ctx, b.Pool, groupTry{Group: allGroups, At: incident.Now()})
}

func personIDs(ids []string) []incident.PersonID {
	people := make([]incident.PersonID, 0, len(ids))
	for _, id := range ids {
		people = append(people, incident.PersonID(id))
	}
	return people
}

// groupChanged follows a change of a user group. Slack tells of members only who
// came and went, and events come in any order, so all groups are read anew.
func (b *Bot) groupChanged(ctx context.Context, _ event) error { return b.refreshGroups(ctx) }

// groupHolds is the handle of a user group and who is in it, as Slack last told;
// nothing when Slack told of none.
func (b *Bot) groupHolds(ctx context.Context, id string) (handle string, members []incident.PersonID, err error) {
	known, err := roster.Groups(ctx, b.Pool)
	for _, g := range known {
		if g.ID == id {
			return cmp.Or(g.Handle, id), g.Members, nil
		}
	}
	return "", nil, err
}

// keptBy says which user group keeps a person who has just gone off call, since nobody
// is on call now in any schedule that the group follows; "" for none.
func (b *Bot) keptBy(ctx context.Context, n oncall.Notice) (handle string, err error) {
	if n.Kind != oncall.ShiftEnds || len(n.Others) > 0 || n.UserGroup == "" {
		return "", nil
	}
	kept, err := b.keptGroups(ctx)
	at := slices.IndexFunc(kept, func(g keptGroup) bool {
		return g.id == n.UserGroup && len(g.people) == 0 && slices.Contains(g.members, n.Person)
	})
	if err != nil || at < 0 {
		return "", err
	}
	return kept[at].handle, nil
}
