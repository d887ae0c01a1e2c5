package organisation

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
)

// Applier compares organisation files with the database and makes it equal to
// them. Its methods are safe to repeat and to call concurrently, from any number of
// processes.
type Applier struct {
	Pool     *pgxpool.Pool
	Contacts Contacts
}

// Plan tells what applying a file would do, and changes nothing. name is what
// messages call the file. The error is *Mistakes when the file is wrong.
func (a *Applier) Plan(ctx context.Context, name string, text []byte) (*Plan, error) {
	now := incident.Now()
	want, err := Parse(name, text, now)
	if err != nil {
		return nil, err
	}
	var plan *Plan
	err = a.snapshot(ctx, func(tx pgx.Tx) error {
		have, err := a.read(ctx, tx, now)
		if err != nil {
			return err
		}
		plan, err = planned(have, want, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("plan %s: %w", name, err)
	}
	return plan, nil
}

// Apply makes the database equal to a file, all of it or nothing, and tells what
// it did. Files that are applied at the same time wait for each other. Applying a
// file twice changes nothing the second time. The error is *Mistakes when the file
// is wrong.
func (a *Applier) Apply(ctx context.Context, name string, text []byte) (*Plan, error) {
	want, err := Parse(name, text, incident.Now())
	if err != nil {
		return nil, err
	}
	var plan *Plan
	err = pgx.BeginFunc(ctx, a.Pool, func(tx pgx.Tx) error {
		if err := lock(ctx, tx); err != nil {
			return err
		}
		now := incident.Now()
		have, err := a.read(ctx, tx, now)
		if err != nil {
			return err
		}
		if plan, err = planned(have, want, now); err != nil || plan.Empty() {
			return err
		}
		return a.write(ctx, newWriter(tx, have.document, want, plan, now))
	})
	if err != nil {
		return nil, fmt.Errorf("apply %s: %w", name, err)
	}
	return plan, nil
}

// Export returns what the database holds as a document. Planning with it shows no
// difference.
func (a *Applier) Export(ctx context.Context) (*Document, error) {
	var have present
	err := a.snapshot(ctx, func(tx pgx.Tx) (err error) {
		have, err = a.read(ctx, tx, incident.Now())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("export the organisation: %w", err)
	}
	return have.document, nil
}

// snapshot reads several tables as they were at one moment.
func (a *Applier) snapshot(ctx context.Context, read func(tx pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, a.Pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, read)
}

// PlanFresh is Plan for a database in which nothing was ever kept.
func PlanFresh(name string, text []byte) (*Plan, error) {
	now := incident.Now()
	want, err := Parse(name, text, now)
	if err != nil {
		return nil, err
	}
	return planned(present{document: (&Document{}).canonical()}, want, now)
}
