package oncall

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tocsinhq/tocsin/incident"
)

// Feed is shifts as a calendar. It is always written whole: a shift that is gone
// from the schedule is gone from the feed, and so from calendars that follow it.
type Feed struct {
	Name      string
	Schedules []*Resolver
	Person    incident.PersonID                     // only this person's shifts; "" is everybody's
	NameOf    func(person incident.PersonID) string // nil: the id
	From      time.Time                             // shifts that reach into the span from here
	Until     time.Time                             // until here are in it, each as long as it is
	Stamp     time.Time                             // when the feed is made
}

// WriteCalendar writes a feed as an iCalendar object (RFC 5545). All times are in
// UTC, so that every calendar shows the same instants. The UID of a shift depends
// on schedule, person and beginning alone; a shift that began more than two years
// ago is known by schedule and person, and begins with the feed.
func WriteCalendar(w io.Writer, feed Feed) error {
	c := &calendar{out: bufio.NewWriter(w)}
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//Tocsin//On call//EN")
	c.line("METHOD", "PUBLISH")
	c.text("NAME", feed.Name)
	c.text("X-WR-CALNAME", feed.Name)
	c.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H") // RFC 7986; the next line is what Outlook reads
	c.line("X-PUBLISHED-TTL", "PT1H")
	events := 0
	for _, r := range feed.Schedules {
		for _, s := range feed.shifts(r) {
			c.event(feed, r, s)
			events++
		}
	}
	if events == 0 {
		c.filler()
	}
	c.line("END", "VCALENDAR")
	return c.out.Flush()
}

// entry is one shift of a feed.
type entry struct {
	Shift
	endless bool // it began longer ago than anybody looks
}

// shifts lists the feed's shifts of one schedule. Those at its edges are completed.
func (f *Feed) shifts(r *Resolver) (entries []entry) {
	all := r.AllShifts(f.From, f.Until)
	if f.Person != "" {
		all = slices.DeleteFunc(all, func(s Shift) bool { return s.Person != f.Person })
	}
	for _, s := range all {
		e := entry{Shift: s}
		if s.From.Equal(f.From) || s.Until.Equal(f.Until) {
			whole, _ := r.ShiftAt(s.Person, s.From)
			if e.endless = !whole.From.After(s.From.Add(-searchAhead)); !e.endless {
				e.From = whole.From
			}
			if whole.Until.Before(s.From.Add(searchAhead)) {
				e.Until = whole.Until
			}
		}
		entries = append(entries, e)
	}
	return entries
}

// calendar writes content lines.
type calendar struct{ out *bufio.Writer }

const (
	utcLayout = "20060102T150405Z"
	// maxLine is the longest line, in octets, without its end (RFC 5545 section 3.1).
	maxLine = 75
)

func (c *calendar) event(f Feed, r *Resolver, e entry) {
	who := string(e.Person)
	if f.NameOf != nil {
		who = f.NameOf(e.Person)
	}
	until := e.Until.In(r.zone).Format(personLayout)
	c.line("BEGIN", "VEVENT")
	c.line("UID", e.uid(r))
	c.line("DTSTAMP", f.Stamp.UTC().Format(utcLayout))
	c.line("DTSTART", e.From.UTC().Format(utcLayout))
	c.line("DTEND", e.Until.UTC().Format(utcLayout))
	c.text("SUMMARY", fmt.Sprintf("%s on call: %s", who, r.Name()))
	c.text("DESCRIPTION", fmt.Sprintf("%s is on call for %s until %s (%s).", who, r.Name(), until, r.zone))
	c.line("TRANSP", "TRANSPARENT") // being on call is not being busy
	c.line("END", "VEVENT")
}

func (e entry) uid(r *Resolver) string {
	from := "endless"
	if !e.endless {
		from = e.From.UTC().Format(time.RFC3339Nano)
	}
	sum := sha256.Sum256([]byte(r.id + "\x00" + string(e.Person) + "\x00" + from))
	return fmt.Sprintf("%x@tocsin", sum[:16])
}

// filler is what a calendar without events holds, since it has to hold something.
func (c *calendar) filler() {
	for _, l := range [][2]string{{"BEGIN", "VTIMEZONE"}, {"TZID", "UTC"}, {"BEGIN", "STANDARD"}, {"DTSTART", "19700101T000000"},
		{"TZOFFSETFROM", "+0000"}, {"TZOFFSETTO", "+0000"}, {"END", "STANDARD"}, {"END", "VTIMEZONE"}} {
		c.line(l[0], l[1])
	}
}

var escapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// text writes a property of free text.
func (c *calendar) text(name, value string) {
	printable := func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}
	c.line(name, escapes.Replace(strings.Map(printable, strings.ToValidUTF8(value, "\uFFFD"))))
}

// line writes one content line, folded between characters where it is too long.
func (c *calendar) line(name, value string) {
	rest := name + ":" + value
	for room := maxLine; len(rest) > room; room = maxLine - 1 {
		cut := room
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		_, _ = c.out.WriteString(rest[:cut] + "\r\n ") // Flush tells what went wrong
		rest = rest[cut:]
	}
	_, _ = c.out.WriteString(rest + "\r\n")
}
