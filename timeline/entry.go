// Package timeline keeps the record of an incident: what happened, exactly as
// it happened, and sets off what follows from it. Entries are only ever added;
// an edit, a star or a withdrawal is a further entry about an earlier one, and
// Fold computes what a reader sees.
package timeline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// Entry is one recorded event. Order is OccurredAt, then ID.
type Entry struct {
	ID         int64
	Incident   incident.ID
	By         incident.Actor
	OccurredAt time.Time // when it happened, UTC
	RecordedAt time.Time // when we learned of it, UTC
	Event      incident.Event
}

// events maps each kind to its struct; it is filled from the closed list below.
var events = func() map[incident.Kind]reflect.Type {
	m := map[incident.Kind]reflect.Type{}
	for _, e := range []incident.Event{
		incident.Declared{}, incident.TitleChanged{}, incident.SummaryChanged{}, incident.SeverityChanged{},
		incident.StatusChanged{}, incident.Resolved{}, incident.Reopened{}, incident.Cancelled{}, incident.Closed{},
		incident.MilestoneCorrected{}, incident.RoleAssigned{}, incident.RoleVacated{}, incident.PersonJoined{},
		incident.PersonLeft{}, incident.TaskAdded{}, incident.TaskAmended{}, incident.TaskFinished{},
		incident.TaskReopened{}, incident.TaskWithdrawn{}, incident.UpdatePosted{}, incident.UpdateSnoozed{},
		incident.UpdateSettled{}, incident.UpdateFellDue{}, incident.NoteAdded{}, incident.DecisionMade{},
		incident.HypothesisRaised{}, incident.HypothesisSettled{}, incident.MessageCaptured{}, incident.MessageEdited{},
		incident.MessageDeleted{}, incident.EntryWithdrawn{}, incident.EntryRestored{}, incident.EntryStarred{},
		incident.EntryUnstarred{}, incident.FileSaved{}, incident.RoomOpened{}, incident.RoomRenamed{},
		incident.RoomStateChanged{}, incident.StepDone{}, incident.StepFailed{}, incident.TicketFiled{},
		incident.TicketParked{}, incident.TicketMoved{}, incident.PostmortemDrafted{}, incident.PostmortemWritten{},
		incident.PostmortemAdvanced{},
		incident.EscalationBegan{},
		incident.StepFired{},
		incident.EscalationAcknowledged{},
		incident.EscalationSnoozed{},
		incident.EscalationReturned{},
		incident.EscalationHeld{},
		incident.EscalationRefused{},
		incident.EscalationExhausted{},
		incident.EscalationResolved{},
		incident.DeliveryMoved{},
		incident.PersonUnreachable{},
	} {
		m[e.Kind()] = reflect.TypeOf(e)
	}
	return m
}()

// Encode turns an event into what is stored.
func Encode(e incident.Event) (json.RawMessage, error) {
	raw, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.Kind(), err)
	}
	return withoutNUL(raw), nil
}

// withoutNUL drops the character NUL, which JSON can write and Postgres refuses
// in jsonb. Nobody can have meant to write it.
func withoutNUL(raw []byte) []byte {
	nul := []byte(`\u0000`)
	if !bytes.Contains(raw, nul) {
		return raw
	}
	kept := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		step := 1
		switch {
		case bytes.HasPrefix(raw, nul):
			raw = raw[len(nul):]
			continue
		case raw[0] == '\\':
			step = 2 // an escape: what follows is no escape of its own
		}
		kept, raw = append(kept, raw[:step]...), raw[step:]
	}
	return kept
}

// Decode is the inverse of Encode. A kind that this binary does not know, as a
// newer one may have written, is an error.
func Decode(kind incident.Kind, raw json.RawMessage) (incident.Event, error) {
	t, ok := events[kind]
	if !ok {
		return nil, fmt.Errorf("decode timeline entry: unknown kind %q", kind)
	}
	p := reflect.New(t)
	if err := json.Unmarshal(raw, p.Interface()); err != nil {
		return nil, fmt.Errorf("decode %s: %w", kind, err)
	}
	return p.Elem().Interface().(incident.Event), nil
}
