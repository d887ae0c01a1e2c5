package paging

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// A busy line is tried again after busyPause, at most busyTries times. It is often busy
// with a call of ours: that rings for half a minute, and is listened to for as long.
const (
	busyPause = 20 * time.Second
	busyTries = 4
)

// lineBusy is why a call is made again.
const lineBusy = "The line was busy; it is called again."

// callAgain plans a call anew that found the line busy. Once that takes longer than
// people who are paged should wait, the next rule comes forward beside it.
func (s *Service) callAgain(ctx context.Context, tx pgx.Tx, d Delivery, now time.Time) ([]incident.Event, error) {
	d.Anew++
	d.Due = now.Add(busyPause)
	if err := beginAnew(ctx, tx, d, lineBusy, now); err != nil {
		return nil, err
	}
	if err := s.schedule(ctx, tx, d); err != nil {
		return nil, err
	}
	events := moved(d, StatePlanned, lineBusy)
	if d.SentAt.Sub(d.FirstAt) >= patience || d.Due.Sub(d.FirstAt) < patience {
		return events, nil
	}
	more, err := s.reconsiderAll(ctx, tx, d, true, now)
	return append(events, more...), err
}
