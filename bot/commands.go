package bot

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/tocsinhq/tocsin/incident"
)

// command is one subcommand. Help, README and the manifest's hint come from
// this table.
type command struct {
	name    string
	aliases []string
	args    string // what may follow, as shown in the help
	help    string // one line
	room    bool   // it is about one incident: that of the channel, or named first
	run     func(*Bot, context.Context, Command, *incident.Incident) (Reply, error)
}

// commands is THE table of subcommands, in the order of the help.
func commands() []command {
	return []command{
		{"declare", []string{"new", "open", "start"}, "[now] [sev1-5] [private] [on <service>] [title]", "declare an incident, and page whoever is on call for the service; a form opens without a title, or when others are open and you do not say `now`", false, (*Bot).declareCommand},
		{"list", []string{"ls"}, "[all]", "incidents that are open, or the latest of all", false, (*Bot).listCommand},
		{"status", []string{"info", "show"}, "", "how things stand in this incident", true, (*Bot).statusCommand},
		{"severity", []string{"sev"}, "<sev1-5>", "re-grade the impact", true, (*Bot).severityCommand},
		{"title", []string{"rename"}, "<title>", "give it a better title", true, (*Bot).titleCommand},
		{"summary", nil, "[text]", "say what is known; without text a form opens", true, (*Bot).summaryCommand},
		{"role", []string{"assign"}, "<role> [@person]", "give a role, or take it yourself", true, (*Bot).roleCommand},
		{"lead", []string{"take", "ic"}, "[@person]", "make somebody, or yourself, Incident Commander", true, (*Bot).leadCommand},
		{"handoff", []string{"handover"}, "[role] @person", "hand your role over", true, (*Bot).handoffCommand},
		{"leave", []string{"unassign"}, "<role> [@person]", "give a role up", true, (*Bot).leaveCommand},
		{"update", []string{"comms"}, "[text] [next 30m]", "tell stakeholders, and promise the next update", true, (*Bot).updateCommand},
		{"snooze", nil, "<30m>", "move the promised update", true, (*Bot).snoozeCommand},
		{"note", []string{"log"}, "[at 14:05 [zone]] <text>", "put a note on the timeline, also for an earlier time", true, (*Bot).noteCommand},
		{"decision", []string{"decide"}, "<text>", "put a decision on record", true, (*Bot).decisionCommand},
		{"hypothesis", []string{"hypo", "theory"}, "<text> | <n> confirmed | <n> ruled-out", "raise an idea of what is wrong, or settle it", true, (*Bot).hypothesisCommand},
		{"task", []string{"todo"}, "<text> [@owner] [due friday] | <n> [@owner] [due friday]", "something to do during the incident, or another owner or date for number `n`", true, (*Bot).taskCommand},
		{"action", []string{"followup", "action-item"}, "<text> [@owner] [due 2026-12-01] | <n> [@owner] [due friday]", "an action item for afterwards, which gets a ticket; `#n` and a text rewords number `n`", true, (*Bot).actionCommand},
		{"done", []string{"tick"}, "<n>", "tick a task or action item off", true, (*Bot).doneCommand},
		{"undone", []string{"untick", "reopen-task"}, "<n>", "take back that a task or action item was done, or dropped", true, (*Bot).undoneCommand},
		{"drop", []string{"withdraw"}, "<n> [reason]", "take a task or action item off the list; it stays on record", true, (*Bot).dropCommand},
		{"tasks", []string{"actions", "items"}, "", "what is to be done, and by whom", true, (*Bot).tasksCommand},
		{"timeline", nil, "[export markdown|json|csv]", "what happened so far", true, (*Bot).timelineCommand},
		{"mitigate", []string{"mitigated"}, "", "the impact is contained, not yet over", true, (*Bot).mitigateCommand},
		{"activate", []string{"active", "accept"}, "", "accept it, or take it back from mitigated", true, (*Bot).activateCommand},
		{"resolve", []string{"resolved", "fix"}, "[cause]", "the impact is over; a form asks for times and cause", true, (*Bot).resolveCommand},
		{"reopen", nil, "[reason]", "it is not over after all", true, (*Bot).reopenCommand},
		{"cancel", []string{"false-alarm"}, "[reason]", "it was no incident", true, (*Bot).cancelCommand},
		{"close", nil, "", "the paperwork is done", true, (*Bot).closeCommand},
		{"milestone", []string{"milestones"}, "[impact-started 14:02 [zone]] [because …]", "correct a time that was noted wrongly", true, (*Bot).milestoneCommand},
		{"postmortem", []string{"pm", "retro"}, "[refresh | write | review | publish]", "the review document", true, (*Bot).postmortemCommand},
		{"page", []string{"call"}, "[INC-…] @person | <service, team, schedule or policy> [reason]", "wake somebody; outside a war room it begins an incident in triage", false, (*Bot).pageCommand},
		{"ack", []string{"acknowledge", "got"}, "[INC-…]", "say that you have it: the paging stops", false, (*Bot).ackCommand},
		{"unack", nil, "[INC-…] [what]", "say that you do not have it after all: it pages again; what somebody else has must be named", false, (*Bot).unackCommand},
		{"escalate", nil, "[INC-…] [what]", "ask whoever comes next, now, for what nobody has acknowledged, or for what is named", false, (*Bot).escalateCommand},
		{"hold", nil, "[INC-…] <30m>", "put the paging off; afterwards it pages again", false, (*Bot).holdCommand},
		{"maintenance", []string{"mute"}, "[<service | all> <2h | until 14:00> [drop] [reason] | end <service | n>]", "hold the pages of a service for a while; alone it lists what is held", false, (*Bot).maintenanceCommand},
		{"oncall", []string{"on-call", "who"}, "[schedule, service or team]", "who is on call now, until when, and who comes next", false, (*Bot).oncallCommand},
		{"override", nil, "[<schedule> [@person from 18:00 until tomorrow 09:00 [instead of @other | as well]]]", "change who is on call for a while; a schedule alone lists what was changed", false, (*Bot).overrideCommand},
		{"cover", nil, "[<schedule> [from …] until … [because …]]", "ask others to stand in for you", false, (*Bot).coverCommand},
		{"me", []string{"my"}, "", "your shifts, and how you are reached", false, (*Bot).meCommand},
		{"calendar", []string{"ical"}, "[schedule] | list | revoke <n>", "a secret address of your shifts, or of a schedule, for your calendar program", false, (*Bot).calendarCommand},
		{"why", nil, "[INC-…] [@person] | <service, team, schedule or policy> [at 03:00]", "what was done to reach somebody, or who would be asked", false, (*Bot).whyCommand},
		{"brief", nil, "", "ten lines for somebody who just arrived", true, (*Bot).briefCommand},
		{"help", []string{"?"}, "[command]", "this list, or one command", false, (*Bot).helpCommand},
	}
}

