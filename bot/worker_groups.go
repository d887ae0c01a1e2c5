package bot

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
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

// groupsFresh is how long what Slack told about user groups is believed. Changes
// arrive by themselves as events; this bounds what a lost one can cost.
const groupsFresh = time.Hour

// syncGroups makes the user groups that follow schedules hold whoever is on call.
// A group that several schedules follow holds the union. One for whom nobody is on
// call is left as it is: an empty group would wake nobody. Slack is only asked to
// change what differs from what it told last.
func (b *Bot) syncGroups(ctx context.Context) error {
	known, err := b.knownGroups(ctx)
	if err != nil {
		return err
	}
	targets, err := b.OnCall.Groups(ctx, incident.Now())
	if err != nil {
		return err
	}
	wanted := map[string][]incident.PersonID{}
	for _, t := range targets {
		wanted[t.Group] = append(wanted[t.Group], t.People...)
	}
	var failed []error
	for group, people := range wanted {
		slices.Sort(people)
		people = slices.Compact(people)
		if len(people) > 0 && !sameMembers(known[group].Members, people) {
			failed = append(failed, b.setGroup(ctx, group, known[group].Handle, people))
		}
	}
	return firstToWait(failed)
}

func sameMembers(have, sorted []incident.PersonID) bool {
	return slices.Equal(slices.Sorted(slices.Values(have)), sorted)
}

// setGroup changes a group in Slack, and notes what it holds now. What Slack refuses
// for good is logged and not tried again until something else changes.
func (b *Bot) setGroup(ctx context.Context, group, handle string, people []incident.PersonID) error {
	if err := b.API.SetUserGroup(ctx, group, people); err != nil {
		if isForGood(err) {
			b.Log.ErrorContext(ctx, "a user group cannot be made to hold who is on call", "group", group, "error", err)
			return nil
		}
		return err
	}
	return b.saveGroup(ctx, group, handle, people)
}

func (b *Bot) saveGroup(ctx context.Context, group, handle string, people []incident.PersonID) error {
	return pgx.BeginFunc(ctx, b.Pool, func(tx pgx.Tx) error {
		return roster.SaveGroupMembers(ctx, tx, group, handle, people, incident.Now())
	})
}

// knownGroups is what Slack told about user groups, asked anew when that is old.
func (b *Bot) knownGroups(ctx context.Context) (map[string]roster.Group, error) {
	list, err := roster.Groups(ctx, b.Pool)
	if err != nil {
		return nil, err
	}
	stale := !slices.ContainsFunc(list, func(g roster.Group) bool { return time.Since(g.RefreshedAt) < groupsFresh })
	if stale {
		if err := b.refreshGroups(ctx); err != nil {
			return nil, err
		}
		if list, err = roster.Groups(ctx, b.Pool); err != nil {
			return nil, err
		}
	}
	known := map[string]roster.Group{}
	for _, g := range list {
		known[g.ID] = g
	}
	return known, nil
}

// refreshGroups keeps what Slack says now. A workspace whose plan has no user groups
// has none.
func (b *Bot) refreshGroups(ctx context.Context) error {
	groups, err := b.API.UserGroups(ctx)
	if isGone(err, "plan_upgrade_required", "permission_denied", "missing_scope") {
		b.Log.WarnContext(ctx, "user groups not read", "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := b.saveGroup(ctx, g.ID, g.Handle, personIDs(g.Users)); err != nil {
			return err
		}
	}
	return nil
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
