package view

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/timeline"
)

// Duty is who is on call in one schedule.
type Duty struct {
	Schedule string // id
	Name     string
	Zone     *time.Location
	Now      []oncall.Shift // nobody: a gap
	Next     []incident.PersonID
	NextFrom time.Time

	Group string              // handle of the user group that follows the schedule; "" for none
	Holds []incident.PersonID // who is in it, as Slack last told
}

// How many schedules an answer shows before it counts the rest.
const maxDuties = 25

// OnCall says who is on call now, until when, and who comes next. Times are shown
// in the reader's own zone and on the schedule's wall clock.
func OnCall(duties []Duty, command string) Message {
	if len(duties) == 0 {
		text := "There are no schedules yet. They come from the organisation file; `" + command + " page @person` works without."
		return Message{Text: text, Blocks: []slack.Block{section(text)}}
	}
	var lines []string
	for _, d := range duties[:min(len(duties), maxDuties)] {
		lines = append(lines, dutyLines(d))
	}
	if more := len(duties) - maxDuties; more > 0 {
		lines = append(lines, "and "+strconv.Itoa(more)+" more: `"+command+" oncall <schedule>`")
	}
	return Message{Text: Truncate(strings.Join(lines, "\n"), MaxMessageText), Blocks: packed(lines)}
}

func dutyLines(d Duty) string {
	head := bold(said(d.Name, 80)) + " (" + said(d.Schedule, 60) + ", " + d.Zone.String() + ")"
	var now []string
	for _, s := range d.Now[:min(len(d.Now), maxNamed)] {
		now = append(now, Mention(string(s.Person))+until2(s.Until, d.Zone))
	}
	line := ":telephone_receiver: " + strings.Join(now, ", ")
	if more := len(d.Now) - maxNamed; more > 0 {
		line += " and " + count(more, "more person", "more people")
	}
	if len(d.Now) == 0 {
		line = ":warning: *nobody* is on call now" + stillHeld(d)
	}
	next := "nobody within the next two years"
	if len(d.Next) > 0 {
		next = people(d.Next) + " from " + zoned(d.NextFrom, d.Zone)
	}
	return head + "\n" + line + "\nNext: " + next
}

// stillHeld says whom a mention of the user group reaches while nobody is on call.
func stillHeld(d Duty) string {
	if d.Group == "" || len(d.Holds) == 0 {
		return ""
	}
	return "; the user group " + groupName(d.Group) + " holds " + people(d.Holds) + ", since Slack has no empty groups"
}

// groupName is a user group by its handle. It mentions nobody.
func groupName(handle string) string { return bold("@" + said(handle, 60)) }

func until2(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return " until " + zoned(t, zone)
}

// zoned is an instant for the reader, and what the wall clock of a zone shows.
func zoned(t time.Time, zone *time.Location) string {
	return moment(t) + " (" + t.In(zone).Format("Mon 15:04") + " " + zone.String() + ")"
}

// Spanning says a span in full, so that a slip shows: from when, until when, in the
// reader's own zone and on the wall clock of a zone, and how long that is.
func Spanning(from, until time.Time, zone *time.Location) string {
	return "from " + zoned(from, zone) + " until " + zoned(until, zone) + ", for " + lasting(from, until)
}

// lasting is how long a span is, to the minute unless it is shorter.
func lasting(from, until time.Time) string {
	d := until.Sub(from)
	if d >= time.Minute {
		d = d.Round(time.Minute)
	}
	return timeline.Span(d)
}

// Overrides lists what people changed in a schedule, each with a button that takes
// it back.
func Overrides(name string, zone *time.Location, list []oncall.Planned, command string) Message {
	text := "*" + said(name, 80) + "* has no overrides to come. `" + command + " override <schedule> @person from 18:00 until tomorrow 09:00` makes one."
	if len(list) == 0 {
		return Message{Text: text, Blocks: []slack.Block{section(text)}}
	}
	text = "*Overrides of " + said(name, 80) + "*"
	blocks := []slack.Block{section(text)}
	for _, o := range list[:min(len(list), maxListed)] {
		remove := confirmed(button("Remove", "remove_override", ":"+strconv.FormatInt(o.ID, 10)), "Remove it?", "From now on the schedule counts again.", "Remove it", "Leave it")
		blocks = append(blocks, sectionWith(remove, overrideLine(o, zone)))
	}
	if more := len(list) - maxListed; more > 0 {
		blocks = append(blocks, small("and "+strconv.Itoa(more)+" more"))
	}
	return Message{Text: text, Blocks: blocks}
}

