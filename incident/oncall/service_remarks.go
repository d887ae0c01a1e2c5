package oncall

import (
	"context"
	"fmt"
	"slices"
)

// Remarks tells what may surprise about an override that has been saved: it changes
// nothing, it leaves nobody on call, or whoever comes cannot be reached.
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
	return slices.DeleteFunc(found, func(f Finding) bool {
		return f.Path != path && (f.Kind != FindingPerson || f.Person != p.Person)
	}), nil
}
