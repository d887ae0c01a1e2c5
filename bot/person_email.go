package bot

import (
	"context"

	"github.com/tocsinhq/tocsin/incident"
)

// Email is the mail address that somebody's Slack profile has, by which other systems
// may know them; "" when it has none or nobody has that id.
func (b *Bot) Email(ctx context.Context, id incident.PersonID) (string, error) {
	p, _, err := b.person(ctx, id)
	return p.Email, err
}
