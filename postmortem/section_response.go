package postmortem

import (
	"fmt"

	"github.com/tocsinhq/tocsin/incident"
)

// response says who took part in which role and when; it is the list of
// responders, so it calls people by name.
func response(f Facts) Section {
	c := newCast(f)
	ack := Metrics(f)[1]
	return Section{Key: "response", Title: "Response", Text: blocks(
		"**"+ack.Name+":** "+ack.Value()+".",
		table([]string{"Role", "Person", "From", "To"}, c.roleRows()),
		c.handoffs(),
		c.unfilled(),
		c.company(),
	)}
}

func (c cast) roleRows() [][]string {
	var rows [][]string
	for _, t := range c.tenures {
		to := "the end"
		if !t.To.IsZero() {
			to = c.when(t.To)
		}
		rows = append(rows, []string{t.Role.Title(), escape(c.name(t.Person)), c.when(t.From), to})
	}
	return rows
}

func (c cast) handoffs() string {
	n := 0
	for _, l := range c.Lines {
		if e, ok := l.Event.(incident.RoleAssigned); ok && e.From != "" {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return "Roles were handed over: " + count(n, "handover") + "."
}

// unfilled names the roles that nobody ever held.
func (c cast) unfilled() string {
	var missing []string
	for _, r := range incident.RoleCatalogue() {
		if !r.Role.Shared() && c.holder(r.Role) == "" {
			missing = append(missing, r.Title)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "Never filled: " + and(missing) + "."
}

// company counts who came into the war room beside those with a role.
func (c cast) company() string {
	joined := map[incident.PersonID]bool{}
	for _, l := range c.Lines {
		if e, ok := l.Event.(incident.PersonJoined); ok {
			joined[e.Person] = true
		}
	}
	switch len(joined) {
	case 0:
		return ""
	case 1:
		return "1 person joined the war room."
	}
	return fmt.Sprintf("%d people joined the war room.", len(joined))
}
