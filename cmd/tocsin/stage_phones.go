package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/tocsinhq/tocsin/integrations/email/mailsim"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

// phoneSentences are those about what reaches people outside Slack, and what they
// answer there.
func phoneSentences() []sentence {
	return []sentence{
		{form(`acme has the sample organisation`), (*stage).hasOrganisation},
		{form(`the phone of PERSON shows nothing of TEXT`), (*stage).phoneLacks},
		{form(`the phone of PERSON has WORD texts`), (*stage).phoneCounts},
		{form(`the phone of PERSON shows TEXT`), (*stage).phoneShows},
		{form(`the phone of PERSON rings WORD times`), (*stage).phoneRings},
		{form(`the phone of PERSON says TEXT`), (*stage).phoneSays},
		{form(`the phone of PERSON does not take texts`), (*stage).phoneRefuses},
		{form(`the mailbox of PERSON shows TEXT`), (*stage).mailShows},
		{form(`the app of PERSON shows TEXT`), (*stage).appShows},
		{form(`the webhook hears nothing of TEXT`), (*stage).webhookLacks},
		{form(`the webhook hears TEXT`), (*stage).webhookHears},
		{form(`PERSON texts back WORD`), (*stage).textsBack},
		{form(`PERSON submits the code on their phone`), (*stage).submitsCode},
		{form(`PERSON texts QUOTED`), (*stage).texts},
		{form(`PERSON presses WORD`), (*stage).presses},
		{form(`PERSON follows the link QUOTED`), (*stage).follows},
		{form(`PERSON taps QUOTED`), (*stage).taps},
		{form(`twilio is down`), (*stage).twilioDown},
		{form(`twilio is up`), (*stage).twilioUp},
		{form(`mail is down`), (*stage).mailDown},
		{form(`mail is up`), (*stage).mailUp},
	}
}

// owner is somebody of the cast with what they are reached at.
func (s *stage) owner(name string) (number, mail, topic string, err error) {
	if s.others == nil {
		return "", "", "", errors.New("nobody in this play has a telephone")
	}
	for _, c := range cast {
		if c.name == name {
			return c.number, name + "@acme.example", c.topic, nil
		}
	}
	return "", "", "", fmt.Errorf("nobody is called %s", name)
}

func (s *stage) hasOrganisation(ctx context.Context, _ []string) error {
	return applySample(ctx, s.app(), s.slack)
}

func (s *stage) phone(name string) (*twiliosim.Phone, error) {
	number, _, _, err := s.owner(name)
	if err != nil {
		return nil, err
	}
	return s.others.twilio.Phone(number), nil
}

func (s *stage) phoneShows(ctx context.Context, a []string) error {
	phone, err := s.phone(a[0])
	if err != nil {
		return err
	}
	return s.until(ctx, func() error {
		var all []string
		for _, m := range phone.Messages() {
			if contains(m.Body, a[1]) {
				return nil
			}
			all = append(all, m.Body)
		}
		return fmt.Errorf("it shows: %q", all)
	})
}

func (s *stage) phoneLacks(ctx context.Context, a []string) error {
	phone, err := s.phone(a[0])
	if err != nil {
		return err
	}
	s.rests(ctx)
	for _, m := range phone.Messages() {
		if contains(m.Body, a[1]) {
			return fmt.Errorf("it shows %q", m.Body)
		}
	}
	return nil
}

func (s *stage) phoneCounts(ctx context.Context, a []string) error {
	phone, err := s.phone(a[0])
	if err != nil {
		return err
	}
	s.rests(ctx)
	wanted, err := number(a[1])
	if err != nil {
		return err
	}
	if got := phone.Messages(); len(got) != wanted {
		return fmt.Errorf("it has %d: %v", len(got), got)
	}
	return nil
}

func (s *stage) phoneRings(ctx context.Context, a []string) error {
	phone, err := s.phone(a[0])
	if err != nil {
		return err
	}
	wanted, err := number(a[1])
	if err != nil {
		return err
	}
	return s.until(ctx, func() error {
		if got := len(phone.Calls()); got != wanted {
			return fmt.Errorf("it rang %d times", got)
		}
		return nil
	})
}

func (s *stage) phoneSays(ctx context.Context, a []string) error {
	phone, err := s.phone(a[0])
	if err != nil {
		return err
	}
	return s.until(ctx, func() error {
		calls := phone.Calls()
		if len(calls) == 0 {
			return errors.New("nobody has called")
		}
		_ = phone.Answer() // it may have been picked up
		if said := strings.Join(calls[len(calls)-1].Said, " "); !contains(said, a[1]) {
			return fmt.Errorf("it said %q", said)
		}
		return nil
	})
}

