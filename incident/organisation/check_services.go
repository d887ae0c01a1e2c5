package organisation

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/tocsinhq/tocsin/incident"
)

// defaultLow is the severity from which on services page with low urgency.
const defaultLow = incident.SEV4

func (c *checker) teams() {
	for _, name := range sortedNames(c.doc.Teams) {
		t, at := c.doc.Teams[name], "teams."+name
		known(c, at+".policy", t.Policy, "policy", c.doc.Policies)
		known(c, at+".manager", t.Manager, "person", c.doc.People)
		knownList(c, at+".members", t.Members, "person", c.doc.People)
		c.formOf(at+".channel", t.Channel, channelForm)
	}
	unlike(c, "teams", c.doc.Teams, func(t Team) string { return t.Name })
}

func (c *checker) services() {
	for _, name := range sortedNames(c.doc.Services) {
		s, at := c.doc.Services[name], "services."+name
		known(c, at+".team", s.Team, "team", c.doc.Teams)
		known(c, at+".policy", s.Policy, "policy", c.doc.Policies)
		knownList(c, at+".depends_on", s.DependsOn, "service", c.doc.Services)
		if slices.Contains(s.DependsOn, name) {
			c.wrong(at+".depends_on", "names the service itself; remove it.")
		}
		if s.Urgency != nil {
			c.urgency(at+".urgency", s.Urgency)
		}
	}
	unlike(c, "services", c.doc.Services, func(s Service) string { return s.Name })
}

func (c *checker) urgency(at string, u *Urgency) {
	if u.Always != "" && u.Always != "high" && u.Always != "low" {
		c.wrong(at+".always", "is neither high nor low; write one of them.")
	}
	if u.Always != "" && (u.Low != "" || u.Hours != nil) {
		c.wrong(at+".always", "makes low and hours meaningless; remove it, or them.")
	}
	if _, err := incident.ParseSeverity(u.Low); u.Low != "" && err != nil {
		c.wrong(at+".low", "is not a severity; write sev1 (worst) to sev5.")
	}
	if u.Hours != nil {
		c.hours(at+".hours", u.Hours)
	}
}

func (c *checker) hours(at string, h *Hours) {
	c.formOf(at+".zone", h.Zone, zoneForm)
	c.formOf(at+".start", h.Start, clockForm)
	c.formOf(at+".end", h.End, clockForm)
	c.days(at+".days", h.Days)
}

// days checks a list of days of the week.
func (c *checker) days(at string, days []string) {
	if _, stands := c.lines[at]; stands && len(days) == 0 && c.spotless(at) {
		c.wrong(at, "is empty, so it would never be; name at least one day.")
	}
	for i, day := range days {
		if c.full() {
			return
		}
		path := fmt.Sprintf("%s[%d]", at, i+1)
		switch {
		case day == "":
		case !slices.Contains(weekdays, day):
			c.wrong(path, "is not a day of the week%s", orNearest(day, weekdays, "write mon, tue, wed, thu, fri, sat or sun."))
		case slices.Contains(days[:i], day):
			c.wrong(path, "names %s a second time; remove it.", day)
		}
	}
}

var clock = regexp.MustCompile(`^([01]?\d|2[0-3]):[0-5]\d$`)

func clockForm(s string) string {
	if clock.MatchString(s) {
		return ""
	}
	return "is not a time of day; write it from 00:00 to 23:59."
}
