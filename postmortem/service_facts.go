package postmortem

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// Facts reads everything the postmortem of an incident is computed from.
// Entries about the postmortem itself are left out.
func (s *Service) Facts(ctx context.Context, id incident.ID) (Facts, error) {
	f := Facts{Zone: s.Zone, Now: incident.Now()}
	var err error
	if f.Incident, err = s.Incidents.Get(ctx, id); err != nil {
		return Facts{}, err
	}
	if f.Lines, err = s.Timeline.Lines(ctx, id); err != nil {
		return Facts{}, err
	}
	f.Lines = slices.DeleteFunc(f.Lines, aboutPostmortem)
	if f.Tasks, err = s.Incidents.Tasks(ctx, id); err != nil {
		return Facts{}, err
	}
	if f.Hypotheses, err = s.Timeline.Hypotheses(ctx, id); err != nil {
		return Facts{}, err
	}
	if f.Tickets, err = ticketsOf(ctx, s.Incidents.Pool, id); err != nil {
		return Facts{}, err
	}
	if f.Similar, err = s.similar(ctx, f.Incident); err != nil {
		return Facts{}, err
	}
	if s.Links != nil {
		f.Links = s.Links(f.Incident)
	}
	f.Names, err = s.names(ctx, f.people())
	return f, err
}

func aboutPostmortem(l timeline.Line) bool {
	switch l.Event.(type) {
	case incident.PostmortemDrafted, incident.PostmortemWritten, incident.PostmortemAdvanced:
		return true
	}
	return false
}

// people lists everybody whose name may be shown, each once.
func (f Facts) people() []incident.PersonID {
	list := []incident.PersonID{f.Incident.DeclaredBy.Person()}
	for _, holders := range f.Incident.Roles {
		list = append(list, holders...)
	}
	for _, t := range f.Tasks {
		list = append(list, t.Owner)
	}
	for _, l := range f.Lines {
		list = append(list, author(l).Person())
		switch e := l.Event.(type) {
		case incident.RoleAssigned:
			list = append(list, e.To)
		case incident.PersonJoined:
			list = append(list, e.Person)
		}
	}
	return distinct(list)
}

// distinct sorts people and drops repeats and nobody.
func distinct(list []incident.PersonID) []incident.PersonID {
	slices.Sort(list)
	list = slices.Compact(list)
	return slices.DeleteFunc(list, func(p incident.PersonID) bool { return p == "" })
}

// How far back and how many similar incidents are looked for, and how many
// words two titles must share.
const (
	similarAmong = 200
	similarShown = 3
	similarWords = 2
)

// similar finds earlier incidents whose titles share words with this one's.
// Private ones are never shown.
func (s *Service) similar(ctx context.Context, i *incident.Incident) ([]Similar, error) {
	earlier, err := s.Incidents.Recent(ctx, i.ID, similarAmong)
	if err != nil {
		return nil, err
	}
	var found []Similar
	for _, o := range resembling(i, earlier) {
		tasks, err := s.Incidents.Tasks(ctx, o.ID)
		if err != nil {
			return nil, err
		}
		one := Similar{ID: o.ID, Title: o.Title, Severity: o.Severity, DeclaredAt: o.DeclaredAt}
		for _, t := range tasks {
			if t.Kind == incident.ActionItem && t.Open() {
				one.OpenActions = append(one.OpenActions, t.Text)
			}
		}
		found = append(found, one)
	}
	return found, nil
}

// resembling ranks by the number of shared words, the newest first among equals.
func resembling(i *incident.Incident, earlier []*incident.Incident) []*incident.Incident {
	mine := words(i.Title)
	shared := func(o *incident.Incident) int {
		n := 0
		for w := range words(o.Title) {
			if mine[w] {
				n++
			}
		}
		return n
	}
	var like []*incident.Incident
	for _, o := range earlier {
		if !o.Private && o.Status != incident.StatusCancelled && shared(o) >= similarWords {
			like = append(like, o)
		}
	}
	slices.SortStableFunc(like, func(a, b *incident.Incident) int { return shared(b) - shared(a) })
	return like[:min(similarShown, len(like))]
}

// words are the telling words of a title: three letters or more, case folded.
func words(title string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len([]rune(w)) >= 3 && w != "the" && w != "and" && w != "for" && w != "are" {
			set[w] = true
		}
	}
	return set
}