// phoneRefuses makes the network lose texts: 30003 is an unreachable handset.
func (s *stage) phoneRefuses(_ context.Context, a []string) error {
	phone, err := s.phone(a[0])
	if err != nil {
		return err
	}
	phone.Fail("undelivered", 30003)
	return nil
}

var replyCode = regexp.MustCompile(`\b(\d+)a\b`)

// textsBack answers the last text that has a code: acknowledge, escalate or resolve.
func (s *stage) textsBack(ctx context.Context, a []string) error {
	letter, ok := map[string]string{"acknowledge": "a", "escalate": "e", "resolve": "c"}[a[1]]
	if !ok {
		return fmt.Errorf("nobody texts %q; say acknowledge, escalate or resolve", a[1])
	}
	phone, err := s.phone(a[0])
	if err != nil {
		return err
	}
	messages := phone.Messages()
	for n := len(messages) - 1; n >= 0; n-- {
		if m := replyCode.FindStringSubmatch(messages[n].Body); m != nil {
			return s.texts(ctx, []string{a[0], m[1] + letter})
		}
	}
	return errors.New("no text has a code to answer with")
}

func (s *stage) texts(_ context.Context, a []string) error {
	phone, err := s.phone(a[0])
	if err != nil {
		return err
	}
	_, err = phone.Reply(a[1])
	return err
}

func (s *stage) presses(_ context.Context, a []string) error {
	phone, err := s.phone(a[0])
	if err != nil {
		return err
	}
	return phone.Press(a[1])
}

func (s *stage) mailShows(ctx context.Context, a []string) error {
	_, address, _, err := s.owner(a[0])
	if err != nil {
		return err
	}
	return s.until(ctx, func() error {
		var all []string
		for _, m := range s.others.mail.Mails(address) {
			if contains(m.Subject+" "+m.Plain, a[1]) {
				return nil
			}
			all = append(all, m.Subject)
		}
		return fmt.Errorf("it has: %q", all)
	})
}

func (s *stage) follows(ctx context.Context, a []string) error {
	_, address, _, err := s.owner(a[0])
	if err != nil {
		return err
	}
	mails := s.others.mail.Mails(address)
	if len(mails) == 0 {
		return errors.New("the mailbox is empty")
	}
	said, err := mails[len(mails)-1].Press(ctx, s.client, a[1])
	s.last[a[0]] = said
	return err
}

func (s *stage) appShows(ctx context.Context, a []string) error {
	_, _, topic, err := s.owner(a[0])
	if err != nil {
		return err
	}
	return s.until(ctx, func() error {
		var all []string
		for _, m := range s.others.ntfy.Messages(topic) {
			if contains(m.Title+" "+m.Text, a[1]) {
				return nil
			}
			all = append(all, m.Title)
		}
		return fmt.Errorf("it shows: %q", all)
	})
}

// webhookHears looks at what came to https://hook.localhost/hook.
func (s *stage) webhookHears(ctx context.Context, a []string) error {
	if s.hooks == nil {
		return errors.New("nobody in this play takes webhooks")
	}
	return s.until(ctx, func() error {
		var all []string
		for _, m := range s.hooks.All() {
			all = append(all, m.Title+" "+m.Text)
		}
		if find(all, a[0]) < 0 {
			return fmt.Errorf("it heard: %q; it refused: %q", all, s.hooks.Refused())
		}
		return nil
	})
}

func (s *stage) webhookLacks(ctx context.Context, a []string) error {
	if s.hooks == nil {
		return errors.New("nobody in this play takes webhooks")
	}
	s.rests(ctx)
	for _, m := range s.hooks.All() {
		if contains(m.Title+" "+m.Text, a[0]) {
			return fmt.Errorf("it heard %q", m.Title)
		}
	}
	return nil
}

func (s *stage) taps(ctx context.Context, a []string) error {
	_, _, topic, err := s.owner(a[0])
	if err != nil {
		return err
	}
	messages := s.others.ntfy.Messages(topic)
	if len(messages) == 0 {
		return errors.New("the app shows nothing")
	}
	said, err := s.others.ntfy.Press(ctx, s.client, messages[len(messages)-1].ID, a[1])
	s.last[a[0]] = said
	return err
}

func (s *stage) twilioDown(context.Context, []string) error {
	s.others.twilio.Break(twiliosim.Always)
	return nil
}

func (s *stage) twilioUp(context.Context, []string) error { s.others.twilio.Break(0); return nil }

func (s *stage) mailDown(context.Context, []string) error {
	s.others.mail.Fail(mailsim.StageSender, 451, "4.3.2", "going down for maintenance")
	return nil
}

func (s *stage) mailUp(context.Context, []string) error { s.others.mail.Heal(); return nil }

// outside gives the people of a play telephones and mailboxes; client reaches the
// links in what they get.
func (s *stage) outside(others *simulated, client *http.Client) {
	s.others, s.client = others, client
}
