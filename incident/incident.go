// Package incident is the heart of Tocsin: what an incident is, which changes
// it allows, the closed list of facts about it, and the one door through which
// it is altered. Rules are pure methods that return events; Service is the only
// place where a transaction opens. It imports nothing else of ours.
package incident

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ID numbers an incident. People say and read it as INC-42.
type ID int64

// String returns the id as people say it: INC-42.
func (id ID) String() string { return "INC-" + strconv.FormatInt(int64(id), 10) }

// ParseID reads "INC-42", "inc-42", "#42" or "42".
func ParseID(s string) (ID, error) {
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), "INC-"), "#")
	n, err := strconv.ParseUint(digits, 10, 63) // unsigned: "+42" and "-42" are no numbers of ours
	if err != nil || n < 1 {
		return 0, Errorf(Invalid, "%q is not an incident number; write it like INC-42.", s)
	}
	return ID(n), nil
}

// MaxTitle and MaxSummary bound what people write, in code points. A title has to fit a
// Slack modal's input and a channel list; a summary fits one section block with
// room for markup (Slack allows 3000).
const (
	MaxTitle   = 200
	MaxSummary = 2500
)

// Incident is the present state of something people respond to together. The
// zero value is no incident. Times are UTC; a zero time means "not known".
type Incident struct {
	ID       ID
	Title    string
	Summary  string
	Severity Severity
	Status   Status
	Private  bool
	Cause    string
	Service  string // that it was declared for; "" for none

	DeclaredBy Actor
	DeclaredAt time.Time
	Milestones Milestones

	UpdateDueAt      time.Time // when the next stakeholder update was promised
	UpdateGeneration int       // outdates every earlier reminder

	Origin *Message // the message it was declared from, if any
	Room   Room
	Roles  Roles

	TaskCount       int   // numbers given to tasks and action items so far
	HypothesisCount int   // numbers given to hypotheses so far
	Revision        int64 // grows with every change; drawings compare it
}

// Milestones are the instants that metrics are computed from. They can be
// corrected afterwards; durations are always derived from them.
type Milestones struct {
	ImpactStarted time.Time
	Detected      time.Time
	Acknowledged  time.Time
	Mitigated     time.Time
	Resolved      time.Time // the end of the impact
	Closed        time.Time
}

// Room is the war room: one Slack channel, known by its id.
type Room struct {
	Channel string
	Name    string
	State   RoomState
}

// RoomState says whether the war room can be written to.
type RoomState string

// The states of a war room. Lost means deleted, or that we were removed from it.
const (
	RoomNone     RoomState = "none"
	RoomOpen     RoomState = "open"
	RoomArchived RoomState = "archived"
	RoomLost     RoomState = "lost"
)

// Open reports whether the room exists and can be written to.
func (r Room) Open() bool { return r.Channel != "" && r.State == RoomOpen }

// Message points at a Slack message and keeps what it said when it was seen.
type Message struct {
	Channel   string    `json:"channel"`
	TS        string    `json:"ts"`
	Thread    string    `json:"thread,omitempty"`
	Author    PersonID  `json:"author,omitempty"`
	Text      string    `json:"text,omitempty"`
	Permalink string    `json:"permalink,omitempty"`
	PostedAt  time.Time `json:"posted_at,omitzero"`
	EditedAt  time.Time `json:"edited_at,omitzero"` // of the edit that Text is as of; zero when there was none
	Files     []File    `json:"files,omitempty"`
}

// File is an attachment of a message as the sender's system knows it.
type File struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	MediaType string `json:"media_type,omitempty"`
	Size      int64  `json:"size,omitempty"`
}

// Holder returns who holds an exclusive role, or "" when nobody does.
func (i *Incident) Holder(r Role) PersonID {
	if people := i.Roles[r]; len(people) > 0 {
		return people[0]
	}
	return ""
}

// Declaration is what is needed to declare. DedupKey makes it safe to repeat:
// a second declaration with the same key returns the incident of the first.
type Declaration struct {
	Title     string
	Severity  Severity
	Summary   string
	Private   bool
	Triage    bool     // it waits for somebody to accept it, and has no war room until then
	Service   string   // id of what is broken; whoever is on call for it is paged
	Commander PersonID // who leads from the beginning; "": nobody yet
	Origin    *Message
	DedupKey  string
}

