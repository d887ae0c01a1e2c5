package view

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident/escalation"
)

func someMaintenance() []Maintained {
	return []Maintained{
		{Maintenance: escalation.Maintenance{ID: 3, Service: "checkout", From: noon, Until: noon.Add(2 * time.Hour), Mode: escalation.Hold, Reason: "The <new> database", By: alice}, Name: "Checkout & <co>"},
		{Maintenance: escalation.Maintenance{ID: 4, From: noon, Until: noon.Add(time.Hour), Mode: escalation.Drop}},
		{Maintenance: escalation.Maintenance{ID: 5, Service: "gone", Mode: escalation.Hold}, Name: "gone"},
	}
}

func addMaintenance(views map[string]any) {
	list := someMaintenance()
	views["maintenance_list"], views["maintenance_none"] = Maintenances(list, time.UTC, "/incident"), Maintenances(nil, time.UTC, "/incident")
	views["maintenance_told"], views["maintenance_told_over"] = MaintenanceTold(list[0], false), MaintenanceTold(list[0], true)
	views["maintenance_begun"] = oneSection(MaintenanceBegun(list[0], time.UTC, "/incident"))
	views["maintenance_dropped"] = oneSection(MaintenanceBegun(list[1], time.UTC, "/incident"))
	views["maintenance_ended"] = oneSection(MaintenanceEnded(list[:1], list[1:], time.UTC))
}

func oneSection(text string) Message {
	return Message{Text: text, Blocks: []slack.Block{section(text)}}
}

func TestMaintenanceSaysWhatStillHoldsPagesBack(t *testing.T) {
	t.Parallel()
	list := someMaintenance()
	if text := MaintenanceEnded(list[:1], list[1:2], time.UTC); strings.Contains(text, "paged now") {
		t.Errorf("something else still holds pages back, and it says:\n%s", text)
	}
	if text := MaintenanceEnded(list[:1], nil, time.UTC); !strings.Contains(text, "paged now") {
		t.Errorf("nothing holds pages back any more, and it says:\n%s", text)
	}
}
