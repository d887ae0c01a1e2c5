package organisation

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
)

// Plan is what applying a file does, or did.
type Plan struct {
	Differences []Difference
	Shifts      []ShiftChange // of the coming 60 days
	Warnings    []string      // sentences about what is worth knowing, whether anything differs or not
}

// ShiftChange is how a plan changes one person's duty in one schedule.
type ShiftChange struct {
	Schedule string
	Person   string // handle, or the Slack id of who was never in the file
	Zone     *time.Location
	Changes  []oncall.Change
}

// Empty reports whether nothing differs.
func (p *Plan) Empty() bool { return len(p.Differences) == 0 }

// planned compares what there is with what a file wants.
func planned(have present, want *Document, now time.Time) (*Plan, error) {
	p := &Plan{Differences: differences(have.document, want)}
	return p, p.schedules(have, want, now)
}

// schedules compares who is on call before and after.
func (p *Plan) schedules(have present, want *Document, now time.Time) (err error) {
	n, old := namesOfPeople(want.People), namesOfPeople(have.document.People)
	all := maps.Clone(have.document.Schedules)
	maps.Copy(all, want.Schedules)
	for _, id := range sortedNames(all) {
		var was, is *oncall.Resolver
		stored, stood := have.schedules[id]
		if stood {
			if was, err = stored.Compile(); err != nil {
				return err
			}
		}
		if s, stays := want.Schedules[id]; stays {
			row := s.row(id, func(handle string) incident.PersonID { return n.ids[handle] })
			row.Overrides = remaining(stored.Overrides, n)
			if is, err = row.Compile(); err != nil {
				return err
			}
		} else if len(stored.Overrides) > 0 {
			p.warnf("With the schedule %s, %s that people made go as well.", id, count(len(stored.Overrides), "override"))
		}
		p.shifts(id, was, is, now, func(person incident.PersonID) string {
			if handle, known := n.handles[person]; known {
				return handle
			}
			if handle, known := old.handles[person]; known {
				return handle
			}
			return string(person)
		})
	}
	return nil
}

// remaining leaves out overrides that put somebody on call who is not in the file
// any more: they end when the file is applied.
func remaining(all []oncall.Override, n names) []oncall.Override {
	return slices.DeleteFunc(slices.Clone(all), func(o oncall.Override) bool {
		_, stays := n.handles[o.Person]
		return o.Person != "" && !stays
	})
}

func (p *Plan) shifts(id string, was, is *oncall.Resolver, now time.Time, nameOf func(incident.PersonID) string) {
	zone := time.UTC
	for _, r := range []*oncall.Resolver{was, is} {
		if r != nil {
			zone = r.Zone()
		}
	}
	changes := oncall.Changes(was, is, now, now.Add(lookAhead))
	for _, person := range slices.SortedFunc(maps.Keys(changes), func(a, b incident.PersonID) int { return strings.Compare(nameOf(a), nameOf(b)) }) {
		p.Shifts = append(p.Shifts, ShiftChange{id, nameOf(person), zone, changes[person]})
	}
}

func (p *Plan) warnf(format string, args ...any) {
	p.Warnings = append(p.Warnings, fmt.Sprintf(format, args...))
}

const (
	shiftLayout = "Mon 2006-01-02 15:04 MST"
	// maxShifts is how many changes of one person's shifts are printed.
	maxShifts = 6
)

// Write prints the plan for people. An empty plan says so.
func (p *Plan) Write(w io.Writer) error {
	var b strings.Builder
	if p.Empty() {
		b.WriteString("Nothing differs.\n")
	}
	for _, d := range p.Differences {
		d.write(&b)
	}
	if !p.Empty() {
		b.WriteString("\n" + p.summary() + "\n")
	}
	if len(p.Shifts) > 0 {
		fmt.Fprintf(&b, "\nShifts of the next %d days that change:\n", lookAhead/(24*time.Hour))
		for _, s := range p.Shifts {
			s.write(&b)
		}
	}
	if len(p.Warnings) > 0 {
		b.WriteString("\nWorth knowing:\n")
		for _, warning := range p.Warnings {
			b.WriteString("  " + warning + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (p *Plan) summary() string {
	done := map[Action]int{}
	for _, d := range p.Differences {
		done[d.Action]++
	}
	return fmt.Sprintf("%d to add, %d to change, %d to remove.", done[Add], done[Alter], done[Remove])
}

func (s ShiftChange) write(b *strings.Builder) {
	fmt.Fprintf(b, "  %s in %s:\n", s.Person, s.Schedule)
	for i, c := range s.Changes {
		if i == maxShifts {
			fmt.Fprintf(b, "    and %d more\n", len(s.Changes)-i)
			return
		}
		mark, says := "+", "on call"
		if c.Gone {
			mark, says = "-", "no longer on call"
		}
		fmt.Fprintf(b, "    %s %s from %s until %s\n", mark, says, c.From.In(s.Zone).Format(shiftLayout), c.Until.In(s.Zone).Format(shiftLayout))
	}
}
