package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// withMessage finds the newest message of a channel that says something, those of
// people before ours, which may quote them.
func (s *stage) withMessage(name, saying string, do func(p *slacksim.Person, channel, ts string) error) error {
	p, err := s.person(name)
	if err != nil {
		return err
	}
	messages := s.slack.Messages(s.at(name))
	slices.SortStableFunc(messages, func(a, b slacksim.Message) int { return cmp.Compare(b.BotID, a.BotID) })
	for _, m := range slices.Backward(messages) {
		if contains(s.readable(m.Text), saying) {
			return do(p, s.at(name), m.TS)
		}
	}
	return fmt.Errorf("nothing in #%s says %q", s.at(name), saying)
}

func (s *stage) reacts(_ context.Context, a []string) error {
	return s.withMessage(a[0], a[2], func(p *slacksim.Person, channel, ts string) error { return p.Reacts(channel, ts, a[1]) })
}

func (s *stage) unreacts(_ context.Context, a []string) error {
	return s.withMessage(a[0], a[2], func(p *slacksim.Person, channel, ts string) error { return p.Unreacts(channel, ts, a[1]) })
}

func (s *stage) pins(_ context.Context, a []string) error {
	return s.withMessage(a[0], a[1], func(p *slacksim.Person, channel, ts string) error { return p.Pins(channel, ts) })
}

func (s *stage) unpins(_ context.Context, a []string) error {
	return s.withMessage(a[0], a[1], func(p *slacksim.Person, channel, ts string) error { return p.Unpins(channel, ts) })
}

func (s *stage) edits(_ context.Context, a []string) error {
	return s.withMessage(a[0], a[1], func(p *slacksim.Person, channel, ts string) error { return p.Edits(channel, ts, a[2]) })
}

func (s *stage) deletes(_ context.Context, a []string) error {
	return s.withMessage(a[0], a[1], func(p *slacksim.Person, channel, ts string) error { return p.Deletes(channel, ts) })
}

func (s *stage) uploads(_ context.Context, a []string) error {
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	if ts := p.Uploads(s.at(a[0]), a[1], []byte(a[2])); ts == "" {
		return errors.New("the file was not taken")
	}
	return nil
}
