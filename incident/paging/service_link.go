package paging

import (
	"context"
	"slices"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// LinkPath is where links lead, followed by the token.
const LinkPath = "/p/"

// linker makes the links of one message; nil without a public URL.
func (s *Service) linker(key []byte, delivery int64, now time.Time) func(action string) string {
	if s.PublicURL == "" {
		return nil
	}
	return func(action string) string {
		return s.PublicURL + LinkPath + SignLink(key, delivery, action, now.Add(LinkFor))
	}
}

// Link makes the link that does an action in the name of whom a delivery was for; ""
// without a public URL.
func (s *Service) Link(ctx context.Context, delivery int64, action string) (string, error) {
	key, err := signingKey(ctx, s.Pool)
	if err != nil || s.PublicURL == "" {
		return "", err
	}
	return s.linker(key, delivery, incident.Now())(action), nil
}

// Offer is what following a link would do.
type Offer struct {
	Title  string
	Text   string
	Button string
}

// ParseLink says what the link with a token would do, and does nothing: of a digest it
// lists what still waits. A token that is not ours or has expired is a Forbidden error.
func (s *Service) ParseLink(ctx context.Context, token string) (Offer, error) {
	d, action, err := s.linked(ctx, token)
	if err != nil {
		return Offer{}, err
	}
	asks, err := s.asks(ctx, d)
	if err != nil || len(asks) == 0 {
		return Offer{}, err
	}
	if waits := standing(slices.Clone(asks)); len(waits) > 0 {
		asks = waits
	}
	m := Compose(d, asks, nil)
	title := m.Title
	if m.Kind != MessageDigest {
		title = m.Incident.String() + ": " + m.Title
	}
	return Offer{Title: title, Text: m.Text, Button: Label(action)}, nil
}

// FollowLink does what the link with a token says, and returns the sentence that
// tells how it went. Following it twice is following it once.
func (s *Service) FollowLink(ctx context.Context, token string) (string, error) {
	d, action, err := s.linked(ctx, token)
	if err != nil {
		return "", err
	}
	return s.act(ctx, d, action, d.Person, string(d.Method))
}

func (s *Service) linked(ctx context.Context, token string) (Delivery, string, error) {
	key, err := signingKey(ctx, s.Pool)
	if err != nil {
		return Delivery{}, "", err
	}
	id, action, err := ReadLink(key, token, incident.Now())
	if err != nil {
		return Delivery{}, "", err
	}
	d, ok, err := readDelivery(ctx, s.Pool, id)
	if err == nil && (!ok || d.Page == 0) {
		err = incident.Errorf(incident.NotFound, "The message of this link is gone; answer in Slack.")
	}
	return d, action, err
}

// asks lists what a message told: its own page, and those of a digest.
func (s *Service) asks(ctx context.Context, d Delivery) ([]Demand, error) {
	return demands(ctx, s.Pool, `
		WHERE p.id = $2 OR p.id IN (SELECT page_id FROM delivery WHERE bundle_id = $1)
		ORDER BY p.id = $2 DESC, p.id`, d.ID, d.Page)
}
