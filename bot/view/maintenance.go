package view

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident/escalation"
)

// Maintained is a maintenance with the name of its service.
type Maintained struct {
	escalation.Maintenance
	Name string // of the service; "" for all
}

// MaintenanceBegun says exactly what is held back, until when, and what becomes of
// it. Zone is that of the reader's wall clock.
func MaintenanceBegun(m Maintained, zone *time.Location, command string) string {
	text := maintained(m) + ": no pages until " + zoned(m.Until, zone) + ", for " + lasting(m.From, m.Until) + because(m.Reason) + "\n"
	if m.Mode == escalation.Drop {
		text += "Whatever asks for somebody until then is *dropped*: nobody is paged for it, not afterwards either. What was being paged already is held back; if nobody has answered by then, it is paged at the end."
	} else {
		text += "Whatever asks for somebody until then is held back; if nobody has answered by then, it is paged at the end."
	}
	return text + " Incidents are declared as always, and people who are asked for by name are paged.\n`" + command + " maintenance end " + strconv.FormatInt(m.ID, 10) + "` ends it before."
}

// MaintenanceEnded says what happens now. Others are those that still hold it back.
func MaintenanceEnded(ended, others []Maintained, zone *time.Location) string {
	var lines []string
	for _, m := range ended {
		lines = append(lines, maintained(m)+" is over.")
	}
	if len(others) == 0 {
		return strings.Join(append(lines, "What it held back and nobody has answered is paged now."), "\n")
	}
	for _, m := range others {
		lines = append(lines, maintained(m)+" still holds pages back until "+maintainedUntil(m, zone)+".")
	}
	return strings.Join(lines, "\n")
}

// MaintenanceTold tells a channel that pages are held back, or that this is over.
func MaintenanceTold(m Maintained, over bool) Message {
	text := maintained(m) + " is over; nothing is held back by it any more."
	if !over {
		verb := "held back"
		if m.Mode == escalation.Drop {
			verb = "*dropped*"
		}
		text = maintained(m) + ": pages are " + verb + " until " + maintainedUntil(m, time.UTC) + because(m.Reason)
	}
	if m.By != "" && !over {
		text += " — " + Mention(string(m.By))
	}
	return Message{Text: text, Blocks: []slack.Block{section(text)}}
}

// Maintenances lists what is held back and until when.
func Maintenances(list []Maintained, zone *time.Location, command string) Message {
	if len(list) == 0 {
		text := "Nothing is held back: everything is paged. `" + command + " maintenance <service> 2h [reason]` holds the pages of a service."
		return Message{Text: text, Blocks: []slack.Block{section(text)}}
	}
	lines := []string{"*Maintenance*"}
	for _, m := range list[:min(len(list), maxListed)] {
		verb := "pages are held back until "
		if m.Mode == escalation.Drop {
			verb = "pages are *dropped* until "
		}
		line := maintained(m) + ": " + verb + maintainedUntil(m, zone)
		if m.By != "" {
			line += ", by " + Mention(string(m.By))
		}
		lines = append(lines, line+because(m.Reason))
	}
	if more := len(list) - maxListed; more > 0 {
		lines = append(lines, "and "+strconv.Itoa(more)+" more")
	}
	lines = append(lines, "`"+command+" maintenance end <number>` ends one, and pages what it held back.")
	return Message{Text: Truncate(strings.Join(lines, "\n"), MaxMessageText), Blocks: packed(lines)}
}

// maintained names one by its number and what it is about.
func maintained(m Maintained) string {
	of := "all services, teams and schedules"
	if m.Service != "" {
		of = bold(said(m.Name, 80))
	}
	return ":construction: Maintenance " + strconv.FormatInt(m.ID, 10) + " of " + of
}

func maintainedUntil(m Maintained, zone *time.Location) string {
	if m.Until.IsZero() {
		return "somebody ends it"
	}
	return zoned(m.Until, zone)
}
