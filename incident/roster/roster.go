// Package roster knows who there is: people, teams and services. It is changed
// by applying the organisation file, and read by everything that has to know
// whom to reach. A person is known by the Slack user id; whoever is removed is
// left out of everything at once, also of what has begun.
package roster

import "github.com/tocsinhq/tocsin/incident"

// Person is somebody who can be on call.
type Person struct {
	ID      incident.PersonID
	Handle  string // name in the organisation file, unique among those who are not removed
	Name    string
	Zone    string // IANA name
	Removed bool
}

// Team is people who own services together.
type Team struct {
	ID      string              `json:"-"`
	Name    string              `json:"name,omitempty"`
	Channel string              `json:"channel,omitempty"` // Slack channel id or #name; what concerns the team is told there
	Policy  string              `json:"policy,omitempty"`  // escalation policy that paging the team runs
	Manager incident.PersonID   `json:"manager,omitempty"` // is told when the team cannot be reached
	Members []incident.PersonID `json:"members,omitempty"`
}

// Service is something that can break.
type Service struct {
	ID        string   `json:"-"`
	Name      string   `json:"name,omitempty"`
	Team      string   `json:"team,omitempty"`   // owner
	Policy    string   `json:"policy,omitempty"` // empty: that of the team
	DependsOn []string `json:"depends_on,omitempty"`
	Urgency   Urgency  `json:"urgency,omitzero"`
}

// Urgency says how loudly a service pages. The zero value: SEV1 to SEV3 high,
// the rest low, at all hours.
type Urgency struct {
	Always string            `json:"always,omitempty"` // high or low, whatever the severity
	Low    incident.Severity `json:"low,omitempty"`    // this severity and milder are low; 0: SEV4
	Hours  *Hours            `json:"hours,omitempty"`  // outside them everything milder than SEV1 is low
}

// Hours are the weekly support hours of a service, on the wall clock of a zone.
type Hours struct {
	Zone  string   `json:"zone"`
	Days  []string `json:"days"`  // mon to sun
	Start string   `json:"start"` // 09:00
	End   string   `json:"end"`   // 17:00; not after Start: on the next day
}
