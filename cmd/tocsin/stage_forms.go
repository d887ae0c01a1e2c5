package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

func (s *stage) shortcut(_ context.Context, a []string) error {
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	s.note("shortcut", a[1])
	return p.Shortcut(a[1])
}

func (s *stage) messageShortcut(_ context.Context, a []string) error {
	return s.withMessage(a[0], a[2], func(p *slacksim.Person, channel, ts string) error {
		s.note("shortcut", a[1])
		return p.MessageShortcut(a[1], channel, ts)
	})
}

// submits fills the open form, "title=Checkout is down; severity=1", and sends it.
func (s *stage) submits(ctx context.Context, a []string) error {
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	if err := s.until(ctx, func() error {
		if p.Modal() == nil {
			return fmt.Errorf("%s has no form open", a[0])
		}
		return nil
	}); err != nil {
		return err
	}
	values := map[string]any{}
	if len(a) > 1 {
		for _, pair := range strings.Split(a[1], ";") {
			key, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			values[key] = filled(value)
		}
	}
	if v := p.Modal(); v != nil {
		s.note("form", v.CallbackID)
	}
	result := p.Submits(values)
	if result.Err != nil {
		return result.Err
	}
	var told []string
	for block, text := range result.Errors {
		told = append(told, block+": "+text)
	}
	s.last[a[0]] = strings.Join(told, "\n")
	return nil
}

// sentCode is how a contact method is proved.
var sentCode = regexp.MustCompile(`Your Tocsin code is ([0-9]{6})\.`)

// submitsCode sends the open form with the code of the newest text.
func (s *stage) submitsCode(ctx context.Context, a []string) error {
	phone, err := s.phone(a[0])
	if err != nil {
		return err
	}
	var code string
	if err := s.until(ctx, func() error {
		for _, m := range phone.Messages() {
			if found := sentCode.FindStringSubmatch(m.Body); found != nil {
				code = found[1]
			}
		}
		if code == "" {
			return fmt.Errorf("no code has come: %v", phone.Messages())
		}
		return nil
	}); err != nil {
		return err
	}
	return s.submits(ctx, []string{a[0], "code=" + code})
}

// filled makes an entry of what a script says: 10m-ago and 10m-ahead are instants, as a
// date-time picker gives it; [a,b] is a list.
func filled(value string) any {
	if span, ok := strings.CutSuffix(value, "-ahead"); ok {
		if d, err := time.ParseDuration(span); err == nil {
			return time.Now().Add(d).Unix()
		}
	}
	if span, ok := strings.CutSuffix(value, "-ago"); ok {
		if d, err := time.ParseDuration(span); err == nil {
			return time.Now().Add(-d).Unix()
		}
	}
	if inner, ok := strings.CutPrefix(value, "["); ok {
		list := []any{}
		for _, item := range strings.Split(strings.TrimSuffix(inner, "]"), ",") {
			if item = strings.TrimSpace(item); item != "" {
				list = append(list, item)
			}
		}
		return list
	}
	return value
}

func (s *stage) toldAbout(_ context.Context, a []string) error {
	for _, line := range strings.Split(s.last[a[0]], "\n") {
		if strings.HasPrefix(line, a[2]+": ") && contains(line, a[1]) {
			return nil
		}
	}
	return fmt.Errorf("%s was told: %s", a[0], s.last[a[0]])
}

func (s *stage) hasForm(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		p, err := s.person(a[0])
		if err != nil {
			return err
		}
		v := p.Modal()
		if v == nil {
			return fmt.Errorf("%s has no form open", a[0])
		}
		if text := s.readable(textOf("", []any{v.Content})); !contains(text, a[1]) {
			return fmt.Errorf("the form says:\n%s", text)
		}
		return nil
	})
}

func (s *stage) hasNoForm(_ context.Context, a []string) error {
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	if v := p.Modal(); v != nil {
		return fmt.Errorf("a form is open:\n%s", s.readable(textOf("", []any{v.Content})))
	}
	return nil
}

func (s *stage) dismisses(_ context.Context, a []string) error {
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	return p.Dismisses()
}

func (s *stage) home(ctx context.Context, a []string) error {
	p, err := s.person(a[0])
	if err != nil {
		return err
	}
	p.OpensHome()
	return s.until(ctx, func() error {
		v := p.Home()
		if v == nil {
			return errors.New("the App Home is empty")
		}
		if text := s.readable(textOf("", []any{v.Content})); !contains(text, a[1]) {
			return fmt.Errorf("the App Home says:\n%s", text)
		}
		return nil
	})
}
