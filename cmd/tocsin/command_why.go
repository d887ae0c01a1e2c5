package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/incident/roster"
	"github.com/tocsinhq/tocsin/timeline"
)

type whyCommand struct {
	Incident string `arg:"" optional:"" help:"Incident to explain, as INC-42."`
	Person   string `arg:"" optional:"" help:"Person to explain, as @handle or by the Slack id."`

	Service  string `help:"Tell who would be paged for this service."`
	Policy   string `help:"Tell who would be paged by this policy."`
	At       string `placeholder:"TIME" help:"When paging would begin, as 03:00 for the coming one, mon 9am, 2026-11-25 03:00, yesterday 14:05 or 10m ago. Default: now."`
	Severity string `default:"" placeholder:"SEVERITY" help:"Severity of the incident, sev1 to sev5. It matters for services."`
	Zone     string `placeholder:"ZONE" help:"Time zone of the times, as Europe/Berlin. Default: that of this machine."`
}

// errNobody ends why when paging would reach nobody at all.
var errNobody = errors.New("nobody at all would be paged; tocsin lint says more")

// Validate refuses a command line that asks for nothing, or for two things.
func (c whyCommand) Validate() error {
	asked := 0
	for _, what := range []string{c.Incident, c.Service, c.Policy} {
		if what != "" {
			asked++
		}
	}
	if asked != 1 {
		return errors.New("name one thing to explain: --service, --policy, or an incident such as INC-42")
	}
	if c.Incident != "" && (c.At != "" || c.Severity != "") {
		return errors.New("--at and --severity belong to --service and --policy; an incident has its own")
	}
	var errs []error
	if c.Incident != "" {
		_, err := incident.ParseID(c.Incident)
		errs = append(errs, err)
	}
	zone, err := c.zone()
	errs = append(errs, err)
	if err == nil {
		_, err = c.question(zone)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (c whyCommand) zone() (*time.Location, error) {
	if c.Zone == "" {
		return time.Local, nil
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, fmt.Errorf("%q is not a time zone; write it like Europe/Berlin", c.Zone)
	}
	return zone, nil
}

func (c whyCommand) question(zone *time.Location) (q escalation.Question, err error) {
	q = escalation.Question{Service: c.Service, Policy: c.Policy}
	if c.Severity != "" {
		if q.Severity, err = incident.ParseSeverity(c.Severity); err != nil {
			return q, err
		}
	}
	if c.At == "" {
		return q, nil
	}
	q.At, err = readAt(c.At, incident.Now(), zone)
	return q, err
}

// earlierTime is what is said of the past, in ways that commands in Slack do not know.
var earlierTime = regexp.MustCompile(`(?i)\sago$|^\d{4}-\d{2}-\d{2}\D+\d{2}:\d{2}:\d{2}`)

// readAt reads a time as Slack's commands do, or one of the past with "ago" or seconds.
func readAt(text string, now time.Time, zone *time.Location) (time.Time, error) {
	text = strings.TrimSpace(text)
	if !earlierTime.MatchString(text) {
		return bot.ReadComing(text, now, zone)
	}
	when, err := timeline.ReadWhen(text, now, zone)
	if err == nil && when.Rest != "" {
		err = fmt.Errorf("--at has more than a time: %q", when.Rest)
	}
	return when.At, err
}

// Run prints who would be paged, or why somebody was or was not. It changes nothing.
// It ends with exitFailed when nobody at all would be paged, and when it cannot tell.
func (c whyCommand) Run(ctx context.Context, p *process) error {
	if err := p.config.Validate("why"); err != nil {
		return err
	}
	pool, release, err := openDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer release()
	if fresh, err := checkOrganised(ctx, pool); err != nil {
		return err
	} else if fresh {
		return errors.New("the database is empty; apply an organisation file first")
	}
	zone, err := c.zone()
	if err != nil {
		return err
	}
	words, err := plainWords(ctx, pool, zone)
	if err != nil {
		return err
	}
	if c.Incident == "" {
		return asked(c.foretell(ctx, p.out, pool, words))
	}
	return asked(c.account(ctx, p.out, pool, words))
}

// asked leaves of an error for people what they read.
func asked(err error) error {
	if said, ok := errors.AsType[*incident.Error](err); ok {
		return said
	}
	return err
}

func (c whyCommand) foretell(ctx context.Context, to io.Writer, pool *pgxpool.Pool, words timeline.Words) error {
	zone, err := c.zone()
	if err != nil {
		return err
	}
	q, err := c.question(zone)
	if err != nil {
		return err
	}
	f, err := pagers(pool).Would(ctx, q)
	if err != nil {
		return err
	}
	if err := printLines(to, append(c.readAs(q, words), f.Sentences(words)...)); err != nil {
		return err
	}
	if f.Nobody() {
		return errNobody
	}
	return nil
}

// readAs says how a time was read whose zone nobody named.
func (c whyCommand) readAs(q escalation.Question, words timeline.Words) []string {
	if c.At == "" || c.Zone != "" {
		return nil
	}
	return []string{"--at is " + words.When(q.At) + ", by the clock of this machine; --zone Europe/Berlin would read and show times there."}
}

func (c whyCommand) account(ctx context.Context, to io.Writer, pool *pgxpool.Pool, words timeline.Words) error {
	id, err := incident.ParseID(c.Incident)
	if err != nil {
		return err
	}
	person, err := personCalled(ctx, pool, c.Person)
	if err != nil {
		return err
	}
	x, err := paging.Explain(ctx, pagers(pool), id, person)
	if err != nil {
		return err
	}
	return printLines(to, x.Sentences(words))
}

// pagers is the door to escalations in a database, for questions alone.
func pagers(pool *pgxpool.Pool) *escalation.Service {
	return &escalation.Service{Incidents: &incident.Service{Pool: pool}, Pool: pool, OnCall: (&oncall.Service{Pool: pool}).OnCall}
}

func printLines(to io.Writer, lines []string) error {
	_, err := io.WriteString(to, strings.Join(lines, "\n")+"\n")
	return err
}

// personCalled finds somebody by the handle or the Slack id; "" is nobody. Whoever was
// removed is found by the id alone.
func personCalled(ctx context.Context, q roster.Querier, called string) (incident.PersonID, error) {
	if called == "" {
		return "", nil
	}
	p, ok, err := roster.PersonByHandle(ctx, q, strings.TrimPrefix(called, "@"))
	if err == nil && !ok {
		p, ok, err = roster.ReadPerson(ctx, q, incident.PersonID(called))
	}
	if err == nil && !ok {
		err = incident.Errorf(incident.NotFound, "Nobody is called %s; use a handle of the organisation file, or the Slack id of who was removed.", called)
	}
	return p.ID, err
}

// plainWords are how a terminal says people and times: by handle, and in a zone that
// each time names.
func plainWords(ctx context.Context, q roster.Querier, zone *time.Location) (timeline.Words, error) {
	people, err := roster.People(ctx, q)
	if err != nil {
		return timeline.Words{}, err
	}
	handles := map[incident.PersonID]string{}
	for _, p := range people {
		handles[p.ID] = "@" + p.Handle
	}
	return timeline.Words{
		Name: func(p incident.PersonID) string { return cmp.Or(handles[p], string(p)) },
		When: func(at time.Time) string {
			if at.IsZero() {
				return "an unknown time"
			}
			return at.In(zone).Format("Mon 2006-01-02 15:04:05 MST")
		},
	}, nil
}
