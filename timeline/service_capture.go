package timeline

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// SetMark applies one person's word about a message: a pin, an emoji, a star or
// a shortcut, set or taken back. It may be repeated and may come out of order.
// m.Message must carry the text when the mark is present.
func (s *Service) SetMark(ctx context.Context, id incident.ID, m Mark) error {
	_, err := s.Incidents.Change(ctx, id, m.actor(), func(ctx context.Context, tx pgx.Tx, _ *incident.Incident, _ time.Time) ([]incident.Event, error) {
		fresh, err := saveMark(ctx, tx, id, m)
		if err != nil || !fresh {
			return nil, err
		}
		marks, err := marksOf(ctx, tx, id, m.Message)
		if err != nil {
			return nil, err
		}
		state, err := captureStateOf(ctx, tx, id, m.Message)
		if err != nil {
			return nil, err
		}
		return decideCapture(state, marks, m), nil
	})
	return err
}

// NoteMark notes one person's word without putting anything on the timeline, and
// reports whether anybody's mark of that kind is on the message now. It may be
// repeated and may come out of order.
func (s *Service) NoteMark(ctx context.Context, id incident.ID, m Mark) (marked bool, err error) {
	_, err = s.Incidents.Change(ctx, id, m.actor(), func(ctx context.Context, tx pgx.Tx, _ *incident.Incident, _ time.Time) ([]incident.Event, error) {
		if _, err := saveMark(ctx, tx, id, m); err != nil {
			return nil, err
		}
		marks, err := marksOf(ctx, tx, id, m.Message)
		marked = marks[m.Via]
		return nil, err
	})
	return marked, err
}

// Marked returns what is known of the marks on a channel's messages, by message:
// of each word the latest, present or taken back. A message on record without any
// has an empty list. Messages that are known to be deleted are left out.
func (s *Service) Marked(ctx context.Context, id incident.ID, channel string) (map[string][]Mark, error) {
	return knownMarks(ctx, s.Incidents.Pool, id, channel)
}

func captureStateOf(ctx context.Context, tx pgx.Tx, id incident.ID, m incident.Message) (captureState, error) {
	e, found, err := capturedEntry(ctx, tx, id, m.Channel, m.TS)
	if err != nil || !found {
		return captureState{}, err
	}
	entries, err := entryWithAmendments(ctx, tx, id, e.ID)
	if err != nil {
		return captureState{}, err
	}
	return stateOf(entries), nil
}

// Captured reports whether a message is on record.
func (s *Service) Captured(ctx context.Context, id incident.ID, channel, ts string) (bool, error) {
	_, found, err := capturedEntry(ctx, s.Incidents.Pool, id, channel, ts)
	return found, err
}

// MessageEdited follows an edit that was made in Slack at the given time. A
// message that is not on record, the same text, or an edit older than the one
// that is known change nothing.
func (s *Service) MessageEdited(ctx context.Context, id incident.ID, channel, ts, text string, at time.Time, by incident.Actor) error {
	return s.amendMessage(ctx, id, channel, ts, by, func(entries []Entry) []incident.Event {
		old, changed, deleted := textOf(entries)
		if deleted || old == text || at.Before(changed) {
			return nil
		}
		return []incident.Event{incident.MessageEdited{Entry: entries[0].ID, From: old, To: text, At: at}}
	})
}

// MessageDeleted follows a deletion in Slack; what the message said stays on record.
func (s *Service) MessageDeleted(ctx context.Context, id incident.ID, channel, ts string, at time.Time, by incident.Actor) error {
	return s.amendMessage(ctx, id, channel, ts, by, func(entries []Entry) []incident.Event {
		if _, _, deleted := textOf(entries); deleted {
			return nil
		}
		return []incident.Event{incident.MessageDeleted{Entry: entries[0].ID, At: at}}
	})
}

// amendMessage looks without a lock first: most messages are on no record, and
// every one of our own redraws arrives here as an edit. What it misses of a message
// that is being put on record is found by whoever looks at the message once it is.
func (s *Service) amendMessage(ctx context.Context, id incident.ID, channel, ts string, by incident.Actor, decide func([]Entry) []incident.Event) error {
	if found, err := s.Captured(ctx, id, channel, ts); err != nil || !found {
		return err
	}
	_, err := s.Incidents.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, _ *incident.Incident, _ time.Time) ([]incident.Event, error) {
		e, found, err := capturedEntry(ctx, tx, id, channel, ts)
		if err != nil || !found {
			return nil, err
		}
		entries, err := entryWithAmendments(ctx, tx, id, e.ID)
		if err != nil {
			return nil, err
		}
		return decide(entries), nil
	})
	return err
}

// Withdraw takes any entry off the timeline, or puts it back; it stays in the record.
func (s *Service) Withdraw(ctx context.Context, id incident.ID, entry int64, withdrawn bool, by incident.Actor) error {
	return s.amend(ctx, id, entry, by, func(st captureState) incident.Event {
		switch {
		case withdrawn && !st.withdrawn:
			return incident.EntryWithdrawn{Entry: entry}
		case !withdrawn && st.withdrawn:
			return incident.EntryRestored{Entry: entry}
		}
		return nil
	})
}

// Star makes any entry a key event, or takes that back.
func (s *Service) Star(ctx context.Context, id incident.ID, entry int64, starred bool, by incident.Actor) error {
	return s.amend(ctx, id, entry, by, func(st captureState) incident.Event {
		switch {
		case starred && !st.starred:
			return incident.EntryStarred{Entry: entry}
		case !starred && st.starred:
			return incident.EntryUnstarred{Entry: entry}
		}
		return nil
	})
}

func (s *Service) amend(ctx context.Context, id incident.ID, entry int64, by incident.Actor, decide func(captureState) incident.Event) error {
	_, err := s.Incidents.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, _ *incident.Incident, _ time.Time) ([]incident.Event, error) {
		entries, err := entryWithAmendments(ctx, tx, id, entry)
		if err != nil {
			return nil, err
		}
		if e := decide(stateOf(entries)); e != nil {
			return []incident.Event{e}, nil
		}
		return nil, nil
	})
	return err
}