// OverrideSaved confirms an override, in words that show a slip, and adds what may
// surprise about it.
func OverrideSaved(name string, zone *time.Location, o oncall.Planned, remarks []oncall.Finding) string {
	text := "*" + said(name, 80) + "*: " + overrideLine(o, zone)
	for _, r := range remarks {
		text += "\n:warning: " + said(r.Text, maxLine)
	}
	return text
}

func overrideLine(o oncall.Planned, zone *time.Location) string {
	what := ""
	switch o.Action {
	case oncall.Set:
		what = Mention(string(o.Person)) + " alone is on call"
	case oncall.Add:
		what = Mention(string(o.Person)) + " is on call as well"
	case oncall.Remove:
		what = Mention(string(o.Replaced)) + " is not on call"
	case oncall.Replace:
		what = Mention(string(o.Person)) + " stands in for " + Mention(string(o.Replaced))
	}
	return what + " " + Spanning(o.From, o.Until, zone) + because(o.Reason)
}

// Cover asks others to stand in, and says afterwards who does.
func Cover(c oncall.Cover, name string, zone *time.Location) Message {
	span := Spanning(c.Holds(), c.Until, zone)
	ask := Mention(string(c.Person)) + " asks for cover in *" + said(name, 80) + "* " + span + because(c.Reason)
	fallback := "Cover wanted in " + said(name, 80)
	switch c.State {
	case oncall.CoverTaken:
		return Message{Text: fallback + ": taken", Blocks: []slack.Block{section(":white_check_mark: "+Mention(string(c.TakenBy))+" stands in for "+Mention(string(c.Person))+" in *"+said(name, 80)+"*", span)}}
	case oncall.CoverWithdrawn:
		return Message{Text: fallback + ": withdrawn", Blocks: []slack.Block{section(":heavy_minus_sign: "+Mention(string(c.Person))+" needs no cover any more in *"+said(name, 80)+"*", span)}}
	case oncall.CoverPast:
		return Message{Text: fallback + ": over", Blocks: []slack.Block{section(":heavy_minus_sign: Nobody took it: " + ask)}}
	}
	id := ":" + strconv.FormatInt(c.ID, 10)
	return Message{Text: fallback, Blocks: []slack.Block{section(":raised_hand: " + ask),
		actions(primary(button("I take it", "take_cover", id)), button("Not needed any more", "withdraw_cover", id))}}
}

// Handoff tells a person that their shift begins or ends, with what is open. Kept is
// the handle of the user group that they stay in although their shift is over.
func Handoff(n oncall.Notice, open []*incident.Incident, kept, command string) Message {
	var lines []string
	switch {
	case n.Kind == oncall.ShiftStarts:
		lines = append(lines, ":telephone_receiver: *You are on call now* in "+bold(said(n.Name, 80))+until2(n.Until, n.Zone))
		if len(n.Others) > 0 {
			lines = append(lines, "You take over from "+people(n.Others)+".")
		}
	case len(n.Others) > 0:
		lines = append(lines, ":wave: *Your shift is over* in "+bold(said(n.Name, 80))+". "+people(n.Others)+" took over.")
	default:
		lines = append(lines, ":wave: *Your shift is over* in "+bold(said(n.Name, 80))+". :warning: Nobody comes after you.")
	}
	if kept != "" {
		lines = append(lines, "You stay in the user group "+groupName(kept)+" until somebody is on call, since Slack has no empty groups.")
	}
	lines = append(lines, count(len(open), "incident is open", "incidents are open")+":")
	if len(open) == 0 {
		lines[len(lines)-1] = ":sunny: Nothing is open."
	}
	for _, i := range open[:min(len(open), maxOpenAtHandoff)] {
		lines = append(lines, listed(i))
	}
	return Message{Text: Truncate(strings.Join(lines[:1], " "), MaxMessageText), Blocks: append(packed(lines), small("`"+command+" me` shows how you are reached."))}
}

// How many incidents a hand-off names.
const maxOpenAtHandoff = 10

// GroupRefused says that Slack does not let a user group hold who is on call.
func GroupRefused(handle string, schedules []string, on []incident.PersonID, reason string) Message {
	var names []string
	for _, s := range schedules {
		names = append(names, bold(said(s, 80)))
	}
	text := ":warning: The user group " + groupName(handle) + " does not hold everybody who is on call in " + listedShort(names) + ": " + people(on) +
		"\n" + said(reason, maxLine) + " It is tried again every hour, and when others are on call."
	return Message{Text: Truncate(text, MaxMessageText), Blocks: []slack.Block{section(text)}}
}

// listedShort is the first few of a list.
func listedShort(all []string) string {
	if more := len(all) - maxNamed; more > 0 {
		return strings.Join(all[:maxNamed], ", ") + " and " + strconv.Itoa(more) + " more"
	}
	return strings.Join(all, ", ")
}
