package bot

import (
	"cmp"
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
	"github.com/tocsinhq/tocsin/timeline"
)

// maintenanceCommand holds the pages of a service back for a while: "<service | all>
// <2h | until 14:00> [drop] [reason]". "end <service | all | number>" ends it before;
// alone it lists what is held back.
func (b *Bot) maintenanceCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	services, err := roster.Services(ctx, b.Pool)
	if err != nil {
		return Reply{}, err
	}
	zone := b.zoneOf(ctx, c.User)
	if c.Args == "" {
		list, err := b.maintained(ctx, services)
		return replyWith(view.Maintenances(list, zone, b.Settings.Command)), err
	}
	if rest, ok := cutWords(c.Args, "end"); ok {
		return b.endMaintenance(ctx, rest, services, zone)
	}
	m, err := readMaintenance(c.Args, services, incident.Now(), zone)
	if err != nil {
		return Reply{}, err
	}
	m.By, m.Reason = c.User, b.named(ctx, m.Reason)
	if m, err = b.Escalations.BeginMaintenance(ctx, m); err != nil {
		return Reply{}, err
	}
	return Say(view.MaintenanceBegun(nameMaintenance(m, services), zone, b.Settings.Command)), nil
}

// readMaintenance reads what is held back, until when, and how. Times are on the
// writer's wall clock.
func readMaintenance(text string, services []roster.Service, now time.Time, zone *time.Location) (m escalation.Maintenance, err error) {
	id, rest, err := readService(text, services)
	if err != nil {
		return m, err
	}
	m.Service, m.Mode = id, escalation.Hold
	if m.Until, rest, err = readEnd(rest, now, zone); err != nil {
		return m, err
	}
	if after, ok := cutWords(rest, "drop"); ok {
		m.Mode, rest = escalation.Drop, after
	}
	m.Reason, err = readReason(rest)
	return m, err
}

// readService takes a service off the front of a text; "" is all of them.
func readService(text string, services []roster.Service) (id, rest string, err error) {
	var list []pageable
	for _, s := range services {
		list = append(list, pageable{kindService, s.ID, s.Name})
	}
	if found, rest, ok := matchPageable(text, list); ok {
		return found.id, rest, nil
	}
	if rest, ok := cutWords(text, "all"); ok {
		return "", rest, nil
	}
	first, _ := splitWord(text)
	if len(list) == 0 {
		return "", text, incident.Errorf(incident.NotFound, "There are no services yet, so %q is none; `all` holds back every page.", cut(first, 60))
	}
	return "", text, incident.Errorf(incident.NotFound, "There is no service %q; %s `all` holds back every page.", cut(first, 60), meantOrAll(text, list))
}

// readEnd reads "until 14:00", "for 2h", "2h" or "2 hours" from the front of a text; a
// number alone means minutes.
func readEnd(text string, now time.Time, zone *time.Location) (until time.Time, rest string, err error) {
	if first, more := splitWord(text); minutesPattern.MatchString(first) {
		if _, _, ok := takeSpan(strings.Fields(text)); !ok {
			d, err := timeline.ParseDuration(first)
			return now.Add(d), more, err
		}
	}
	end, left, ok, err := readEnding(strings.Fields(text), now, zone)
	switch {
	case err != nil:
		return until, text, err
	case ok:
		_, until, err = placed(spoken{at: now}, end, now, zone)
		return until, strings.Join(left, " "), err
	}
	if _, _, _, err := readSpan(text, now, zone); err == nil {
		return until, text, incident.Errorf(incident.Invalid, "Maintenance begins at once; say only for how long, for example `2h` or `until tomorrow 14:00`, when it begins.")
	}
	return until, text, incident.Errorf(incident.Invalid, "Say for how long, for example `2h` or `until tomorrow 14:00`; then, if you like, `drop` and the reason.")
}

// minutesPattern is a number alone.
var minutesPattern = regexp.MustCompile(`^\d{1,7}$`)

