package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/organisation"
	"github.com/tocsinhq/tocsin/incident/paging"
)

type lintCommand struct {
	File string `name:"file" short:"f" placeholder:"FILE" help:"Look at this organisation file, and at no database; - reads what is piped in. Default: the organisation in the database."`
	Path string `arg:"" optional:"" help:"The same as --file."`
	JSON bool   `help:"Print JSON instead of lines."`
}

// Run looks for what would surprise at night in schedules, policies, services and the
// ways to people, and prints one line for each. It changes nothing. It fails when
// something is wrong; warnings alone are no failure.
func (c lintCommand) Run(ctx context.Context, p *process) error {
	if err := p.config.Validate("lint"); err != nil {
		return err
	}
	look := c.database
	if err := sameFile(&c.File, c.Path, ""); err != nil {
		return err
	}
	if c.File != "" {
		look = c.file
	}
	found, err := look(ctx, p)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		found = []finding{fine("organisation", "There is nothing to say about it.")}
	}
	d := diagnose(found, newRedaction(p.config.secrets()).text)
	print := d.write
	if c.JSON {
		print = d.writeJSON
	}
	if err := print(p.out); err != nil {
		return err
	}
	return d.err()
}

// file looks at a file alone: whom it reaches besides by Slack is what it says.
func (c lintCommand) file(context.Context, *process) ([]finding, error) {
	name, text, err := organisationFile{File: c.File}.read()
	if err != nil {
		return nil, err
	}
	doc, err := organisation.Parse(name, text, incident.Now())
	if mistakes, ok := errors.AsType[*organisation.Mistakes](err); ok {
		return mistaken(mistakes, name), nil
	}
	if err != nil {
		return nil, err
	}
	return newFileLinter(doc, nil).all()
}

// newFileLinter knows what a file says, and who has a way to be reached besides.
func newFileLinter(doc *organisation.Document, reached map[incident.PersonID]bool) *linter {
	l := &linter{rows: doc.Rows(), now: incident.Now(), names: map[incident.PersonID]string{}}
	for _, p := range l.rows.People {
		l.names[p.ID] = p.Handle
		if len(doc.People[p.Handle].Contact) == 0 && !reached[p.ID] {
			l.warn("people", p.Handle+": Pages of high urgency go by "+paging.MethodSlack.String()+" alone; add a second contact method.", "", "")
		}
	}
	return l
}

// database looks at what is kept, overrides and verified ways included.
func (c lintCommand) database(ctx context.Context, p *process) ([]finding, error) {
	pool, release, err := openDatabase(ctx, p)
	if err != nil {
		return nil, err
	}
	defer release()
	if fresh, err := checkOrganised(ctx, pool); err != nil {
		return nil, err
	} else if fresh {
		return nil, errors.New("the database is empty; apply an organisation file first")
	}
	l, err := newLinter(ctx, p, pool)
	if err != nil {
		return nil, err
	}
	return l.kept(ctx)
}

// kept looks at everything that a database holds.
func (l *linter) kept(ctx context.Context) ([]finding, error) {
	if err := l.people(ctx); err != nil {
		return nil, err
	}
	if err := l.policies(ctx); err != nil {
		return nil, err
	}
	return l.all()
}

// mistaken turns what is wrong with a file into findings, each with its line if the file
// is one that people can open; "" is none.
func mistaken(mistakes *organisation.Mistakes, file string) (found []finding) {
	for _, m := range mistakes.List {
		area, _, _ := strings.Cut(m.Path, ".")
		if area == "" {
			area = "file"
		}
		text := strings.TrimSpace(m.Path + " " + m.Text)
		if file != "" && m.Line > 0 {
			text = fmt.Sprintf("%s:%d: %s", file, m.Line, text)
		}
		found = append(found, finding{Mark: markWrong, Area: area, Text: text})
	}
	return found
}