// runCommand finds the subcommand, and the incident it is about, and runs it.
// Without one it shows the incident of the room, or else the open ones.
func (b *Bot) runCommand(ctx context.Context, c Command) (Reply, error) {
	if c.Name == "" {
		return b.overview(ctx, c)
	}
	found, ok := findCommand(c.Name)
	if !ok {
		return b.numberOrUnknown(ctx, c)
	}
	if !found.room {
		return found.run(b, ctx, c, nil)
	}
	i, c, err := b.subject(ctx, c, found)
	if err != nil {
		return Reply{}, err
	}
	return found.run(b, ctx, c, i)
}

func (b *Bot) overview(ctx context.Context, c Command) (Reply, error) {
	i, ok, err := b.Incidents.ByRoom(ctx, c.Channel)
	if err != nil {
		return Reply{}, err
	}
	if ok {
		return b.statusCommand(ctx, c, i)
	}
	return b.listCommand(ctx, c, nil)
}

// subject is the incident a command is about: the one named first, else the one
// whose war room it was typed in.
func (b *Bot) subject(ctx context.Context, c Command, found command) (*incident.Incident, Command, error) {
	first, rest := splitWord(c.Args)
	if strings.HasPrefix(strings.ToUpper(first), "INC-") {
		id, err := incident.ParseID(first)
		if err != nil {
			return nil, c, err
		}
		c.Args = rest
		i, err := b.known(ctx, id, c.User)
		return i, c, err
	}
	i, ok, err := b.Incidents.ByRoom(ctx, c.Channel)
	if err != nil {
		return nil, c, err
	}
	if !ok {
		return nil, c, incident.Errorf(incident.Invalid,
			"This is not a war room. Type it in one, or name the incident: `%s`. `%s list` shows what is open.",
			strings.TrimSpace(b.Settings.Command+" "+found.name+" INC-… "+found.args), b.Settings.Command)
	}
	return i, c, nil
}

func findCommand(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
		for _, alias := range c.aliases {
			if alias == name {
				return c, true
			}
		}
	}
	return command{}, false
}

// nearestCommand is the subcommand with the fewest typing mistakes between its name,
// or an alias, and what was typed; ok is false when none is near enough.
func nearestCommand(typed string) (nearest command, ok bool) {
	least := 1 << 30
	for _, c := range commands() {
		for _, name := range append([]string{c.name}, c.aliases...) {
			if mistakes := typingMistakes(typed, name); mistakes < least && maybeMeant(mistakes, name) {
				nearest, least = c, mistakes
			}
		}
	}
	return nearest, least < 1<<30
}

// maybeMeant reports whether somebody may have meant a name and made so many mistakes:
// up to a third of its letters, one in a short name, but not all of them.
func maybeMeant(mistakes int, name string) bool {
	letters := utf8.RuneCountInString(name)
	return mistakes <= max(1, letters/3) && mistakes < letters
}

// typingMistakes counts the letters to put in, leave out or replace to make one word of
// the other, and the neighbours to swap. Each word is cut to 40 letters.
func typingMistakes(a, b string) int {
	x, y := []rune(a), []rune(b)
	x, y = x[:min(len(x), 40)], y[:min(len(y), 40)]
	var before, last []int
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		before, last, row = last, row, make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			differs := 1
			if x[i] == y[j] {
				differs = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+differs)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(y)]
}
