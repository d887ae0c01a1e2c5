package postmortem

import (
	"fmt"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// header says which incident this is and where else to look.
func header(f Facts) Section {
	i := f.Incident
	c := newCast(f)
	items := []string{
		"**Incident:** " + i.ID.String() + ", " + escape(i.Title),
		"**Severity:** " + severities(f),
		"**Status:** " + escape(string(i.Status)),
		"**Declared:** " + f.when(i.DeclaredAt) + " by " + c.whom(i.DeclaredBy, i.DeclaredAt),
	}
	if i.Private {
		items = append(items, "**Private:** share this document only with people who may know of the incident.")
	}
	if i.Room.Name != "" {
		items = append(items, "**War room:** #"+escape(i.Room.Name))
	}
	if t, ok := f.Tickets[0]; ok && t.Key != "" {
		items = append(items, "**Ticket:** "+ticket(t))
	}
	if i.Origin != nil && i.Origin.Permalink != "" {
		items = append(items, "**Declared from:** "+link("a message in Slack", i.Origin.Permalink))
	}
	for _, l := range f.Links {
		items = append(items, "**"+escape(l.Label)+":** "+link(l.URL, l.URL))
	}
	items = append(items, "**Review meeting:** "+meeting(f), "**Reviewers:** not named yet")
	return Section{Key: "header", Title: "At a glance", Text: bullets(items)}
}

func severities(f Facts) string {
	if peak := f.peak(); peak != f.Incident.Severity {
		return fmt.Sprintf("%s at its worst, %s at the end", peak, f.Incident.Severity)
	}
	return f.Incident.Severity.String()
}

func ticket(t Ticket) string {
	switch {
	case t.Key == "" && t.Reason != "":
		return "waits: " + escape(t.Reason)
	case t.Key == "":
		return "none"
	case t.Status == "":
		return link(t.Key, t.URL)
	}
	return link(t.Key, t.URL) + ", " + escape(t.Status)
}

// meeting proposes the last day for the review. PagerDuty's public postmortem
// guide asks for 3 days after a SEV1 and 5 business days after a SEV2.
func meeting(f Facts) string {
	end := f.Incident.Milestones.Resolved
	if end.IsZero() {
		return "not before the incident is over"
	}
	day := end.In(f.Zone)
	switch f.peak() {
	case incident.SEV1:
		return "hold it by " + day.AddDate(0, 0, 3).Format("Mon 2006-01-02") + " (3 days after a SEV1)"
	case incident.SEV2:
		return "hold it by " + businessDays(day, 5).Format("Mon 2006-01-02") + " (5 business days after a SEV2)"
	}
	return "no date is prescribed for " + f.peak().String()
}

// businessDays counts n days forward, Saturdays and Sundays left out.
func businessDays(day time.Time, n int) time.Time {
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			n--
		}
	}
	return day
}
