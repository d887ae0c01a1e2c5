package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/organisation"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// lintAhead is how far into the future the linter looks: as far as plan does.
const lintAhead = 60 * 24 * time.Hour

// linter gathers what is noteworthy about an organisation.
type linter struct {
	rows     organisation.Rows
	names    map[incident.PersonID]string // handles
	trouble  map[incident.PersonID]string // why somebody cannot be paged, as the rest of a sentence
	now      time.Time
	asked    *escalation.Service // nil: no database
	reach    *paging.Service
	loads    func(schedule string) bool // whose loads are told; nil: of all
	findings []finding
}

// newLinter reads the organisation of a database. What it holds is looked at like a
// file, too: time may have made mistakes of what was none when it was applied.
func newLinter(ctx context.Context, p *process, pool *pgxpool.Pool) (*linter, error) {
	l := &linter{asked: pagers(pool), now: incident.Now(), trouble: map[incident.PersonID]string{}}
	var err error
	if l.reach, err = reachingBy(p, pool); err != nil {
		return nil, err
	}
	doc, err := applier(pool).Export(ctx)
	if err != nil {
		return nil, err
	}
	text, err := doc.YAML()
	if err != nil {
		return nil, err
	}
	if _, err := organisation.Parse("the database", text, l.now); err != nil {
		mistakes, ok := errors.AsType[*organisation.Mistakes](err)
		if !ok {
			return nil, err
		}
		l.findings = append(l.findings, mistaken(mistakes, "")...)
	}
	return l, l.read(ctx, pool)
}

func (l *linter) read(ctx context.Context, pool *pgxpool.Pool) (err error) {
	if l.rows.People, err = roster.People(ctx, pool); err != nil {
		return err
	}
	if l.rows.Teams, err = roster.Teams(ctx, pool); err != nil {
		return err
	}
	if l.rows.Services, err = roster.Services(ctx, pool); err != nil {
		return err
	}
	if l.rows.Policies, err = escalation.Policies(ctx, pool); err != nil {
		return err
	}
	stored, err := (&oncall.Service{Pool: pool}).Schedules(ctx)
	for _, s := range stored {
		l.rows.Schedules = append(l.rows.Schedules, s.Schedule)
	}
	l.names = map[incident.PersonID]string{}
	for _, p := range l.rows.People {
		l.names[p.ID] = p.Handle
	}
	return err
}

// reachingBy knows the methods that the settings turn on, and sends nothing.
func reachingBy(p *process, pool *pgxpool.Pool) (*paging.Service, error) {
	v, err := p.config.vendors(p.config.PublicBase(p.config.HTTPAddr))
	if err != nil {
		return nil, err
	}
	by := map[paging.Method]paging.Notifier{paging.MethodSlack: bot.SlackNotifier{}} // asked for its presence alone
	for _, n := range v.notifiers {
		by[n.Method()] = n
	}
	return &paging.Service{Pool: pool, Notifiers: by}, nil
}

func (l *linter) note(weight mark, area, text, meaning, remedy string) {
	l.findings = append(l.findings, finding{weight, area, text, meaning, remedy})
}

func (l *linter) warn(area, text, meaning, remedy string) {
	l.note(markWarning, area, text, meaning, remedy)
}

func (l *linter) name(p incident.PersonID) string { return cmp.Or(l.names[p], string(p)) }

// all looks at what needs no database, and returns everything, what is wrong first.
func (l *linter) all() ([]finding, error) {
	l.services()
	for _, s := range l.rows.Schedules {
		if err := l.schedule(&s); err != nil {
			return nil, err
		}
	}
	weight := map[mark]int{markWrong: 0, markWarning: 1, markOK: 2}
	slices.SortStableFunc(l.findings, func(a, b finding) int { return cmp.Compare(weight[a.Mark], weight[b.Mark]) })
	return l.findings, nil
}

// services are those that nobody can be paged for.
func (l *linter) services() {
	for _, s := range l.rows.Services {
		at := slices.IndexFunc(l.rows.Teams, func(t roster.Team) bool { return t.ID == s.Team })
		switch {
		case s.Policy != "":
		case at < 0 || l.rows.Teams[at].Policy == "" && len(l.rows.Teams[at].Members) == 0:
			l.note(markWrong, "services", "Nobody can be paged for the service "+s.ID+".", "It has no policy, and no team that could be paged.", "Give it a policy.")
		case l.rows.Teams[at].Policy == "":
			l.warn("services", "The service "+s.ID+" has no policy, and neither has its team.", "All members of the team are paged at once, at night as well.", "Give the service or the team a policy.")
		}
	}
}

// schedule is everything that the linter of schedules says.
func (l *linter) schedule(s *oncall.Schedule) error {
	found, err := oncall.Lint(s, l.now, lintAhead, oncall.LintOptions{NameOf: l.name, Trouble: func(p incident.PersonID) string { return l.trouble[p] }})
	if err != nil {
		l.note(markWrong, "schedules", s.ID+": "+asSentence(err), "Steps that page it are skipped.", "Correct it in the organisation file.")
		return nil
	}
	for _, f := range found {
		if f.Kind == oncall.FindingLoad && l.loads != nil && !l.loads(s.ID) {
			continue
		}
		says := lintSays[f.Kind]
		if f.Kind == oncall.FindingPerson && f.From.IsZero() {
			says.mark = markWarning
		}
		l.note(says.mark, "schedules", s.ID+": "+f.Text, says.meaning, says.remedy)
	}
	return nil
}

