package organisation

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/roster"
)

// lockKey is the transaction's advisory lock under which files are applied, one
// after the other. The number only has to differ from other uses.
const lockKey int64 = 0x746f6373696e0002

// lock waits until no other file is being applied, for longer than a command of a
// person would.
func lock(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, `SET LOCAL lock_timeout = '20s'`); err != nil {
		return fmt.Errorf("wait longer for locks: %w", err)
	}
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, lockKey); err != nil {
		return fmt.Errorf("wait for another file that is being applied: %w", err)
	}
	return nil
}

// present is what the database holds.
type present struct {
	document  *Document // canonical
	schedules map[string]oncall.Stored
}

// read reads what the database holds, with the overrides that end after now.
func (a *Applier) read(ctx context.Context, q roster.Querier, now time.Time) (present, error) {
	p := present{&Document{}, map[string]oncall.Stored{}}
	if err := a.readPeople(ctx, q, p.document); err != nil {
		return p, err
	}
	n := namesOfPeople(p.document.People)
	for _, read := range []func(context.Context, roster.Querier, *Document, names) error{readTeams, readServices, readPolicies} {
		if err := read(ctx, q, p.document, n); err != nil {
			return p, err
		}
	}
	schedules, err := oncall.List(ctx, q, now)
	if err != nil {
		return p, err
	}
	p.document.Schedules = map[string]Schedule{}
	for _, stored := range schedules {
		p.schedules[stored.ID] = stored
		p.document.Schedules[stored.ID] = scheduleOf(stored.Schedule, stored.UserGroup, n)
	}
	p.document = p.document.canonical()
	return p, nil
}

func (a *Applier) readPeople(ctx context.Context, q roster.Querier, into *Document) error {
	people, err := roster.People(ctx, q)
	if err != nil {
		return err
	}
	into.People = map[string]Person{}
	for _, p := range people {
		contacts, err := a.readContacts(ctx, q, p.ID)
		if err != nil {
			return err
		}
		into.People[p.Handle] = personOf(p, contacts)
	}
	return nil
}

func readTeams(ctx context.Context, q roster.Querier, into *Document, n names) error {
	all, err := roster.Teams(ctx, q)
	into.Teams = map[string]Team{}
	for _, t := range all {
		into.Teams[t.ID] = teamOf(t, n)
	}
	return err
}

func readServices(ctx context.Context, q roster.Querier, into *Document, _ names) error {
	all, err := roster.Services(ctx, q)
	into.Services = map[string]Service{}
	for _, s := range all {
		into.Services[s.ID] = serviceOf(s)
	}
	return err
}

func readPolicies(ctx context.Context, q roster.Querier, into *Document, n names) error {
	all, err := escalation.Policies(ctx, q)
	into.Policies = map[string]Policy{}
	for _, p := range all {
		into.Policies[p.ID] = policyOf(p, n)
	}
	return err
}

// writer makes the database equal to a document.
type writer struct {
	tx         pgx.Tx
	have, want *Document
	now        time.Time
	differs    map[string]bool // group.name
	all        bool            // handles stand for other people than before, so everything is written anew
}

func newWriter(tx pgx.Tx, have, want *Document, plan *Plan, now time.Time) *writer {
	w := &writer{tx: tx, have: have, want: want, now: now, differs: map[string]bool{}}
	for _, d := range plan.Differences {
		w.differs[d.Group+"."+d.Name] = true
	}
	for handle, p := range have.People {
		if becomes, stays := want.People[handle]; stays && becomes.Slack != p.Slack {
			w.all = true
		}
	}
	return w
}

// write does what the plan says. People come first, since all else names them.
func (a *Applier) write(ctx context.Context, w *writer) error {
	n := namesOfPeople(w.want.People)
	idOf := func(handle string) incident.PersonID { return n.ids[handle] }
	for _, step := range []func() error{
		func() error { return w.people(ctx) },
		func() error { return a.writeContacts(ctx, w) },
		func() error {
			return group(ctx, w, "teams", w.have.Teams, w.want.Teams, roster.DeleteTeam,
				func(id string, t Team) error { return roster.SaveTeam(ctx, w.tx, t.row(id, n)) })
		},
		func() error {
			return group(ctx, w, "services", w.have.Services, w.want.Services, roster.DeleteService,
				func(id string, s Service) error { return roster.SaveService(ctx, w.tx, s.row(id)) })
		},
		func() error {
			return group(ctx, w, "policies", w.have.Policies, w.want.Policies, escalation.DeletePolicy,
				func(id string, p Policy) error { return escalation.SavePolicy(ctx, w.tx, p.row(id, n)) })
		},
		func() error {
			return group(ctx, w, "schedules", w.have.Schedules, w.want.Schedules, oncall.Delete,
				func(id string, s Schedule) error { return oncall.Save(ctx, w.tx, s.row(id, idOf), s.UserGroup) })
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// group deletes and saves what differs within one group.
func group[T any](ctx context.Context, w *writer, name string, have, want map[string]T,
	del func(context.Context, pgx.Tx, string) error, save func(id string, one T) error) error {
	for _, id := range sortedNames(have) {
		if _, stays := want[id]; !stays {
			if err := del(ctx, w.tx, id); err != nil {
				return err
			}
		}
	}
	for _, id := range sortedNames(want) {
		if w.all || w.differs[name+"."+id] {
			if err := save(id, want[id]); err != nil {
				return err
			}
		}
	}
	return nil
}

// people removes who is not in the file any more, then saves who differs.
func (w *writer) people(ctx context.Context) error {
	stay := namesOfPeople(w.want.People).handles
	var gone []incident.PersonID
	for _, handle := range sortedNames(w.have.People) {
		id := incident.PersonID(w.have.People[handle].Slack)
		if _, stays := stay[id]; !stays {
			gone = append(gone, id)
		}
	}
	if err := roster.RemovePeople(ctx, w.tx, gone, w.now); err != nil {
		return err
	}
	var changed []roster.Person
	for _, handle := range sortedNames(w.want.People) {
		if w.all || w.differs["people."+handle] {
			changed = append(changed, w.want.People[handle].row(handle))
		}
	}
	return roster.SavePeople(ctx, w.tx, changed)
}
