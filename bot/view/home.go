package view

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/tocsinhq/tocsin/incident"
)

// HomeData is what a person's App Home shows.
type HomeData struct {
	Open    []*incident.Incident // what the person may see of what is open
	Mine    []*incident.Incident // where the person has a role
	MyRoles map[incident.ID][]incident.Role
	Tasks   []*incident.Task // the person's open work
	Me      *Me              // nil where nobody can be paged
	Person  incident.PersonID
	Command string
}

// Home is a person's App Home: their parts, their work, and what is open.
func Home(h HomeData) slack.HomeTabViewRequest {
	blocks := []slack.Block{actions(primary(button("Declare an incident", "open_declare", "")))}
	blocks = append(blocks, header("Your part"))
	blocks = append(blocks, homeRoles(h)...)
	blocks = append(blocks, header("Your tasks"))
	blocks = append(blocks, homeTasks(h)...)
	if h.Me != nil {
		blocks = append(blocks, homeOnCall(*h.Me)...)
	}
	blocks = append(blocks, header("Open incidents"))
	blocks = append(blocks, homeOpen(h)...)
	blocks = append(blocks, divider(), small("`"+h.Command+" help` lists everything you can type."))
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks}}
}

func homeRoles(h HomeData) []slack.Block {
	var lines []string
	for _, i := range h.Mine[:min(len(h.Mine), maxListed)] {
		var titles []string
		for _, r := range h.MyRoles[i.ID] {
			titles = append(titles, r.Title())
		}
		lines = append(lines, parts(" — ", listed(i), bold(strings.Join(titles, ", "))))
	}
	if len(lines) == 0 {
		lines = []string{"You have no role in an open incident."}
	}
	return packed(lines)
}

func homeTasks(h HomeData) []slack.Block {
	var blocks []slack.Block
	for _, t := range h.Tasks[:min(len(h.Tasks), maxTasks)] {
		blocks = append(blocks, sectionWith(tick(t.Incident, t.Number), "*"+t.Incident.String()+"* "+taskLine(t)))
	}
	if more := len(h.Tasks) - maxTasks; more > 0 {
		blocks = append(blocks, small("and "+strconv.Itoa(more)+" more"))
	}
	if len(blocks) == 0 {
		blocks = []slack.Block{section("Nothing is waiting for you.")}
	}
	return blocks
}

func homeOpen(h HomeData) []slack.Block {
	if len(h.Open) == 0 {
		return []slack.Block{section(":sunny: Nothing is open.")}
	}
	var lines []string
	for _, i := range h.Open[:min(len(h.Open), maxListed)] {
		lines = append(lines, listed(i))
	}
	if more := len(h.Open) - maxListed; more > 0 {
		lines = append(lines, "and "+strconv.Itoa(more)+" more: `"+h.Command+" list`")
	}
	return packed(lines)
}
