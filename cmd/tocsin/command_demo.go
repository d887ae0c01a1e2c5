package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
)

type demoCommand struct {
	Script bool `help:"Play one whole incident in the terminal and exit; the exit code tells whether it went as it should."`
	Fresh  bool `help:"Forget what earlier demos left behind."`
}

// Run shows the whole product without any credentials: a private Postgres, a
// simulated Slack workspace, Jira, telephones and mailboxes, and a page in the browser
// to play with. What was done in it is kept for the next time.
func (c demoCommand) Run(ctx context.Context, p *process) error {
	folder := filepath.Join(p.config.DataFolder(p.env), "demo")
	if c.Script {
		scratch, err := os.MkdirTemp("", "tocsin-demo-")
		if err != nil {
			return fmt.Errorf("make a scratch folder: %w", err)
		}
		defer func() { _ = os.RemoveAll(scratch) }() // what stays behind is small and in the temporary folder
		folder = scratch
	}
	if _, chosen := p.env("TOCSIN_LOG_LEVEL"); !chosen {
		p.log = quietLog(p.log) // the page and the play tell what goes on
	}
	d := &demo{process: p, folder: folder, lasting: !c.Script, fresh: c.Fresh && !c.Script}
	if d.fresh {
		if err := d.forget(); err != nil {
			return err
		}
	}
	if err := d.start(ctx); err != nil {
		return errors.Join(err, d.stop())
	}
	var play func(context.Context) error
	if c.Script {
		play = d.play
	} else {
		play = d.wait
	}
	return errors.Join(d.run(ctx, play), d.stop())
}

// run works until play returns or the context ends.
func (d *demo) run(ctx context.Context, play func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return d.app.Run(ctx) })
	group.Go(func() error { return d.keep(ctx) })
	group.Go(func() error {
		defer cancel()
		return play(ctx)
	})
	return group.Wait()
}

// wait says where the page is and leaves the rest to whoever opens it.
func (d *demo) wait(ctx context.Context) error {
	fmt.Fprintf(d.out, "\n  Tocsin is ready:  %s\n\n  Type /incident declare in any channel. Ctrl-C ends the demo; what you did is kept (--fresh forgets it).\n\n", d.server.URL())
	<-ctx.Done()
	return nil
}
