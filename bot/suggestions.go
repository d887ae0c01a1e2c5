package bot

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/bot/view"
)

// suggestion is a menu whose options are looked up while somebody types into it.
type suggestion struct {
	action string
	run    func(*Bot, context.Context, string) ([]view.Choice, error)
}

// suggestions is THE table of menus that ask for their options.
func suggestions() []suggestion {
	return []suggestion{
		{"pageable", (*Bot).suggestPageable},
		{"schedule", (*Bot).suggestSchedule},
		{"service", (*Bot).suggestService},
	}
}

// handleSuggestion answers what somebody types into a menu. It changes nothing, so
// it may be answered any number of times; without an answer the menu stays empty.
func (b *Bot) handleSuggestion(ctx context.Context, e *Envelope, raw slack.InteractionCallback) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	for _, s := range suggestions() {
		if s.action != actionName(raw.ActionID) {
			continue
		}
		choices, err := s.run(b, ctx, raw.Value)
		if err != nil {
			b.Log.WarnContext(ctx, "options not looked up", "menu", s.action, "error", err)
		}
		return e.Ack(context.WithoutCancel(ctx), view.Options(choices))
	}
	return e.Ack(ctx, view.Options(nil))
}

// suggestPageable finds services, teams, schedules, policies and user groups by a
// part of their name.
func (b *Bot) suggestPageable(ctx context.Context, typed string) ([]view.Choice, error) {
	list, err := b.pageables(ctx)
	return choicesOf(list, typed, true), err
}

func (b *Bot) suggestSchedule(ctx context.Context, typed string) ([]view.Choice, error) {
	return b.suggestKind(ctx, kindSchedule, typed)
}

func (b *Bot) suggestService(ctx context.Context, typed string) ([]view.Choice, error) {
	return b.suggestKind(ctx, kindService, typed)
}

func (b *Bot) suggestKind(ctx context.Context, kind, typed string) ([]view.Choice, error) {
	list, err := b.pageables(ctx)
	var of []pageable
	for _, p := range list {
		if p.kind == kind {
			of = append(of, p)
		}
	}
	return choicesOf(of, typed, false), err
}

// choicesOf are the things whose id or name holds what was typed. Where kinds are
// mixed, the kind is said and is part of the value.
func choicesOf(list []pageable, typed string, mixed bool) (choices []view.Choice) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	for _, p := range list {
		if !strings.Contains(strings.ToLower(p.id+" "+p.name), typed) {
			continue
		}
		c := view.Choice{Text: p.title(), Value: p.id}
		if mixed {
			c = view.Choice{Text: p.title() + " (" + p.kind + ")", Value: p.String()}
		}
		choices = append(choices, c)
	}
	return choices
}
