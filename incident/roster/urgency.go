package roster

import (
	"slices"
	"strings"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// The urgencies of a page.
const (
	High = "high"
	Low  = "low"
)

// Of says how loudly the service pages for an incident of a severity at an
// instant. What is to be paged always so is; the rest follows from the severity,
// and outside the support hours everything milder than SEV1 is low.
func (u Urgency) Of(s incident.Severity, at time.Time) string {
	if u.Always != "" {
		return u.Always
	}
	low := u.Low
	if low == 0 {
		low = incident.SEV4
	}
	outside := u.Hours != nil && !u.Hours.Hold(at)
	switch {
	case low == s || low.WorseThan(s):
		return Low
	case outside && s != incident.SEV1:
		return Low
	}
	return High
}

// weekdays are the days as the organisation file writes them.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Hold reports whether an instant lies within the hours. They go by the wall
// clock, so that a repeated hour counts twice and one that is left out not at all;
// hours that do not end after they start reach into the next day. A zone or a time
// that cannot be read holds always: it is better to wake somebody than nobody.
func (h Hours) Hold(at time.Time) bool {
	zone, err := time.LoadLocation(h.Zone)
	if err != nil {
		return true
	}
	start, okStart := minuteOf(h.Start)
	end, okEnd := minuteOf(h.End)
	if !okStart || !okEnd {
		return true
	}
	local := at.In(zone)
	now, today := local.Hour()*60+local.Minute(), int(local.Weekday())
	if start < end {
		return h.on(today) && now >= start && now < end
	}
	return h.on(today) && now >= start || h.on((today+6)%7) && now < end
}

func (h Hours) on(day int) bool {
	return slices.ContainsFunc(h.Days, func(d string) bool { return strings.EqualFold(d, weekdays[day]) })
}

// minuteOf reads 09:00 as minutes since midnight.
func minuteOf(clock string) (int, bool) {
	t, err := time.Parse("15:04", clock)
	return t.Hour()*60 + t.Minute(), err == nil
}
