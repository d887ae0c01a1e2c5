package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/tocsinhq/tocsin/bot/slacksim"
)

func (s *stage) clicks(ctx context.Context, a []string) error {
	return s.press(ctx, a[0], a[1], "")
}

// clicksIn presses a button of the message that says something.
func (s *stage) clicksIn(ctx context.Context, a []string) error {
	return s.press(ctx, a[0], a[1], strings.Trim(a[2], `"`))
}

// chooses picks an option from a menu by its action.
func (s *stage) chooses(ctx context.Context, a []string) error {
	return s.until(ctx, func() error {
		p, err := s.person(a[0])
		if err != nil {
			return err
		}
		for _, m := range s.visible(p) {
			if action, value, ok := findOption(m.message.Blocks, a[2], a[1]); ok {
				s.note("click", action)
				return p.Clicks(m.channel, m.message.TS, action, value)
			}
		}
		return fmt.Errorf("no menu %s with %q in #%s", a[2], a[1], s.at(a[0]))
	})
}

// shown is a message somewhere a person can press its buttons.
type shown struct {
	channel string
	message slacksim.Message
}

// visible lists what a person can press, newest first: the channel where they
// are, what only they see there, their direct messages.
func (s *stage) visible(p *slacksim.Person) []shown {
	var list []shown
	add := func(channel string, messages []slacksim.Message) {
		for n := len(messages) - 1; n >= 0; n-- {
			list = append(list, shown{channel, messages[n]})
		}
	}
	add(s.at(p.Name), s.slack.Ephemerals(p.Name, s.at(p.Name)))
	add(s.at(p.Name), s.slack.Messages(s.at(p.Name)))
	add(p.DirectChannel(), s.slack.Messages(p.DirectChannel()))
	return list
}

func (s *stage) press(ctx context.Context, name, label, saying string) error {
	return s.until(ctx, func() error {
		p, err := s.person(name)
		if err != nil {
			return err
		}
		if v := p.Modal(); v != nil && saying == "" {
			if action, value, ok := findButton([]any{v.Content}, label); ok {
				s.note("click", action)
				return p.ClicksIn(v, action, chosen(value)...)
			}
		}
		for _, m := range s.visible(p) {
			action, value, ok := findButton(m.message.Blocks, label)
			if ok && contains(s.readable(textOf(m.message.Text, m.message.Blocks)), saying) {
				s.note("click", action)
				return p.Clicks(m.channel, m.message.TS, action, chosen(value)...)
			}
		}
		return fmt.Errorf("%s sees no button %q in #%s", name, label, s.at(name))
	})
}

// chosen tells buttons with the same action apart by their value; one without a
// value stands alone.
func chosen(value string) []any {
	if value == "" {
		return nil
	}
	return []any{value}
}

// findButton looks for a button by its label.
func findButton(v any, label string) (action, value string, ok bool) {
	walk(v, func(o map[string]any) {
		text, _ := o["text"].(map[string]any)
		if said, _ := text["text"].(string); !ok && o["type"] == "button" && contains(said, label) {
			action, _ = o["action_id"].(string)
			value, _ = o["value"].(string)
			ok = true
		}
	})
	return action, value, ok
}

// findOption looks for an option of a menu or overflow by its label.
func findOption(v any, menu, label string) (action, value string, ok bool) {
	walk(v, func(o map[string]any) {
		id, _ := o["action_id"].(string)
		options, _ := o["options"].([]any)
		if ok || !strings.HasPrefix(id, menu) {
			return
		}
		for _, option := range options {
			option, _ := option.(map[string]any)
			text, _ := option["text"].(map[string]any)
			if said, _ := text["text"].(string); contains(said, label) {
				action, ok = id, true
				value, _ = option["value"].(string)
			}
		}
	})
	return action, value, ok
}

// walk visits every object in a JSON value.
func walk(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			walk(item, visit)
		}
	case map[string]any:
		visit(v)
		for _, child := range v {
			walk(child, visit)
		}
	}
}
