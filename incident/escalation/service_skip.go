package escalation

import (
	"context"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// PassOver fires the next step because nobody of the last one can be reached. AsOf
// is Fired as it was when that was found out; when another step has fired since, or
// somebody has it, nothing changes. After the last step of a pass nothing is hurried,
// so that people who are all unreachable are not paged without a pause.
func (s *Service) PassOver(ctx context.Context, id int64, asOf int) error {
	_, err := s.change(ctx, id, incident.System, func(i *incident.Incident, e *Escalation, now time.Time, w World) ([]incident.Event, error) {
		if e.State != Triggered || e.Fired != asOf || e.Next > len(e.Policy.Steps) || !i.Status.Ongoing() {
			return nil, nil
		}
		return e.EscalateNow(asOf, "", now, w)
	})
	return err
}
