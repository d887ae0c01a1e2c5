package jira

import (
	"context"
	"errors"

	"github.com/tocsinhq/tocsin/incident"
)

// assign gives the issue of an item to whoever has the item now, or to nobody when the
// tracker does not know them. An issue that is still to be filed will carry the owner.
// What Jira refuses is said once and not asked again: the issue is there all the same.
func (t *Tickets) assign(ctx context.Context, id incident.ID, task int) error {
	row, found, err := readTicket(ctx, t.Pool, id, task)
	if err != nil || !found || row.Key == "" || row.Status == statusDeleted {
		return err
	}
	return t.holding(ctx, row, func(row ticket) error {
		item, err := t.Incidents.Task(ctx, id, task)
		if err != nil {
			return err
		}
		err = t.Client.Assign(ctx, row.Key, t.assignee(ctx, item.Owner))
		if err == nil || isNotFound(err) {
			return nil // an issue that is gone is noticed by whoever pushes to it
		}
		parked := t.park(ctx, row, err, false)
		if _, refused := errors.AsType[*Refused](err); !refused {
			return parked
		}
		if _, put := errors.AsType[later](parked); put {
			return nil
		}
		return parked
	})
}
