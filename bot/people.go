package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Person is what we know of somebody in the workspace.
type Person struct {
	ID          incident.PersonID
	Name        string // as shown to people
	Email       string
	Zone        string // IANA name
	Deactivated bool
	Bot         bool
}

// personFresh is how long what we know of a person is trusted. Changes arrive by
// themselves as user_change; this only bounds what a lost event can cost.
const personFresh = 12 * time.Hour

// person looks somebody up: in our own table, else in Slack. When Slack cannot be
// asked, what we knew before is better than nothing; ok is false when nobody has
// that id.
func (b *Bot) person(ctx context.Context, id incident.PersonID) (p Person, ok bool, err error) {
	known, refreshed, found, err := readPerson(ctx, b.Pool, id)
	if err != nil || (found && time.Since(refreshed) < personFresh) {
		return known, found, err
	}
	u, err := b.API.UserInfo(ctx, string(id))
	if gone, isGone := errors.AsType[*Gone](err); isGone && gone.Code == "user_not_found" {
		return Person{}, false, nil
	}
	if err != nil {
		if found {
			return known, true, nil
		}
		return Person{}, false, err
	}
	p = personOf(*u)
	return p, true, savePerson(ctx, b.Pool, p, time.Now())
}

func personOf(u slack.User) Person {
	name := u.Profile.DisplayName
	if name == "" {
		name = u.RealName
	}
	if name == "" {
		name = u.Name
	}
	return Person{ID: incident.PersonID(u.ID), Name: name, Email: u.Profile.Email, Zone: u.TZ, Deactivated: u.Deleted, Bot: u.IsBot}
}

// someone refuses people who cannot be given anything to do. When Slack cannot be
// asked about a person we never saw, the person is believed: the minute matters more.
func (b *Bot) someone(ctx context.Context, id incident.PersonID) error {
	p, ok, err := b.person(ctx, id)
	switch {
	case err != nil:
		b.Log.WarnContext(ctx, "person not looked up", "error", err)
		return nil
	case !ok:
		return incident.Errorf(incident.NotFound, "Nobody in this workspace is %s; mention the person with @.", id)
	case p.Deactivated:
		return incident.Errorf(incident.Invalid, "%s’s Slack account is deactivated; choose somebody else.", p.Name)
	case p.Bot:
		return incident.Errorf(incident.Invalid, "%s is an app, not a person; choose somebody else.", p.Name)
	}
	return nil
}

// nameOf is a person's name for places where a mention would not be rendered.
func (b *Bot) nameOf(ctx context.Context, id incident.PersonID) (string, error) {
	if id == "" {
		return "", nil
	}
	p, ok, err := b.person(ctx, id)
	if err != nil || !ok {
		return string(id), nil // a name is never worth failing for
	}
	return p.Name, nil
}

// Names gives the display names of people; somebody unknown keeps the id.
func (b *Bot) Names(ctx context.Context, ids []incident.PersonID) (map[incident.PersonID]string, error) {
	names := make(map[incident.PersonID]string, len(ids))
	for _, id := range ids {
		name, err := b.nameOf(ctx, id)
		if err != nil {
			return nil, err
		}
		names[id] = name
	}
	return names, nil
}

// zoneOf is the time zone in which a person reads and writes wall-clock times.
func (b *Bot) zoneOf(ctx context.Context, id incident.PersonID) *time.Location {
	p, ok, err := b.person(ctx, id)
	if err != nil || !ok || p.Zone == "" {
		return time.UTC
	}
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func (b *Bot) userChanged(ctx context.Context, e event) error {
	var u slack.User
	if err := json.Unmarshal(e.User, &u); err != nil {
		return fmt.Errorf("decode user: %w", err)
	}
	if u.ID == "" {
		return nil
	}
	return savePerson(ctx, b.Pool, personOf(u), time.Now())
}

var mentionPattern = regexp.MustCompile(`<@([UW][A-Z0-9]+)(?:\|[^>]*)?>`)

// plain turns what Slack sends of messages into text that reads the same years later
// and outside Slack: mentions become names, links their address, and Slack's escapes
// characters. It is for text that was not made plain yet.
func (b *Bot) plain(ctx context.Context, text string) string {
	return timeline.Plain(text, b.namer(ctx))
}

// named is plain for what reached us unescaped, or was unescaped at the edge: what
// people type after a command or into a form. Only mentions are to be rewritten.
func (b *Bot) named(ctx context.Context, text string) string {
	return timeline.Named(text, b.namer(ctx))
}

func (b *Bot) namer(ctx context.Context) func(incident.PersonID) string {
	return func(p incident.PersonID) string {
		name, err := b.nameOf(ctx, p)
		if err != nil {
			return string(p)
		}
		return name
	}
}

// isSelf reports whether a person is Tocsin's own bot user.
func (b *Bot) isSelf(id incident.PersonID) bool { return string(id) == b.API.BotUser() }
