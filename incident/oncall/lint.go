package oncall

import (
	"fmt"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// FindingKind says what a finding is about.
type FindingKind string

// The kinds of findings.
const (
	FindingGap         FindingKind = "gap"          // nobody is on call
	FindingHole        FindingKind = "hole"         // an override or a temporary schedule leaves nobody
	FindingPerson      FindingKind = "person"       // somebody cannot be reached
	FindingUnseen      FindingKind = "unseen"       // a layer that never counts
	FindingIdle        FindingKind = "idle"         // an override that changes nothing
	FindingOnTop       FindingKind = "on top"       // an override that goes before an earlier one
	FindingClockChange FindingKind = "clock change" // an hour that clocks leave out or repeat
	FindingLoad        FindingKind = "load"         // how much somebody is on call; no mistake
)

// Finding is something worth knowing about a schedule that is valid.
type Finding struct {
	Kind   FindingKind       `json:"kind"`
	Path   string            `json:"path,omitempty"`   // of the definition, as in Problem
	Person incident.PersonID `json:"person,omitempty"` // whom it is about, if one
	From   time.Time         `json:"from,omitzero"`
	Until  time.Time         `json:"until,omitzero"`
	Text   string            `json:"text"` // one sentence, its times on the schedule's wall clock
}

// LintOptions is what the linter cannot know by itself. The zero value looks at
// the schedule alone.
type LintOptions struct {
	NameOf  func(person incident.PersonID) string // nil: the id
	Trouble func(person incident.PersonID) string // why a person cannot be reached, as the rest of a sentence ("has no telephone"); "" for nothing
}

// personLayout is how people read a time.
const personLayout = "Mon 2 Jan 2006 15:04"

// Lint tells what is noteworthy from now on for as far as the horizon, what is
// about the same thing together. It fails where the schedule cannot be compiled.
func Lint(s *Schedule, now time.Time, horizon time.Duration, o LintOptions) ([]Finding, error) {
	r, err := s.Compile()
	if err != nil {
		return nil, err
	}
	l := &linter{schedule: s, resolver: r, from: now.UTC(), until: now.Add(horizon).UTC(), options: o}
	for _, rule := range []func(){l.gaps, l.temporaryHoles, l.overrides, l.people, l.unseen, l.clockChanges, l.loads} {
		rule()
	}
	return l.findings, nil
}

type linter struct {
	schedule    *Schedule
	resolver    *Resolver
	from, until time.Time
	options     LintOptions
	findings    []Finding
}

func (l *linter) add(f Finding, format string, args ...any) {
	f.Text = fmt.Sprintf(format, args...)
	l.findings = append(l.findings, f)
}

func (l *linter) name(p incident.PersonID) string {
	if l.options.NameOf == nil {
		return string(p)
	}
	return l.options.NameOf(p)
}

// span says from when until when, in the schedule's zone.
func (l *linter) span(from, until time.Time) string {
	return fmt.Sprintf("from %s until %s", from.In(l.resolver.zone).Format(personLayout), until.In(l.resolver.zone).Format(personLayout))
}

func (l *linter) days() string {
	return fmt.Sprintf("the next %s", count(int(l.until.Sub(l.from).Hours()/24), "day"))
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// layerName is how a layer is called in a sentence.
func (l *linter) layerName(i int) string {
	if name := l.resolver.layers[i].name; name != "" {
		return fmt.Sprintf("Layer %d (%s)", i+1, name)
	}
	return fmt.Sprintf("Layer %d", i+1)
}

func hours(d time.Duration) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Hours()), ".0") + " h"
}
