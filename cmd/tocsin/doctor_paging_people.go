package main

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/migrations"
)

// examineOrganisation sums up what tocsin lint says in full: who is reached by Slack
// alone, and what nobody is paged for. A database without an organisation is as fine
// as one that is to be brought up first.
func (p *process) examineOrganisation(ctx context.Context, pool *pgxpool.Pool) []finding {
	if migrations.Check(ctx, pool) != nil {
		return nil
	}
	l := &linter{}
	if err := l.read(ctx, pool); err != nil {
		return []finding{{markWrong, "paging", asSentence(err), "Who can be paged is unknown.", "Check the server's log."}}
	}
	if len(l.rows.People) == 0 {
		return []finding{fine("paging", "There is no organisation yet; tocsin apply brings one.")}
	}
	silent, err := l.silent(ctx, &paging.Service{Pool: pool})
	if err != nil {
		return []finding{{markWrong, "paging", asSentence(err), "Who can be paged is unknown.", "Check the server's log."}}
	}
	l.services()
	found := l.findings
	if len(silent) > 0 {
		found = append(found, finding{markWarning, "paging", "Reached by Slack alone: " + enumerate(silent) + ".", "Whoever sleeps does not hear Slack.",
			"Let them add and verify a telephone number, or write one into the organisation file."})
	}
	for n := range found {
		found[n].Area = "paging"
	}
	if len(found) == 0 {
		found = []finding{fine("paging", "Everybody has a verified way besides Slack, and every service a policy.")}
	}
	return found
}

// silent lists the handles of those who have no usable way but Slack.
func (l *linter) silent(ctx context.Context, contacts *paging.Service) (handles []string, err error) {
	for _, p := range l.rows.People {
		all, err := contacts.Contacts(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(c paging.Contact) bool { return c.Usable() && c.Method != paging.MethodSlack }) {
			handles = append(handles, p.Handle)
		}
	}
	return handles, nil
}

// enumerate lists the first of many names.
func enumerate(names []string) string {
	const most = 10
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}
