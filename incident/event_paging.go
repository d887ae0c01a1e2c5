package incident

import "time"

// EscalationTimer is when an escalation has to be looked at next. Every event
// that moves the time carries it; a timer of an older generation does nothing.
type EscalationTimer struct {
	Escalation int64     `json:"escalation"`
	Generation int       `json:"generation"`
	Due        time.Time `json:"due,omitzero"` // zero: never by itself
}

// Timer returns the timer that the event sets.
func (t EscalationTimer) Timer() EscalationTimer { return t }

// Page is one demand on one person.
type Page struct {
	ID     int64    `json:"id"`
	Person PersonID `json:"person"`
}

// Place is somewhere other than a person that a step tells: a Slack channel or a
// webhook.
type Place struct {
	ID   int64  `json:"id"`   // of what is sent there
	Kind string `json:"kind"` // channel or webhook
	Name string `json:"name"`
}

// Who is paged, and what came of it.
type (
	// EscalationBegan starts a run of a policy. Raised is what was paged with low
	// urgency before, and starts again.
	EscalationBegan struct {
		EscalationTimer
		Subject string `json:"subject"` // what was paged, as people say it: Checkout, @bob, Payments primary
		Policy  string `json:"policy,omitempty"`
		Service string `json:"service,omitempty"`
		Urgency string `json:"urgency"` // high or low
		Reason  string `json:"reason,omitempty"`
		Raised  bool   `json:"raised,omitempty"`
	}
	// StepFired pages everybody of one step in one go. Step counts from 1; 0 is the
	// fallback. Nobody at all is said, too.
	StepFired struct {
		EscalationTimer
		Pass    int     `json:"pass"` // counts from 0
		Step    int     `json:"step"`
		Pages   []Page  `json:"pages,omitempty"`
		Places  []Place `json:"places,omitempty"`
		Skipped []int   `json:"skipped,omitempty"` // steps before it that had nobody
		Crowded bool    `json:"crowded,omitempty"` // many others of its service have just paged: pages of other services go first
	}
	// EscalationAcknowledged says that somebody has it. Until is when the
	// acknowledgement runs out by itself, if ever. More is how many further people
	// have to acknowledge before the paging stops.
	EscalationAcknowledged struct {
		EscalationTimer
		Person PersonID  `json:"person,omitempty"`
		Via    string    `json:"via,omitempty"` // the contact method, or slack, command
		Until  time.Time `json:"until,omitzero"`
		More   int       `json:"more,omitempty"`
	}
	// EscalationSnoozed puts it off.
	EscalationSnoozed struct {
		EscalationTimer
		Person PersonID  `json:"person,omitempty"`
		Until  time.Time `json:"until"`
	}
	// EscalationReturned starts it again: the acknowledgement or snooze ran out, or
	// was taken back.
	EscalationReturned struct {
		EscalationTimer
		Cause  string   `json:"cause"` // ack_timeout, snooze or unacknowledged
		Person PersonID `json:"person,omitempty"`
	}
	// EscalationHeld says that maintenance keeps a due step back.
	EscalationHeld struct {
		EscalationTimer
		Until time.Time `json:"until,omitzero"`
	}
	// EscalationRefused says that the service of an incident is not paged at all, now or
	// later, and why.
	EscalationRefused struct {
		Subject string    `json:"subject"` // the service, as people say it
		Service string    `json:"service"`
		Cause   string    `json:"cause"`          // maintenance: it drops its pages; nobody: neither policy nor team; missing: the service, its team or its policy is gone
		Until   time.Time `json:"until,omitzero"` // of the maintenance; zero: until somebody ends it
	}
	// EscalationExhausted says that everybody was paged and nobody answered.
	EscalationExhausted struct {
		EscalationTimer
	}
	// EscalationResolved ends it for good. Person is who stopped it, while the incident
	// may go on.
	EscalationResolved struct {
		EscalationTimer
		Cause   string   `json:"cause"` // incident, person, age or withdrawn
		Subject string   `json:"subject,omitempty"`
		Person  PersonID `json:"person,omitempty"`
	}
	// DeliveryMoved follows one message of a page: sent, delivered, seen, failed or
	// cancelled. A second message of the same rule is marked as a repeat.
	DeliveryMoved struct {
		Page     int64    `json:"page"`
		Delivery int64    `json:"delivery"`
		Person   PersonID `json:"person"`
		Method   string   `json:"method"`
		State    string   `json:"state"`
		Reason   string   `json:"reason,omitempty"`
		Repeat   bool     `json:"repeat,omitempty"`
	}
	// PersonUnreachable says that a page has no way left to its person.
	PersonUnreachable struct {
		Page   int64    `json:"page"`
		Person PersonID `json:"person"`
		Reason string   `json:"reason"`
	}
)
