package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

func (s *stage) after(ctx context.Context, a []string) error {
	d, err := time.ParseDuration(a[0])
	if err != nil {
		return err
	}
	pause(ctx, d)
	return ctx.Err()
}

// goes waits for the channel, since it may be about to be made.
func (s *stage) goes(ctx context.Context, a []string) error {
	name := strings.TrimPrefix(a[1], "#")
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	if err := s.until(ctx, func() error {
		c, ok := s.slack.Channel(name)
		if !ok {
			return fmt.Errorf("there is no channel #%s; there are %s", name, s.channelNames())
		}
		if c.Private {
			return nil
		}
		return p.Joins(name)
	}); err != nil {
		return err
	}
	s.place[a[0]] = name
	return nil
}

func (s *stage) channelNames() string {
	var names []string
	for _, c := range s.slack.Channels() {
		if c.Name != "" {
			names = append(names, "#"+c.Name)
		}
	}
	return strings.Join(names, " ")
}

// types sends a slash command; @name becomes a mention, as Slack makes it.
func (s *stage) types(_ context.Context, a []string) error {
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	if words := strings.Fields(a[1]); len(words) > 1 {
		s.note("command", words[1])
	}
	result := p.Types(s.at(a[0]), s.mentions(a[1]))
	if result.Err != nil {
		s.last[a[0]] = result.Err.Error()
		return nil // what Slack shows is an answer too; the script says which it expects
	}
	s.last[a[0]] = s.readable(textOf(result.Text, result.Blocks))
	return nil
}

func (s *stage) mentions(text string) string {
	for _, p := range s.slack.People() {
		text = strings.ReplaceAll(text, "@"+p.Name, "<@"+p.ID+"|"+p.Name+">")
	}
	return text
}

func (s *stage) says(_ context.Context, a []string) error {
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	if ts := p.Says(s.at(a[0]), s.mentions(a[1])); ts == "" {
		return fmt.Errorf("%s cannot write in #%s", a[0], s.at(a[0]))
	}
	return nil
}

// sees looks for a text in what is shown to the person alone, or in the channel
// where they are: the answer to what they typed, ephemeral messages, an open form.
func (s *stage) sees(ctx context.Context, a []string) error {
	return s.until(ctx, func() error { return s.looks(a[0], a[1]) })
}

func (s *stage) seesNothing(ctx context.Context, a []string) error {
	s.rests(ctx)
	if s.looks(a[0], a[1]) == nil {
		return fmt.Errorf("%s does see it", a[0])
	}
	return nil
}

func (s *stage) looks(name, wanted string) error {
	p, err := s.person(name)
	if err != nil {
		return err
	}
	seen := []string{s.last[name]}
	for _, m := range s.slack.Ephemerals(name, s.at(name)) {
		seen = append(seen, s.readable(textOf(m.Text, m.Blocks)))
	}
	if v := p.Modal(); v != nil {
		seen = append(seen, s.readable(textOf("", []any{v.Content})))
	}
	for _, m := range s.slack.Messages(s.at(name)) {
		seen = append(seen, s.readable(textOf(m.Text, m.Blocks)))
	}
	for _, text := range seen {
		if contains(text, wanted) {
			return nil
		}
	}
	return fmt.Errorf("%s sees in #%s:\n%s", name, s.at(name), strings.Join(seen, "\n---\n"))
}

// gets looks into a person's direct messages from the bot.
func (s *stage) gets(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		p, err := s.person(a[0])
		if err != nil {
			return err
		}
		var seen []string
		for _, m := range s.slack.Messages(p.DirectChannel()) {
			text := s.readable(textOf(m.Text, m.Blocks))
			if contains(text, a[1]) {
				return nil
			}
			seen = append(seen, text)
		}
		return fmt.Errorf("%s got:\n%s", a[0], strings.Join(seen, "\n---\n"))
	})
}
