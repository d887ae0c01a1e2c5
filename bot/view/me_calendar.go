package view

import (
	"strconv"

	"github.com/slack-go/slack"
)

// maxCalendarRows bounds the calendars of a form; nobody has as many.
const maxCalendarRows = 80

// CalendarsModal shows somebody their calendars, with buttons to make another one and
// to end each. The address of a new one is shown this one time.
func CalendarsModal(c Calendars) slack.ModalViewRequest {
	v := Notice("")
	v.Title = plain("Your calendars", MaxViewTitle)
	blocks := packed(c.news())
	if len(blocks) == 0 {
		blocks = []slack.Block{section("A calendar is a secret address of your shifts for your calendar program. The address is shown once, when it is made.")}
	}
	for _, f := range c.All[:min(len(c.All), maxCalendarRows)] {
		n := strconv.FormatInt(f.ID, 10)
		end := confirmed(button("Revoke", "me_calendar_revoke", ":"+n), "Revoke it?", "Its address shows nothing any more, for good. You can make a new one.", "Revoke", "Keep it")
		blocks = append(blocks, sectionWith(end, n+": "+c.shows(f.FeedSubject)+", made "+moment(f.CreatedAt)))
	}
	v.Blocks = slack.Blocks{BlockSet: append(blocks, actions(primary(button("New address of my shifts", "me_calendar_new", ":")), button("Back", "open_me", ":")))}
	return v
}
