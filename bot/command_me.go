package bot

import (
	"context"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/paging"
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
	if err != nil {
		return Reply{}, err
	}
	m.Note = note
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
	if err = b.addRules(ctx, p, &m); err != nil {
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
	return b.showAdded(ctx, c)
}

// showAdded tells that a contact method works, and that nothing uses it yet where the
// person has an order of their own.
func (b *Bot) showAdded(ctx context.Context, c paging.Contact) (Reply, error) {
	rules, _, err := b.Paging.Rules(ctx, c.Person, paging.UrgencyHigh)
	if err != nil {
		return Reply{}, err
	}
	if len(rulesOf(c, rules)) == 0 {
		return b.showMe(ctx, c.Person, "Your "+c.Method.String()+" works, but your own order never uses it yet: press “Change the order…”.")
	}
	return b.showMe(ctx, c.Person, "Your "+c.Method.String()+" works: pages use it from now on.")
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
	return b.showAdded(ctx, contact)
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

// disableContactClick stops all messages to one of the person's contact methods.
func (b *Bot) disableContactClick(ctx context.Context, c Click, _ *incident.Incident, number string) (Reply, error) {
	contact, err := b.contact(ctx, c.User, number)
	if err != nil {
		return Reply{}, err
	}
	if err := b.Paging.DisableContact(ctx, c.User, contact.ID, ""); err != nil {
		return Reply{}, err
	}
	return b.showMe(ctx, c.User, "Nothing goes to your "+contact.Method.String()+" until you enable it again, not even what is planned there now.")
}

// enableContactClick lets messages through again, from the next page on.
func (b *Bot) enableContactClick(ctx context.Context, c Click, _ *incident.Incident, number string) (Reply, error) {
	contact, err := b.contact(ctx, c.User, number)
	if err != nil {
		return Reply{}, err
	}
	if err := b.Paging.EnableContact(ctx, c.User, contact.ID); err != nil {
		return Reply{}, err
	}
	return b.showMe(ctx, c.User, "Pages go to your "+contact.Method.String()+" again; press Test to see that they arrive.")
}

// awakeClick notes that a person is awake for everything that asks for them.
func (b *Bot) awakeClick(ctx context.Context, c Click, _ *incident.Incident, _ string) (Reply, error) {
	asking, err := b.Escalations.Asking(ctx, c.User)
	if err != nil {
		return Reply{}, err
	}
	var said []string
	told := map[incident.ID]bool{}
	for _, e := range asking {
		if told[e.Incident] {
			continue
		}
		told[e.Incident] = true
		one, err := b.Paging.Awake(ctx, c.User, e.Incident)
		if err != nil {
			return Reply{}, err
		}
		said = append(said, one)
	}
	if len(said) == 0 {
		said = []string{"Nobody is asking for you any more."}
	}
	return b.showMe(ctx, c.User, strings.Join(said, " "))
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