// lintSays is how findings of schedules weigh, what they mean and how to mend them.
var lintSays = map[oncall.FindingKind]struct {
	mark            mark
	meaning, remedy string
}{
	oncall.FindingGap:         {markWarning, "Steps that page it are skipped then.", "Fill it, or let another step page somebody."},
	oncall.FindingHole:        {markWarning, "Steps that page it are skipped then.", "Change it, or put somebody in."},
	oncall.FindingPerson:      {markWrong, "Their pages reach nobody.", "Let them add and verify a contact method."},
	oncall.FindingUnseen:      {markWarning, "It has no effect.", "Remove it, or look at the order of the layers."},
	oncall.FindingOnTop:       {markOK, "", ""}, // told of new overrides alone
	oncall.FindingIdle:        {markWarning, "It has no effect.", "Remove it."},
	oncall.FindingClockChange: {markWarning, "That shift is an hour longer or shorter.", "Tell both people, or move the hand-off."},
	oncall.FindingLoad:        {markOK, "", ""},
}

// people are those whom pages do not reach, and those whom they reach by Slack alone.
// It fills in trouble for the schedules.
func (l *linter) people(ctx context.Context) error {
	for _, p := range l.rows.People {
		trouble, err := l.reach.Trouble(ctx, p.ID)
		if err != nil {
			return err
		}
		if trouble != "" {
			l.trouble[p.ID] = trouble
			if !l.inSchedules(p.ID) {
				l.warn("people", p.Handle+" "+trouble+".", "Their pages reach nobody.", "Let them add and verify a contact method.")
			}
			continue
		}
		problems, err := l.reach.Reach(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, problem := range problems {
			l.warn("people", p.Handle+": "+problem, "", "")
		}
	}
	return nil
}

func (l *linter) inSchedules(p incident.PersonID) bool {
	return slices.ContainsFunc(l.rows.Schedules, func(s oncall.Schedule) bool { return slices.Contains(s.People(), p) })
}

// policies are asked whom they would page, now and where a schedule has its first gap.
func (l *linter) policies(ctx context.Context) error {
	for _, p := range l.rows.Policies {
		if err := l.policy(ctx, p.ID, l.now); err != nil {
			return err
		}
		for _, s := range l.rows.Schedules {
			resolver, err := s.Compile()
			if err != nil || !pages(p, s.ID) {
				continue // what does not compile has a finding of its own
			}
			if gaps := resolver.Gaps(l.now, l.now.Add(lintAhead)); len(gaps) > 0 && gaps[0].From.After(l.now) {
				if err := l.policy(ctx, p.ID, gaps[0].From); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// pages reports whether a policy names a schedule.
func pages(p escalation.Policy, schedule string) bool {
	return slices.ContainsFunc(p.Steps, func(s escalation.Step) bool {
		return slices.ContainsFunc(s.Targets, func(t escalation.Target) bool {
			return t.ID == schedule && (t.Kind == escalation.TargetSchedule || t.Kind == escalation.TargetNext)
		})
	})
}

// policy tells what is empty in a policy at an instant. Of a later one only what
// leaves nobody at all is said: the schedule's gap has a finding of its own.
func (l *linter) policy(ctx context.Context, id string, at time.Time) error {
	f, err := l.asked.Would(ctx, escalation.Question{Policy: id, At: at})
	if err != nil {
		return err
	}
	when := "now"
	if at.After(l.now) {
		when = "at " + at.UTC().Format("Mon 2006-01-02 15:04 MST")
	}
	switch {
	case f.Refused != "":
	case f.Nobody():
		l.note(markWrong, "policies", fmt.Sprintf("The policy %s would page nobody at all %s.", id, when), "Whatever breaks then, nobody is told.", "Add a fallback, or fill its schedules, teams and groups.")
	case when == "now":
		l.empty(id, f)
	}
	return nil
}

// empty lists steps that never fire although nobody answers, since they have nobody.
func (l *linter) empty(id string, f *escalation.Forecast) {
	if f.End != escalation.EndExhausted {
		return // its age ended it, of which the file's check speaks
	}
	for n, step := range f.Plan.Steps {
		if slices.ContainsFunc(f.Rungs, func(r escalation.Rung) bool { return r.Step == n+1 }) {
			continue
		}
		var named []string
		for _, t := range step.Targets {
			named = append(named, strings.ReplaceAll(string(t.Kind), "_", " ")+" "+l.name(incident.PersonID(t.ID)))
		}
		l.warn("policies", fmt.Sprintf("Step %d of the policy %s has nobody (%s).", n+1, id, strings.Join(named, ", ")), "It is skipped without waiting.", "Fill it, or remove it.")
	}
}
