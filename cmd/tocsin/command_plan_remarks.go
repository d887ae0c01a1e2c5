package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/organisation"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// maxRemarks is how much of what the linter says is printed beside a plan.
const maxRemarks = 20

// remark adds to a plan what the linter says: everything that may surprise at night,
// and how much people are on call in schedules whose shifts change.
func remark(plan *organisation.Plan, l *linter, look func() ([]finding, error), hide func(string) string) error {
	l.loads = func(schedule string) bool {
		return slices.ContainsFunc(plan.Shifts, func(s organisation.ShiftChange) bool { return s.Schedule == schedule })
	}
	found, err := look()
	if err != nil {
		return err
	}
	for n, f := range found {
		if n == maxRemarks {
			plan.Warnings = append(plan.Warnings, fmt.Sprintf("And %d more; tocsin lint prints all of them.", len(found)-n))
			break
		}
		text := hide(f.Text)
		if f.Meaning != "" {
			text += " " + f.Meaning
		}
		plan.Warnings = append(plan.Warnings, text)
	}
	return nil
}

// reachedBesides is who has a way to be reached, besides Slack, whatever a file says.
func reachedBesides(ctx context.Context, pool *pgxpool.Pool) (map[incident.PersonID]bool, error) {
	people, err := roster.People(ctx, pool)
	if err != nil {
		return nil, err
	}
	reached, reach := map[incident.PersonID]bool{}, &paging.Service{Pool: pool}
	for _, p := range people {
		contacts, err := reach.Contacts(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		reached[p.ID] = slices.ContainsFunc(contacts, func(c paging.Contact) bool { return c.Usable() && !c.Managed && c.Method != paging.MethodSlack })
	}
	return reached, nil
}
