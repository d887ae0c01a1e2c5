package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// note tells whoever keeps account what a script has made use of: "click" and
// the action, "form" and its callback, "command" and its name.
func (s *stage) note(kind, name string) {
	if s.used != nil {
		s.used(kind, name)
	}
}

// restarts ends the App and starts another one on the same database.
func (s *stage) restarts(ctx context.Context, a []string) error {
	if err := s.stops(ctx, a); err != nil {
		return err
	}
	return s.starts(ctx, a)
}

// answered looks at what came back for the last command or form, and nothing else.
func (s *stage) answered(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		if !contains(s.last[a[0]], a[1]) {
			return fmt.Errorf("%s was answered:\n%s", a[0], s.last[a[0]])
		}
		return nil
	})
}

// isShown looks at the newest message that only this person sees.
func (s *stage) isShown(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		list := s.slack.Ephemerals(a[0], s.at(a[0]))
		if len(list) == 0 {
			return fmt.Errorf("%s was shown nothing in #%s", a[0], s.at(a[0]))
		}
		m := list[len(list)-1]
		if text := s.readable(textOf(m.Text, m.Blocks)); !contains(text, a[1]) {
			return fmt.Errorf("%s was shown last:\n%s", a[0], text)
		}
		return nil
	})
}

// clickAtOnce lets two people press the same button at the same moment.
func (s *stage) clickAtOnce(ctx context.Context, a []string) error {
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for n, name := range a[:2] {
		wait.Go(func() { errs[n] = s.press(ctx, name, a[2], "") })
	}
	wait.Wait()
	return errors.Join(errs...)
}

func (s *stage) clicksAtHome(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		p, err := s.person(a[0])
		if err != nil {
			return err
		}
		v := p.Home()
		if v == nil {
			return errors.New("the App Home is empty")
		}
		action, value, ok := findButton([]any{v.Content}, a[1])
		if !ok {
			return fmt.Errorf("no button %q in the App Home", a[1])
		}
		s.note("click", action)
		return p.ClicksIn(v, action, chosen(value)...)
	})
}

func (s *stage) homeLacks(ctx context.Context, a []string) error {
	s.rests(ctx)
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	if v := p.Home(); v != nil && contains(s.readable(textOf("", []any{v.Content})), a[1]) {
		return errors.New("the App Home does say it")
	}
	return nil
}

// declaresLong types a title that no list could show.
func (s *stage) declaresLong(ctx context.Context, a []string) error {
	n, err := strconv.Atoi(a[1])
	if err != nil {
		return err
	}
	return s.types(ctx, []string{a[0], "/incident declare " + strings.Repeat("x", n)})
}

func (s *stage) replies(_ context.Context, a []string) error {
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	for _, m := range s.slack.Messages(s.at(a[0])) {
		if contains(s.readable(m.Text), a[2]) && p.Replies(s.at(a[0]), m.TS, a[1]) != "" {
			return nil
		}
	}
	return fmt.Errorf("nothing in #%s says %q", s.at(a[0]), a[2])
}

// getsFile looks for a file in a person's direct messages from the bot.
func (s *stage) getsFile(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		p, err := s.person(a[0])
		if err != nil {
			return err
		}
		var seen []string
		for _, m := range s.slack.Messages(p.DirectChannel()) {
			for _, id := range m.Files {
				name, content, _ := s.slack.File(id)
				if name == a[1] && contains(string(content), a[2]) {
					return nil
				}
				seen = append(seen, name+":\n"+string(content))
			}
		}
		return fmt.Errorf("%s got the files:\n%s", a[0], strings.Join(seen, "\n---\n"))
	})
}

// pageSays reads the postmortem's page as a browser would, where a play can browse.
func (s *stage) pageSays(ctx context.Context, a []string) error {
	if s.browse == nil {
		return errors.New("this play has no browser")
	}
	return s.until(ctx, func() error {
		i, err := s.incident(ctx, a[0])
		if err != nil {
			return err
		}
		key, err := s.app().Postmortems.ReadKey(ctx, i.ID)
		if err != nil {
			return err
		}
		page, err := s.browse("/postmortems/" + key)
		if err == nil && !contains(page, a[1]) {
			err = fmt.Errorf("the page says:\n%s", page)
		}
		return err
	})
}

// timelineAt wants a line of the timeline at an instant, to the minute.
func (s *stage) timelineAt(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		i, err := s.incident(ctx, a[0])
		if err != nil {
			return err
		}
		lines, err := s.app().Timeline.Lines(ctx, i.ID)
		if err != nil {
			return err
		}
		var seen []string
		for _, l := range lines {
			text := l.Describe(func(p incident.PersonID) string { return string(p) })
			at := l.OccurredAt.UTC().Format("2006-01-02 15:04 UTC")
			if contains(text, a[1]) && at == a[2] {
				return nil
			}
			seen = append(seen, at+" "+text)
		}
		return fmt.Errorf("it shows:\n%s", strings.Join(seen, "\n"))
	})
}

func (s *stage) losesTable(ctx context.Context, a []string) error {
	return s.renameTable(ctx, a[0], a[0]+"_gone")
}

func (s *stage) findsTable(ctx context.Context, a []string) error {
	return s.renameTable(ctx, a[0]+"_gone", a[0])
}

func (s *stage) renameTable(ctx context.Context, from, to string) error {
	_, err := s.app().parts.Pool.Exec(ctx, "ALTER TABLE "+pgx.Identifier{from}.Sanitize()+" RENAME TO "+pgx.Identifier{to}.Sanitize())
	return err
}
