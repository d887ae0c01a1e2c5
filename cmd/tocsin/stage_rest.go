package main

import (
	"context"
	"time"
)

// rests waits until all that was set off is done, so that what is not there then does
// not come either. It gives up where something is tried again and again, or nobody
// works; what is due later is no part of it.
func (s *stage) rests(ctx context.Context) {
	deadline := time.Now().Add(s.patience)
	pause(ctx, 50*time.Millisecond) // what is on its way between Slack and us
	for s.busy(ctx) && time.Now().Before(deadline) && ctx.Err() == nil {
		pause(ctx, 50*time.Millisecond)
	}
}

// busy reports whether a job is worked, or due and not tried yet.
func (s *stage) busy(ctx context.Context) (busy bool) {
	err := s.app().parts.Pool.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT FROM river_job
			WHERE state = 'running' OR state IN ('available', 'scheduled') AND attempt = 0 AND scheduled_at <= $1
		)`, time.Now().Add(time.Second)).Scan(&busy)
	return err == nil && busy
}
