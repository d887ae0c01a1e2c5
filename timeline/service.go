package timeline

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// Service puts things on record. All its changes go through the incident's one
// door, so they are ordered with everything else that happens to the incident.
type Service struct {
	Incidents *incident.Service
}

// Entries returns the whole record of an incident, by event time, then insertion.
func (s *Service) Entries(ctx context.Context, id incident.ID) ([]Entry, error) {
	return entriesOf(ctx, s.Incidents.Pool, id)
}

// Entry returns one entry, or a NotFound error.
func (s *Service) Entry(ctx context.Context, id incident.ID, entry int64) (Entry, error) {
	list, err := entryWithAmendments(ctx, s.Incidents.Pool, id, entry)
	if err != nil {
		return Entry{}, err
	}
	return list[0], nil
}

// Lines returns the timeline as a reader sees it: folded, withdrawn entries left out.
func (s *Service) Lines(ctx context.Context, id incident.ID) ([]Line, error) {
	entries, err := s.Entries(ctx, id)
	if err != nil {
		return nil, err
	}
	return Fold(entries), nil
}

// AddNote puts a remark on record. at is the time it is about and must not lie
// in the future; zero means now.
func (s *Service) AddNote(ctx context.Context, id incident.ID, text string, at time.Time, by incident.Actor) error {
	return s.record(ctx, id, by, at, func(at time.Time) (incident.Event, error) {
		text, err := cleanText("note", text)
		return incident.NoteAdded{Text: text, At: at}, err
	})
}

// AddDecision puts on record what was decided.
func (s *Service) AddDecision(ctx context.Context, id incident.ID, text string, at time.Time, by incident.Actor) error {
	return s.record(ctx, id, by, at, func(at time.Time) (incident.Event, error) {
		text, err := cleanText("decision", text)
		return incident.DecisionMade{Text: text, At: at}, err
	})
}

func (s *Service) record(ctx context.Context, id incident.ID, by incident.Actor, at time.Time, make func(at time.Time) (incident.Event, error)) error {
	_, err := s.Incidents.Change(ctx, id, by, func(_ context.Context, _ pgx.Tx, _ *incident.Incident, now time.Time) ([]incident.Event, error) {
		if at.IsZero() {
			at = now
		}
		if at.After(now.Add(time.Minute)) {
			return nil, incident.Errorf(incident.Invalid, "That time is in the future; the timeline holds what has happened.")
		}
		e, err := make(at)
		if err != nil {
			return nil, err
		}
		return []incident.Event{e}, nil
	})
	return err
}

// RaiseHypothesis numbers an idea of what is wrong and puts it on record.
func (s *Service) RaiseHypothesis(ctx context.Context, id incident.ID, text string, by incident.Actor) (Hypothesis, error) {
	var raised Hypothesis
	_, err := s.Incidents.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, i *incident.Incident, now time.Time) ([]incident.Event, error) {
		text, err := cleanText("hypothesis", text)
		if err != nil {
			return nil, err
		}
		i.HypothesisCount++
		raised = Hypothesis{Number: i.HypothesisCount, Text: text, Outcome: Untested, RaisedBy: by.Person(), RaisedAt: now}
		return []incident.Event{incident.HypothesisRaised{Number: raised.Number, Text: text}}, insertHypothesis(ctx, tx, id, raised)
	})
	return raised, err
}

// SettleHypothesis says what came of one. The same outcome again changes nothing.
func (s *Service) SettleHypothesis(ctx context.Context, id incident.ID, number int, outcome Outcome, by incident.Actor) error {
	_, err := s.Incidents.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, _ *incident.Incident, now time.Time) ([]incident.Event, error) {
		list, err := hypothesesOf(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if number < 1 || number > len(list) {
			return nil, incident.Errorf(incident.NotFound, "%s has no hypothesis %d.", id, number)
		}
		h := list[number-1]
		if h.Outcome == outcome {
			return nil, nil
		}
		e := incident.HypothesisSettled{Number: number, Text: h.Text, Outcome: string(outcome)}
		return []incident.Event{e}, settleHypothesis(ctx, tx, id, number, outcome, now)
	})
	return err
}

// Hypotheses lists them by number.
func (s *Service) Hypotheses(ctx context.Context, id incident.ID) ([]Hypothesis, error) {
	return hypothesesOf(ctx, s.Incidents.Pool, id)
}

// MaxText bounds a note, in code points: Slack lets people write 4,000 in one message.
const MaxText = 4000

func cleanText(noun, text string) (string, error) {
	text = incident.CleanText(text)
	switch n := len([]rune(text)); {
	case n == 0:
		return "", incident.Errorf(incident.Invalid, "That %s is empty; write what is to be remembered.", noun)
	case n > MaxText:
		return "", incident.Errorf(incident.Invalid, "That %s has %d characters; keep it to %d or split it.", noun, n, MaxText)
	}
	return text, nil
}
