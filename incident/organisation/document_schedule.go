package organisation

// Schedule says who is on call when.
type Schedule struct {
	Name      string      `yaml:"name" help:"Name as people say it."`
	Zone      string      `yaml:"zone" need:"yes" help:"Time zone, by its IANA name, of all times in the schedule."`
	UserGroup string      `yaml:"user_group" help:"Slack user group, by its id, that always holds whoever is on call. Schedules with the same group share it."`
	Combine   string      `yaml:"combine" default:"highest" help:"What layers do together: highest (the last layer that has somebody counts) or union (everybody of every layer)."`
	Layers    []Layer     `yaml:"layers" need:"yes" help:"From the lowest to the highest."`
	Temporary []Temporary `yaml:"temporary" help:"Spans in which other shifts hold instead of everything above, overrides included."`
}

// Layer is a rotation, or one person, inside windows.
type Layer struct {
	Name     string    `yaml:"name" help:"Name as people say it."`
	Person   string    `yaml:"person" help:"One person who is always on call in this layer; instead of rotation."`
	Rotation *Rotation `yaml:"rotation" help:"People who take turns; instead of person."`
	Windows  []Window  `yaml:"windows" default:"always" help:"When the layer counts. A rotation goes on turning outside of them."`
	From     string    `yaml:"from" help:"When the layer begins, in local time, like 2026-01-05T09:00."`
	Until    string    `yaml:"until" help:"When it ends."`
}

// Rotation is people who take turns.
type Rotation struct {
	Start    string   `yaml:"start" need:"yes" help:"When the first turn begins, in local time, like 2026-01-05T09:00. All hand-offs are counted from it."`
	Unit     string   `yaml:"unit" need:"yes" help:"hour, day, week or month."`
	Length   *int     `yaml:"length" default:"1" help:"How many units a turn lasts."`
	Timeline string   `yaml:"timeline" default:"wall where turns fit into a day or are whole days, else elapsed" help:"How hours are counted: wall (as the clock shows them) or elapsed (as they pass)."`
	People   []string `yaml:"people" need:"yes" help:"Who takes turns, in this order. A person may stand several times; nobody is an empty turn."`
}

// Window is a part of every week: either days with start and end, or from and until.
type Window struct {
	Days  []string `yaml:"days" help:"Days of the week on which it begins, mon to sun."`
	Start string   `yaml:"start" help:"When it begins on each of the days, like 09:00."`
	End   string   `yaml:"end" help:"When it ends, like 17:00; not after the start means on the next day."`
	From  string   `yaml:"from" help:"Instead of days: day and time when it begins, like fri 17:00."`
	Until string   `yaml:"until" help:"Day and time when it ends, like mon 09:00."`
}

// Temporary is a span in which other shifts hold.
type Temporary struct {
	From   string  `yaml:"from" need:"yes" help:"When it begins, in local time; with an offset, like 2026-10-25T02:30+01:00, where clocks show it twice."`
	Until  string  `yaml:"until" need:"yes" help:"When it ends."`
	Shifts []Shift `yaml:"shifts" help:"Who is on call then. Where there is no shift, nobody is."`
}

// Shift is one person for one span.
type Shift struct {
	Person string `yaml:"person" need:"yes" help:"Who is on call."`
	From   string `yaml:"from" need:"yes" help:"When it begins, in local time."`
	Until  string `yaml:"until" need:"yes" help:"When it ends."`
}
