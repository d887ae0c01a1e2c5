package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/organisation"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/migrations"
)

// usualFile is what organisationFile reads when none is named.
const usualFile = "organisation.yaml"

// organisationFile is the file that plan and apply read.
type organisationFile struct {
	File string `name:"file" short:"f" default:"organisation.yaml" placeholder:"FILE" help:"Organisation file; - reads what is piped in."`
	Path string `arg:"" optional:"" help:"The same as --file."`
}

// sameFile takes a file that was named without --file; usual is where there is none.
func sameFile(file *string, path, usual string) error {
	if path != "" && *file != usual && *file != path {
		return fmt.Errorf("two files are named, %s and %s; name one of them", path, *file)
	}
	*file = cmp.Or(path, *file)
	return nil
}

// read returns the file's text, and what messages call it.
func (o organisationFile) read() (name string, text []byte, err error) {
	if err := sameFile(&o.File, o.Path, usualFile); err != nil {
		return "", nil, err
	}
	if o.File == "-" {
		text, err = io.ReadAll(io.LimitReader(os.Stdin, organisation.MaxFile+1))
		return "standard input", text, err
	}
	f, err := os.Open(o.File)
	if err != nil {
		return "", nil, fmt.Errorf("the organisation file cannot be read (%w); name another with -f", err)
	}
	defer func() { _ = f.Close() }() // opened for reading: nothing can be lost
	text, err = io.ReadAll(io.LimitReader(f, organisation.MaxFile+1))
	return o.File, text, err
}

type planCommand struct {
	organisationFile `embed:""`
}

// errDiffers ends plan when applying the file would change something.
var errDiffers = errors.New("the file and the database differ")

// Run prints what applying the file would do, and what the linter says of it. It ends with exitDiffers when that
// is anything, with exitOK when it is nothing, and with exitFailed when it cannot
// tell, which includes mistakes in the file and in the settings.
func (c planCommand) Run(ctx context.Context, p *process) error {
	if err := p.config.Validate("plan"); err != nil {
		return errors.New(err.Error()) // exitUsage would say that something differs
	}
	name, text, err := c.read()
	if err != nil {
		return err
	}
	plan, err := c.plan(ctx, p, name, text)
	if err != nil {
		return err
	}
	if err := plan.Write(p.out); err != nil {
		return err
	}
	if !plan.Empty() {
		return errDiffers
	}
	return nil
}

// plan looks for mistakes before it opens a database.
func (planCommand) plan(ctx context.Context, p *process, name string, text []byte) (*organisation.Plan, error) {
	doc, err := organisation.Parse(name, text, incident.Now())
	if err != nil {
		return nil, err
	}
	pool, release, err := openDatabase(ctx, p)
	if err != nil {
		return nil, err
	}
	defer release()
	plan, reached, err := compared(ctx, pool, name, text)
	if err != nil {
		return nil, err
	}
	l := newFileLinter(doc, reached)
	return plan, remark(plan, l, l.all, newRedaction(p.config.secrets()).text)
}

// compared is a plan without remarks, and who can be reached already.
func compared(ctx context.Context, pool *pgxpool.Pool, name string, text []byte) (plan *organisation.Plan, reached map[incident.PersonID]bool, err error) {
	fresh, err := checkOrganised(ctx, pool)
	if err != nil {
		return nil, nil, err
	}
	if fresh {
		plan, err = organisation.PlanFresh(name, text)
		return plan, nil, err
	}
	if plan, err = applier(pool).Plan(ctx, name, text); err != nil {
		return nil, nil, err
	}
	reached, err = reachedBesides(ctx, pool)
	return plan, reached, err
}

// applier is the door to the organisation in a database.
func applier(pool *pgxpool.Pool) *organisation.Applier {
	return &organisation.Applier{Pool: pool, Contacts: &paging.Service{Pool: pool}}
}

// checkOrganised refuses a database that this program cannot read; fresh is true
// for one that nothing was ever kept in.
func checkOrganised(ctx context.Context, pool *pgxpool.Pool) (fresh bool, err error) {
	err = migrations.Check(ctx, pool)
	if errors.Is(err, migrations.ErrTooOld) && isEmpty(ctx, pool) {
		return true, nil
	}
	return false, err
}
