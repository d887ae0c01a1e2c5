package view

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident/escalation"
	"github.com/tocsinhq/tocsin/incident/oncall"
	"github.com/tocsinhq/tocsin/incident/paging"
)

// Me is how a person is reached, and when they are on call.
type Me struct {
	Contacts []paging.Contact
	High     []paging.Rule
	Low      []paging.Rule
	Own      bool     // the person has an order of their own for one of the urgencies
	Warnings []string // what keeps pages from the person
	Shifts   []oncall.PersonShift
	Pages    []*escalation.Escalation // that ask for the person
	Note     string                   // what a click has just done
	Answered string                   // the same as safe mrkdwn
	Now      time.Time
	Command  string
}

// How many shifts a person is shown.
const maxShifts = 8

// How many contact methods a person is shown; nobody has as many.
const maxContactRows = 35

// MeModal shows a person how they are reached, with buttons to change it. It has
// nothing to send.
func MeModal(m Me) slack.ModalViewRequest {
	v := Notice("")
	v.Title = plain("You and on-call", MaxViewTitle)
	blocks := append(sections(reasoned(m.Note, maxLine), Truncate(m.Answered, maxQuote)), meWarnings(m)...)
	blocks = append(blocks, awakeBlocks(m)...)
	blocks = append(blocks, header("Your shifts"), section(shiftLines(m)...), header("How you are reached"))
	for _, c := range m.Contacts[:min(len(m.Contacts), maxContactRows)] {
		blocks = append(blocks, contactBlocks(c, m.Contacts)...)
	}
	blocks = append(blocks, section(append([]string{"*Pages that cannot wait*"}, ruleLines(m.High, m.Contacts)...)...),
		section(append([]string{"*Pages that can wait*"}, ruleLines(m.Low, m.Contacts)...)...), meActions(m))
	v.Blocks = slack.Blocks{BlockSet: blocks}
	return v
}

func meActions(m Me) *slack.ActionBlock {
	row := []slack.BlockElement{primary(button("Add a way…", "me_add", ":")), button("Change the order…", "me_rules", ":")}
	if m.Own {
		row = append(row, confirmed(button("Usual order", "me_usual", ":"), "Back to the usual order?", "Your own order is forgotten. "+usualOrder(m.Contacts), "Use the usual one", "Keep mine"))
	}
	return actions(append(row, button("What you are told…", "me_outcomes", ":"), button("Calendar…", "me_calendar", ":"))...)
}

// awakeBlocks tell what asks for the person, who may say that they are awake.
func awakeBlocks(m Me) []slack.Block {
	if len(m.Pages) == 0 {
		return nil
	}
	blocks := append([]slack.Block{header("You are asked for")}, pageLines(m, ":form")...)
	return append(blocks, actions(button("I'm awake", "me_awake", ":")), small("For an hour you are not told the same again unless it gets worse. It acknowledges nothing."))
}

// pageLines are what asks for the person, with a button beside what still waits; where
// says to the button which view it stands in.
func pageLines(m Me, where string) []slack.Block {
	var blocks []slack.Block
	for _, e := range m.Pages[:min(len(m.Pages), maxRuns)] {
		line := e.Incident.String() + " · " + runHead(e)
		if e.State != escalation.Triggered {
			blocks = append(blocks, section(line))
			continue
		}
		blocks = append(blocks, sectionWith(primary(button("Acknowledge", "me_ack", ":"+e.Incident.String()+where)), line))
	}
	if more := len(m.Pages) - maxRuns; more > 0 {
		blocks = append(blocks, small("and "+strconv.Itoa(more)+" more"))
	}
	return blocks
}

func meWarnings(m Me) []slack.Block {
	var lines []string
	for _, w := range m.Warnings {
		lines = append(lines, ":warning: "+reasoned(w, maxLine))
	}
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{section(lines...)}
}

// shiftLines are the shifts to come, and the one that goes on.
func shiftLines(m Me) []string {
	var lines []string
	for _, s := range m.Shifts[:min(len(m.Shifts), maxShifts)] {
		line := moment(s.From) + " to " + moment(s.Until)
		if !s.From.After(m.Now) {
			line = "*now*, until " + moment(s.Until)
		}
		lines = append(lines, "• "+said(s.Name, 80)+": "+line)
	}
	if len(lines) == 0 {
		lines = []string{"You have no shift within the next year."}
	}
	return lines
}

