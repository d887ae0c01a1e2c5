package organisation

import (
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// The file names people by handle, the database by their Slack ids. names turns
// one into the other; whoever is not there becomes "".
type names struct {
	ids     map[string]incident.PersonID
	handles map[incident.PersonID]string
}

func namesOfPeople(people map[string]Person) names {
	n := names{map[string]incident.PersonID{}, map[incident.PersonID]string{}}
	for handle, p := range people {
		id := incident.PersonID(p.Slack)
		n.ids[handle], n.handles[id] = id, handle
	}
	return n
}

func (n names) idsOf(handles []string) (ids []incident.PersonID) {
	for _, h := range handles {
		ids = append(ids, n.ids[h])
	}
	return ids
}

// handlesOf leaves out who was removed.
func (n names) handlesOf(ids []incident.PersonID) (handles []string) {
	for _, id := range ids {
		if h, ok := n.handles[id]; ok {
			handles = append(handles, h)
		}
	}
	return handles
}

func (p Person) row(handle string) roster.Person {
	return roster.Person{ID: incident.PersonID(p.Slack), Handle: handle, Name: p.Name, Zone: p.Zone}
}

func personOf(p roster.Person, contacts []Contact) Person {
	return Person{Slack: string(p.ID), Name: p.Name, Zone: p.Zone, Contact: contacts}
}

func (t Team) row(id string, n names) roster.Team {
	return roster.Team{ID: id, Name: t.Name, Channel: t.Channel, Policy: t.Policy, Manager: n.ids[t.Manager], Members: n.idsOf(t.Members)}
}

func teamOf(t roster.Team, n names) Team {
	return Team{Name: t.Name, Channel: t.Channel, Policy: t.Policy, Manager: n.handles[t.Manager], Members: n.handlesOf(t.Members)}
}

func (s Service) row(id string) roster.Service {
	row := roster.Service{ID: id, Name: s.Name, Team: s.Team, Policy: s.Policy, DependsOn: s.DependsOn}
	if s.Urgency == nil {
		return row
	}
	row.Urgency.Always = s.Urgency.Always
	row.Urgency.Low, _ = incident.ParseSeverity(s.Urgency.Low) // checked; none is 0, the default
	if h := s.Urgency.Hours; h != nil {
		row.Urgency.Hours = &roster.Hours{Zone: h.Zone, Days: h.Days, Start: h.Start, End: h.End}
	}
	return row
}

func serviceOf(row roster.Service) Service {
	s := Service{Name: row.Name, Team: row.Team, Policy: row.Policy, DependsOn: row.DependsOn}
	u := Urgency{Always: row.Urgency.Always}
	if row.Urgency.Low.Valid() {
		u.Low = strings.ToLower(row.Urgency.Low.String())
	}
	if h := row.Urgency.Hours; h != nil {
		u.Hours = &Hours{Zone: h.Zone, Days: h.Days, Start: h.Start, End: h.End}
	}
	s.Urgency = &u
	return s
}

// row is the policy as escalations run it. It must be canonical.
func (p Policy) row(id string, n names) escalation.Policy {
	row := escalation.Policy{ID: id, Name: p.Name, Repeat: *p.Repeat, Fallback: targetRows(p.Fallback, n)}
	for _, s := range p.Steps {
		row.Steps = append(row.Steps, escalation.Step{Targets: targetRows(s.Targets, n), Delay: time.Duration(*s.Delay)})
	}
	if p.AckTimeout != nil {
		row.AckTimeout = time.Duration(*p.AckTimeout)
	}
	if p.AutoResolve != nil {
		row.AutoResolve = time.Duration(*p.AutoResolve)
	}
	if p.Acks != nil {
		row.Acks = *p.Acks
	}
	return row
}

func policyOf(row escalation.Policy, n names) Policy {
	acks, timeout, resolve := max(row.Acks, defaultAcks), Duration(row.AckTimeout), Duration(row.AutoResolve)
	p := Policy{Name: row.Name, Repeat: &row.Repeat, Acks: &acks, AckTimeout: &timeout, AutoResolve: &resolve, Fallback: targetsOf(row.Fallback, n)}
	for _, s := range row.Steps {
		delay := Duration(s.Delay)
		p.Steps = append(p.Steps, Step{Targets: targetsOf(s.Targets, n), Delay: &delay})
	}
	return p
}

func targetRows(targets []Target, n names) (rows []escalation.Target) {
	for _, t := range targets {
		kind, name := t.parts()
		if kind == escalation.TargetPerson {
			name = string(n.ids[name])
		}
		rows = append(rows, escalation.Target{Kind: kind, ID: name})
	}
	return rows
}

func targetsOf(rows []escalation.Target, n names) (targets []Target) {
	for _, row := range rows {
		name := row.ID
		if row.Kind == escalation.TargetPerson {
			name = n.handles[incident.PersonID(row.ID)]
		}
		if name != "" {
			targets = append(targets, targetOf(row.Kind, name))
		}
	}
	return targets
}
