package view

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/incident/oncall"
)

// Calendars is what a person made, and what they have just done.
type Calendars struct {
	Fresh   string             // address of the one that was just made; shown once
	Of      oncall.FeedSubject // of Fresh
	Revoked int64              // the one that was just revoked; 0: none
	All     []oncall.FeedInfo
	Names   map[string]string // of schedules, by id
	Command string
}

// CalendarList shows somebody their calendars. The address of a new one is shown this
// one time, since only its hash is kept.
func CalendarList(c Calendars) Message {
	lines := c.news()
	if len(c.All) == 0 {
		lines = append(lines, "You have no calendar. `"+c.Command+" calendar` makes one of your shifts, and `"+c.Command+" calendar <schedule>` one of a schedule.")
	}
	if len(c.All) > 0 {
		lines = append(lines, "*Your calendars*")
	}
	for _, f := range c.All {
		n := strconv.FormatInt(f.ID, 10)
		lines = append(lines, "• "+n+": "+c.shows(f.FeedSubject)+", made "+moment(f.CreatedAt)+"; `"+c.Command+" calendar revoke "+n+"` ends it")
	}
	return Message{Text: Truncate(strings.Join(lines, "\n"), MaxMessageText), Blocks: packed(lines)}
}

// news says what has just been done.
func (c Calendars) news() (lines []string) {
	if c.Fresh != "" {
		lines = append(lines, "Subscribe your calendar program to this address; it shows "+c.shows(c.Of)+" from the past month to half a year ahead:",
			"`"+c.Fresh+"`", ":warning: Whoever has the address reads the calendar. It is shown this once.")
	}
	if c.Revoked != 0 {
		lines = append(lines, "Calendar "+strconv.FormatInt(c.Revoked, 10)+" is revoked: its address shows nothing any more.")
	}
	return lines
}

func (c Calendars) shows(of oncall.FeedSubject) string {
	if of.Schedule == "" {
		return "your shifts"
	}
	return "the schedule *" + said(cmp.Or(c.Names[of.Schedule], of.Schedule), 80) + "*"
}
