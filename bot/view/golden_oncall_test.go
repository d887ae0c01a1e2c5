package view

import (
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// berlin is a zone that needs no database of zones.
var berlin = time.FixedZone("Europe/Berlin", 60*60)

func aDuty() Duty {
	return Duty{Schedule: "payments-primary", Name: "Payments primary", Zone: berlin, Now: []oncall.Shift{{Person: alice, From: noon, Until: noon.Add(44 * time.Hour)}},
		Next: []incident.PersonID{bob}, NextFrom: noon.Add(44 * time.Hour)}
}

func aCover(state oncall.CoverState) oncall.Cover {
	c := oncall.Cover{ID: 3, Schedule: "payments-primary", Person: alice, From: noon.Add(time.Hour), Until: noon.Add(9 * time.Hour), Reason: "My sister’s wedding", State: state}
	if state == oncall.CoverTaken {
		c.TakenBy = bob
	}
	return c
}

func aPerson() Me {
	sms := paging.Contact{ID: 2, Person: alice, Method: paging.MethodSMS, Address: "+15550100101", VerifiedAt: noon, Managed: true}
	voice := paging.Contact{ID: 3, Person: alice, Method: paging.MethodVoice, Address: "+15550100102"}
	slack := paging.Contact{ID: 1, Person: alice, Method: paging.MethodSlack, Address: string(alice), VerifiedAt: noon}
	mail := paging.Contact{ID: 4, Person: alice, Method: paging.MethodEmail, Address: "alice@example.com", VerifiedAt: noon, DisabledAt: noon, Reason: "It bounces."}
	return Me{Contacts: []paging.Contact{slack, sms, voice, mail}, Now: noon, Command: "/incident", Own: true,
		High: []paging.Rule{{Position: 1, Contact: slack}, {Position: 2, After: time.Minute, Contact: sms}, {Position: 3, After: 90 * time.Second, Contact: voice}, {Position: 4, After: 4 * time.Minute, Contact: sms}},
		Low:  []paging.Rule{{Position: 1, Contact: slack}}, Warnings: []string{"Pages of low urgency go by Slack alone; add a second contact method."},
		Shifts: []oncall.PersonShift{{Schedule: "payments-primary", Name: "Payments primary", Shift: oncall.Shift{Person: alice, From: noon, Until: noon.Add(time.Hour)}},
			{Schedule: "payments-primary", Name: "Payments primary", Shift: oncall.Shift{Person: alice, From: noon.Add(168 * time.Hour), Until: noon.Add(336 * time.Hour)}}},
		Pages: []*escalation.Escalation{climbing()}}
}

func addOnCall(views map[string]any) {
	gap := aDuty()
	gap.Now, gap.Next = nil, nil
	views["oncall"], views["oncall_none"] = OnCall([]Duty{aDuty(), gap}, "/incident"), OnCall(nil, "/incident")
	views["oncall_steps"] = OnCallSteps("Checkout", []DutyStep{{Number: 1, Duties: []Duty{aDuty()}},
		{Number: 2, After: 5 * time.Minute, People: []incident.PersonID{bob}, Others: []DutyGroup{{"the team Payments & <co>", []incident.PersonID{alice, bob}}, {Name: "a webhook"}}},
		{Number: 3, After: 90 * time.Minute}, {People: []incident.PersonID{alice}}}, "/incident")
	views["oncall_steps_none"] = OnCallSteps("Checkout", nil, "/incident")
	override := func(a oncall.Action) oncall.Planned {
		return oncall.Planned{Override: oncall.Override{ID: 7, Action: a, Person: bob, Replaced: alice, From: noon, Until: noon.Add(time.Hour)}, Reason: "Doctor"}
	}
	views["overrides"] = Overrides("Payments primary", berlin, []oncall.Planned{override(oncall.Set), override(oncall.Add), override(oncall.Remove), override(oncall.Replace)}, "/incident")
	views["overrides_none"] = Overrides("Payments primary", berlin, nil, "/incident")
	for _, state := range []oncall.CoverState{oncall.CoverOpen, oncall.CoverTaken, oncall.CoverWithdrawn, oncall.CoverPast} {
		views["cover_"+string(state)] = Cover(aCover(state), "Payments primary", berlin)
	}
	late := aCover(oncall.CoverTaken)
	late.TakenAt = late.From.Add(2 * time.Hour)
	views["cover_taken_late"] = Cover(late, "Payments primary", berlin)
	start := oncall.Notice{Schedule: "payments-primary", Name: "Payments primary", Zone: berlin, Person: alice, At: noon, Kind: oncall.ShiftStarts, Until: noon.Add(time.Hour), Others: []incident.PersonID{bob}}
	end, alone := start, start
	end.Kind, alone.Kind, alone.Others = oncall.ShiftEnds, oncall.ShiftEnds, nil
	views["handoff_start"] = Handoff(start, []*incident.Incident{ongoing()}, "", "/incident")
	views["handoff_end"], views["handoff_alone"] = Handoff(end, nil, "", "/incident"), Handoff(alone, nil, "", "/incident")
	views["handoff_kept"] = Handoff(alone, nil, "payments-oncall", "/incident")
	still := gap
	still.Group, still.Holds = "payments-oncall", []incident.PersonID{alice}
	views["oncall_group"] = OnCall([]Duty{still}, "/incident")
	views["group_refused"] = GroupRefused("payments-oncall", []string{"Payments primary", "Front <desk>"}, []incident.PersonID{alice, bob}, "The user group is full. Take people out of the schedule, or use another group.")
	primary := Choice{Text: "Payments primary", Value: "payments-primary"}
	views["modal_override"], views["modal_cover"] = OverrideModal(primary, bob, noon), CoverModal(primary, noon, noon.Add(time.Hour))
	views["modal_me"], views["modal_me_nothing"], views["modal_me_add"] = MeModal(aPerson()), MeModal(Me{Now: noon}), AddContactModal()
	views["modal_me_verify"], views["modal_me_rules"] = VerifyModal(aPerson().Contacts[2]), RulesModal(aPerson())
	views["modal_me_outcomes"] = OutcomesModal([]string{paging.OutcomeResolved})
	me := aPerson()
	views["home_oncall"] = Home(HomeData{Person: alice, Command: "/incident", Me: &me})
	views["why"] = Explained(Delivered([]paging.Line{
		{Person: alice, Method: paging.MethodSlack, State: paging.StateDelivered, At: noon}, {Person: alice, Method: paging.MethodSMS, State: paging.StatePlanned, At: noon},
		{Person: alice, Method: paging.MethodVoice, State: paging.StateFailed, Reason: "The number does not exist.", At: noon}, {Person: bob, Reason: "No contact method is verified."}}))
}

func TestAnExplanationOfAnyLengthFits(t *testing.T) {
	t.Parallel()
	var lines []string
	for range 500 {
		lines = append(lines, strings.Repeat("long ", 200))
	}
	m := Explained(lines)
	mustBeAccepted(t, m)
	if !strings.Contains(string(encode(t, m)), "461 more lines") {
		t.Error("the lines that are left out are not counted")
	}
}
