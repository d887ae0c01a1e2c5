package paging

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// Rules lists a person's notification rules of an urgency; own is false when they
// are the default ones.
func (s *Service) Rules(ctx context.Context, p incident.PersonID, urgency string) (rules []Rule, own bool, err error) {
	rules, err = rulesOf(ctx, s.Pool, p, urgency)
	if err != nil || len(rules) > 0 {
		return rules, true, err
	}
	rules, err = rulesOrDefault(ctx, s.Pool, p, urgency)
	return rules, false, err
}

// SetRules replaces a person's rules of an urgency; none brings the default ones
// back. Only After and Contact.ID of each rule count. Pages that are under way keep
// their plan.
func (s *Service) SetRules(ctx context.Context, p incident.PersonID, urgency string, rules []Rule) error {
	if urgency != UrgencyHigh && urgency != UrgencyLow {
		return incident.Errorf(incident.Invalid, "%q is not an urgency; use high or low.", urgency)
	}
	if err := CheckRules(rules); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		has, err := contactsOf(ctx, tx, p)
		if err != nil {
			return err
		}
		own := map[ContactID]bool{}
		for _, c := range has {
			own[c.ID] = true
		}
		for _, r := range rules {
			if !own[r.Contact.ID] {
				return incident.Errorf(incident.NotFound, "A rule names a contact method that you do not have; list yours to see them.")
			}
		}
		return replaceRules(ctx, tx, p, urgency, rules)
	})
}

// Reach says what keeps pages from a person, as sentences; none when all is well.
func (s *Service) Reach(ctx context.Context, p incident.PersonID) ([]string, error) {
	var problems []string
	for _, urgency := range []string{UrgencyHigh, UrgencyLow} {
		rules, err := rulesOrDefault(ctx, s.Pool, p, urgency)
		if err != nil {
			return nil, err
		}
		plan, reason := Plan(rules, s.can, incident.Now())
		if reason != "" {
			problems = append(problems, fmt.Sprintf("Pages of %s urgency reach nobody: %s", urgency, reason))
			continue
		}
		if urgency == UrgencyHigh && onlyOne(plan) {
			problems = append(problems, fmt.Sprintf("Pages of high urgency go by %s alone; %s.", plan[0].To.Method, s.second(rules)))
		}
	}
	return problems, nil
}

// second is how to get a second way besides the only one: by one that is known and that
// nothing sends by, or by a new one.
func (s *Service) second(rules []Rule) string {
	for _, r := range rules {
		if r.Contact.Usable() && !s.can(r.Contact.Method) {
			return "nothing is set up that sends by " + r.Contact.Method.String()
		}
	}
	return "add a second contact method"
}

// Trouble says why no page of high urgency reaches a person, as the rest of a sentence
// about them; "" when it does.
func (s *Service) Trouble(ctx context.Context, p incident.PersonID) (string, error) {
	if p == "" {
		return "", nil
	}
	rules, err := rulesOrDefault(ctx, s.Pool, p, UrgencyHigh)
	if err != nil {
		return "", err
	}
	if _, reason := Plan(rules, s.can, incident.Now()); reason != "" {
		return "cannot be paged (" + strings.TrimSuffix(reason, ".") + ")", nil
	}
	return "", nil
}

func onlyOne(plan []Planned) bool {
	for _, p := range plan {
		if p.To.Method != plan[0].To.Method {
			return false
		}
	}
	return true
}
