package oncall

import (
	"fmt"
	"slices"
	"time"
)

// LocalTime is what a wall clock shows, without a zone, to the minute. Its text
// is 2025-03-09T02:30. The zero value means that none is given.
type LocalTime struct {
	Year         int
	Month        time.Month
	Day          int
	Hour, Minute int
}

const localLayout = "2006-01-02T15:04"

// ParseLocalTime reads 2025-03-09T02:30. It takes no other form, and no date
// that a calendar does not have.
func ParseLocalTime(text string) (LocalTime, error) {
	t, err := time.Parse(localLayout, text)
	if err != nil || t.Year() < 1 || text != t.Format(localLayout) {
		return LocalTime{}, fmt.Errorf("%.40q is not a local time; write it like 2026-01-05T09:00", text)
	}
	return localOf(t), nil
}

// LocalIn is what the wall clock of a zone shows at an instant, seconds cut off.
func LocalIn(t time.Time, loc *time.Location) LocalTime { return localOf(t.In(loc)) }

func localOf(t time.Time) LocalTime {
	year, month, day := t.Date()
	return LocalTime{year, month, day, t.Hour(), t.Minute()}
}

// IsZero reports whether none is given.
func (l LocalTime) IsZero() bool { return l == LocalTime{} }

// String is the text that ParseLocalTime reads, or "" when none is given.
func (l LocalTime) String() string {
	if l.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02dT%02d:%02d", l.Year, l.Month, l.Day, l.Hour, l.Minute)
}

// MarshalText is String.
func (l LocalTime) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (l *LocalTime) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*l = LocalTime{}
		return nil
	}
	*l, err = ParseLocalTime(string(text))
	return err
}

// exists reports whether the calendar has it.
func (l LocalTime) exists() bool {
	back, err := ParseLocalTime(l.String())
	return err == nil && back == l
}

// minute is a local time as minutes since 1970-01-01T00:00 on the same clock.
type minute int64

// Lengths on the wall clock, in minutes.
const (
	minutesOfHour = 60
	minutesOfDay  = 24 * minutesOfHour
	minutesOfWeek = 7 * minutesOfDay
)

func (l LocalTime) minute() minute {
	return minute(time.Date(l.Year, l.Month, l.Day, l.Hour, l.Minute, 0, 0, time.UTC).Unix() / 60)
}

func (m minute) local() LocalTime { return localOf(m.date()) }

// date is the local time as though it were one of UTC, for calendar arithmetic.
func (m minute) date() time.Time { return time.Unix(int64(m)*60, 0).UTC() }

// ClockTime is a time of day, to the minute. Its text is 02:30. The zero value
// means that none is given, which is not midnight.
type ClockTime int16 // minutes since midnight, plus one

// Clock is the time of day at an hour from 0 to 23 and a minute from 0 to 59.
func Clock(hour, minute int) ClockTime { return ClockTime(hour*minutesOfHour + minute + 1) }

// ParseClockTime reads 02:30, from 00:00 to 23:59.
func ParseClockTime(text string) (ClockTime, error) {
	t, err := time.Parse("15:04", text)
	if err != nil || text != t.Format("15:04") {
		return 0, fmt.Errorf("%.40q is not a time of day; write it from 00:00 to 23:59", text)
	}
	return Clock(t.Hour(), t.Minute()), nil
}

// IsZero reports whether none is given.
func (c ClockTime) IsZero() bool { return c == 0 }

// String is the text that ParseClockTime reads, or "" when none is given.
func (c ClockTime) String() string {
	if c.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", c.minutes()/minutesOfHour, c.minutes()%minutesOfHour)
}

// MarshalText is String.
func (c ClockTime) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (c *ClockTime) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*c = 0
		return nil
	}
	*c, err = ParseClockTime(string(text))
	return err
}

func (c ClockTime) minutes() minute { return minute(c) - 1 }

func (c ClockTime) exists() bool { return c > 0 && c <= minutesOfDay }

// Weekday is a day of the week: mon, tue, wed, thu, fri, sat or sun.
type Weekday string

// weekdays in the order of a week, which begins on Monday.
var weekdays = []Weekday{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// WeekdayOf is the day's short name.
func WeekdayOf(d time.Weekday) Weekday { return weekdays[(int(d)+6)%7] }

// start is the day's first minute of the week, or -1 when it is no day.
func (d Weekday) start() minute {
	i := slices.Index(weekdays, d)
	if i < 0 {
		return -1
	}
	return minute(i) * minutesOfDay
}
