package organisation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/paging"
	"github.com/tocsinhq/tocsin/incident/roster"
	"github.com/tocsinhq/tocsin/migrations/pgtest"
)

func newApplier(t *testing.T) *Applier {
	t.Helper()
	pool := pgtest.DB(t)
	return &Applier{Pool: pool, Contacts: &paging.Service{Pool: pool}}
}

func (a *Applier) apply(t testing.TB, text []byte) *Plan {
	t.Helper()
	plan, err := a.Apply(t.Context(), "org.yaml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return plan
}

// nothingDiffers demands that neither plan nor apply finds anything to do.
func (a *Applier) nothingDiffers(t testing.TB, text []byte) {
	t.Helper()
	plan, err := a.Plan(t.Context(), "org.yaml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !plan.Empty() || len(plan.Shifts) > 0 {
		t.Fatalf("after it was applied there differs %+v, %+v\n%s", plan.Differences, plan.Shifts, text)
	}
}

// rows is everything that applying writes.
func (a *Applier) rows(t testing.TB) string {
	t.Helper()
	var all []string
	for _, table := range []string{"person", "team", "service", "policy", "schedule", "contact_method"} {
		var text string
		if err := a.Pool.QueryRow(t.Context(), `SELECT coalesce(string_agg(t::text, E'\n' ORDER BY t::text), '') FROM `+table+` t`).Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return strings.Join(all, "\n")
}

func TestExampleIsAppliedOnce(t *testing.T) {
	t.Parallel()
	a := newApplier(t)
	if plan := a.apply(t, example(t)); plan.Empty() {
		t.Fatal("nothing was applied")
	}
	before := a.rows(t)
	if plan := a.apply(t, example(t)); !plan.Empty() {
		t.Errorf("applied again it changes %+v", plan.Differences)
	}
	if d := cmp.Diff(before, a.rows(t)); d != "" {
		t.Errorf("applied again it writes (-before +after)\n%s", d)
	}
	a.nothingDiffers(t, example(t))
	schedules := oncall.Service{Pool: a.Pool}
	people, err := schedules.OnCall(t.Context(), a.Pool, "payments", time.Date(2026, 1, 12, 10, 0, 0, 0, time.UTC), false)
	if err != nil || !slices.Equal(people, []incident.PersonID{"U02BOB0002"}) {
		t.Errorf("on call: %v, %v; want Bob", people, err)
	}
	policy, ok, err := escalation.ReadPolicy(t.Context(), a.Pool, "payments")
	if err != nil || !ok || policy.Fallback[0] != (escalation.Target{Kind: escalation.TargetPerson, ID: "U02DAVE004"}) || policy.AckTimeout != time.Hour {
		t.Errorf("%+v, %v, %v", policy, ok, err)
	}
}

// TestAnyOrganisationIsAppliedAndExported goes from one random organisation to the
// next: whatever was there before, the file is what is there afterwards.
func TestAnyOrganisationIsAppliedAndExported(t *testing.T) {
	t.Parallel()
	a := newApplier(t)
	for seed := range uint64(40) {
		text := asWritten(t, randomOrganisation(seed))
		a.apply(t, text)
		a.nothingDiffers(t, text)
		before := a.rows(t)
		if plan := a.apply(t, text); !plan.Empty() {
			t.Fatalf("seed %d: applied again it changes %+v", seed, plan.Differences)
		}
		if d := cmp.Diff(before, a.rows(t)); d != "" {
			t.Fatalf("seed %d: applied again it writes (-before +after)\n%s", seed, d)
		}
		doc, err := a.Export(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		exported, err := doc.YAML()
		if err != nil {
			t.Fatal(err)
		}
		a.nothingDiffers(t, exported)
	}
}

func TestMistakesChangeNothing(t *testing.T) {
	t.Parallel()
	a := newApplier(t)
	a.apply(t, []byte(head))
	before := a.rows(t)
	_, err := a.Apply(t.Context(), "org.yaml", []byte(head+"teams:\n  web: {members: [bne]}"))
	var wrong *Mistakes
	if !errors.As(err, &wrong) || wrong.List[0].Line != 5 {
		t.Errorf("%v", err)
	}
	if d := cmp.Diff(before, a.rows(t)); d != "" {
		t.Errorf("(-before +after)\n%s", d)
	}
}

// TestFailureInTheMiddleChangesNothing lets the database refuse the last thing
// that is written.
func TestFailureInTheMiddleChangesNothing(t *testing.T) {
	t.Parallel()
	a := newApplier(t)
	if _, err := a.Pool.Exec(t.Context(), `ALTER TABLE schedule ADD CONSTRAINT no_platform CHECK (id <> 'platform')`); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Apply(t.Context(), "org.yaml", example(t)); err == nil {
		t.Fatal("it was applied")
	}
	if left := strings.TrimSpace(a.rows(t)); left != "" {
		t.Errorf("half of it was applied:\n%s", left)
	}
}

func TestFilesAppliedAtOnceWaitForEachOther(t *testing.T) {
	t.Parallel()
	a := newApplier(t)
	texts := [][]byte{example(t), []byte(head), asWritten(t, randomOrganisation(1)), asWritten(t, randomOrganisation(2))}
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = a.Apply(t.Context(), "org.yaml", texts[i%len(texts)]) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	doc, err := a.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if len(differences(doc, parse(t, string(text)))) == 0 {
			return
		}
	}
	t.Error("what is there is none of the files")
}

func TestHandlesAndNumbersMoveBetweenPeople(t *testing.T) {
	t.Parallel()
	a := newApplier(t)
	const rest = "\nteams:\n  web: {members: [ann]}\nschedules:\n  web: {zone: UTC, layers: [{person: ann}]}\n"
	first := "people:\n  ann: {slack: U0A, name: A, zone: UTC, contact: [{sms: +15550100001}]}\n  ben: {slack: U0B, name: B, zone: UTC, contact: [{sms: +15550100002}]}" + rest
	second := "people:\n  ann: {slack: U0B, name: B, zone: UTC, contact: [{sms: +15550100001}]}\n  ben: {slack: U0A, name: A, zone: UTC, contact: [{sms: +15550100002}]}" + rest
	a.apply(t, []byte(first))
	plan := a.apply(t, []byte(second))
	a.nothingDiffers(t, []byte(second))
	team, _, err := roster.ReadTeam(t.Context(), a.Pool, "web")
	if err != nil || !slices.Equal(team.Members, []incident.PersonID{"U0B"}) {
		t.Errorf("the team follows the handle: %v, %v; want U0B", team.Members, err)
	}
	if len(plan.Shifts) != 2 {
		t.Errorf("shifts that change: %+v", plan.Shifts)
	}
}

func TestRemovedPeopleLeaveEverything(t *testing.T) {
	t.Parallel()
	a := newApplier(t)
	a.apply(t, []byte(head+"schedules:\n  web: {zone: UTC, layers: [{person: ann}]}"))
	schedules := oncall.Service{Pool: a.Pool}
	now := incident.Now()
	if _, err := schedules.AddOverride(t.Context(), oncall.Planned{Schedule: "web",
		Override: oncall.Override{Action: oncall.Set, Person: "U0BEN", From: now, Until: now.Add(48 * time.Hour)}}, "U0ANN"); err != nil {
		t.Fatal(err)
	}
	without := "people:\n  ann: {slack: U0ANN, name: Ann, zone: Europe/Berlin}\nschedules:\n  web: {zone: UTC, layers: [{person: ann}]}"
	plan, err := a.Plan(t.Context(), "org.yaml", []byte(without))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := plan.Write(&out); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"- people.ben\n", "0 to add, 0 to change, 1 to remove.", "  ann in web:\n    + on call from ", "  ben in web:\n    - no longer on call from "} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the plan lacks %q:\n%s", line, out.String())
		}
	}
	a.apply(t, []byte(without))
	if people, err := schedules.OnCall(t.Context(), a.Pool, "web", incident.Now(), false); err != nil || !slices.Equal(people, []incident.PersonID{"U0ANN"}) {
		t.Errorf("on call: %v, %v", people, err)
	}
	a.nothingDiffers(t, []byte(without))
}

