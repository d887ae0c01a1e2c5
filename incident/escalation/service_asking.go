package escalation

import (
	"context"

	"github.com/tocsinhq/tocsin/incident"
)

// Asking lists what is triggered or acknowledged and has asked a person in its
// present run, oldest first.
func (s *Service) Asking(ctx context.Context, p incident.PersonID) ([]*Escalation, error) {
	return escalationsWhere(ctx, s.Pool, `
		WHERE state <> 'resolved' AND EXISTS (
			SELECT FROM page
			WHERE escalation_id = escalation.id AND page.run = escalation.run AND kind = 'person' AND address = $1
		)
		ORDER BY id`, p)
}
