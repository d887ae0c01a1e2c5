package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/timeline"
)

// meCommand shows a person their shifts and how they are reached, to change it.
func (b *Bot) meCommand(ctx context.Context, c Command, _ *incident.Incident) (Reply, error) {
	return b.showMe(ctx, c.User, "")
}

func (b *Bot) openMeClick(ctx context.Context, c Click, _ *incident.Incident, _ string) (Reply, error) {
	return b.showMe(ctx, c.User, "")
}

// showMe opens the form of a person, with a note of what was just done.
func (b *Bot) showMe(ctx context.Context, p incident.PersonID, note string) (Reply, error) {
	m, err := b.me(ctx, p)
	m.Note = note
	if err != nil {
		return Reply{}, err
	}
	return Open(view.MeModal(m)), nil
}

// me gathers how a person is reached, and when they are on call.
func (b *Bot) me(ctx context.Context, p incident.PersonID) (m view.Me, err error) {
	m.Now, m.Command = incident.Now(), b.Settings.Command
	if m.Shifts, err = b.OnCall.NextShifts(ctx, p, m.Now, 8); err != nil {
		return m, err
	}
	if m.Contacts, err = b.Paging.Contacts(ctx, p); err != nil {
		return m, err
	}
	if m.High, _, err = b.Paging.Rules(ctx, p, paging.UrgencyHigh); err != nil {
		return m, err
	}
	if m.Low, _, err = b.Paging.Rules(ctx, p, paging.UrgencyLow); err != nil {
		return m, err
	}
	if m.Pages, err = b.Escalations.Asking(ctx, p); err != nil {
		return m, err
	}
	if len(m.Shifts)+len(m.Contacts) > 0 { // who is never on call need not be warned
		m.Warnings, err = b.Paging.Reach(ctx, p)
	}
	return m, err
}

func (b *Bot) addContactClick(context.Context, Click, *incident.Incident, string) (Reply, error) {
	return Open(view.AddContactModal()), nil
}

// addContactSubmission adds a way and asks for the code, unless none is needed.
func (b *Bot) addContactSubmission(ctx context.Context, s Submission, _ *incident.Incident) (Reply, error) {
	method, address := paging.Method(s.Values.Text("method")), s.Values.Text("address")
	if method == paging.MethodSlack && address == "" {
		address = string(s.User)
	}
	c, err := b.Paging.AddContact(ctx, s.User, method, address)
	if err != nil {
		return inField("address", err)
	}
	if c.VerifiedAt.IsZero() {
		return Open(view.VerifyModal(c)), nil
	}
	return b.showMe(ctx, s.User, "Saved.")
}

// contact finds one of the person's own contact methods.
func (b *Bot) contact(ctx context.Context, p incident.PersonID, number string) (paging.Contact, error) {
	all, err := b.Paging.Contacts(ctx, p)
	if err != nil {
		return paging.Contact{}, err
	}
	for _, c := range all {
		if strconv.FormatInt(int64(c.ID), 10) == number {
			return c, nil
		}
	}
	return paging.Contact{}, incident.Errorf(incident.NotFound, "You have no such contact method any more; `%s me` shows those that you have.", b.Settings.Command)
}

// verifyContactClick sends a new code, and asks for it. One that was sent a moment
// ago is still good.
func (b *Bot) verifyContactClick(ctx context.Context, c Click, _ *incident.Incident, number string) (Reply, error) {
	contact, err := b.contact(ctx, c.User, number)
	if err != nil {
		return Reply{}, err
	}
	if err := b.Paging.SendCode(ctx, c.User, contact.ID); err != nil && incident.CodeOf(err) != incident.Conflict {
		return Reply{}, err
	}
	return Open(view.VerifyModal(contact)), nil
}

func (b *Bot) verifyContactSubmission(ctx context.Context, s Submission, _ *incident.Incident) (Reply, error) {
	contact, err := b.contact(ctx, s.User, strings.TrimPrefix(s.Private, ":"))
	if err == nil {
		err = b.Paging.Verify(ctx, s.User, contact.ID, s.Values.Text("code"))
	}
	if err != nil {
		return inField("code", err)
	}
	return b.showMe(ctx, s.User, "Saved.")
}

