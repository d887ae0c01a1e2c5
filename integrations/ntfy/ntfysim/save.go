package ntfysim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// state is what Save keeps.
type state struct {
	Number int // of the latest id
	Shown  []Message
}

// Save writes what the app shows as JSON. Knobs, and who may not write to what, are not
// kept.
func (s *Sim) Save(w io.Writer) error {
	s.mu.Lock()
	raw, err := json.Marshal(state{s.number, append([]Message{}, s.shown...)})
	s.mu.Unlock()
	if err == nil {
		_, err = w.Write(raw)
	}
	if err != nil {
		return fmt.Errorf("save notifications: %w", err)
	}
	return nil
}

// Load replaces what the app shows by what Save wrote; ids go on from there. On an
// error nothing changes.
func (s *Sim) Load(r io.Reader) error {
	var kept state
	raw, err := io.ReadAll(r)
	if err == nil {
		err = json.Unmarshal(raw, &kept)
	}
	if err == nil && kept.Shown == nil {
		err = errors.New("there is no list of notifications")
	}
	if err == nil && slices.ContainsFunc(kept.Shown, func(m Message) bool { return m.ID == "" || m.Topic == "" }) {
		err = errors.New("a notification has no id or no topic")
	}
	if err != nil {
		return fmt.Errorf("load notifications: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number, s.shown = kept.Number, kept.Shown
	s.tell()
	return nil
}
