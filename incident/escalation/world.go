package escalation

import (
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// World is what the rules have to know about the rest at the instant they decide.
// An error ends the decision; the escalation that was asked is then to be thrown
// away.
type World struct {
	// Resolve says whom a target means at an instant, never anybody who was removed.
	Resolve func(t Target, at time.Time) (Reached, error)

	// Maintenance says whether steps for a service are kept back at an instant, and
	// until when; a zero time is an open end.
	Maintenance func(service string, at time.Time) (held bool, until time.Time, err error)

	// Policy returns a policy as it is now; ok is false when it was deleted.
	Policy func(id string) (p Policy, ok bool, err error)
}

// Reached is whom and what a target means at an instant.
type Reached struct {
	People []incident.PersonID
	Places []incident.Place
}

// add joins what another target means; everybody and every place is there once.
func (r *Reached) add(more Reached) {
	for _, p := range more.People {
		if !r.hasPerson(p) {
			r.People = append(r.People, p)
		}
	}
	for _, p := range more.Places {
		if !r.hasPlace(p) {
			r.Places = append(r.Places, p)
		}
	}
}

func (r *Reached) hasPerson(p incident.PersonID) bool {
	for _, has := range r.People {
		if has == p {
			return true
		}
	}
	return false
}

func (r *Reached) hasPlace(p incident.Place) bool {
	for _, has := range r.Places {
		if has.Kind == p.Kind && has.Name == p.Name {
			return true
		}
	}
	return false
}

func (r *Reached) nobody() bool { return len(r.People) == 0 && len(r.Places) == 0 }