func (b *Bot) testContactClick(ctx context.Context, c Click, _ *incident.Incident, number string) (Reply, error) {
	contact, err := b.contact(ctx, c.User, number)
	if err != nil {
		return Reply{}, err
	}
	if err := b.Paging.TestContact(ctx, c.User, contact.ID); err != nil {
		return Reply{}, err
	}
	return b.showMe(ctx, c.User, "A test is on its way to your "+contact.Method.String()+".")
}

func (b *Bot) removeContactClick(ctx context.Context, c Click, _ *incident.Incident, number string) (Reply, error) {
	contact, err := b.contact(ctx, c.User, number)
	if err != nil {
		return Reply{}, err
	}
	if err := b.Paging.RemoveContact(ctx, c.User, contact.ID); err != nil {
		return Reply{}, err
	}
	return b.showMe(ctx, c.User, "")
}

func (b *Bot) rulesClick(ctx context.Context, c Click, _ *incident.Incident, _ string) (Reply, error) {
	m, err := b.me(ctx, c.User)
	if err != nil {
		return Reply{}, err
	}
	return Open(view.RulesModal(m)), nil
}

func (b *Bot) rulesSubmission(ctx context.Context, s Submission, _ *incident.Incident) (Reply, error) {
	contacts, err := b.Paging.Contacts(ctx, s.User)
	if err != nil {
		return Reply{}, err
	}
	read := map[string][]paging.Rule{}
	for _, urgency := range []string{paging.UrgencyHigh, paging.UrgencyLow} {
		if read[urgency], err = readRules(s.Values.Text(urgency), contacts); err != nil {
			return inField(urgency, err)
		}
	}
	for _, urgency := range []string{paging.UrgencyHigh, paging.UrgencyLow} {
		if err := b.Paging.SetRules(ctx, s.User, urgency, read[urgency]); err != nil {
			return inField(urgency, err)
		}
	}
	return b.showMe(ctx, s.User, "Saved.")
}

// readRules reads one rule a line: "<method> [address] [after <span>]".
func readRules(text string, contacts []paging.Contact) (rules []paging.Rule, err error) {
	for line := range strings.Lines(text) {
		words := strings.Fields(strings.ToLower(line))
		if len(words) == 0 {
			continue
		}
		var r paging.Rule
		if at := slices.Index(words, "after"); at > 0 {
			if r.After, err = timeline.ParseDuration(strings.Join(words[at+1:], " ")); err != nil {
				return nil, err
			}
			words = words[:at]
		}
		words = slices.DeleteFunc(words, func(w string) bool { return w == "at" || w == "once" })
		if r.Contact, err = contactNamed(words, contacts); err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// contactNamed finds the contact method that "sms" or "sms +15550100123" means.
func contactNamed(words []string, contacts []paging.Contact) (paging.Contact, error) {
	var found []paging.Contact
	for _, c := range contacts {
		if string(c.Method) == words[0] && (len(words) == 1 || strings.EqualFold(c.Address, strings.Join(words[1:], ""))) {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return paging.Contact{}, incident.Errorf(incident.NotFound, "You have no way “%s”; add it first, or write one of %s.", cut(strings.Join(words, " "), 60), methodsOf(contacts))
	}
	return paging.Contact{}, incident.Errorf(incident.Invalid, "You have several of “%s”; write the address behind it.", words[0])
}

func methodsOf(contacts []paging.Contact) string {
	var names []string
	for _, c := range contacts {
		if !slices.Contains(names, string(c.Method)) {
			names = append(names, string(c.Method))
		}
	}
	if len(names) == 0 {
		return "none yet"
	}
	return strings.Join(names, ", ")
}

func (b *Bot) outcomesClick(ctx context.Context, c Click, _ *incident.Incident, _ string) (Reply, error) {
	chosen, err := b.Paging.Subscription(ctx, c.User)
	if err != nil {
		return Reply{}, err
	}
	return Open(view.OutcomesModal(chosen)), nil
}

func (b *Bot) outcomesSubmission(ctx context.Context, s Submission, _ *incident.Incident) (Reply, error) {
	var chosen []string
	for _, o := range paging.Outcomes() {
		if s.Values.Ticked("outcomes", o) {
			chosen = append(chosen, o)
		}
	}
	if err := b.Paging.Subscribe(ctx, s.User, chosen); err != nil {
		return Reply{}, err
	}
	return b.showMe(ctx, s.User, "Saved.")
}