// contactBlocks are one of a person's contact methods, with what can be done to it.
func contactBlocks(c paging.Contact, all []paging.Contact) []slack.Block {
	id := ":" + strconv.FormatInt(int64(c.ID), 10)
	var row []slack.BlockElement
	switch {
	case !c.DisabledAt.IsZero():
		row = append(row, primary(button("Enable", "me_enable", id)))
	case c.VerifiedAt.IsZero():
		row = append(row, primary(button("Enter the code…", "me_verify", id)))
	default:
		row = append(row, button("Test", "me_test", id),
			confirmed(button("Disable", "me_disable", id), "Disable it?", "Nothing goes there until you enable it again. "+whatRemains(c, all), "Disable", "Keep it"))
	}
	if !c.Managed {
		row = append(row, confirmed(button("Remove", "me_remove", id), "Remove it?", "Pages do not go there any more. "+whatRemains(c, all), "Remove", "Keep it"))
	}
	return []slack.Block{section("*" + methodTitle(c.Method) + "* " + addressOf(c) + " " + contactState(c)), actions(row...)}
}

func contactState(c paging.Contact) string {
	state := ":white_check_mark:"
	switch {
	case !c.DisabledAt.IsZero():
		state = ":no_bell: disabled" + because(c.Reason)
	case c.VerifiedAt.IsZero():
		state = ":hourglass_flowing_sand: not verified yet"
	}
	if c.Managed {
		state += " (from the organisation file)"
	}
	return state
}

// whatRemains says by what else a person is reached, if by anything.
func whatRemains(but paging.Contact, all []paging.Contact) string {
	var others []string
	for _, c := range all {
		if name := c.Method.String(); c.ID != but.ID && c.Usable() && !slices.Contains(others, name) {
			others = append(others, name)
		}
	}
	if len(others) == 0 {
		return "No other way to you works: no page will reach you."
	}
	return "You can still be reached by " + parts(" or ", others...) + "."
}

func methodTitle(m paging.Method) string {
	name := m.String()
	return strings.ToUpper(name[:1]) + name[1:]
}

func addressOf(c paging.Contact) string {
	if c.Method == paging.MethodSlack {
		return Mention(c.Address)
	}
	return said(c.Address, 120)
}

// AddContactModal asks for a way to reach the person.
func AddContactModal() slack.ModalViewRequest {
	var options []*slack.OptionBlockObject
	for _, m := range []paging.Method{paging.MethodSMS, paging.MethodVoice, paging.MethodEmail, paging.MethodPush, paging.MethodSlack} {
		options = append(options, option(methodTitle(m), string(m)))
	}
	return form("me_add", "Add a way", "Add", "",
		input("method", "How?", menu("method", "How", options, string(paging.MethodSMS))),
		hinted(optional(input("address", "Where?", typing("+15550100123", "", 200, false))), "A number with its country code, an address or a push topic; empty for your own Slack. A code is sent there."))
}

// VerifyModal asks for the code that was sent to a contact method.
func VerifyModal(c paging.Contact) slack.ModalViewRequest {
	return form("me_verify", "Enter the code", "Verify", ":"+strconv.FormatInt(int64(c.ID), 10),
		section("A code is on its way to your *"+c.Method.String()+"* "+addressOf(c)+". It works for ten minutes."),
		input("code", "Code", typing("482913", "", 20, false)))
}

// OutcomesModal asks what a person wants to be told of what became of their pages.
func OutcomesModal(chosen []string) slack.ModalViewRequest {
	titles := map[string]string{paging.OutcomeAcknowledged: "Somebody else has acknowledged it", paging.OutcomeEscalated: "Others are asked, too", paging.OutcomeResolved: "It is over"}
	box := &slack.CheckboxGroupsBlockElement{Type: slack.METCheckboxGroups, ActionID: "outcomes"}
	for _, o := range paging.Outcomes() {
		box.Options = append(box.Options, option(titles[o], o))
		if slices.Contains(chosen, o) {
			box.InitialOptions = append(box.InitialOptions, option(titles[o], o))
		}
	}
	return form("me_outcomes", "What you are told", "Save", "", optional(input("outcomes", "Of a page that you got, tell me when", box)))
}

// homeOnCall is what the App Home says about shifts, pages and reachability.
func homeOnCall(m Me) []slack.Block {
	blocks := append([]slack.Block{header("On call")}, meWarnings(m)...)
	blocks = append(blocks, pageLines(m, "")...)
	return append(blocks, section(shiftLines(m)...), actions(button("How you are reached…", "open_me", ":")))
}
