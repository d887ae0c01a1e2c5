package oncall

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Remarks tells what may surprise about an override that has been saved: it goes before
// earlier ones, it changes nothing, it leaves nobody on call, or whoever comes cannot be
// reached.
func (s *Service) Remarks(ctx context.Context, p Planned, o LintOptions) ([]Finding, error) {
	stored, err := s.Schedule(ctx, p.Schedule)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(stored.Overrides, func(kept Override) bool { return kept.ID == p.ID })
	if at < 0 {
		return nil, nil // taken back meanwhile
	}
	found, err := Lint(&stored.Schedule, p.From, p.Until.Sub(p.From), o)
	if err != nil {
		return nil, fmt.Errorf("look at override %d: %w", p.ID, err)
	}
	path := fmt.Sprintf("overrides[%d]", at+1)
	found = slices.DeleteFunc(found, func(f Finding) bool {
		return f.Path != path && (f.Kind != FindingPerson || f.Person != p.Person)
	})
	over, err := onTop(&stored.Schedule, stored.Overrides[at], o)
	return append(over, found...), err
}

// onTop tells which earlier overrides one goes before.
func onTop(s *Schedule, p Override, o LintOptions) (found []Finding, err error) {
	r, err := s.Compile()
	if err != nil {
		return nil, err
	}
	l := &linter{schedule: s, resolver: r, options: o}
	for i, other := range s.Overrides {
		from, until := later(other.From, p.From), earlier(other.Until, p.Until)
		if other.ID >= p.ID || !from.Before(until) {
			continue
		}
		f := Finding{Kind: FindingOnTop, Path: fmt.Sprintf("overrides[%d]", i+1), From: from, Until: until, Person: cmp.Or(other.Person, other.Replaced)}
		does := "is applied after"
		if p.Action == Set {
			does = "replaces"
		}
		l.add(f, "It %s the earlier override (%s %s) %s.", does, other.Action, l.name(f.Person), l.span(from, until))
	}
	return l.findings, nil
}
