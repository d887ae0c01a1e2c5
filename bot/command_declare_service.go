package bot

import (
	"context"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/bot/view"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
)

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

// pagedFor is what the declarer is told about who is paged.
func (b *Bot) pagedFor(ctx context.Context, i *incident.Incident) view.Paged {
	p := view.Paged{Service: i.Service}
	for _, s := range b.services(ctx) {
		p.Possible = true
		if s.id == i.Service {
			p.Service = s.title()
		}
	}
	return p
}

func (b *Bot) hasServices(ctx context.Context) bool { return len(b.services(ctx)) > 0 }
