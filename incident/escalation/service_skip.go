package escalation

import (
	"context"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// PassOver fires the next step, or the fallback of a pass that reached nobody, as
// the rule of that name says. Called again with the same it changes nothing.
func (s *Service) PassOver(ctx context.Context, id int64, u Unreached) error {
	_, err := s.change(ctx, id, incident.System, func(i *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
		if !i.Status.Ongoing() {
			return nil, nil
		}
		return e.PassOver(u, now, w)
	})
	return err
}
