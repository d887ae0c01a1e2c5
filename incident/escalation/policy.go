// Package escalation climbs the ladder: it runs escalation policies until
// somebody acknowledges. One run is one Escalation; its rules are a pure state
// machine that is asked what is due at an instant, and its timers are rows. A
// timer that has been overtaken does nothing.
package escalation

import "time"

// Policy is a ladder of steps, tried from the first to the last, as often as
// Repeat says. It is copied onto an escalation when that begins, so that an edit
// pages nobody by surprise. Durations are whole seconds.
type Policy struct {
	ID          string        `json:"id"`
	Name        string        `json:"name,omitempty"`
	Steps       []Step        `json:"steps"`
	Repeat      int           `json:"repeat,omitempty"`       // passes after the first
	Fallback    []Target      `json:"fallback,omitempty"`     // paged when a whole pass had nobody
	AckTimeout  time.Duration `json:"ack_timeout,omitempty"`  // 0: an acknowledgement holds
	AutoResolve time.Duration `json:"auto_resolve,omitempty"` // since it began; 0: never
	Acks        int           `json:"acks,omitempty"`         // how many people must acknowledge; 0 means 1
}

// Step pages its targets, and waits Delay before the next one.
type Step struct {
	Targets []Target      `json:"targets"`
	Delay   time.Duration `json:"delay"`
}

// TargetKind says what a target names.
type TargetKind string

// The kinds of targets. Next is who comes after whoever is on call in a schedule.
const (
	TargetPerson   TargetKind = "person"
	TargetSchedule TargetKind = "schedule"
	TargetNext     TargetKind = "next_on_call"
	TargetTeam     TargetKind = "team"
	TargetGroup    TargetKind = "user_group"
	TargetChannel  TargetKind = "channel"
	TargetWebhook  TargetKind = "webhook"
)

// Target is somebody or something that a step reaches. It is resolved to people
// when the step fires, never before.
type Target struct {
	Kind TargetKind `json:"kind"`
	ID   string     `json:"id"` // Slack user, schedule, team, user group, channel; or a webhook's URL
}