func TestAddressesThatPeopleAddedStay(t *testing.T) {
	t.Parallel()
	a := newApplier(t)
	a.apply(t, []byte(head))
	if _, err := a.Pool.Exec(t.Context(), `
		INSERT INTO contact_method (person, method, address, added_at)
		VALUES ('U0ANN', 'push', 'anns-own', $1)`, noon); err != nil {
		t.Fatal(err)
	}
	a.nothingDiffers(t, []byte(head))
	a.apply(t, []byte("people:\n  ann: {slack: U0ANN, name: Ann, zone: UTC, contact: [{email: ann@example.com}]}"))
	if rows := a.rows(t); !strings.Contains(rows, "anns-own") || !strings.Contains(rows, "ann@example.com") {
		t.Errorf("contacts:\n%s", rows)
	}
	_, err := a.Apply(t.Context(), "org.yaml", []byte(head+"  cyd: {slack: U0CYD, name: Cyd, zone: UTC, contact: [{push: anns-own}]}"))
	if incident.CodeOf(err) != incident.Conflict {
		t.Errorf("Cyd gets Ann's own address: %v", err)
	}
	const without = "people:\n  cyd: {slack: U0CYD, name: Cyd, zone: UTC, contact: [{push: anns-own}]}"
	a.apply(t, []byte(without))
	a.nothingDiffers(t, []byte(without))
}

