package view

import (
	"strconv"
	"strings"

	"github.com/tocsinhq/tocsin/incident"
)

// RoomName is the name of the war room to try: inc-42-checkout-is-down, and with
// -2, -3 … behind it when try says how many names were taken. It is at most 80
// lower-case letters, digits and hyphens.
func RoomName(number int64, title string, try int) string {
	name := ChannelSlug("inc", number, title)
	if try < 1 {
		return name
	}
	suffix := "-" + strconv.Itoa(try+1)
	return strings.TrimRight(name[:min(len(name), MaxChannelName-len(suffix))], "-") + suffix
}

// RoomTopic is the war room's topic: severity, status, commander and the promised
// update. Topics show no local times, so the time is in UTC, with the date when
// it is not the day of the declaration.
func RoomTopic(i *incident.Incident, commander string) string {
	return Topic(i.Severity.String(), string(i.Status), topicCommander(i, commander), topicUpdate(i))
}

func topicCommander(i *incident.Incident, name string) string {
	name = strings.TrimPrefix(strings.TrimSpace(plainly(name)), "@")
	switch {
	case name != "":
		return "IC " + said("@"+name, 80)
	case i.Status.Ongoing():
		return "no IC yet"
	}
	return ""
}

func topicUpdate(i *incident.Incident) string {
	if i.UpdateDueAt.IsZero() || !i.Status.Ongoing() {
		return ""
	}
	due, format := i.UpdateDueAt.UTC(), "2 Jan 15:04 UTC"
	if due.Format("2006-01-02") == i.DeclaredAt.UTC().Format("2006-01-02") {
		format = "15:04 UTC"
	}
	return "next update " + due.Format(format)
}

// Bookmark is one link at the top of a channel. The title is how it is found
// again, so it never changes.
type Bookmark struct{ Title, Link string }

// Bookmarks are the links of the war room: ticket and postmortem, as soon as
// they exist.
func Bookmarks(s Situation) []Bookmark {
	var list []Bookmark
	if t, ok := s.TicketOf(0); ok && webAddress(t.URL, MaxBookmarkLink) {
		list = append(list, Bookmark{Title: "Ticket", Link: t.URL})
	}
	if webAddress(s.PostmortemURL, MaxBookmarkLink) {
		list = append(list, Bookmark{Title: "Postmortem", Link: s.PostmortemURL})
	}
	return list
}
