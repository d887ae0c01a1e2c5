package roster_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/roster"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestPeopleAreSavedRemovedAndBack(t *testing.T) {
	t.Parallel()
	tx, ctx := pgtest.Tx(t), t.Context()
	ann := roster.Person{ID: "U0RANN", Handle: "r-ann", Name: "Ann", Zone: "Europe/Berlin"}
	ben := roster.Person{ID: "U0RBEN", Handle: "r-ben", Name: "Ben", Zone: "UTC"}
	for range 2 { // twice is once
		if err := roster.SavePeople(ctx, tx, []roster.Person{ann, ben}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := roster.RemovePeople(ctx, tx, []incident.PersonID{ben.ID}, noon); err != nil {
			t.Fatal(err)
		}
	}
	people, err := roster.People(ctx, tx)
	if d := cmp.Diff([]roster.Person{ann}, people); d != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, d)
	}
	gone, err := roster.Removed(ctx, tx, []incident.PersonID{ann.ID, ben.ID})
	if err != nil || gone[ann.ID] || !gone[ben.ID] {
		t.Errorf("removed: %v, %v", gone, err)
	}
	if _, ok, err := roster.PersonByHandle(ctx, tx, "r-ben"); ok || err != nil {
		t.Errorf("a removed person still has a handle: %v, %v", ok, err)
	}
	if err := roster.SavePeople(ctx, tx, []roster.Person{ben}); err != nil {
		t.Fatal(err)
	}
	if back, ok, err := roster.PersonByHandle(ctx, tx, "r-ben"); !ok || err != nil || back != ben {
		t.Errorf("back is %+v, %v, %v", back, ok, err)
	}
}

func TestPeopleSwapHandles(t *testing.T) {
	t.Parallel()
	tx, ctx := pgtest.Tx(t), t.Context()
	swap := func(a, b string) {
		t.Helper()
		if err := roster.SavePeople(ctx, tx, []roster.Person{{ID: "U0SWAP1", Handle: a, Zone: "UTC"}, {ID: "U0SWAP2", Handle: b, Zone: "UTC"}}); err != nil {
			t.Fatal(err)
		}
	}
	swap("swap-a", "swap-b")
	swap("swap-b", "swap-a")
	if p, _, err := roster.ReadPerson(ctx, tx, "U0SWAP1"); err != nil || p.Handle != "swap-b" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestTeamsAndServicesAreKeptWhole(t *testing.T) {
	t.Parallel()
	tx, ctx := pgtest.Tx(t), t.Context()
	team := roster.Team{ID: "web", Name: "Web", Channel: "#web", Policy: "web", Manager: "U0RANN", Members: []incident.PersonID{"U0RANN", "U0RBEN"}}
	shop := roster.Service{ID: "shop", Name: "Shop", Team: "web", DependsOn: []string{"db"}, Urgency: roster.Urgency{
		Low: incident.SEV2, Hours: &roster.Hours{Zone: "UTC", Days: []string{"mon"}, Start: "09:00", End: "17:00"}}}
	for range 2 {
		if err := roster.SaveTeam(ctx, tx, team); err != nil {
			t.Fatal(err)
		}
		if err := roster.SaveService(ctx, tx, shop); err != nil {
			t.Fatal(err)
		}
	}
	teams, err := roster.Teams(ctx, tx)
	if d := cmp.Diff([]roster.Team{team}, teams); d != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, d)
	}
	services, err := roster.Services(ctx, tx)
	if d := cmp.Diff([]roster.Service{shop}, services); d != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, d)
	}
	for range 2 {
		if err := roster.DeleteTeam(ctx, tx, "web"); err != nil {
			t.Fatal(err)
		}
		if err := roster.DeleteService(ctx, tx, "shop"); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok, err := roster.ReadTeam(ctx, tx, "web"); ok || err != nil {
		t.Errorf("a deleted team is there: %v, %v", ok, err)
	}
	if _, ok, err := roster.ReadService(ctx, tx, "shop"); ok || err != nil {
		t.Errorf("a deleted service is there: %v, %v", ok, err)
	}
}

func TestLaterWordOfSlackWins(t *testing.T) {
	t.Parallel()
	tx, ctx := pgtest.Tx(t), t.Context()
	say := func(at time.Time, members ...incident.PersonID) {
		t.Helper()
		if err := roster.SaveGroupMembers(ctx, tx, "S0GROUP", "oncall", members, at); err != nil {
			t.Fatal(err)
		}
	}
	say(noon.Add(time.Minute), "U0RANN")
	say(noon, "U0RBEN")
	members, err := roster.GroupMembers(ctx, tx, "S0GROUP")
	if err != nil || !cmp.Equal(members, []incident.PersonID{"U0RANN"}) {
		t.Errorf("members %v, %v", members, err)
	}
	say(noon.Add(time.Hour))
	if members, err = roster.GroupMembers(ctx, tx, "S0GROUP"); err != nil || len(members) != 0 {
		t.Errorf("members %v, %v", members, err)
	}
}
