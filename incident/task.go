package incident

import "time"

// TaskKind tells work during the incident from work after it.
type TaskKind string

// A task is done while responding; an action item is what the review asks for
// and gets a ticket.
const (
	Todo       TaskKind = "task"
	ActionItem TaskKind = "action"
)

// Task is one piece of work of an incident, numbered within it from 1.
type Task struct {
	Incident  ID
	Number    int
	Kind      TaskKind
	Text      string
	Owner     PersonID
	DueOn     time.Time // a date: midnight UTC; zero when none was set
	CreatedBy PersonID
	CreatedAt time.Time
	DoneAt    time.Time
	Withdrawn time.Time
	Source    Message // the message it was made from; only channel and ts are kept
}

// MaxTask bounds a task's text, in code points, to what fits a tracker's summary line (Jira: 255).
const MaxTask = 250

// Open reports whether the work is still to be done.
func (t *Task) Open() bool { return t.DoneAt.IsZero() && t.Withdrawn.IsZero() }

// Noun is what people call it: "task" or "action item".
func (k TaskKind) Noun() string {
	if k == ActionItem {
		return "action item"
	}
	return "task"
}

// AddTask writes down a piece of work and numbers it.
func (i *Incident) AddTask(t Task, by PersonID, now time.Time) (*Task, []Event, error) {
	t.Text = oneLine(t.Text)
	if err := t.checkText(); err != nil {
		return nil, nil, err
	}
	if i.Status == StatusCancelled {
		return nil, nil, Errorf(Conflict, "%s is cancelled; reopen it to add work to it.", i.ID)
	}
	i.TaskCount++
	t.Incident, t.Number, t.CreatedBy, t.CreatedAt = i.ID, i.TaskCount, by, now
	return &t, []Event{TaskAdded{Number: t.Number, TaskKind: t.Kind, Text: t.Text, Owner: t.Owner, DueOn: t.DueOn}}, nil
}

// CheckText refuses the text that AddTask would refuse.
func (t Task) CheckText() error {
	t.Text = oneLine(t.Text)
	return t.checkText()
}

func (t *Task) checkText() error {
	switch n := len([]rune(t.Text)); {
	case n == 0:
		return Errorf(Invalid, "Say what is to be done: start with a verb, for example “Add an alert on queue depth”.")
	case n > MaxTask:
		return Errorf(Invalid, "That %s has %s characters; keep it to %d.", t.Kind.Noun(), thousands(n), MaxTask)
	}
	return nil
}

// Finish ticks the work off. Ticking twice changes nothing.
func (t *Task) Finish(now time.Time) ([]Event, error) {
	if !t.DoneAt.IsZero() {
		return nil, nil
	}
	if !t.Withdrawn.IsZero() {
		return nil, Errorf(Conflict, "That %s was withdrawn; add it again.", t.Kind.Noun())
	}
	t.DoneAt = now
	return []Event{TaskFinished{Number: t.Number, TaskKind: t.Kind, Text: t.Text}}, nil
}

// Reopen takes the tick back.
func (t *Task) Reopen() ([]Event, error) {
	if t.DoneAt.IsZero() {
		return nil, nil
	}
	t.DoneAt = time.Time{}
	return []Event{TaskReopened{Number: t.Number, TaskKind: t.Kind, Text: t.Text}}, nil
}

// Withdraw takes the work off the list; it stays in the record, with the reason if
// there is one. Doing it again changes nothing.
func (t *Task) Withdraw(reason string, now time.Time) ([]Event, error) {
	if !t.Withdrawn.IsZero() {
		return nil, nil
	}
	t.Withdrawn = now
	return []Event{TaskWithdrawn{Number: t.Number, TaskKind: t.Kind, Text: t.Text, Reason: CleanText(reason)}}, nil
}

// Restore puts withdrawn work back on the list.
func (t *Task) Restore() ([]Event, error) {
	if t.Withdrawn.IsZero() {
		return nil, nil
	}
	t.Withdrawn = time.Time{}
	return []Event{TaskAdded{Number: t.Number, TaskKind: t.Kind, Text: t.Text, Owner: t.Owner, DueOn: t.DueOn}}, nil
}

// Amendment is what changes of a piece of work; nil leaves a field as it is. An empty
// owner is nobody, a zero date none.
type Amendment struct {
	Text  *string
	Owner *PersonID
	Due   *time.Time
}

// Amend changes open work. The same again changes nothing; what is done or withdrawn
// is refused.
func (t *Task) Amend(a Amendment) ([]Event, error) {
	after := *t
	if a.Text != nil {
		after.Text = oneLine(*a.Text)
	}
	if a.Owner != nil {
		after.Owner = *a.Owner
	}
	if a.Due != nil {
		after.DueOn = *a.Due
	}
	switch {
	case !t.Withdrawn.IsZero():
		return nil, Errorf(Conflict, "That %s was withdrawn; put it back before you change it.", t.Kind.Noun())
	case !t.DoneAt.IsZero():
		return nil, Errorf(Conflict, "That %s is done; take the tick back before you change it.", t.Kind.Noun())
	case after.Text == t.Text && after.Owner == t.Owner && after.DueOn.Equal(t.DueOn):
		return nil, nil
	}
	if err := after.checkText(); err != nil {
		return nil, err
	}
	e := TaskAmended{Number: t.Number, TaskKind: t.Kind, Text: after.Text, Owner: after.Owner, DueOn: after.DueOn, WasOwner: t.Owner}
	*t = after
	return []Event{e}, nil
}
