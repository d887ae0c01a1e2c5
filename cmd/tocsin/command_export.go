package main

import (
	"context"

	"github.com/tocsinhq/tocsin/incident/organisation"
)

type exportCommand struct{}

// Run prints the organisation as a file that plan finds nothing to do for. It
// holds telephone numbers and addresses.
func (exportCommand) Run(ctx context.Context, p *process) error {
	if err := p.config.Validate("export"); err != nil {
		return err
	}
	pool, release, err := openDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer release()
	fresh, err := checkOrganised(ctx, pool)
	if err != nil {
		return err
	}
	doc := &organisation.Document{}
	if !fresh {
		if doc, err = applier(pool).Export(ctx); err != nil {
			return err
		}
	}
	text, err := doc.YAML()
	if err != nil {
		return err
	}
	_, err = p.out.Write(text)
	return err
}
