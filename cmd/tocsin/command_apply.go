package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/organisation"
	"github.com/tocsinhq/tocsin/migrations"
)

type applyCommand struct {
	organisationFile `embed:""`
}

// Run makes the database equal to the file, all of it or nothing, and prints what
// it did and what the linter says of it. It asks nobody: plan is the question. A database in which nothing was
// ever kept gets its tables first.
func (c applyCommand) Run(ctx context.Context, p *process) error {
	if err := p.config.Validate("apply"); err != nil {
		return err
	}
	name, text, err := c.read()
	if err != nil {
		return err
	}
	if _, err := organisation.Parse(name, text, incident.Now()); err != nil {
		return err
	}
	pool, release, err := openDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer release()
	fresh, err := checkOrganised(ctx, pool)
	if err == nil && fresh {
		err = migrations.Up(ctx, pool)
	}
	if err != nil {
		return err
	}
	plan, err := applier(pool).Apply(ctx, name, text)
	if err != nil {
		return err
	}
	if err := remarkOnKept(ctx, p, pool, plan); err != nil {
		plan.Warnings = append(plan.Warnings, "The linter could not look at what was applied: "+asSentence(err))
	}
	if err := plan.Write(p.out); err != nil || plan.Empty() {
		return err
	}
	_, err = fmt.Fprintln(p.out, "\nApplied.")
	return err
}

// remarkOnKept lints what a database holds.
func remarkOnKept(ctx context.Context, p *process, pool *pgxpool.Pool, plan *organisation.Plan) error {
	l, err := newLinter(ctx, p, pool)
	if err != nil {
		return err
	}
	return remark(plan, l, func() ([]finding, error) { return l.kept(ctx) }, newRedaction(p.config.secrets()).text)
}
