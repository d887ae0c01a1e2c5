package incident

import (
	"slices"
	"strings"
	"time"
)

// Role is a part somebody plays in an incident.
type Role string

// The roles. All but Responder have one holder at a time.
const (
	Commander  Role = "commander"
	Comms      Role = "comms"
	Operations Role = "operations"
	Scribe     Role = "scribe"
	Responder  Role = "responder"
)

// Roles says who holds what, in the order in which they took it.
type Roles map[Role][]PersonID

// RoleInfo describes a role to people.
type RoleInfo struct {
	Role    Role
	Title   string   // as people say it
	Aliases []string // what may be typed for it
	Duties  []string // what the holder must do, first things first
}

// RoleCatalogue lists all roles in the order in which they are shown.
func RoleCatalogue() []RoleInfo {
	return []RoleInfo{
		{Commander, "Incident Commander", []string{"ic", "lead", "command", "incident-commander"}, []string{
			"You decide; you do not debug. Hand out the work and keep the picture.",
			"Set the severity, name an Operations Lead and a Communications Lead.",
			"Promise the next update and keep the promise.",
			"Hand over before you are too tired; say so in the room.",
		}},
		{Operations, "Operations Lead", []string{"ops", "ol", "tech", "operations-lead"}, []string{
			"You lead the repair. Only you or people you name change production.",
			"Say what you are about to do before you do it, and what came of it.",
			"Keep the hypotheses in the record: what was tried, what was ruled out.",
		}},
		{Comms, "Communications Lead", []string{"cl", "communications", "comms-lead", "communications-lead"}, []string{
			"You speak to everybody outside the room: customers, support, managers.",
			"Post an update when one was promised, also when nothing is new.",
			"Keep questions away from those who repair.",
		}},
		{Scribe, "Scribe", []string{"notes"}, []string{
			"You keep the record: pin what matters, star key events, note decisions.",
			"Ask for times and evidence while people still remember.",
		}},
		{Responder, "Responder", []string{"helper", "sme"}, []string{
			"Tell the Incident Commander what you see and what you can do.",
			"Work on what you were asked to; report back in the room.",
		}},
	}
}

// Info returns the description of r; ok is false for an unknown role.
func (r Role) Info() (info RoleInfo, ok bool) {
	for _, info := range RoleCatalogue() {
		if info.Role == r {
			return info, true
		}
	}
	return RoleInfo{}, false
}

// Title returns the role as people say it.
func (r Role) Title() string {
	info, _ := r.Info()
	return info.Title
}

// Shared reports whether several people may hold r at once.
func (r Role) Shared() bool { return r == Responder }

// ParseRole reads a role's name, title or alias.
func ParseRole(s string) (Role, error) {
	word := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "-")
	for _, info := range RoleCatalogue() {
		title := strings.ReplaceAll(strings.ToLower(info.Title), " ", "-")
		if word == string(info.Role) || word == title || slices.Contains(info.Aliases, word) {
			return info.Role, nil
		}
	}
	if word == "" {
		return "", Errorf(Invalid, "Say which role: commander, operations, comms, scribe or responder.")
	}
	return "", Errorf(Invalid, "%q is not a role; use commander, operations, comms, scribe or responder.", s)
}

// Assign gives a role to a person, taking it from the present holder when the
// role is not shared. Somebody who holds it already changes nothing. The first
// commander acknowledges the incident.
func (i *Incident) Assign(r Role, to PersonID, now time.Time) ([]Event, error) {
	switch {
	case i.Status == StatusClosed || i.Status == StatusCancelled:
		return nil, Errorf(Conflict, "%s is %s; reopen it to hand out roles.", i.ID, i.Status)
	case to == "":
		return nil, Errorf(Invalid, "Say who should be %s: mention the person with @.", r.Title())
	case slices.Contains(i.Roles[r], to):
		return nil, nil
	}
	if i.Roles == nil {
		i.Roles = Roles{}
	}
	e := RoleAssigned{Role: r, To: to}
	if r.Shared() {
		i.Roles[r] = append(i.Roles[r], to)
		return []Event{e}, nil
	}
	e.From = i.Holder(r)
	i.Roles[r] = []PersonID{to}
	if r == Commander && i.Milestones.Acknowledged.IsZero() {
		i.Milestones.Acknowledged = now
	}
	return []Event{e}, nil
}

// Leave takes a role from a person. Somebody who does not hold it changes nothing.
func (i *Incident) Leave(r Role, person PersonID) ([]Event, error) {
	at := slices.Index(i.Roles[r], person)
	if at < 0 {
		return nil, nil
	}
	i.Roles[r] = slices.Delete(slices.Clone(i.Roles[r]), at, at+1)
	return []Event{RoleVacated{Role: r, From: person}}, nil
}
