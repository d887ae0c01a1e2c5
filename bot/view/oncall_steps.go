package view

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// DutyStep is who is asked in one step of an escalation policy.
type DutyStep struct {
	Number int           // from 1; 0: whoever is asked when a pass reached nobody
	After  time.Duration // since paging began, while nobody acknowledges
	Duties []Duty
	People []incident.PersonID // who are named in it
	Others []DutyGroup
}

// DutyGroup is something else that a step asks: a team, a channel.
type DutyGroup struct {
	Name   string // as in "the team Payments"
	People []incident.PersonID
}

// OnCallSteps says who is on call by the steps of a policy, in their order.
func OnCallSteps(name string, steps []DutyStep, command string) Message {
	var lines []string
	for _, s := range steps {
		lines = append(lines, s.title()+"\n"+strings.Join(s.lines(), "\n"))
	}
	if len(lines) == 0 {
		text := bold(said(name, 80)) + " has nobody to page. `" + command + " page @person` works without."
		return Message{Text: text, Blocks: []slack.Block{section(text)}}
	}
	return Message{Text: Truncate(strings.Join(lines, "\n"), MaxMessageText), Blocks: packed(lines)}
}

func (s DutyStep) title() string {
	switch {
	case s.Number == 0:
		return "*If nobody was there*"
	case s.After == 0:
		return "*Step " + strconv.Itoa(s.Number) + "*, at once"
	}
	return "*Step " + strconv.Itoa(s.Number) + "*, after " + timeline.SpanInFull(s.After) + " without an answer"
}

func (s DutyStep) lines() (lines []string) {
	for _, d := range s.Duties[:min(len(s.Duties), maxDuties)] {
		lines = append(lines, dutyLines(d))
	}
	if len(s.People) > 0 {
		lines = append(lines, ":bust_in_silhouette: "+people(s.People))
	}
	for _, g := range s.Others[:min(len(s.Others), maxDuties)] {
		line := "• " + said(g.Name, 80)
		if len(g.People) > 0 {
			line += ": " + people(g.People)
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		lines = append(lines, ":warning: nobody")
	}
	return lines
}
