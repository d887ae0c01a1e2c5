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
	Warnings []string // what keeps pages from the person
	Shifts   []oncall.PersonShift
	Pages    []*escalation.Escalation // that ask for the person
	Note     string                   // what a click has just done
	Now      time.Time
	Command  string
}

// How many shifts a person is shown.
const maxShifts = 8

// MeModal shows a person how they are reached, with buttons to change it. It has
// nothing to send.
func MeModal(m Me) slack.ModalViewRequest {
	v := Notice("")
	v.Title = plain("You and on-call", MaxViewTitle)
	blocks := append(sections(said(m.Note, maxLine)), meWarnings(m)...)
	blocks = append(blocks, header("Your shifts"), section(shiftLines(m)...), header("How you are reached"))
	for _, c := range m.Contacts {
		blocks = append(blocks, contactBlocks(c)...)
	}
	blocks = append(blocks, section("*Now pages*\n"+ruleLines(m.High), "*Pages that can wait*\n"+ruleLines(m.Low)),
		actions(primary(button("Add a way…", "me_add", ":")), button("Change the order…", "me_rules", ":"), button("What you are told…", "me_outcomes", ":")))
	v.Blocks = slack.Blocks{BlockSet: blocks}
	return v
}

func meWarnings(m Me) []slack.Block {
	var lines []string
	for _, w := range m.Warnings {
		lines = append(lines, ":warning: "+said(w, maxLine))
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

func contactBlocks(c paging.Contact) []slack.Block {
	id := ":" + strconv.FormatInt(int64(c.ID), 10)
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
	row := []slack.BlockElement{button("Test", "me_test", id)}
	if c.VerifiedAt.IsZero() {
		row = []slack.BlockElement{primary(button("Enter the code…", "me_verify", id))}
	}
	if !c.Managed {
		row = append(row, confirmed(button("Remove", "me_remove", id), "Remove it?", "Pages do not go there any more.", "Remove", "Keep it"))
	}
	return []slack.Block{section("*" + methodTitle(c.Method) + "* " + addressOf(c) + " " + state), actions(row...)}
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

func ruleLines(rules []paging.Rule) string {
	var lines []string
	for _, r := range rules {
		when := "at once"
		if r.After > 0 {
			when = "after " + span(r.After)
		}
		lines = append(lines, "• "+r.Contact.Method.String()+" "+when)
	}
	if len(lines) == 0 {
		return "• reach you by nothing"
	}
	return strings.Join(lines, "\n")
}

// span is how a delay is written and read: 90s, 3m, 1h30m.
func span(d time.Duration) string {
	text := d.Round(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
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

// RulesModal asks in which order and after how long a person is notified.
func RulesModal(m Me) slack.ModalViewRequest {
	how := "One way a line, such as “slack”, “sms after 1m”, “voice +15550100123 after 3m”. Empty: the usual order."
	return form("me_rules", "How you are paged", "Save", "",
		hinted(optional(input("high", "Pages that cannot wait", typing("slack", ruleText(m.High), MaxInputText, true))), how),
		hinted(optional(input("low", "Pages that can wait for the morning", typing("slack", ruleText(m.Low), MaxInputText, true))), how))
}

// ruleText writes rules as people type them.
func ruleText(rules []paging.Rule) string {
	var lines []string
	for _, r := range rules {
		line := string(r.Contact.Method)
		if r.Contact.Method != paging.MethodSlack {
			line += " " + r.Contact.Address
		}
		if r.After > 0 {
			line += " after " + span(r.After)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
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
	for _, e := range m.Pages[:min(len(m.Pages), maxRuns)] {
		blocks = append(blocks, section(e.Incident.String()+" · "+runHead(e)))
	}
	return append(blocks, section(shiftLines(m)...), actions(button("How you are reached…", "open_me", ":")))
}