// endMaintenance ends one by its number, or all of a service.
func (b *Bot) endMaintenance(ctx context.Context, text string, services []roster.Service, zone *time.Location) (Reply, error) {
	list, err := b.maintained(ctx, services)
	if err != nil {
		return Reply{}, err
	}
	meant, err := whichMaintenance(text, services)
	if err != nil {
		return Reply{}, err
	}
	var ended, others []view.Maintained
	for _, m := range list {
		if meant(m.Maintenance) {
			ended = append(ended, m)
		}
	}
	if len(ended) == 0 {
		return Reply{}, incident.Errorf(incident.NotFound, "There is no such maintenance, or it is over; `%s maintenance` lists what is held back.", b.Settings.Command)
	}
	for _, m := range ended {
		if err := b.Escalations.EndMaintenance(ctx, m.ID); err != nil {
			return Reply{}, err
		}
	}
	for _, m := range list {
		if !meant(m.Maintenance) && (m.Service == "" || ended[0].Service == "" || m.Service == ended[0].Service) {
			others = append(others, m)
		}
	}
	return Say(view.MaintenanceEnded(ended, others, zone)), nil
}

// whichMaintenance reads what is to be ended.
func whichMaintenance(text string, services []roster.Service) (func(escalation.Maintenance) bool, error) {
	if n, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(text), "#"), 10, 64); err == nil {
		return func(m escalation.Maintenance) bool { return m.ID == n }, nil
	}
	if strings.TrimSpace(text) == "" {
		return nil, incident.Errorf(incident.Invalid, "Say which maintenance ends: its number, its service, or `all`.")
	}
	id, _, err := readService(text, services)
	return func(m escalation.Maintenance) bool { return m.Service == id }, err
}

// maintained lists what is going on or planned.
func (b *Bot) maintained(ctx context.Context, services []roster.Service) ([]view.Maintained, error) {
	all, err := b.Escalations.Maintenances(ctx)
	if err != nil {
		return nil, err
	}
	var list []view.Maintained
	for _, m := range all {
		list = append(list, nameMaintenance(m, services))
	}
	return list, nil
}

func nameMaintenance(m escalation.Maintenance, services []roster.Service) view.Maintained {
	named := view.Maintained{Maintenance: m, Name: m.Service}
	for _, s := range services {
		if s.ID == m.Service {
			named.Name = cmp.Or(s.Name, s.ID)
		}
	}
	return named
}

// tellMaintenance tells the team that owns the service, in its channel, that pages
// are held back, or that somebody ended that; where incidents are announced when
// there is no such channel. One that is over already is not told to begin.
func (b *Bot) tellMaintenance(ctx context.Context, a TellMaintenance) error {
	m, err := b.Escalations.Maintenance(ctx, a.Maintenance)
	if err != nil || !a.Over && !m.Until.IsZero() && !m.Until.After(incident.Now()) {
		return err
	}
	services, err := roster.Services(ctx, b.Pool)
	if err != nil {
		return err
	}
	channel, err := b.maintenanceChannel(ctx, m.Service, services)
	if err != nil || channel == "" {
		return err
	}
	key := "maintenance-" + strconv.FormatInt(m.ID, 10)
	if a.Over {
		key += "-over"
	}
	_, err = b.postKeyed(ctx, channel, key, m.From, view.MaintenanceTold(nameMaintenance(m, services), a.Over))
	if isForGood(err) {
		return nil
	}
	return err
}

func (b *Bot) maintenanceChannel(ctx context.Context, service string, services []roster.Service) (string, error) {
	for _, s := range services {
		if s.ID != service || s.Team == "" {
			continue
		}
		team, ok, err := roster.ReadTeam(ctx, b.Pool, s.Team)
		if err != nil || ok && team.Channel != "" {
			if err != nil {
				return "", err
			}
			return b.channelOf(ctx, team.Channel)
		}
	}
	return b.announceChannel(ctx)
}
