package bot

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// urgencies are the two orders that a person has.
var urgencies = []string{paging.UrgencyHigh, paging.UrgencyLow}

// addRules reads both orders of a person.
func (b *Bot) addRules(ctx context.Context, p incident.PersonID, m *view.Me) error {
	for _, urgency := range urgencies {
		rules, own, err := b.Paging.Rules(ctx, p, urgency)
		if err != nil {
			return err
		}
		m.Own = m.Own || own
		if urgency == paging.UrgencyHigh {
			m.High = rules
		} else {
			m.Low = rules
		}
	}
	return nil
}

func (b *Bot) rulesClick(ctx context.Context, c Click, _ *incident.Incident, _ string) (Reply, error) {
	m, err := b.me(ctx, c.User)
	if err != nil {
		return Reply{}, err
	}
	if len(m.Contacts) == 0 {
		return Reply{}, incident.Errorf(incident.Conflict, "You have no contact method to put in an order; press “Add a way…” first.")
	}
	return Open(view.RulesModal(m)), nil
}

// rulesSubmission keeps what was chosen, once both orders are right. An order that is
// as it was is not touched, so that the usual one stays the usual one.
func (b *Bot) rulesSubmission(ctx context.Context, s Submission, _ *incident.Incident) (Reply, error) {
	contacts, err := b.Paging.Contacts(ctx, s.User)
	if err != nil {
		return Reply{}, err
	}
	chosen := map[string]order{}
	for _, urgency := range urgencies {
		present, _, err := b.Paging.Rules(ctx, s.User, urgency)
		if err != nil {
			return Reply{}, err
		}
		o, err := readOrder(s.Values, urgency, contacts, present)
		if err != nil {
			return inField(o.field, err)
		}
		chosen[urgency] = o
	}
	for _, urgency := range urgencies {
		if err := b.keepOrder(ctx, s.User, urgency, chosen[urgency], contacts); err != nil {
			return inField(chosen[urgency].field, err)
		}
	}
	return b.showMe(ctx, s.User, "Saved.")
}

// keepOrder keeps the usual order as none, so that contact methods which come later
// take part in it.
func (b *Bot) keepOrder(ctx context.Context, p incident.PersonID, urgency string, o order, contacts []paging.Contact) error {
	switch {
	case o.asBefore:
		return nil
	case sameOrder(o.rules, paging.DefaultRules(urgency, contacts)):
		return b.Paging.SetRules(ctx, p, urgency, nil)
	}
	return b.Paging.SetRules(ctx, p, urgency, o.rules)
}

// usualOrderClick forgets a person's own orders.
func (b *Bot) usualOrderClick(ctx context.Context, c Click, _ *incident.Incident, _ string) (Reply, error) {
	for _, urgency := range urgencies {
		if err := b.Paging.SetRules(ctx, c.User, urgency, nil); err != nil {
			return Reply{}, err
		}
	}
	return b.showMe(ctx, c.User, "You are paged in the usual order now.")
}

// order is what a person chose for one urgency, soonest first.
type order struct {
	rules    []paging.Rule
	asBefore bool
	field    string // where a refusal is shown
}

// readOrder reads the choices of the form. What it did not ask about, such as a contact
// method that was added meanwhile, stays as it is at present. With an error the order's
// field is the one that is wrong.
func readOrder(v Values, urgency string, contacts []paging.Contact, present []paging.Rule) (o order, err error) {
	for _, c := range view.ByFirstUse(contacts, present) {
		if _, asked := v[view.RuleField(urgency, c.ID, 0)]; !asked {
			o.rules = append(o.rules, rulesOf(c, present)...)
			continue
		}
		for n := 0; ; n++ {
			field := view.RuleField(urgency, c.ID, n)
			if _, asked := v[field]; !asked {
				break
			}
			o.field = cmp.Or(o.field, field)
			if o.rules, err = withChoice(o.rules, c, v.Text(field)); err != nil {
				return order{field: field}, err
			}
		}
	}
	if len(o.rules) == 0 {
		return o, incident.Errorf(incident.Invalid, "No page would reach you: choose a time for one of these. To be left alone for a while, close this form and disable a contact method, or ask for cover.")
	}
	slices.SortStableFunc(o.rules, func(a, b paging.Rule) int { return cmp.Compare(a.After, b.After) })
	o.asBefore = sameOrder(o.rules, present)
	return o, nil
}

// withChoice adds what was chosen for a contact method, if it is used.
func withChoice(rules []paging.Rule, c paging.Contact, chosen string) ([]paging.Rule, error) {
	if chosen == view.Never || chosen == "" {
		return rules, nil
	}
	after, err := time.ParseDuration(chosen)
	if err != nil {
		return nil, incident.Errorf(incident.Invalid, "%q is not a time to wait; choose one of the list.", chosen)
	}
	rules = append(rules, paging.Rule{After: after, Contact: c})
	return rules, paging.CheckRules(rules)
}

func rulesOf(c paging.Contact, rules []paging.Rule) []paging.Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r paging.Rule) bool { return r.Contact.ID != c.ID })
}

// sameOrder reports whether two lists use the same contact methods at the same times.
func sameOrder(a, b []paging.Rule) bool {
	return slices.Equal(uses(a), uses(b))
}

// use is a contact method at a time.
type use struct {
	contact paging.ContactID
	after   time.Duration
}

func uses(rules []paging.Rule) []use {
	var all []use
	for _, r := range rules {
		all = append(all, use{r.Contact.ID, r.After})
	}
	slices.SortFunc(all, func(a, b use) int { return cmp.Or(cmp.Compare(a.contact, b.contact), cmp.Compare(a.after, b.after)) })
	return all
}
