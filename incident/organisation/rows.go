package organisation

import (
	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// Rows is what a document becomes in the database, each list by id.
type Rows struct {
	People    []roster.Person
	Teams     []roster.Team
	Services  []roster.Service
	Policies  []escalation.Policy
	Schedules []oncall.Schedule // without overrides, which no file holds
}

// Rows turns a document that Parse returned into what applying it would store.
func (d *Document) Rows() (rows Rows) {
	n := namesOfPeople(d.People)
	for _, handle := range sortedNames(d.People) {
		rows.People = append(rows.People, d.People[handle].row(handle))
	}
	for _, id := range sortedNames(d.Teams) {
		rows.Teams = append(rows.Teams, d.Teams[id].row(id, n))
	}
	for _, id := range sortedNames(d.Services) {
		rows.Services = append(rows.Services, d.Services[id].row(id))
	}
	for _, id := range sortedNames(d.Policies) {
		rows.Policies = append(rows.Policies, d.Policies[id].row(id, n))
	}
	for _, id := range sortedNames(d.Schedules) {
		rows.Schedules = append(rows.Schedules, d.Schedules[id].row(id, func(handle string) incident.PersonID { return n.ids[handle] }))
	}
	return rows
}
