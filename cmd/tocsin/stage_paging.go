package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// organised applies one of the organisations of the plays. {{.alice}} and so on
// stand for the Slack members, {{.oncall_group}} for the user group
// payments-oncall, in which Erin is to begin with.
func (s *stage) organised(ctx context.Context, a []string) error {
	if s.organisation == nil {
		return errors.New("this play has no organisations")
	}
	text, err := s.organisation(a[0])
	if err != nil {
		return err
	}
	for _, p := range s.slack.People() {
		text = strings.ReplaceAll(text, "{{."+p.Name+"}}", p.ID)
	}
	if strings.Contains(text, "{{.oncall_group}}") {
		text = strings.ReplaceAll(text, "{{.oncall_group}}", s.slack.AddUserGroup("payments-oncall", "Payments on call", "erin"))
	}
	_, err = applier(s.app().parts.Pool).Apply(ctx, a[0]+".yaml", []byte(text))
	return err
}

// pagesOf are the direct messages of a person that ask for an answer, newest first,
// as they read them.
func (s *stage) pagesOf(p *slacksim.Person) (texts []string) {
	for _, m := range slices.Backward(s.slack.Messages(p.DirectChannel())) {
		asks := false
		walk(m.Blocks, func(o map[string]any) {
			id, _ := o["action_id"].(string)
			asks = asks || strings.HasPrefix(id, "page_")
		})
		if asks {
			texts = append(texts, s.readable(textOf(m.Text, m.Blocks)))
		}
	}
	return texts
}

// slackPages waits until a person's Slack asks for an answer.
func (s *stage) slackPages(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		p, err := s.person(a[0])
		if err != nil {
			return err
		}
		pages := s.pagesOf(p)
		if find(pages, a[1]) < 0 {
			return fmt.Errorf("%s’s Slack asks for an answer to:\n%s", a[0], strings.Join(pages, "\n---\n"))
		}
		return nil
	})
}

// slackPagesNot waits until nothing in a person's Slack asks for an answer any more.
func (s *stage) slackPagesNot(ctx context.Context, a []string) error {
	s.rests(ctx)
	return s.until(ctx, func() error {
		p, err := s.person(a[0])
		if err != nil {
			return err
		}
		if pages := s.pagesOf(p); len(pages) > 0 {
			return fmt.Errorf("%s’s Slack asks for an answer to:\n%s", a[0], strings.Join(pages, "\n---\n"))
		}
		return nil
	})
}

// slackAnswers looks at what only this person was shown last in their direct messages.
func (s *stage) slackAnswers(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		p, err := s.person(a[0])
		if err != nil {
			return err
		}
		list := s.slack.Ephemerals(a[0], p.DirectChannel())
		if len(list) == 0 {
			return fmt.Errorf("%s was answered nothing in their direct messages", a[0])
		}
		m := list[len(list)-1]
		if text := s.readable(textOf(m.Text, m.Blocks)); !contains(text, a[1]) {
			return fmt.Errorf("%s was answered last:\n%s", a[0], text)
		}
		return nil
	})
}

// looksUp types into a menu that asks for its options, and wants one that says it.
func (s *stage) looksUp(ctx context.Context, a []string) error {
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	return s.until(ctx, func() error {
		options, err := p.Suggests(a[2], a[1])
		if err != nil {
			return err
		}
		for _, o := range options {
			if contains(textOf("", []any{o}), a[3]) {
				return nil
			}
		}
		return fmt.Errorf("the menu offers %v", options)
	})
}

// groupHolds compares the members of a Slack user group with a list of names.
func (s *stage) groupHolds(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		var names []string
		for _, p := range s.slack.People() {
			if slices.Contains(s.slack.UserGroup(a[0]), p.ID) {
				names = append(names, p.Name)
			}
		}
		slices.Sort(names)
		wanted := strings.Fields(strings.NewReplacer(",", " ", " and ", " ").Replace(a[1]))
		slices.Sort(wanted)
		if !slices.Equal(names, wanted) {
			return fmt.Errorf("@%s holds %s", a[0], strings.Join(names, ", "))
		}
		return nil
	})
}
