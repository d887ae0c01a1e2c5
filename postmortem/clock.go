package postmortem

import (
	"strings"
	"time"
)

// unknown is shown in place of an instant that nobody noted.
const unknown = "not known"

// when shows an instant with its full date in the zone, and in UTC.
func (f Facts) when(t time.Time) string { return f.clock(t, "15:04") }

// exactly is when to the second.
func (f Facts) exactly(t time.Time) string { return f.clock(t, "15:04:05") }

func (f Facts) clock(t time.Time, hands string) string {
	if t.IsZero() {
		return unknown
	}
	utc := t.UTC()
	if f.Zone == nil || f.Zone == time.UTC || f.Zone.String() == "UTC" {
		return utc.Format("2006-01-02 " + hands + " UTC")
	}
	local := t.In(f.Zone)
	abbreviation, _ := local.Zone()
	if strings.ContainsAny(abbreviation, "+-") {
		abbreviation = "UTC" + abbreviation
	}
	layout := hands
	if local.Day() != utc.Day() {
		layout = "2006-01-02 " + hands
	}
	return local.Format("2006-01-02 "+hands) + " " + abbreviation + " (" + utc.Format(layout) + " UTC)"
}