// Declare makes a new incident out of d: active, or in triage. The id is given by
// the store.
func Declare(d Declaration, by Actor, now time.Time) (*Incident, []Event, error) {
	title, err := CleanTitle(d.Title)
	if err != nil {
		return nil, nil, err
	}
	d.Summary = CleanText(d.Summary)
	if err := checkSummary(d.Summary); err != nil {
		return nil, nil, err
	}
	if d.Severity == 0 {
		d.Severity = DefaultSeverity
	}
	if !d.Severity.Valid() {
		return nil, nil, noSuchSeverity()
	}
	i := &Incident{
		Title: title, Severity: d.Severity, Status: StatusActive, Summary: d.Summary, Private: d.Private, Service: d.Service,
		DeclaredBy: by, DeclaredAt: now, Milestones: Milestones{Detected: now},
		Origin: d.Origin, Room: Room{State: RoomNone}, Roles: Roles{}, Revision: 1,
	}
	if d.Triage {
		i.Status = StatusTriage
	}
	events := []Event{Declared{Title: title, Severity: i.Severity, Status: i.Status, Summary: i.Summary, Private: d.Private,
		Service: d.Service, Origin: d.Origin}}
	if d.Commander == "" {
		return i, events, nil
	}
	assigned, err := i.Assign(Commander, d.Commander, now)
	return i, append(events, assigned...), err
}

// CleanTitle folds white space and drops invisible characters. It refuses an
// empty title and one of more than MaxTitle code points, saying what to do.
func CleanTitle(s string) (string, error) {
	title := oneLine(s)
	switch n := len([]rune(title)); {
	case !strings.ContainsFunc(title, visible):
		return "", Errorf(Invalid, "An incident needs a title: say in a few words what is broken, for example “Checkout returns errors”.")
	case n > MaxTitle:
		return "", Errorf(Invalid, "That title has %s characters; keep it to %d and put the rest into the summary.", thousands(n), MaxTitle)
	}
	return title, nil
}

// SetTitle renames the incident. The present title again changes nothing.
func (i *Incident) SetTitle(title string) ([]Event, error) {
	title, err := CleanTitle(title)
	if err != nil || title == i.Title {
		return nil, err
	}
	e := TitleChanged{From: i.Title, To: title}
	i.Title = title
	return []Event{e}, nil
}

// SetSummary replaces the summary: what is known now, for whoever arrives.
func (i *Incident) SetSummary(summary string) ([]Event, error) {
	summary = CleanText(summary)
	if err := checkSummary(summary); err != nil || summary == i.Summary {
		return nil, err
	}
	i.Summary = summary
	return []Event{SummaryChanged{Summary: summary}}, nil
}

func checkSummary(s string) error {
	if n := len([]rune(s)); n > MaxSummary {
		return Errorf(Invalid, "That summary has %s characters; keep it to %s and put details into notes.", thousands(n), thousands(MaxSummary))
	}
	return nil
}

// SetSeverity re-grades the incident. The present grade again changes nothing.
func (i *Incident) SetSeverity(to Severity) ([]Event, error) {
	switch {
	case !to.Valid():
		return nil, noSuchSeverity()
	case i.Status == StatusClosed || i.Status == StatusCancelled:
		return nil, Errorf(Conflict, "%s is %s; reopen it to change its severity.", i.ID, i.Status)
	case i.Severity == to:
		return nil, nil
	}
	e := SeverityChanged{From: i.Severity, To: to}
	i.Severity = to
	return []Event{e}, nil
}

func noSuchSeverity() error {
	return Errorf(Invalid, "There is no such severity; use sev1 (worst) to sev5.")
}

// thousands prints n with commas, as people read big numbers.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// String is for logs: the id and the title's length, never the title itself.
func (i *Incident) String() string { return fmt.Sprintf("%s (%s, %s)", i.ID, i.Severity, i.Status) }