// TestEverybodyHasUsableContacts since what stands in the file needs no proof.
func TestEverybodyHasUsableContacts(t *testing.T) {
	t.Parallel()
	a := newApplier(t)
	a.apply(t, []byte("people:\n  ann: {slack: U0ANN, name: Ann, zone: UTC}\n  ben: {slack: U0BEN, name: Ben, zone: UTC, contact: [{email: ben@EXAMPLE.com}]}"))
	for person, want := range map[incident.PersonID][]string{"U0ANN": {"slack U0ANN"}, "U0BEN": {"slack U0BEN", "email ben@example.com"}} {
		contacts, err := (&paging.Service{Pool: a.Pool}).Contacts(t.Context(), person)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range contacts {
			if !c.Usable() || !c.Managed {
				t.Errorf("%+v cannot be used", c)
			}
			got = append(got, fmt.Sprintf("%s %s", string(c.Method), c.Address))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", person, got, want)
		}
	}
}

func TestPlanChangesNothingAndHidesAddresses(t *testing.T) {
	t.Parallel()
	a := newApplier(t)
	plan, err := a.Plan(t.Context(), "org.yaml", example(t))
	if err != nil {
		t.Fatal(err)
	}
	if left := strings.TrimSpace(a.rows(t)); left != "" {
		t.Errorf("the plan wrote\n%s", left)
	}
	var out strings.Builder
	if err := plan.Write(&out); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"4915100000001", "alice@", "tocsin-bob", "/carol", "/hooks/tocsin"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the plan shows %s:\n%s", secret, out.String())
		}
	}
	fresh, err := PlanFresh("org.yaml", example(t))
	if err != nil || !cmp.Equal(fresh.Differences, plan.Differences) {
		t.Errorf("a plan for a new database differs: %v", err)
	}
}

func TestDifferencesNameTheirFields(t *testing.T) {
	t.Parallel()
	const file = "people:\n  ann: {slack: U0ANN, name: Ann, zone: UTC, contact: [{sms: +15550100001}]}\n" +
		"policies:\n  p: {steps: [{targets: [{person: ann}]}], fallback: [{person: ann}]}\n"
	changed := strings.NewReplacer("zone: UTC", "zone: Europe/Berlin", "+15550100001", "+15550200001", "[{person: ann}]}]", "[{person: ann}], delay: 0}], repeat: 0").Replace(file) +
		"teams:\n  web: {name: Web}\n"
	plan := &Plan{Differences: differences(parse(t, file), parse(t, changed))}
	var out strings.Builder
	if err := plan.Write(&out); err != nil {
		t.Fatal(err)
	}
	want := `~ people.ann
    ~ zone: UTC -> Europe/Berlin
    ~ contact[1].sms: …0001 -> …0001 (another)
+ teams.web
    name: Web
~ policies.p
    ~ steps[1].delay: 5m -> 0
    ~ repeat: 2 -> 0

1 to add, 2 to change, 0 to remove.
`
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestWarningsAreWorthKnowing(t *testing.T) {
	t.Parallel()
	a := newApplier(t)
	const file = head + `schedules:
  old: {zone: UTC, layers: [{person: ann}]}
  web: {zone: UTC, layers: [{person: ann}]}
`
	a.apply(t, []byte(file))
	now := incident.Now()
	schedules := oncall.Service{Pool: a.Pool}
	if _, err := schedules.AddOverride(t.Context(), oncall.Planned{Schedule: "old",
		Override: oncall.Override{Action: oncall.Set, Person: "U0BEN", From: now, Until: now.Add(48 * time.Hour)}}, "U0ANN"); err != nil {
		t.Fatal(err)
	}
	plan, err := a.Plan(t.Context(), "org.yaml", []byte(strings.Replace(file, "  old: {zone: UTC, layers: [{person: ann}]}\n", "", 1)))
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(plan.Warnings, "\n")
	if want := "With the schedule old, 1 override that people made go as well."; said != want {
		t.Errorf("said is %q; want %q", said, want)
	}
}
