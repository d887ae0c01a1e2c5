package escalation

import (
	"context"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// PassOver fires the next step because nobody of the last one can be reached. AsOf
// is Fired as it was when that was found out.
func (s *Service) PassOver(ctx context.Context, id int64, asOf int) error {
	_, err := s.change(ctx, id, incident.System, func(i *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
		if !i.Status.Ongoing() {
			return nil, nil
		}
		return e.PassOver(asOf, now, w)
	})
	return err
}
