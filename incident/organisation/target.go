package organisation

import "github.com/tocsinhq/tocsin/incident/escalation"

// targetKinds in the order of the fields of Target.
var targetKinds = []escalation.TargetKind{
	escalation.TargetPerson, escalation.TargetSchedule, escalation.TargetNext, escalation.TargetTeam,
	escalation.TargetGroup, escalation.TargetChannel, escalation.TargetWebhook,
}

// values are the fields in the order of targetKinds.
func (t Target) values() []string {
	return []string{t.Person, t.Schedule, t.Next, t.Team, t.UserGroup, t.Channel, t.Webhook}
}

// parts is the kind and the name of a target that was checked.
func (t Target) parts() (kind escalation.TargetKind, name string) {
	for i, value := range t.values() {
		if value != "" {
			return targetKinds[i], value
		}
	}
	return "", ""
}

// targetOf is the target of a kind and a name.
func targetOf(kind escalation.TargetKind, name string) (t Target) {
	switch kind {
	case escalation.TargetPerson:
		t.Person = name
	case escalation.TargetSchedule:
		t.Schedule = name
	case escalation.TargetNext:
		t.Next = name
	case escalation.TargetTeam:
		t.Team = name
	case escalation.TargetGroup:
		t.UserGroup = name
	case escalation.TargetChannel:
		t.Channel = name
	case escalation.TargetWebhook:
		t.Webhook = name
	}
	return t
}
