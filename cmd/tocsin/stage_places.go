package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// channelAct is something a person does to a channel.
func (s *stage) channelAct(name string, do func(p *slacksim.Person) error) error {
	p, err := s.person(name)
	if err != nil {
		return err
	}
	return do(p)
}

func bare(channel string) string { return strings.TrimPrefix(channel, "#") }

func (s *stage) joins(_ context.Context, a []string) error {
	return s.channelAct(a[0], func(p *slacksim.Person) error { return p.Joins(bare(a[1])) })
}

func (s *stage) leaves(_ context.Context, a []string) error {
	return s.channelAct(a[0], func(p *slacksim.Person) error { return p.Leaves(bare(a[1])) })
}

func (s *stage) invites(_ context.Context, a []string) error {
	return s.channelAct(a[0], func(p *slacksim.Person) error { return p.Invites(bare(a[2]), a[1]) })
}

func (s *stage) renames(_ context.Context, a []string) error {
	return s.channelAct(a[0], func(p *slacksim.Person) error { return p.Renames(bare(a[1]), bare(a[2])) })
}

func (s *stage) archives(_ context.Context, a []string) error {
	return s.channelAct(a[0], func(p *slacksim.Person) error { return p.Archives(bare(a[1])) })
}

func (s *stage) unarchives(_ context.Context, a []string) error {
	return s.channelAct(a[0], func(p *slacksim.Person) error { return p.Unarchives(bare(a[1])) })
}

func (s *stage) deletesChannel(_ context.Context, a []string) error {
	return s.channelAct(a[0], func(p *slacksim.Person) error { return p.DeletesChannel(bare(a[1])) })
}

func (s *stage) removesBot(_ context.Context, a []string) error {
	return s.channelAct(a[0], func(p *slacksim.Person) error { return p.Removes(bare(a[1]), "tocsin") })
}

// deactivated waits until we have heard of it, and before that of what came earlier.
func (s *stage) deactivated(ctx context.Context, a []string) error {
	s.rests(ctx)
	defer s.rests(ctx)
	return s.channelAct(a[0], func(p *slacksim.Person) error {
		o := p.Options()
		o.Deactivated = true
		p.Becomes(o)
		return nil
	})
}

func (s *stage) shows(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		n, seen := s.count(bare(a[0]), a[1])
		if n == 0 {
			return fmt.Errorf("%s shows:\n%s", a[0], seen)
		}
		return nil
	})
}

// showsOrder looks for two messages, the one above the other.
func (s *stage) showsOrder(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		var lines []string
		for _, m := range s.slack.Messages(bare(a[0])) {
			lines = append(lines, s.readable(textOf(m.Text, m.Blocks)))
		}
		first, second := find(lines, a[1]), find(lines, a[2])
		if first < 0 || second < 0 || first >= second {
			return fmt.Errorf("%s shows:\n%s", a[0], strings.Join(lines, "\n---\n"))
		}
		return nil
	})
}

func (s *stage) showsNothing(ctx context.Context, a []string) error {
	s.rests(ctx)
	if n, _ := s.count(bare(a[0]), a[1]); n > 0 {
		return fmt.Errorf("%s shows it %d times", a[0], n)
	}
	return nil
}

func (s *stage) showsOnce(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		if n, seen := s.count(bare(a[0]), a[1]); n != 1 {
			return fmt.Errorf("%s shows it %d times:\n%s", a[0], n, seen)
		}
		return nil
	})
}

// count tells how many messages of a channel say something.
func (s *stage) count(channel, wanted string) (n int, seen string) {
	var all []string
	for _, m := range s.slack.Messages(channel) {
		text := s.readable(textOf(m.Text, m.Blocks))
		if contains(text, wanted) {
			n++
		}
		all = append(all, text)
	}
	return n, strings.Join(all, "\n---\n")
}

func (s *stage) hasTopic(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		if topic := s.readable(s.slack.Topic(bare(a[0]))); !contains(topic, a[1]) {
			return fmt.Errorf("the topic is %q", topic)
		}
		return nil
	})
}

func (s *stage) hasPinned(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		var seen []string
		for _, m := range s.slack.Pinned(bare(a[0])) {
			text := s.readable(textOf(m.Text, m.Blocks))
			if contains(text, a[1]) {
				return nil
			}
			seen = append(seen, text)
		}
		return fmt.Errorf("pinned are:\n%s", strings.Join(seen, "\n---\n"))
	})
}

func (s *stage) hasBookmark(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		var seen []string
		for _, b := range s.slack.Bookmarks(bare(a[0])) {
			if contains(b.Title, a[1]) {
				return nil
			}
			seen = append(seen, b.Title)
		}
		return fmt.Errorf("bookmarks are %q", seen)
	})
}

func (s *stage) hasMember(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		if !s.isMember(bare(a[0]), a[1]) {
			return fmt.Errorf("%s is not in %s", a[1], a[0])
		}
		return nil
	})
}

func (s *stage) lacksMember(ctx context.Context, a []string) error {
	s.rests(ctx)
	if s.isMember(bare(a[0]), a[1]) {
		return fmt.Errorf("%s is in %s", a[1], a[0])
	}
	return nil
}

func (s *stage) isMember(channel, name string) bool {
	p := s.slack.Person(name)
	for _, id := range s.slack.Members(channel) {
		if p != nil && id == p.ID {
			return true
		}
	}
	return false
}

func (s *stage) isPrivate(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		if c, ok := s.slack.Channel(bare(a[0])); !ok || !c.Private {
			return fmt.Errorf("%s is not a private channel", a[0])
		}
		return nil
	})
}

func (s *stage) noChannel(ctx context.Context, a []string) error {
	s.rests(ctx)
	if _, ok := s.slack.Channel(bare(a[0])); ok {
		return fmt.Errorf("there is a channel %s", a[0])
	}
	return nil
}

func (s *stage) countRooms(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		n := 0
		for _, c := range s.slack.Channels() {
			if strings.HasPrefix(c.Name, "inc-") {
				n++
			}
		}
		return same(a[0], n, s.channelNames())
	})
}

// same compares a number that a script says with what there is.
func same(said string, n int, seen string) error {
	wanted, err := strconv.Atoi(said)
	if err != nil {
		return err
	}
	if n != wanted {
		return fmt.Errorf("there are %d: %s", n, seen)
	}
	return nil
}

var errNoTracker = errors.New("this play has no Jira")
