// Package organisation keeps who there is, what they own and how they are
// reached equal to one document: the organisation file. The file is read and
// checked whole, compared with what the database holds, and made so in one
// transaction.
//
// The one thing to know before changing it: the structs of document.go are the
// file. Decoding, printing, comparing and the reference in docs/organisation.md
// follow their tags, so a new key is a new field.
package organisation

import "time"

// Document is the organisation file. Keys of its groups are the names by which
// the groups refer to each other. Optional numbers are pointers: nothing written
// and zero are different things.
type Document struct {
	People    map[string]Person   `yaml:"people" help:"Everybody who can be on call, by handle."`
	Teams     map[string]Team     `yaml:"teams" help:"Who works together, by name."`
	Services  map[string]Service  `yaml:"services" help:"What can break, by name."`
	Policies  map[string]Policy   `yaml:"policies" help:"Escalation policies, by name: who is paged, and who is paged next when nobody answers."`
	Schedules map[string]Schedule `yaml:"schedules" help:"On-call schedules, by name."`
}

// Person is somebody who can be on call.
type Person struct {
	Slack   string    `yaml:"slack" need:"yes" help:"Slack member id, like U02ABCDEF: in Slack, open the profile, then ⋮, then Copy member ID."`
	Name    string    `yaml:"name" need:"yes" help:"Name as people say it."`
	Zone    string    `yaml:"zone" need:"yes" help:"Time zone by its IANA name, like Europe/Berlin."`
	Contact []Contact `yaml:"contact" help:"Ways to reach them besides Slack, each with one key. Ways that people added themselves in Slack are left alone."`
}

// Contact is one way to reach a person: exactly one of the fields.
type Contact struct {
	SMS     string `yaml:"sms" mask:"yes" help:"Telephone number for text messages, with + and country code."`
	Voice   string `yaml:"voice" mask:"yes" help:"Telephone number for calls."`
	Email   string `yaml:"email" mask:"yes" help:"E-mail address."`
	Push    string `yaml:"push" mask:"yes" help:"ntfy topic."`
	Webhook string `yaml:"webhook" mask:"yes" help:"URL that is called."`
}

// Team is people who own services together.
type Team struct {
	Name    string   `yaml:"name" help:"Name as people say it."`
	Channel string   `yaml:"channel" help:"Slack channel, as #name or id, that is told what concerns the team."`
	Policy  string   `yaml:"policy" help:"Policy that paging the team runs."`
	Manager string   `yaml:"manager" help:"Person who is told when the team cannot be reached."`
	Members []string `yaml:"members" help:"People of the team."`
}

// Service is something that can break.
type Service struct {
	Name      string   `yaml:"name" help:"Name as people say it."`
	Team      string   `yaml:"team" help:"Team that owns it."`
	Policy    string   `yaml:"policy" default:"that of the team" help:"Policy that runs when it breaks."`
	DependsOn []string `yaml:"depends_on" help:"Services that it cannot work without."`
	Urgency   *Urgency `yaml:"urgency" help:"How loudly it pages."`
}

// Urgency says how loudly a service pages.
type Urgency struct {
	Always string `yaml:"always" help:"high or low, whatever the severity."`
	Low    string `yaml:"low" default:"sev4" help:"This severity and milder ones page with low urgency."`
	Hours  *Hours `yaml:"hours" default:"at all hours" help:"Support hours; outside them everything milder than SEV1 pages with low urgency."`
}

// Hours are weekly support hours on the wall clock of a zone.
type Hours struct {
	Zone  string   `yaml:"zone" need:"yes" help:"Time zone by its IANA name."`
	Days  []string `yaml:"days" need:"yes" help:"Days of the week: mon to sun."`
	Start string   `yaml:"start" need:"yes" help:"When they begin, like 09:00."`
	End   string   `yaml:"end" need:"yes" help:"When they end, like 17:00; not after the start means on the next day."`
}

// Policy is a ladder of steps.
type Policy struct {
	Name        string    `yaml:"name" help:"Name as people say it."`
	Steps       []Step    `yaml:"steps" need:"yes" help:"Tried from the first to the last until somebody acknowledges."`
	Repeat      *int      `yaml:"repeat" default:"2" help:"How often the steps begin again after the first time; 0 for never."`
	Fallback    []Target  `yaml:"fallback" need:"yes" help:"Who is paged when none of the steps has anybody."`
	AckTimeout  *Duration `yaml:"ack_timeout" default:"0" help:"How long an acknowledgement holds before paging starts again; 0 for until the end."`
	AutoResolve *Duration `yaml:"auto_resolve" default:"0" help:"How long after its beginning the paging ends by itself; 0 for never."`
	Acks        *int      `yaml:"acks" default:"1" help:"How many people have to acknowledge."`
}

// Step pages its targets and waits.
type Step struct {
	Targets []Target  `yaml:"targets" need:"yes" help:"Who is paged, each with one key."`
	Delay   *Duration `yaml:"delay" default:"5m" help:"How long to wait for an answer before the next step."`
}

// Target is somebody or something that a step reaches: exactly one of the fields.
type Target struct {
	Person    string `yaml:"person" help:"A person."`
	Schedule  string `yaml:"schedule" help:"Whoever is on call in this schedule."`
	Next      string `yaml:"next_on_call" help:"Who comes after whoever is on call in this schedule."`
	Team      string `yaml:"team" help:"All members of a team."`
	UserGroup string `yaml:"user_group" help:"All members of a Slack user group, by its id, like S0614TZR7."`
	Channel   string `yaml:"channel" help:"A Slack channel, as #name or id: it is told, which counts as reached."`
	Webhook   string `yaml:"webhook" mask:"yes" help:"A URL that is called."`
}

// Duration is whole seconds, written like 90s, 5m, 1h30m or 2d.
type Duration time.Duration

// Defaults of what a file leaves out.
const (
	defaultDelay  = Duration(5 * time.Minute)
	defaultRepeat = 2
	defaultAcks   = 1
)
