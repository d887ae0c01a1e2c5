package main

import (
	"context"
	_ "embed" // the play
	"fmt"
	"net/http"
	"time"
)

//go:embed demo_script.txt
var demoScript string

// play performs a whole incident and tells it in the terminal. Its error is the
// first sentence that did not come true.
func (d *demo) play(ctx context.Context) error {
	s := newStage(d.slack, d.jira, func() *App { return d.app }, 30*time.Second, d.out)
	s.outside(d.others, http.DefaultClient)
	began := time.Now()
	if err := s.until(ctx, func() error { return d.app.slackReady(ctx) }); err != nil {
		return err
	}
	if err := s.play(ctx, demoScript); err != nil {
		return fmt.Errorf("the demo did not go as it should: %w", err)
	}
	_, err := fmt.Fprintf(d.out, "\nThat was one incident from declaration to review, in %s.\n", time.Since(began).Round(100*time.Millisecond))
	return err
}
