package bot

import (
	"context"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// readDeclarationOn is readDeclaration with "on <service>" among what comes before
// the title, in any order. What follows "on" and is no service belongs to the title.
func (b *Bot) readDeclarationOn(ctx context.Context, args string) (d incident.Declaration, now bool, service view.Choice) {
	d, now = readDeclaration(args)
	after, ok := cutWords(d.Title, "on")
	if !ok {
		return d, now, service
	}
	found, rest, ok := matchPageable(after, b.services(ctx))
	if !ok {
		return d, now, service
	}
	more, again := readDeclaration(rest)
	if d.Severity == 0 {
		d.Severity = more.Severity
	}
	d.Title, d.Service, d.Private = more.Title, found.id, d.Private || more.Private
	return d, now || again, view.Choice{Text: found.title(), Value: found.id}
}

// services lists what an incident can be declared for. Like what is open already,
// the list is worth having but not waiting for.
func (b *Bot) services(ctx context.Context) (list []pageable) {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	services, err := roster.Services(ctx, b.Pool)
	if err != nil {
		b.Log.WarnContext(ctx, "services not read before a declaration", "error", err)
	}
	for _, s := range services {
		list = append(list, pageable{kindService, s.ID, strings.TrimSpace(s.Name)})
	}
	return list
}

func (b *Bot) hasServices(ctx context.Context) bool { return len(b.services(ctx)) > 0 }
